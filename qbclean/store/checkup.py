"""Looks over what is kept of a company and changes nothing: each line is well, worth knowing, or to be mended (R16)."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

import msgspec

from qbclean.errors import QbcleanError
from qbclean.model.refs import RealmId
from qbclean.store.books import kept_facts
from qbclean.store.chain import read_anchor
from qbclean.store.database import open_for_writing, wal_is_safe
from qbclean.store.journal import SqliteJournal
from qbclean.store.keys import journal_key
from qbclean.store.lock import holder_of
from qbclean.store.migrations import JOURNAL
from qbclean.store.private_files import open_to_others
from qbclean.store.tokens import SealedTokens
from qbclean.store.workspace import Workspace

CheckState = Literal["ok", "advice", "problem"]
CLOCKS_DIFFER_BY = timedelta(minutes=5)
"""What was written that much ahead of the clock shows that the clock is wrong."""
_WAL_MARK = slice(18, 20)
"""The file's format versions in its header, 2 for WAL (sqlite.org/fileformat2.html#the_database_header)."""


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """What was found about one thing. `do` is what to do next, "" where nothing is; only a problem needs mending."""

    about: str
    state: CheckState = "ok"
    found: str
    do: str = ""


class CompanyChecks(msgspec.Struct, frozen=True, kw_only=True):
    """`name` is "" when the company was forgotten, or its record cannot be read."""

    realm_id: RealmId
    name: str
    checks: tuple[Check, ...]


def checked(about: str, look: Callable[[], Check]) -> Check:
    """What `look` finds; when it cannot look, the reason as a problem."""
    try:
        return look()
    except QbcleanError as error:
        return Check(about=about, state="problem", found=" ".join(filter(None, (error.what, error.why))), do=error.do)
    except (OSError, sqlite3.Error) as error:
        do = "See that the folder is there, yours and readable."
        return Check(about=about, state="problem", found=f"This could not be looked at: {error}.", do=do)


# ------------------------------------------------------------------ SQLite
def sqlite_checks() -> Iterator[Check]:
    """The version with its advice, and how this computer really opens a journal (R16)."""
    yield _version(sqlite3.sqlite_version)
    yield checked("pragmas", _pragmas)


def _version(version: str) -> Check:
    major, minor, patch = (int(part) for part in version.split(".")[:3])
    if wal_is_safe((major, minor, patch)):
        return Check(about="SQLite", found=f"{version}, safe with WAL")
    return Check(
        about="SQLite",
        state="advice",
        found=f"{version}: before 3.51.3, two connections that write a WAL database at once can corrupt it. "
        "qbclean never opens a second one to write; the company's lock sees to that.",
        do="Let no other program write to journal.db, nor put it on a shared drive. Update SQLite when you can.",
    )


def _pragmas() -> Check:
    """Of a journal made for it outside the workspace: `synchronous` belongs to a connection, not to the file."""
    with (
        tempfile.TemporaryDirectory(prefix="qbclean-") as folder,
        closing(open_for_writing(Path(folder) / "journal.db", JOURNAL, durability="FULL")) as database,
    ):
        asked = (database.execute(f"PRAGMA {name}").fetchone() for name in ("journal_mode", "synchronous", "mmap_size"))
        mode, synchronous, mapped = (row[0] if row else 0 for row in asked)
    found = f"a journal opens with journal_mode={mode}, synchronous={synchronous}, mmap_size={mapped}"
    if (mode, synchronous, mapped) == ("wal", 2, 0):
        return Check(about="pragmas", found=f"{found} (WAL, FULL, no mapping)")
    do = "Do not apply a plan here: a power cut could lose rows. Use a Python with the usual SQLite."
    return Check(about="pragmas", state="problem", found=f"{found}; it takes wal, 2 and 0", do=do)


# ------------------------------------------------------------------ a company
def company_checks(workspace: Workspace, tokens: SealedTokens, realm_id: RealmId, now: datetime) -> Iterator[Check]:
    """What is kept of one company. `tokens` must have nobody to ask: a passphrase that is not given is not needed."""
    folder = workspace.folder(realm_id)
    held = ""

    def lock() -> Check:
        nonlocal held
        held = holder_of(folder)
        return Check(about="lock", found=f"held by {held}" if held else "free")

    yield checked("tokens", lambda: _tokens(tokens, realm_id))
    yield checked("settings", lambda: _settings(workspace, realm_id))
    yield checked("snapshot", lambda: _snapshot(workspace, realm_id, now))
    yield checked("lock", lock)
    yield from _journal(workspace.journal_path(realm_id), held)
    yield checked("file modes", lambda: _modes(folder))


