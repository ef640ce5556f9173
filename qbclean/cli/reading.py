"""`pull`: the books' side of the story; the CRM's is in `crm`."""

from __future__ import annotations

from typing import Annotated

import typer

from qbclean.cli.session import Session
from qbclean.cli.wiring import desk_of


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
