"""The dry run: the same executor over a gateway that cannot write and a journal that forgets (R10)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from qbclean.model.journal import RunStart
from qbclean.model.outcome import ActionOutcome, ActionState, RunReport
from qbclean.model.write import PlannedRequest
from qbclean.plan.approval import ApprovedPlan
from qbclean.ports.journal import Journal
from qbclean.workflow.carry_out import counted
from qbclean.workflow.elsewhere import done_elsewhere
from qbclean.workflow.execute import execute
from qbclean.workflow.preconditions import require_same_books, require_unfinished
from qbclean.workflow.rehearsal_ports import RehearsalGateway, RehearsalJournal
from qbclean.workflow.run import RunPorts


def rehearse(approved: ApprovedPlan, *, ports: RunPorts) -> RunReport:
    """What applying (or rolling back) would do right now; reads QuickBooks, writes neither there nor into the journal.

    An action that would be carried out has the state `would run` and its reviewed requests; one that an earlier run
    did is `done`. Raises like `apply`.
    """
    plan = approved.plan
    require_same_books(plan, ports.gateway)
    require_unfinished(approved, ports.journal)
    rehearsal = RunPorts(
        gateway=RehearsalGateway(ports.gateway, approved.actions),
        journal=RehearsalJournal(ports.journal),
        clock=ports.clock,
        progress=ports.progress,
        stop=ports.stop,
    )
    run = RunStart(
        id="rehearsal",
        kind="apply",
        realm_id=plan.company.realm_id,
        plan_digest=plan.digest,
        plan="",
        at=ports.clock.now(),
        actor="",
        host="",
        tool=plan.tool,
        rules=plan.rules,
    )
    elsewhere = done_elsewhere(
        approved.actions, since=plan.snapshot.taken_at, gateway=ports.gateway, journal=ports.journal
    )
    execution = execute(approved.actions, run=run, locks=plan.locks, ports=rehearsal, elsewhere=elsewhere)
    reviewed = {action.id: action.requests for action in approved.actions}
    outcomes = tuple(
        msgspec.structs.replace(
            outcome, state=_rehearsed(outcome, ports.journal, reviewed), requests=reviewed[outcome.action_id]
        )
        for outcome in execution.outcomes
    )
    complete = all(outcome.state in ("would run", "done") for outcome in outcomes)
    return RunReport(
        run_id="",
        kind="apply",
        dry_run=True,
        state="failed" if execution.surprise else "done" if complete else "partial",
        outcomes=outcomes,
        message=" ".join(part for part in (execution.surprise, f"{counted(outcomes)}. Nothing was sent.") if part),
    )


def _rehearsed(
    outcome: ActionOutcome, journal: Journal, reviewed: Mapping[str, Sequence[PlannedRequest]]
) -> ActionState:
    if outcome.state != "done":
        return outcome.state
    earlier = [journal.write(request.request_id) for request in reviewed[outcome.action_id]]
    return "done" if all(earlier) else "would run"
