"""What the checkup says of a company's folder, whole or broken, and that it leaves no trace there (R16)."""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from qbclean.model.refs import RealmId
from qbclean.store.checkup import Check, company_checks, sqlite_checks
from qbclean.store.database import wal_is_safe
from qbclean.store.journal import SqliteJournal
from qbclean.store.keys import journal_key
from qbclean.store.lock import company_lock
from qbclean.store.tokens import SealedTokens
from qbclean.store.workspace import Workspace
from tests.contract.store.samples import a_decision, a_run, an_end, an_intent, an_outcome

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
REALM = RealmId("4620816365")


def _journal(home: Path) -> SqliteJournal:
    path = Workspace(home).journal_path(REALM)
    return SqliteJournal.writing(path, journal_key(path))


def _checks(home: Path) -> dict[str, Check]:
    workspace = Workspace(home)
    tokens = SealedTokens(workspace.folder, environ={})
    return {check.about: check for check in company_checks(workspace, tokens, REALM, NOON)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Of a company with one finished run."""
    with _journal(tmp_path) as journal:
        journal.record_decisions([a_decision()])
        journal.start_run(a_run())
        journal.intend(an_intent())
        journal.settle(an_outcome())
        journal.finish_run(an_end())
    return Workspace(tmp_path).folder(REALM)


def _home(folder: Path) -> Path:
    return folder.parent.parent


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 40, 1), False), ((3, 44, 5), False), ((3, 44, 6), True), ((3, 45, 0), False), ((3, 50, 6), False),
        ((3, 50, 7), True), ((3, 51, 0), False), ((3, 51, 2), False), ((3, 51, 3), True), ((3, 53, 1), True),
    ],
)  # fmt: skip
def test_wal_is_safe_from_the_repaired_releases_on_r16(version: tuple[int, int, int], *, safe: bool) -> None:
    assert wal_is_safe(version) is safe


@pytest.mark.parametrize(("version", "state"), [("3.40.1", "advice"), ("3.51.3", "ok")])
def test_the_sqlite_version_is_told_with_advice_where_wal_is_unsafe_r16(
    monkeypatch: pytest.MonkeyPatch, version: str, state: str
) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version", version)
    told, pragmas = sqlite_checks()
    assert told.state == state
    assert version in told.found
    assert bool(told.do) is (state == "advice")
    assert pragmas.state == "ok", pragmas
    assert "journal_mode=wal, synchronous=2, mmap_size=0" in pragmas.found


def test_a_whole_journal_is_well_and_nothing_beside_it_is_made_or_changed_r16(folder: Path) -> None:
    with _journal(_home(folder)) as journal:
        head = journal.head()
    before = {place: (place.read_bytes(), place.stat().st_mtime_ns) for place in folder.iterdir()}
    found = _checks(_home(folder))
    assert [check for check in found.values() if check.state == "problem"] == []
    assert "WAL" in found["journal"].found
    assert f"whole, {head.rows} rows, head {head.hash}" in found["hash chain"].found
    after = {place: (place.read_bytes(), place.stat().st_mtime_ns) for place in folder.iterdir()}
    assert after == before


def test_rows_a_run_has_just_written_are_seen_while_it_holds_the_company(folder: Path) -> None:
    with company_lock(folder, command="apply plan.json", now=NOON), _journal(_home(folder)) as journal:
        journal.start_run(a_run(id="run-2"))
        found = _checks(_home(folder))
        assert f"{journal.head().rows} rows" in found["hash chain"].found
        assert "`qbclean apply plan.json`" in found["lock"].found
        assert (found["in doubt"].state, found["in doubt"].found) == ("advice", "writes: 0, runs without an end: 1")
    assert _checks(_home(folder))["lock"].found == "free"


def test_a_write_in_doubt_after_a_crash_asks_for_recover(tmp_path: Path) -> None:
    with _journal(tmp_path) as journal:
        journal.start_run(a_run())
        journal.intend(an_intent())
    found = _checks(tmp_path)["in doubt"]
    assert (found.state, found.found) == ("problem", "writes: 1, runs without an end: 1")
    assert "qbclean recover" in found.do


def _cut_in_half(folder: Path) -> None:
    path = folder / "journal.db"
    os.truncate(path, path.stat().st_size // 2)


def _no_database(folder: Path) -> None:
    (folder / "journal.db").write_bytes(b"Dear diary\n" * 1000)


def _by_a_newer_qbclean(folder: Path) -> None:
    connection = sqlite3.connect(folder / "journal.db")
    connection.execute(
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('journal', '0999_later', '')"
    )
    connection.commit()
    connection.close()


def _garbled_column(folder: Path) -> None:
    path = folder / "journal.db"
    whole = path.read_bytes()
    assert b"amount_cents" in whole
    path.write_bytes(whole.replace(b"amount_cents", b"amount_\xff\xffnts"))


def _garbled_head(folder: Path) -> None:
    path = folder / "journal.head"
    path.write_bytes(path.read_bytes().replace(b'"hash":"', b'"hash":"\xff'))


def _changed(folder: Path) -> None:
    connection = sqlite3.connect(folder / "journal.db")
    connection.execute("DROP TRIGGER runs_no_update")
    connection.execute("UPDATE runs SET state = 'done'")
    connection.commit()
    connection.close()


def _without_journal(folder: Path) -> None:
    (folder / "journal.db").unlink()


def _without_key(folder: Path) -> None:
    (folder / "journal.key").unlink()


def _open_to_all(folder: Path) -> None:
    (folder / "journal.head").chmod(0o644)


def _settings_misspelt(folder: Path) -> None:
    (folder / "settings.toml").write_text("max_plan_age_hours = 'a week'\n")


def _books_damaged(folder: Path) -> None:
    (folder / "books.db").write_bytes(b"no database at all" * 100)


@pytest.mark.parametrize(
    ("harm", "about", "words"),
    [
        (_cut_in_half, "journal", "cannot be read"),
        (_no_database, "journal", "not a database"),
        (_by_a_newer_qbclean, "journal", "newer qbclean"),
        (_garbled_column, "hash chain", "does not hold"),
        (_garbled_head, "hash chain", "journal.head cannot be read"),
        (_changed, "hash chain", "was changed"),
        (_without_journal, "journal", "is gone"),
        (_without_key, "journal", "journal.key is missing"),
        pytest.param(
            _open_to_all, "file modes", "journal.head",
            marks=pytest.mark.skipif(sys.platform == "win32", reason="mode bits are POSIX"),
        ),
        (_settings_misspelt, "settings", "max_plan_age_hours"),
        (_books_damaged, "snapshot", "cannot be read"),
    ],
)  # fmt: skip
def test_what_is_broken_is_told_with_what_to_do_and_the_rest_is_still_looked_at_r16(
    folder: Path, harm: Callable[[Path], None], about: str, words: str
) -> None:
    harm(folder)
    found = _checks(_home(folder))
    assert found[about].state == "problem"
    assert words in found[about].found
    assert found[about].do
    assert {"lock", "file modes", "tokens"} <= found.keys()