def _tokens(tokens: SealedTokens, realm_id: RealmId) -> Check:
    kind = tokens.key_kind(realm_id)
    if kind is None:
        return Check(about="tokens", found="none are kept")
    place = {"keyring": "the system's keyring", "file": "a key file beside them", "passphrase": "a passphrase"}[kind]
    if not tokens.can_open(kind):
        return Check(
            about="tokens",
            state="advice",
            found="sealed with a passphrase, which was not given: not tried",
            do="To have it tried, set $QBCLEAN_TOKEN_KEY and run it again.",
        )
    tokens.load(realm_id)
    return Check(about="tokens", found=f"open with {place}")


def _settings(workspace: Workspace, realm_id: RealmId) -> Check:
    workspace.settings(realm_id)
    path = workspace.settings_path(realm_id)
    return Check(about="settings", found=str(path) if path.exists() else "the defaults")


def _snapshot(workspace: Workspace, realm_id: RealmId, now: datetime) -> Check:
    facts = kept_facts(workspace.books_path(realm_id))
    if facts is None:
        return Check(about="snapshot", state="advice", found="nothing was pulled yet", do="Run `qbclean pull`.")
    age = now - facts.taken_at
    found = f"{sum(facts.counts.values()):,} objects, {age // timedelta(hours=1):,} hours old"
    if age < -CLOCKS_DIFFER_BY:
        return Check(
            about="snapshot",
            state="problem",
            found=f"taken at {facts.taken_at:%Y-%m-%d %H:%M %Z}, which this computer's clock has not reached",
            do="Set the clock and its time zone right, then run `qbclean pull`.",
        )
    limit = workspace.settings(realm_id).max_plan_age_hours
    if age > timedelta(hours=limit):
        do = "Run `qbclean pull` before the next plan."
        return Check(about="snapshot", state="advice", found=f"{found}: more than a plan may be ({limit})", do=do)
    return Check(about="snapshot", found=found)


def _journal(path: Path, held: str) -> Iterator[Check]:
    """Stops at the first problem: what comes after could not be believed."""
    if not path.exists():
        yield checked("journal", lambda: _no_journal(path))
        return
    opened: list[SqliteJournal] = []

    def whole() -> Check:
        opened.append(SqliteJournal.reading(path, journal_key(path), traceless=True))
        opened[0].refuse_damaged()
        return Check(about="journal", found=f"{_mode(path)}, {path.stat().st_size:,} bytes, integrity check passed")

    try:
        for about, look in (
            ("journal", whole),
            ("hash chain", lambda: _chain(opened[0])),
            ("in doubt", lambda: _in_doubt(opened[0], held)),
        ):
            check = checked(about, look)
            yield check
            if check.state == "problem":
                return
    finally:
        for journal in opened:
            journal.close()


def _no_journal(path: Path) -> Check:
    anchored = read_anchor(path.with_suffix(".head"))
    if anchored is None or not anchored.rows:
        return Check(about="journal", found="none yet; the first plan makes it")
    return Check(
        about="journal",
        state="problem",
        found=f"{path} is gone, but journal.head beside it knows of {anchored.rows:,} rows",
        do="Restore journal.db from the latest backup; without its rows, writes could be sent twice.",
    )


def _mode(path: Path) -> str:
    with path.open("rb") as file:
        header = file.read(_WAL_MARK.stop)
    return "WAL" if header[_WAL_MARK] == b"\2\2" else "not in WAL (becomes it when next written to)"


def _chain(journal: SqliteJournal) -> Check:
    report = journal.verify()
    if report.problem:
        do = "Keep the folder as it is, run `qbclean log verify`, and compare with the latest backup."
        return Check(about="hash chain", state="problem", found=f"does not hold: {report.problem}", do=do)
    return Check(about="hash chain", found=f"whole, {report.head.rows:,} rows, head {report.head.hash}")


def _in_doubt(journal: SqliteJournal, held: str) -> Check:
    writes, runs = len(journal.in_doubt()), sum(run.end is None for run in journal.runs())
    if not writes and not runs:
        return Check(about="in doubt", found="no write, and no run without an end")
    found = f"writes: {writes:,}, runs without an end: {runs:,}"
    if held:
        do = "Wait until what holds the company has ended, then run it again."
        return Check(about="in doubt", state="advice", found=found, do=do)
    return Check(about="in doubt", state="problem", found=found, do="Run `qbclean recover`.")


def _modes(folder: Path) -> Check:
    loose = open_to_others(folder)
    if not loose:
        return Check(about="file modes", found="yours alone")
    return Check(
        about="file modes",
        state="problem",
        found=f"other users of this computer can get at {loose[0]}"
        + (f" and {len(loose) - 1:,} more" if loose[1:] else ""),
        do=f"Run `chmod -R go= {folder}`.",
    )
