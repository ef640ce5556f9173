"""`decide`: put approvals and rejections into a plan file from the terminal."""

from __future__ import annotations

from typing import Annotated

import typer

from qbclean.cli import plan_files
from qbclean.cli.planning import PlanPath
from qbclean.cli.session import Session
from qbclean.cli.wiring import user_name
from qbclean.errors import SettingsError


def decide(
    context: typer.Context,
    plan: PlanPath,
    approve: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Approve this action; may be repeated.")
    ] = None,
    reject: Annotated[list[str] | None, typer.Option(metavar="ID", help="Reject this action; may be repeated.")] = None,
    tier: Annotated[str | None, typer.Option(metavar="TIER", help="Approve what is undecided in this tier.")] = None,
    kind: Annotated[
        str | None, typer.Option(metavar="KIND", help="Approve what is undecided of this kind (with --tier: of both).")
    ] = None,
    by: Annotated[str | None, typer.Option(metavar="NAME", help="Who decides. Default: the system's user.")] = None,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why; goes into the journal.")] = "",
) -> None:
    """Approve or reject actions of a plan. Only approved actions are ever carried out."""
    from qbclean.report.text import decision_counts, decision_table
    from qbclean.workflow.decide import Choice, left_out, unapproved_prerequisites
    from qbclean.workflow.decide import decide as decide_plan

    session = Session.of(context)
    choice = Choice(approve=tuple(approve or ()), reject=tuple(reject or ()), tier=tier, kind=kind)
    if choice.is_empty:
        raise SettingsError(
            "No decision was given.",
            why="The plan is as it was.",
            do="Use --approve ID, --reject ID, --tier recommended or --kind KIND.",
        )
    file = plan_files.read(plan)
    decided = decide_plan(file.plan, choice, by=by or user_name(), at=session.clock.now(), reason=reason)
    plan_files.save(file, decided)
    blocked = {action.id: needed.id for action, needed in unapproved_prerequisites(decided)}
    for action, needed in blocked.items():
        session.screen.say(f"{action} will not run: it depends on {needed}, which is not approved.")
    left = [action.id for action in left_out(file.plan, choice)]
    if left:
        session.screen.say(f"Left undecided, because they need what is not approved: {', '.join(left)}.")
    content = {
        "file": str(plan),
        "digest": decided.digest,
        "decisions": decision_counts(decided),
        "will_not_run": blocked,
        "left_out": left,
    }
    session.screen.result("decided", content, lambda: decision_table(decided))
    session.screen.say(f"\nNext: `qbclean apply {plan} --dry-run`, then `qbclean apply {plan}`.")
