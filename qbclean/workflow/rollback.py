"""Taking a run back: a plan built backwards from the journal, reviewed and carried out like any other (R26, S23)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import msgspec

from qbclean.errors import NothingToTakeBackError, NotReversibleError
from qbclean.model.action import Decision
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.documents import AnyDocument
from qbclean.model.journal import JournaledRun, JournaledWrite
from qbclean.model.locks import Locks
from qbclean.model.outcome import RunReport
from qbclean.model.plan import Plan
from qbclean.model.refs import DocumentRef
from qbclean.model.settings import CompanySettings
from qbclean.plan.approval import ApprovedPlan
from qbclean.plan.codec import decode
from qbclean.plan.digest import sealed
from qbclean.plan.inverse import RollbackTerms, Undoable, inverse_plan, touched_by, undo_id
from qbclean.plan.undo_write import UNVOIDED
from qbclean.ports.journal import Journal
from qbclean.workflow.carry_out import carry_out
from qbclean.workflow.clearance import cleared
from qbclean.workflow.history import TakenBack, in_plan_order, is_done, rollbacks_of
from qbclean.workflow.left_links import left_links
from qbclean.workflow.preconditions import require_same_books, require_unfinished
from qbclean.workflow.recover import recover
from qbclean.workflow.run import RunBy, RunPorts


def plan_rollback(
    run_id: str,
    *,
    books: ReceivablesSnapshot,
    settings: CompanySettings,
    ports: RunPorts,
    tool: str,
    only: Collection[str] = (),
    recreate: Collection[DocumentRef] = (),
) -> Plan:
    """The sealed plan that takes back what is left of a run, recorded in the journal; it changes nothing by itself.

    `books` is the snapshot, `settings` are the company's present ones. `only` names actions of the run; what was built
    on them comes with them. What someone changed since stands in the plan as a hold with the reason, and so does what
    is in doubt (run `recover` before). `recreate` names voided invoices that cannot be restored by update. Raises
    NotReversibleError when there is no such run, NothingToTakeBackError when nothing of it is left.
    """
    run = _the_run(ports.journal, run_id)
    original = decode(run.start.plan.encode())
    _require_known(run, only)
    undoable = _undoable(run, original, ports, frozenset(recreate))
    if not undoable.writes:
        raise NothingToTakeBackError(
            f"Nothing of run {run.start.id} is left to take back.",
            why="It wrote nothing, or all of it was taken back already.",
            do="See `qbclean log` for what was done when.",
        )
    now = ports.clock.now()
    terms = RollbackTerms(
        books=books,
        as_of=ports.clock.today(),
        at=now,
        tool=tool,
        settings=settings,
        locks=Locks.of(ports.gateway.preferences(), settings),
        only=frozenset(only),
    )
    plan = sealed(inverse_plan(undoable, terms))
    ports.journal.record_plan(plan.digest, made_at=now.isoformat(), origin=f"rollback of {run.start.id}")
    return plan


def rollback(
    approved: ApprovedPlan, *, undoes: str, books: ReceivablesSnapshot, ports: RunPorts, by: RunBy
) -> RunReport:
    """Carry out a plan of `plan_rollback`, journaled as taking back run `undoes`; prove it as apply does.

    Where QuickBooks refuses to restore a voided invoice, a second plan creates it again, as the first one's undo text
    has announced; the report is then of both. Interrupted, it can be carried out again, or planned anew: what was taken
    back stays so. Raises like `apply`.
    """
    require_same_books(approved.plan, ports.gateway)
    if not recover(ports.gateway, ports.journal, ports.clock, passing=ports.passing):
        # What was just settled may have been all that was left; then this run reports and proves it.
        require_unfinished(approved, ports.journal)
    run = _the_run(ports.journal, undoes)
    report = carry_out(approved, kind="rollback", undoes=run.start.id, books=books, ports=ports, by=by)
    refused = _refused_restorations(approved, report)
    if not refused or report.state != "partial":
        return report
    again = plan_rollback(
        run.start.id,
        books=books,
        settings=approved.plan.settings,
        ports=ports,
        tool=by.tool,
        only=_actions_left(approved, report, run),
        recreate=refused,
    )
    second = _cleared_alike(again, approved, ports)
    return _both(report, carry_out(second, kind="rollback", undoes=run.start.id, books=books, ports=ports, by=by))


# ------------------------------------------------------------------ the second pass
def _refused_restorations(approved: ApprovedPlan, report: RunReport) -> frozenset[DocumentRef]:
    """The voided invoices that QuickBooks refused to restore by update."""
    refused = {outcome.action_id for outcome in report.outcomes if outcome.state == "refused"}
    return frozenset(
        request.target
        for action in approved.actions
        if action.id in refused and action.undo == UNVOIDED
        for request in action.requests
        if request.target is not None
    )


def _actions_left(approved: ApprovedPlan, report: RunReport, run: JournaledRun) -> frozenset[str]:
    """The actions of the run whose undo was approved and did not happen: no other may come in by the second pass."""
    left = {outcome.action_id for outcome in report.outcomes if outcome.state in ("refused", "blocked")}
    approved_ids = {action.id for action in approved.actions} & left
    return frozenset(write.intent.action_id for write in run.writes if undo_id(write.intent.request_id) in approved_ids)


def _cleared_alike(plan: Plan, approved: ApprovedPlan, ports: RunPorts) -> ApprovedPlan:
    """`plan` with the decisions that were made on `approved`, cleared to run."""
    decisions = {action.id: action.decision for action in approved.actions}
    actions = tuple(
        msgspec.structs.replace(action, decision=decisions.get(action.id, Decision()))
        if action.tier != "hold"
        else action
        for action in plan.actions
    )
    return cleared(
        msgspec.structs.replace(plan, actions=actions),
        gateway=ports.gateway,
        journal=ports.journal,
        clock=ports.clock,
        settings=plan.settings,
    )


def _both(first: RunReport, second: RunReport) -> RunReport:
    """One report of two passes: the later outcome of an action counts, the state is that of all outcomes."""
    later = {outcome.action_id: outcome for outcome in second.outcomes}
    outcomes = tuple(later.pop(outcome.action_id, outcome) for outcome in first.outcomes) + tuple(later.values())
    complete = second.state == "done" and all(outcome.state == "done" for outcome in outcomes)
    return msgspec.structs.replace(
        second,
        state="done" if complete else "partial" if second.state == "done" else second.state,
        outcomes=outcomes,
        message=f"Run {first.run_id}: {first.message} Run {second.run_id}: {second.message}",
    )


# ------------------------------------------------------------------ what there is to take back
def _the_run(journal: Journal, run_id: str) -> JournaledRun:
    run = journal.run(run_id)
    if run is None:
        raise NotReversibleError(
            f"There is no run {run_id} in the journal of this company, or more than one begins so.",
            do="`qbclean log` lists the runs.",
        )
    return run


def _require_known(run: JournaledRun, only: Collection[str]) -> None:
    unknown = sorted(set(only) - {write.intent.action_id for write in run.writes})
    if unknown:
        raise NotReversibleError(
            f"Run {run.start.id} sent nothing for action {', '.join(unknown)}.",
            do=f"`qbclean log {run.start.id}` lists what it did.",
        )


def _undoable(run: JournaledRun, original: Plan, ports: RunPorts, recreate: frozenset[DocumentRef]) -> Undoable:
    rollbacks = rollbacks_of(ports.journal, run.start.id)
    taken_back = TakenBack(ports.journal)
    done = [write for write in run.writes if is_done(write)]
    history = (*done, *_done_later(ports.journal, run.start.id))
    live = _live(history, ports)
    standing = [write for write in done if not taken_back.by(write)]
    links = tuple(left_links(standing, live, ports.gateway, ports.journal))
    doubtful = (write for write in run.writes if write.in_doubt)
    return Undoable(
        start=run.start,
        plan=original,
        writes=in_plan_order((*doubtful, *standing, *links), original),
        history=(*history, *links),
        live={**live, **_live(links, ports)},
        doubtful=frozenset(
            write.intent.action_id for rollback in rollbacks for write in rollback.writes if write.in_doubt
        ),
        attempt=len(rollbacks),
        recreate=recreate,
    )


def _live(writes: Iterable[JournaledWrite], ports: RunPorts) -> Mapping[DocumentRef, AnyDocument]:
    """What `writes` touched, as it is now."""
    found = ports.gateway.read(sorted(touched_by(writes)))
    return {ref: live.document for ref, live in found.items()}


def _done_later(journal: Journal, run_id: str) -> list[JournaledWrite]:
    """The done writes of every rollback of `run_id`, and of the rollbacks of those, in the order of the journal."""
    family = {run_id}
    found: list[JournaledWrite] = []
    for listed in journal.runs():
        if listed.start.undoes in family:
            family.add(listed.start.id)
            run = journal.run(listed.start.id)
            found += [write for write in run.writes if is_done(write)] if run else []
    return found
