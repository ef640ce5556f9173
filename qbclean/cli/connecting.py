"""`connect` and `companies`: which books qbclean may work on."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from qbclean.cli.session import Session, finish
from qbclean.cli.wiring import gateway_of, oauth_of, tokens_of, warn_of_connection_end, workspace_of
from qbclean.errors import SettingsError

if TYPE_CHECKING:
    from qbclean.model.connection import ConnectionEnd
    from qbclean.ports.tokens import Tokens
    from qbclean.store.workspace import Company, Workspace

companies = typer.Typer(
    no_args_is_help=False, invoke_without_command=True, rich_markup_mode=None, help="List, choose and forget companies."
)
PLAYGROUND = "https://developer.intuit.com/v2/OAuth2Playground/RedirectUrl"
"""Intuit's own page that shows the redirected URL: usable where no localhost redirect is allowed."""
MINUTES_TO_CONSENT = 10
KEPT = ("journal.db", "journal.key", "journal.head", "books.db", "books.plan", "settings.toml")
"""What a company's folder still holds when the company is forgotten."""


class Remote(StrEnum):
    production = "production"
    sandbox = "sandbox"


def connect(
    context: typer.Context,
    local: Annotated[
        Path | None, typer.Option(metavar="READY_FILE", help="Connect to a running `qbclean sandbox serve`.")
    ] = None,
    environment: Annotated[Remote, typer.Option(help="Which of Intuit's environments.")] = Remote.production,
    manual: Annotated[
        bool, typer.Option("--manual", help="Paste the redirected URL instead of a local redirect.")
    ] = False,
    port: Annotated[int, typer.Option(help="Port of the local redirect, as registered with Intuit.")] = 8417,
) -> None:
    """Connect a QuickBooks company. Keys come from $QBCLEAN_CLIENT_ID and $QBCLEAN_CLIENT_SECRET."""
    session = Session.of(context)
    tokens = _connect_local(session, local) if local else _connect_remote(session, environment, port, manual=manual)
    company = register(session, tokens)
    session.screen.result(
        "connected", {"company": company}, lambda: f"Connected to {company.name} ({company.realm_id})."
    )


def register(session: Session, tokens: Tokens) -> Company:
    """Ask the books for the company's name and remember it as the company in use."""
    from qbclean.store.workspace import Company

    workspace = workspace_of(session)
    with gateway_of(session, workspace, tokens.realm_id) as gateway:
        name = gateway.company().company_name
    company = Company(
        realm_id=tokens.realm_id,
        name=name,
        environment=tokens.environment,
        api_url=tokens.api_url,
        connected_at=session.clock.now(),
    )
    workspace.register(company)
    warn_of_connection_end(session, workspace, company)
    return company


def _connect_local(session: Session, ready_file: Path) -> Tokens:
    from qbclean.workflow.connect import connect_local

    store = tokens_of(session, workspace_of(session))
    return connect_local(read_ready_file(ready_file), oauth=oauth_of(session), store=store)


def read_ready_file(path: Path) -> dict[str, str]:
    """What a listening sandbox wrote about itself. Raises SettingsError when the file does not say it."""
    do = "Start one with `qbclean sandbox serve --company DIR --ready-file FILE` and name that FILE."
    try:
        ready: Any = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"{path} cannot be read.", why=f"{error.strerror}.", do=do) from error
    except ValueError as error:
        raise SettingsError(f"{path} is not a ready file.", why="It does not hold JSON.", do=do) from error
    if not isinstance(ready, dict) or not {"url", "realm_id", "client_id", "discovery_url"} <= ready.keys():
        raise SettingsError(f"{path} is not a ready file.", why="It does not name a server and its company.", do=do)
    return {str(key): str(value) for key, value in ready.items()}


def _connect_remote(session: Session, environment: Remote, port: int, *, manual: bool) -> Tokens:
    import webbrowser

    from qbclean.qbo.redirect import LoopbackRedirect
    from qbclean.workflow.connect import begin_connect

    store = tokens_of(session, workspace_of(session))
    if manual:
        attempt = begin_connect(_keys(environment, PLAYGROUND), oauth=oauth_of(session), clock=session.clock)
        session.screen.warn(
            f"Open this page, choose the company, and copy the address you end up at:\n\n{attempt.url}\n"
        )
        return attempt.finish(session.screen.ask_secret("Redirected URL:"), store)
    with LoopbackRedirect(port) as redirect:
        attempt = begin_connect(_keys(environment, redirect.uri), oauth=oauth_of(session), clock=session.clock)
        session.screen.warn(f"Opening your browser. If it does not open, go to:\n\n{attempt.url}\n")
        webbrowser.open(attempt.url)
        return attempt.finish(redirect.wait(MINUTES_TO_CONSENT * 60), store)


