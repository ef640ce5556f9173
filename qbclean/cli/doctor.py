"""`doctor`: what whoever helps asks first, and what to do about each thing that is not well."""

from __future__ import annotations

import os
import platform
import shutil
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import typer

from qbclean import __version__
from qbclean.cli.session import Session, finish
from qbclean.cli.wiring import workspace_of

if TYPE_CHECKING:
    from qbclean.model.refs import RealmId
    from qbclean.store.checkup import Check, CompanyChecks
    from qbclean.store.tokens import SealedTokens
    from qbclean.store.workspace import Workspace

_MEGABYTE: Final = 1_000_000
_LITTLE_SPACE, _NO_SPACE = 1_000 * _MEGABYTE, 50 * _MEGABYTE
"""A pull of a large company takes some hundred megabytes; the journal of a run must never run out."""
_MARKS: Final = {"ok": "ok", "advice": "advice", "problem": "PROBLEM"}


def doctor(context: typer.Context) -> None:
    """Check this computer and what is kept of each company.

    Changes nothing and asks QuickBooks nothing. Exit 1 when something has to be mended.
    """
    from qbclean.model.refs import RealmId
    from qbclean.store.tokens import SealedTokens

    session = Session.of(context)
    workspace = workspace_of(session)
    tokens = SealedTokens(workspace.folder, passphrase=None)
    now = session.clock.now()
    computer = [*_computer(session.home, now)]
    named = session.options.company
    known = workspace.known()
    if named:
        known = (RealmId(named) if named in known else workspace.select(named).realm_id,)
    companies = [_company(workspace, tokens, realm_id, now) for realm_id in known]
    every = [*computer, *(check for company in companies for check in company.checks)]
    well = all(check.state != "problem" for check in every)
    content = {"well": well, "computer": computer, "companies": companies}
    session.screen.result("doctor", content, lambda: _page(computer, companies, every))
    finish(0 if well else 1)


# ------------------------------------------------------------------ the computer
def _computer(home: Path, now: datetime) -> Iterator[Check]:
    from qbclean.store.checkup import Check, checked, sqlite_checks

    yield Check(about="qbclean", found=__version__)
    yield Check(about="Python", found=f"{platform.python_version()} on {platform.platform(terse=True)}")
    yield from sqlite_checks()
    yield checked("home", lambda: _home(home))
    yield checked("free space", lambda: _space(home))
    yield _keyring()
    local = now.astimezone()
    yield Check(about="clock", found=f"{local:%Y-%m-%d %H:%M:%S}, {local:%Z} (UTC{local:%z})")


def _home(home: Path) -> Check:
    from qbclean.store.checkup import Check

    if not home.exists():
        return Check(about="home", found=f"{home} (made when a company is connected)")
    if os.access(home, os.R_OK | os.W_OK | os.X_OK):
        return Check(about="home", found=str(home))
    do = "Make it yours, or give another folder with --home or $QBCLEAN_HOME."
    return Check(about="home", state="problem", found=f"{home} cannot be read and written", do=do)


def _space(home: Path) -> Check:
    from qbclean.store.checkup import Check

    there = next(place for place in (home, *home.parents) if place.exists())
    free = shutil.disk_usage(there).free
    found = f"{free // _MEGABYTE:,} MB"
    if free >= _LITTLE_SPACE:
        return Check(about="free space", found=found)
    do = "Make room, or move the workspace and name it with --home."
    return Check(about="free space", state="problem" if free < _NO_SPACE else "advice", found=found, do=do)


def _keyring() -> Check:
    from qbclean.errors import AuthorizationError
    from qbclean.store.checkup import Check
    from qbclean.store.token_keys import PASSPHRASE_VARIABLE, TokenKeys

    try:
        kind = TokenKeys(environ=os.environ, passphrase=None, keyring=None).kind_for("production")
    except AuthorizationError as error:
        found = "no safe keyring on this system: QuickBooks' tokens need a passphrase"
        return Check(about="token store", state="advice", found=found, do=error.do)
    place = f"a passphrase from ${PASSPHRASE_VARIABLE}" if kind == "passphrase" else "the system's keyring"
    return Check(about="token store", found=f"new tokens are sealed with {place}")


# ------------------------------------------------------------------ the companies
def _name(workspace: Workspace, realm_id: RealmId) -> str:
    from qbclean.errors import SettingsError

    try:
        company = workspace.company(realm_id)
    except SettingsError:
        return ""  # its line "connection" says why
    return company.name if company else ""


def _company(workspace: Workspace, tokens: SealedTokens, realm_id: RealmId, now: datetime) -> CompanyChecks:
    from qbclean.store.checkup import CompanyChecks, checked, company_checks

    connection = checked("connection", lambda: _connection(workspace, tokens, realm_id, now))
    checks = (connection, *company_checks(workspace, tokens, realm_id, now))
    return CompanyChecks(realm_id=realm_id, name=_name(workspace, realm_id), checks=checks)


def _connection(workspace: Workspace, tokens: SealedTokens, realm_id: RealmId, now: datetime) -> Check:
    from qbclean.model.connection import ConnectionEnd
    from qbclean.report.text.connection import connection_ending
    from qbclean.report.words import instant
    from qbclean.store.checkup import CLOCKS_DIFFER_BY, Check

    company = workspace.company(realm_id)
    if company is None:
        return Check(about="connection", found="none: forgotten here, what was written stays in its log")
    if tokens.key_kind(realm_id) is None:
        found = "listed as connected, but its tokens are gone"
        return Check(about="connection", state="problem", found=found, do="Run `qbclean connect`.")
    if company.connected_at - now > CLOCKS_DIFFER_BY:
        found = f"made at {instant(company.connected_at)}, which this computer's clock has not reached"
        return Check(about="connection", state="problem", found=found, do="Set the clock and its time zone right.")
    unused_until = tokens.unused_until(realm_id)
    end = ConnectionEnd.of(realm_id, connected_at=company.connected_at, unused_until=unused_until)
    if not end.is_near(now):
        until = f"{end.at:%Y-%m-%d}" + (" if it is not used" if end.cause == "unused" else "")
        return Check(about="connection", found=f"{company.environment}, ends on {until}")
    ended = end.at <= now
    return Check(
        about="connection",
        state="problem" if ended else "advice",
        found=connection_ending(company.name, end, now),
        do="Run `qbclean connect`." if ended or end.cause == "five years" else "Run `qbclean pull`.",
    )


# ------------------------------------------------------------------ the page
def _page(computer: Sequence[Check], companies: Sequence[CompanyChecks], every: Sequence[Check]) -> Any:
    from qbclean.report.text.layout import BLANK, line, page, title

    parts: list[Any] = [title("This computer"), _table(computer)]
    for company in companies:
        name, realm_id = company.name, company.realm_id
        parts += [BLANK, title(name or realm_id, note=realm_id if name else ""), _table(company.checks)]
    if not companies:
        parts += [BLANK, line("No company is connected. Run `qbclean connect`, or `qbclean demo` to look.")]
    return page(*parts, BLANK, _verdict(every))


def _table(checks: Sequence[Check]) -> Any:
    from qbclean.report.text.layout import table

    rows = [
        (_MARKS[check.state], check.about, check.found + (f" → {check.do}" if check.do else "")) for check in checks
    ]
    return table(("!", "check!", "found"), rows)


def _verdict(every: Sequence[Check]) -> Any:
    from qbclean.report.text.layout import line
    from qbclean.report.words import counted

    problems = sum(check.state == "problem" for check in every)
    if problems:
        return line(f"{counted(problems, 'problem')} to mend; the arrow on each says how.", "bold red")
    return line("All is well.", "green")
