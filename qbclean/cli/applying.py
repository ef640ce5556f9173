"""`apply`, `recover` and `rollback`: the commands that write to QuickBooks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from qbclean.cli import plan_files
from qbclean.cli.journaling import LAST, latest_run
from qbclean.cli.planning import PlanPath
from qbclean.cli.session import Session, finish
from qbclean.cli.wiring import TOOL, desk_of, run_by, user_name

if TYPE_CHECKING:
    from qbclean.model.journal import ChainHead, WriteOutcome
    from qbclean.model.outcome import RunReport
    from qbclean.model.plan import Plan
    from qbclean.plan.approval import ApprovedPlan
    from qbclean.ports.journal import Journal

DryRun = Annotated[bool, typer.Option("--dry-run", help="Check everything, show every request, write nothing.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask before writing.")]
_EXIT_OF_STATE = {"done": 0, "partial": 5, "failed": 1, "interrupted": 130}
IN_DOUBT = 5


def apply(
    context: typer.Context,
    plan: PlanPath,
    dry_run: DryRun = False,
    yes: Yes = False,
    *,
    only: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Only this action, or kind, and what it needs; repeatable.")
    ] = None,
    exclude: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Not this action, or kind, nor what needs it; repeatable.")
    ] = None,
) -> None:
    """Carry out the approved actions of a plan.

    Every write is logged before it is sent, and the result is proved from QuickBooks' own reports.
    """
    from qbclean.workflow.apply import apply as carry_out
    from qbclean.workflow.rehearsal import rehearse

    session = Session.of(context)
    read = plan_files.read(plan).plan
    with desk_of(session) as desk, desk.run_ports("apply") as ports:
        if only or exclude:
            read = _part(session, read, ports.journal, tuple(only or ()), tuple(exclude or ()))
        approved = desk.clearance(read, ports.journal)
        if dry_run:
            report = rehearse(approved, ports=ports)
        else:
            ask_before_writing(session, approved, "Apply", confirmed=yes)
            report = carry_out(approved, books=desk.books.load(), ports=ports, by=run_by())
        head = ports.journal.head()
    options = [f" --only {name}" for name in only or ()] + [f" --exclude {name}" for name in exclude or ()]
    show_run(session, report, head, again=f"qbclean apply {plan}{''.join(options)}")


def _part(session: Session, plan: Plan, journal: Journal, only: tuple[str, ...], exclude: tuple[str, ...]) -> Plan:
    """The part of the plan to carry out, under a digest of its own (R8)."""
    from qbclean.plan.part import added_by
    from qbclean.workflow.derive import derive_part

    part = derive_part(plan, journal, session.clock, only=only, exclude=exclude)
    session.screen.say(
        f"Part {part.digest[:12]} of plan {plan.digest[:12]}: {len(part.actions)} of its {len(plan.actions)} actions."
    )
    if added := [action.id for action in added_by(part, only)]:
        session.screen.say(f"Needed by them, and so included: {', '.join(added)}.")
    return part


def recover(context: typer.Context) -> None:
    """Settle writes in doubt after a crash. `apply` does it first by itself."""
    from qbclean.workflow.recover import recover as settle

    session = Session.of(context)
    with desk_of(session) as desk, desk.journal("recover") as journal:
        outcomes = settle(desk.gateway, journal, session.clock)
    _show_recovered(session, outcomes)


def _show_recovered(session: Session, outcomes: tuple[WriteOutcome, ...]) -> NoReturn:
    from qbclean.report import text

    session.screen.result("recovered", {"outcomes": outcomes}, lambda: text.recovery_result(outcomes))
    finish(IN_DOUBT if any(outcome.state == "unknown" for outcome in outcomes) else 0)


def rollback(
    context: typer.Context,
    run: Annotated[
        str, typer.Argument(metavar="RUN", help="The run to take back: its id, the start of it, or `last`.")
    ],
    action: Annotated[list[str] | None, typer.Option(metavar="ID", help="Only this action; may be repeated.")] = None,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Take a run back, as far as it can be.

    Shows for each write how far it can be undone, asks, and carries the inverse plan out.
    """
    from qbclean.errors import NothingToTakeBackError
    from qbclean.report import text
    from qbclean.workflow.decide import approve_all
    from qbclean.workflow.recover import recover as settle
    from qbclean.workflow.rehearsal import rehearse
    from qbclean.workflow.rollback import plan_rollback
    from qbclean.workflow.rollback import rollback as take_back

    session = Session.of(context)
    with desk_of(session) as desk, desk.run_ports("rollback") as ports:
        run_id = latest_run(ports.journal) if run == LAST else run
        # What is in doubt would be held back. A rehearsal sends nothing, not even that.
        settled = () if dry_run else settle(desk.gateway, ports.journal, session.clock, passing=ports.passing)
        books = desk.books.load()
        try:
            inverse = plan_rollback(
                run_id, books=books, settings=desk.settings, ports=ports, tool=TOOL, only=tuple(action or ())
            )
        except NothingToTakeBackError:
            if not settled:
                raise
            _show_recovered(session, settled)
        session.screen.show(text.undo_overview(inverse))
        _require_reversible(inverse, run_id)
        decided = approve_all(inverse, by=user_name(), at=session.clock.now(), reason=f"rollback of {run_id}")
        approved = desk.clearance(decided, ports.journal)
        if dry_run:
            report = rehearse(approved, ports=ports)
        else:
            ask_before_writing(session, approved, "Take back", confirmed=yes)
            report = take_back(approved, undoes=run_id, books=books, ports=ports, by=run_by())
        head = ports.journal.head()
    show_run(session, report, head, again=f"qbclean rollback {run_id}")