def _keys(environment: Remote, redirect_uri: str) -> Tokens:
    from qbclean.workflow.connect import app_keys

    names = ("QBCLEAN_CLIENT_ID", "QBCLEAN_CLIENT_SECRET")
    client_id, client_secret = (os.environ.get(name, "") for name in names)
    if not (client_id and client_secret):
        raise SettingsError(
            "The keys of your Intuit app are not set.",
            why="They are read from the environment, so that they stand in no file and no process list.",
            do=f"Set {names[0]} and {names[1]} (developer.intuit.com, your app, Keys), or use --local for the sandbox.",
        )
    return app_keys(
        environment=environment.value,
        client_id=client_id,
        client_secret=client_secret,
        redirect_uri=redirect_uri,
    )


@companies.callback()
def companies_main(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        list_companies(context)


@companies.command("list")
def list_companies(context: typer.Context) -> None:
    """Connected companies; the one in use is marked."""
    session = Session.of(context)
    workspace = workspace_of(session)
    known = workspace.companies()
    ends = [warn_of_connection_end(session, workspace, company) for company in known]
    session.screen.result("companies", {"companies": known, "ends": ends}, lambda: _table(workspace, known, ends))


@companies.command("use")
def use(context: typer.Context, company: Annotated[str, typer.Argument(help="Realm id or part of the name.")]) -> None:
    """Choose the company that commands work on from now on."""
    session = Session.of(context)
    workspace = workspace_of(session)
    chosen = workspace.select(company)
    workspace.use(chosen.realm_id)
    session.screen.result("company", {"company": chosen}, lambda: f"Now using {chosen.name} ({chosen.realm_id}).")


@companies.command("forget")
def forget(
    context: typer.Context, company: Annotated[str, typer.Argument(help="Realm id or part of the name.")]
) -> None:
    """Revoke the connection at Intuit and forget its tokens. The journal stays, and it says what else."""
    from qbclean.store.lock import company_lock
    from qbclean.workflow.disconnect import disconnect

    session = Session.of(context)
    workspace = workspace_of(session)
    chosen = workspace.select(company)
    folder = workspace.folder(chosen.realm_id)
    with company_lock(folder, command="companies forget", now=session.clock.now()):
        problem = disconnect(chosen.realm_id, oauth=oauth_of(session), store=tokens_of(session, workspace))
        workspace.forget(chosen.realm_id)
    stays = [str(folder / name) for name in KEPT if (folder / name).exists()]
    content = {"company": chosen, "revoked": not problem, "problem": problem, "stays": stays}
    session.screen.result("forgotten", content, lambda: _forgotten(chosen, problem))
    session.screen.say(_staying(stays))
    finish(1 if problem else 0)


def _forgotten(company: Company, problem: str) -> str:
    if not problem:
        return f"Forgot {company.name} ({company.realm_id}): its tokens are revoked at Intuit and removed from here."
    return (
        f"Forgot {company.name} ({company.realm_id}): its tokens are removed from here, and NOT revoked at Intuit. "
        f"{problem} To end the connection there, open the company in QuickBooks, Apps, My apps, and disconnect qbclean."
    )


def _staying(stays: list[str]) -> str:
    if not stays:
        return "Nothing else of it is kept here."
    return (
        f"What stays, and nothing removes by itself: {', '.join(stays)}. "
        "journal.db with its key and head is the record of what was changed in the books: keep it as long as the firm "
        "keeps its books, 7 years as a rule. books.db is a copy of the receivables, books.plan the plan worked out "
        "from it last; both may be deleted. "
        "Plans and reports stay where they were written."
    )


def _table(workspace: Workspace, known: tuple[Company, ...], ends: Sequence[ConnectionEnd]) -> Any:
    from qbclean.report.text.layout import line, table

    if not known:
        return line("No company is connected. Run `qbclean connect`, or `qbclean demo` to see qbclean at work.")
    current = _current(workspace)
    rows = [
        (
            "*" if item.realm_id == current else "",
            item.name,
            item.realm_id,
            item.environment,
            f"{item.connected_at:%Y-%m-%d}",
            f"{end.at:%Y-%m-%d}" + (" if unused" if end.cause == "unused" else ""),
        )
        for item, end in zip(known, ends, strict=True)
    ]
    return table(("", "company", "realm id!", "environment!", "connected!", "ends!"), rows)


def _current(workspace: Workspace) -> str:
    """Realm id of the company commands work on, "" while several are connected and none is chosen."""
    try:
        return workspace.select().realm_id
    except SettingsError:
        return ""
