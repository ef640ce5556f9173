"""`log`: what was written, by whom and why, and whether that record is whole."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qbclean.cli.session import Session, finish
from qbclean.cli.wiring import desk_of
from qbclean.errors import SettingsError

if TYPE_CHECKING:
    from qbclean.model.journal import JournaledRun
    from qbclean.ports.journal import Journal

VERIFY = "verify"
LAST = "last"


def latest_run(journal: Journal) -> str:
    """The id of the newest run. Raises SettingsError when there is none yet."""
    runs = journal.runs()
    if not runs:
        raise SettingsError(
            "The log has no runs yet.", why="Nothing was ever applied.", do="`qbclean apply` makes one."
        )
    return runs[-1].start.id


def log(
    context: typer.Context,
    run: Annotated[
        str | None,
        typer.Argument(metavar="[RUN]", help="One run: its id, the start of it, or `last`. `verify` checks the log."),
    ] = None,
    csv: Annotated[Path | None, typer.Option(metavar="FILE", help="Write one row per write for a spreadsheet.")] = None,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a page to read.")] = None,
) -> None:
    """List the runs, show one, or verify the log."""
    session = Session.of(context)
    with desk_of(session) as desk:
        if run == VERIFY:
            _verify(session, desk.log)
        runs = [_run(desk.log, run)] if run else desk.log.runs()
        _write_files(session, desk.log, runs, csv, html)
    _show(session, runs, single=run is not None)


def _verify(session: Session, journal: Journal) -> None:
    from qbclean.report import text

    report = journal.verify()
    session.screen.result(
        "log_verify", {"holds": not report.problem, "report": report}, lambda: text.chain_result(report)
    )
    finish(1 if report.problem else 0)


def _run(journal: Journal, run_id: str) -> JournaledRun:
    run = journal.run(latest_run(journal) if run_id == LAST else run_id)
    if run is None:
        raise SettingsError(
            f"The log has no run {run_id}, or more than one begins like that.",
            why="Nothing was done.",
            do="`qbclean log` lists the runs.",
        )
    return run


def _write_files(
    session: Session, journal: Journal, runs: Sequence[JournaledRun], csv: Path | None, html: Path | None
) -> None:
    if not (csv or html):
        return
    from qbclean.report.csv import log_sheet
    from qbclean.report.html import log_page

    whole = [journal.run(run.start.id) or run for run in runs]
    if csv:
        csv.write_text(log_sheet(whole), encoding="utf-8", newline="")
        session.screen.say(f"Wrote {csv}.")
    if html:
        html.write_text(log_page(whole, journal.verify()), encoding="utf-8")
        session.screen.say(f"Wrote {html}.")


def _show(session: Session, runs: Sequence[JournaledRun], *, single: bool) -> None:
    from qbclean.report import text

    if single:
        session.screen.result("log_run", {"run": runs[0]}, lambda: text.run_detail(runs[0]))
    else:
        session.screen.result("log", {"runs": runs}, lambda: text.run_list(runs))