def _require_reversible(inverse: Plan, run_id: str) -> None:
    from qbclean.errors import NothingToTakeBackError

    if all(action.tier == "hold" for action in inverse.actions):
        raise NothingToTakeBackError(
            f"Nothing of run {run_id} can be taken back.",
            why=f"{inverse.actions[0].hold_reason} Nothing was sent.",
            do="The list above says why, write by write; put right by hand in QuickBooks what has to be.",
        )


def ask_before_writing(session: Session, approved: ApprovedPlan, verb: str, *, confirmed: bool) -> None:
    """Show company, count and dollars and ask. In production the company's name has to be typed (S24)."""
    from qbclean.model.money import total
    from qbclean.report.text.plan import requests_needed, writes_of
    from qbclean.report.words import counted, dollars

    company = approved.plan.company
    amount = dollars(total(action.amount for action in approved.actions))
    where = f"{company.name} (realm {company.realm_id}, {company.environment})"
    session.screen.say(f"{verb} {counted(len(approved.actions), 'action')} of {amount} in all, in {where}.")
    session.screen.say(requests_needed(writes_of(approved.actions)))
    if not confirmed:
        answer = company.name if company.environment == "production" else "yes"
        session.screen.confirm("This writes to QuickBooks.", answer=answer)


def show_run(session: Session, report: RunReport, head: ChainHead, *, again: str) -> None:
    """The report of a run with the head of the log (R29), how to go on where it stopped early, and its exit code."""
    from qbclean.report import text

    content = {"run": report, "log_head": head}
    session.screen.result("run", content, lambda: text.run_result(report, requests=report.dry_run))
    if not report.dry_run:
        session.screen.say(
            f"\nThe log now ends at {head.hash}:{head.rows}; kept elsewhere, that proves it whole later."
        )
        if report.proof is None and any(outcome.state in ("blocked", "unknown") for outcome in report.outcomes):
            session.screen.say(f"\nGo on: `{again}`. What is done is not done again.")
        session.screen.say(f"\nLook: `qbclean log {report.run_id}`. Take it back: `qbclean rollback {report.run_id}`.")
    finish(_EXIT_OF_STATE[report.state])
