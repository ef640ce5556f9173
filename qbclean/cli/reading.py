"""`pull` and `crm`: getting both sides of the story."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qbclean.cli.session import Session
from qbclean.cli.wiring import desk_of

if TYPE_CHECKING:
    from rich.console import RenderableType

    from qbclean.ports.crm import CrmReading

crm = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Read the CRM's exports.")
_REJECTS_SHOWN = 20


def pull(
    context: typer.Context,
    full: Annotated[bool, typer.Option("--full", help="Read everything again, not only what changed.")] = False,
) -> None:
    """Read the company's receivables from QuickBooks.

    They are kept as a local snapshot; after the first time only what changed is read.
    """
    from qbclean.workflow.pull import pull as pull_books

    session = Session.of(context)
    with desk_of(session) as desk, desk.locked("pull"):
        pulled = pull_books(desk.source, desk.books, desk.progress, full=full)
        objects = sum(pulled.counts.values())
        how = "whole" if pulled.full else f"{pulled.changed:,} changes"
        session.screen.result(
            "pull",
            {"pull": pulled},
            lambda: f"Pulled {desk.company.name}: {objects:,} objects ({how}) in {pulled.calls:,} calls.",
        )


@crm.command("import")
def import_(
    context: typer.Context,
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Export files, or a folder of them.")],
    profile: Annotated[str | None, typer.Option(help="Format of the files. Default: detected.")] = None,
    allow_rejects: Annotated[int, typer.Option(min=0, help="Rows that may be unreadable and left out.")] = 0,
) -> None:
    """Read exports of the CRM; they replace what was imported before."""
    from qbclean.crm.reading import read_crm

    session = Session.of(context)
    with desk_of(session) as desk, desk.locked("crm import"):
        reading = read_crm(paths, profile, allow_rejects=allow_rejects)
        desk.books.save_crm(reading.records)
    session.screen.result("crm_import", _facts(reading), lambda: _summary(reading, "Imported"))


@crm.command("inspect")
def inspect(
    context: typer.Context,
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Export files, or a folder of them.")],
    profile: Annotated[str | None, typer.Option(help="Format of the files. Default: detected.")] = None,
) -> None:
    """Read exports without importing them: what was recognised, and every row that cannot be read."""
    from qbclean.crm.reading import read_crm

    reading = read_crm(paths, profile, allow_rejects=1_000_000_000)
    Session.of(context).screen.result("crm_inspect", _facts(reading), lambda: _summary(reading, "Could import"))


@crm.command("profiles")
def profiles(context: typer.Context) -> None:
    """The export formats qbclean knows."""
    from qbclean.crm import CRM_READERS

    names = [reader.name for reader in CRM_READERS]
    Session.of(context).screen.result("crm_profiles", {"profiles": names}, lambda: "\n".join(names))


def _facts(reading: CrmReading) -> dict[str, object]:
    return {
        "files": reading.records.files,
        "records": _counts(reading),
        "rejected": reading.rejected,
        "remarks": reading.remarks,
    }


def _counts(reading: CrmReading) -> dict[str, int]:
    records = reading.records
    return {
        "customers": len(records.customers),
        "jobs": len(records.jobs),
        "invoices": len(records.invoices),
        "payments": len(records.payments),
        "credits": len(records.credits),
    }


def _summary(reading: CrmReading, verb: str) -> RenderableType:
    from qbclean.report.text.layout import bullets, line, page, table

    counts = ", ".join(f"{number:,} {name}" for name, number in _counts(reading).items() if number)
    parts: list[RenderableType] = [line(f"{verb} {counts or 'nothing'}.")]
    if reading.rejected:
        shown = reading.rejected[:_REJECTS_SHOWN]
        rows = [(row.file, str(row.row), row.column or "", row.cell or "", row.reason) for row in shown]
        parts.append(line(f"{len(reading.rejected):,} rows cannot be read without guessing:"))
        parts.append(table(("file", "row>", "column", "cell", "why"), rows))
    if reading.remarks:
        parts.append(bullets(reading.remarks))
    return page(*parts)
