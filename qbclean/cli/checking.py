"""`check`: what differs, without proposing to change anything yet."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from qbclean.cli.session import Session, finish
from qbclean.cli.wiring import TOOL, desk_of

FINDINGS_PRESENT = 3
AsOf = Annotated[
    datetime | None, typer.Option("--as-of", formats=["%Y-%m-%d"], help="The day to judge by. Default: today.")
]


def check(
    context: typer.Context,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the findings as a page to read.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Every finding, not only the largest of each kind.")] = False,
    as_of: AsOf = None,
) -> None:
    """Compare QuickBooks with the CRM and list what differs. Exit code 3 when something does."""
    from qbclean.report import text
    from qbclean.report.html import plan_page
    from qbclean.workflow.check import check as compare

    session = Session.of(context)
    with desk_of(session) as desk:
        day = as_of.date() if as_of else session.clock.today()
        found = compare(desk.books, desk.settings, as_of=day, tool=TOOL)
    if html:
        html.write_text(plan_page(found), encoding="utf-8")
        session.screen.say(f"Wrote {html}.")
    content = {"company": found.company, "as_of": found.as_of, "summary": found.summary, "findings": found.findings}
    session.screen.result("check", content, lambda: text.check_result(found, every=every))
    finish(FINDINGS_PRESENT if found.findings else 0)
