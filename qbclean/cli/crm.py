"""`crm`: reading the CRM's exports, or looking at them first."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qbclean.cli.progress import ScreenProgress
from qbclean.cli.session import Session
from qbclean.cli.wiring import desk_of

if TYPE_CHECKING:
    from rich.console import RenderableType

    from qbclean.crm.reading import StagedReading

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Read the CRM's exports.")
_PATHS = typer.Argument(metavar="PATH...", help="Export files, or a folder of them.")
_PROFILE = typer.Option(help="Name or TOML file of the format. Default: detected, file by file.")
_CURRENCY = typer.Option(help="Currency of the books, as USD. Default: QuickBooks', once pulled.")
_TIMEZONE = typer.Option(help="Time zone of the CRM account, for times in UTC. Default: the profile's.")


@app.command("import")
def import_(
    context: typer.Context,
    paths: Annotated[list[Path], _PATHS],
    profile: Annotated[str | None, _PROFILE] = None,
    timezone: Annotated[str | None, _TIMEZONE] = None,
    currency: Annotated[str | None, _CURRENCY] = None,
    allow_rejects: Annotated[int, typer.Option(min=0, help="Rows that may be unreadable and left out.")] = 0,
) -> None:
    """Read exports of the CRM; they replace what was imported before."""
    from qbclean.crm.reading import staged_crm
    from qbclean.crm.records import Watched

    session = Session.of(context)
    with (
        desk_of(session) as desk,
        desk.locked("crm import"),
        staged_crm(
            paths,
            profile,
            allow_rejects=allow_rejects,
            home=session.home,
            timezone=timezone,
            currency=_code(currency) or desk.books.home_currency() or "USD",
            progress=desk.progress,
        ) as reading,
    ):
        desk.books.save_crm(Watched(reading.records))
        facts = _facts(reading)
    session.screen.result("crm_import", facts, lambda: _summary(reading))


@app.command("inspect")
def inspect(
    context: typer.Context,
    paths: Annotated[list[Path], _PATHS],
    profile: Annotated[str | None, _PROFILE] = None,
    timezone: Annotated[str | None, _TIMEZONE] = None,
    currency: Annotated[str | None, _CURRENCY] = None,
    draft: Annotated[Path | None, typer.Option(help="Write the drafted profile of an unknown file here.")] = None,
) -> None:
    """Look at exports without importing them.

    Shows the format and how sure that is, columns used and not, totals, the first records and every unreadable row.
    """
    from qbclean.cli.crm_pages import inspected
    from qbclean.crm.inspection import inspect_export
    from qbclean.crm.reading import export_files

    session = Session.of(context)
    views = [
        inspect_export(path, profile, home=session.home, timezone=timezone, currency=_code(currency) or "USD")
        for path in export_files(paths)
    ]
    drafted = next((view.draft for view in views if view.draft), "")
    if draft is not None and drafted:
        draft.write_text(drafted, encoding="utf-8")
        session.screen.say(f"Wrote {draft}. Edit it, look at it with `crm inspect --profile {draft}`, then import.")
    elif draft is not None:
        session.screen.say(f"{draft} was not written: the file is read by the profile {views[0].profile} as it is.")
    session.screen.result("crm_inspect", {"files": views}, lambda: inspected(views))


@app.command("profiles")
def profiles(context: typer.Context) -> None:
    """The export formats qbclean knows, your own among them."""
    from qbclean.crm.library import known_profiles
    from qbclean.report.text.layout import table

    session = Session.of(context)
    known = known_profiles(session.home)
    facts = [{"name": one.name, "title": one.profile.title, "version": one.profile.version} for one in known]
    rows = [(one.name, one.profile.title) for one in known]
    session.screen.result("crm_profiles", {"profiles": facts}, lambda: table(("profile", "reads"), rows))


@app.command("fetch")
def fetch(
    context: typer.Context,
    source: Annotated[str, typer.Argument(metavar="hubspot|salesforce", help="The CRM to ask.")],
    out: Annotated[Path, typer.Option(help="New folder for its answers; import that folder afterwards.")],
) -> None:
    """Save a CRM's invoices, payments and customers from its API, to import them like exports."""
    from qbclean.crm.live import LIVE_SOURCES
    from qbclean.crm.live.answers import save_answers
    from qbclean.errors import SettingsError

    session = Session.of(context)
    if source not in LIVE_SOURCES:
        raise SettingsError(f"{source!r} cannot be fetched.", why=f"Known: {', '.join(LIVE_SOURCES)}.")
    saved = save_answers(LIVE_SOURCES[source](os.environ), out, ScreenProgress(session.screen))
    for name in saved.absent:
        session.screen.say(f"The account has no {name}, or the token may not see them.")
    names = [path.name for path in saved.files]
    session.screen.result(
        "crm_fetch",
        {"folder": str(out), "files": names, "absent": saved.absent},
        lambda: f"Saved {', '.join(names)} in {out}. Next: qbclean crm import {out}",
    )


def _code(currency: str | None) -> str | None:
    """The code as ISO 4217 writes it. Raises SettingsError for what is none."""
    from qbclean.errors import SettingsError

    if currency is not None and not (len(currency) == 3 and currency.isascii() and currency.isalpha()):
        raise SettingsError(f"{currency!r} is no currency code.", do="Name one of three letters, such as USD or CAD.")
    return currency and currency.upper()


def _facts(reading: StagedReading) -> dict[str, object]:
    return {
        "files": reading.records.files,
        "records": reading.records.counts,
        "rejected": reading.rejected,
        "remarks": reading.remarks,
    }


def _summary(reading: StagedReading) -> RenderableType:
    from qbclean.cli.crm_pages import rejected_rows
    from qbclean.report.text.layout import bullets, line, page

    counts = ", ".join(f"{number:,} {name}" for name, number in reading.records.counts.items() if number)
    parts: list[RenderableType] = [line(f"Imported {counts or 'nothing'}.")]
    if reading.rejected:
        parts.append(rejected_rows(reading.rejected))
    if reading.remarks:
        parts.append(bullets(reading.remarks))
    return page(*parts)
