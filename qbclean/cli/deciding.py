"""`decide`: put approvals and rejections into a plan file from the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from qbclean.cli import plan_files
from qbclean.cli.planning import PlanPath
from qbclean.cli.session import Session
from qbclean.cli.wiring import desk_for, user_name
from qbclean.errors import SettingsError

if TYPE_CHECKING:
    from qbclean.cli.plan_files import PlanFile
    from qbclean.model.approval import ApprovalPolicy
    from qbclean.model.plan import Plan
    from qbclean.workflow.decide import Choice


def decide(
    context: typer.Context,
    plan: PlanPath,
    *,
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
    second: Annotated[
        bool, typer.Option("--second", help="Agree, as a second person, to what somebody else approved.")
    ] = False,
) -> None:
    """Approve or reject actions of a plan. Only approved actions are ever carried out."""
    from qbclean.report.text import decision_counts, decision_table
    from qbclean.workflow.decide import Choice, left_for_single, left_out, unapproved_prerequisites

    session = Session.of(context)
    choice = Choice(approve=tuple(approve or ()), reject=tuple(reject or ()), tier=tier, kind=kind, second=second)
    if choice.is_empty:
        raise SettingsError(
            "No decision was given.",
            why="The plan is as it was.",
            do="Use --approve ID, --reject ID, --tier recommended or --kind KIND.",
        )
    file = plan_files.read(plan)
    who = by or user_name()
    decided, policy = _decided(session, file, choice, who, reason)
    if decided == file.plan:
        session.screen.say(
            "No decision changed: what was chosen is decided already, or on hold, or (with --second) "
            f"not approved, or approved by {who}."
        )
    blocked = {action.id: needed.id for action, needed in unapproved_prerequisites(decided)}
    for action, needed in blocked.items():
        session.screen.say(f"{action} will not run: it depends on {needed}, which is not approved.")
    left = [action.id for action in left_out(file.plan, choice, who, policy)]
    if left:
        session.screen.say(f"Left undecided, because they need what is not approved: {', '.join(left)}.")
    singly = [action.id for action in left_for_single(file.plan, choice, who, policy)]
    if singly:
        limit = f"{policy.single_above:,}"
        session.screen.say(f"Left undecided, because above {limit} each is approved by its id: {', '.join(singly)}.")
    content = {
        "file": str(plan),
        "digest": decided.digest,
        "decisions": decision_counts(decided),
        "will_not_run": blocked,
        "left_out": left,
        "left_for_single": singly,
    }
    session.screen.result("decided", content, lambda: decision_table(decided))
    session.screen.say(f"\nNext: `qbclean apply {plan} --dry-run`, then `qbclean apply {plan}`.")


def _decided(session: Session, file: PlanFile, choice: Choice, who: str, reason: str) -> tuple[Plan, ApprovalPolicy]:
    """The plan as decided, saved, and recorded in the journal of its company (R9); and the policy it was decided under.

    The journal is taken first, so that a decision is never in the file only because a run holds the company.
    """
    from qbclean.workflow.decide import decide as decide_plan
    from qbclean.workflow.decide import decisions_made

    plan, at = file.plan, session.clock.now()
    with desk_for(session, plan.company.realm_id) as desk:
        if desk is None:
            session.screen.say(f"Not recorded in a journal: {plan.company.name} is not connected here.")
            policy = plan.settings.approval
            decided = decide_plan(plan, choice, by=who, at=at, reason=reason, policy=policy)
            plan_files.save(file, decided)
            return decided, policy
        policy = desk.settings.approval
        decided = decide_plan(plan, choice, by=who, at=at, reason=reason, policy=policy)
        with desk.journal("decide") as journal:
            plan_files.save(file, decided)
            journal.record_decisions(decisions_made(plan, decided, choice))
        return decided, policy
