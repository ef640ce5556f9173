"""`check`: what differs, without proposing to change anything yet."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from qbclean.cli.session import Session, finish
from qbclean.cli.wiring import TOOL, desk_of
from qbclean.collector import collector_paused

FINDINGS_PRESENT = 3
AsOf = Annotated[
    datetime | None, typer.Option("--as-of", formats=["%Y-%m-%d"], help="The day to judge by. Default: today.")
]


@collector_paused()
def check(
    context: typer.Context,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the report as a page to read.")] = None,
    xlsx: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the figures as a workbook.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Every finding and row, not only the largest.")] = False,
    as_of: AsOf = None,
) -> None:
    """Explain what differs between QuickBooks and the CRM.

    Every dollar of difference, by customer, job and month, then the findings. Exit code 3 when there are findings.
    """
    from qbclean.model.reconciliation import Listed
    from qbclean.report import text
    from qbclean.report.html import check_page
    from qbclean.report.json import without_agreed
    from qbclean.workflow.check import check as compare

    session = Session.of(context)
    as_json = session.screen.as_json
    listed: Listed = "every" if html or xlsx or (as_json and every) else "differing" if as_json else "none"
    with desk_of(session) as desk:
        day = as_of.date() if as_of else session.clock.today()
        checked = compare(desk.books, desk.settings, as_of=day, tool=TOOL, listed=listed, progress=desk.progress)
    found, explained = checked.plan, checked.reconciliation
    if html:
        html.write_text(check_page(found, explained), encoding="utf-8")
        session.screen.say(f"Wrote {html}.")
    if xlsx:
        from qbclean.report.workbook import write_workbook

        write_workbook(xlsx, explained)
        session.screen.say(f"Wrote {xlsx}.")
    content = {
        "company": found.company,
        "as_of": found.as_of,
        "summary": found.summary,
        "findings": found.findings,
        "reconciliation": without_agreed(explained) if as_json and not every else explained,
    }
    session.screen.result("check", content, lambda: text.check_result(found, explained, every=every))
    finish(FINDINGS_PRESENT if found.findings else 0)
