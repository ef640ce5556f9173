"""`log`: what was written, by whom and why; one document's history; and the log as files for others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from typer.core import TyperGroup

from qbclean.cli import log_keeping
from qbclean.cli.session import Session
from qbclean.cli.wiring import Desk, desk_of
from qbclean.errors import SettingsError

if TYPE_CHECKING:
    from qbclean.model.journal import JournaledRun, ListedRun
    from qbclean.ports.journal import Journal
    from qbclean.report.audit import AuditRow

LAST = "last"
_SHOW = "show"
_END_OF_DAY = timedelta(days=1, microseconds=-1)


class _ShowsByDefault(TyperGroup):
    """`log`, `log RUN` and `log --document 1042` are `log show …`."""

    # Some versions of typer bring their own copy of click's Context, others use click's: only the program knows.
    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        named = bool(args) and (args[0] in self.commands or args[0] in ctx.help_option_names)
        return super().parse_args(ctx, args if named else [_SHOW, *args])


log = typer.Typer(
    cls=_ShowsByDefault,
    rich_markup_mode=None,
    help="What was written, by whom and why. `log`, `log RUN` and `log --document 1042` mean `log show …`.",
)


def latest_run(journal: Journal) -> str:
    """The id of the newest run. Raises SettingsError when there is none yet."""
    runs = journal.runs()
    if not runs:
        raise SettingsError(
            "The log has no runs yet.", why="Nothing was ever applied.", do="`qbclean apply` makes one."
        )
    return runs[-1].start.id


@dataclass(frozen=True, slots=True)
class _Span:
    """From the first moment to the last, both included; None: without end."""

    since: datetime | None
    until: datetime | None

    @classmethod
    def of_days(cls, since: datetime | None, until: datetime | None) -> _Span:
        """Whole days in UTC, as the journal counts time."""
        first = since.replace(tzinfo=UTC) if since else None
        return cls(first, until.replace(tzinfo=UTC) + _END_OF_DAY if until else None)

    def has(self, at: datetime) -> bool:
        return (self.since is None or at >= self.since) and (self.until is None or at <= self.until)


@dataclass(frozen=True, slots=True)
class _Files:
    """Where the log is to be written besides the terminal."""

    csv: Path | None
    xlsx: Path | None
    html: Path | None
    jsonl: Path | None

    @property
    def need_rows(self) -> bool:
        return bool(self.csv or self.xlsx or self.html)


@log.command(_SHOW)
def show(
    context: typer.Context,
    run: Annotated[
        str | None, typer.Argument(metavar="[RUN]", help="One run: its id, the start of it, or `last`.")
    ] = None,
    *,
    document: Annotated[
        str | None, typer.Option(metavar="DOC", help="What happened to one document: 1042, or Invoice:231.")
    ] = None,
    since: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="From this day on (UTC).")] = None,
    until: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Up to this day.")] = None,
    csv: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write one row per attempt for a spreadsheet.")
    ] = None,
    xlsx: Annotated[Path | None, typer.Option(metavar="FILE", help="The same as a workbook.")] = None,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a page to read.")] = None,
    jsonl: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write every row with its hash; `log verify --file` checks it.")
    ] = None,
) -> None:
    """List the runs, show one, or tell what happened to a document."""
    session, span, files = Session.of(context), _Span.of_days(since, until), _Files(csv, xlsx, html, jsonl)
    if jsonl and (run or document):
        raise SettingsError(
            "--jsonl writes whole stretches of the log, not a run or a document.",
            why="Rows left out would break the chain that proves the export.",
            do="Leave the run or --document away; --since and --until choose the time.",
        )
    with desk_of(session) as desk:
        chosen = _run(desk.log, run) if run else None
        listed = [] if chosen else [each for each in desk.log.runs() if span.has(each.start.at)]
        rows: list[AuditRow] = []
        if chosen or document or files.need_rows:
            rows = _rows(desk, chosen.start.id if chosen else "", span, document)
        ids = [chosen.start.id] if chosen else [each.start.id for each in listed]
        _write_files(session, desk, ids, rows, files, span)
    _show(session, chosen, listed, rows, document=document)


def _run(journal: Journal, run_id: str) -> JournaledRun:
    run = journal.run(latest_run(journal) if run_id == LAST else run_id)
    if run is None:
        raise SettingsError(
            f"The log has no run {run_id}, or more than one begins like that.",
            why="Nothing was done.",
            do="`qbclean log` lists the runs.",
        )
    return run


def _rows(desk: Desk, run_id: str, span: _Span, document: str | None) -> list[AuditRow]:
    from qbclean.report.audit import audit_rows
    from qbclean.report.document_history import Wanted, history_of

    local = desk.company.api_url if desk.company.environment == "local" else ""
    wanted = Wanted.parse(document) if document else None
    rows = [row for row in audit_rows(desk.log.events(run_id), local=local) if span.has(row.at)]
    return history_of(wanted, rows) if wanted else rows


def _write_files(
    session: Session, desk: Desk, run_ids: Sequence[str], rows: Sequence[AuditRow], files: _Files, span: _Span
) -> None:
    if files.csv:
        from qbclean.report.csv import log_sheet

        files.csv.write_text(log_sheet(rows), encoding="utf-8", newline="")
    if files.xlsx:
        from qbclean.report.log_workbook import write_log_workbook

        write_log_workbook(files.xlsx, rows, desk.log.verify())
    if files.html:
        from qbclean.report.html import log_page

        whole = [_run(desk.log, run_id) for run_id in run_ids]
        files.html.write_text(log_page(whole, desk.log.verify(), rows), encoding="utf-8")
    if files.jsonl:
        desk.log.export(files.jsonl, span.since, span.until)
    for path in (files.csv, files.xlsx, files.html, files.jsonl):
        if path:
            session.screen.say(f"Wrote {path}.")


def _show(
    session: Session,
    chosen: JournaledRun | None,
    listed: Sequence[ListedRun],
    rows: Sequence[AuditRow],
    *,
    document: str | None,
) -> None:
    from qbclean.report import text

    if document:
        content = {"document": document, "rows": rows}
        session.screen.result("log_document", content, lambda: text.document_history(document, rows))
    elif chosen:
        session.screen.result("log_run", {"run": chosen, "rows": rows}, lambda: text.run_detail(chosen, rows))
    else:
        session.screen.result("log", {"runs": listed}, lambda: text.run_list(listed))


log.command("verify")(log_keeping.verify)
log.command("head")(log_keeping.head)
log.command("backup")(log_keeping.backup)
