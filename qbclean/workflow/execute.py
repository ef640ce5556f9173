"""The one executor: carries out reviewed actions in plan order, each request journaled before it leaves.

Apply, dry run and rollback differ only in the ports they hand in. An action that cannot be done is left with its
reason; only what depends on it stays undone with it (R7).
"""

from __future__ import annotations

from collections.abc import Sequence

from qbclean.model.action import PlannedAction
from qbclean.model.journal import ActionSkipped, RunStart
from qbclean.model.locks import Locks
from qbclean.model.outcome import ActionOutcome, ActionState
from qbclean.model.write import PlannedRequest
from qbclean.workflow.history import TakenBack
from qbclean.workflow.lookahead import Lookahead
from qbclean.workflow.run import Execution, RunPorts
from qbclean.workflow.step import NotDone, Steps

MAX_UNANSWERED = 3
"""After so many actions in a row that QuickBooks did not answer, the run stops and can be continued later."""


def execute(actions: Sequence[PlannedAction], *, run: RunStart, locks: Locks, ports: RunPorts) -> Execution:
    """Carry out `actions` in their order; the run must have been started in the journal.

    An action that an earlier run of the same plan did is reported done and not repeated. Between two writes the stop
    signal is asked. Raises AuthorizationError when QuickBooks no longer lets us in; the journal is consistent then.
    """
    reading = Lookahead(ports.gateway, ports.clock, actions)
    steps = Steps(run=run, ports=ports, locks=locks, reading=reading, taken_back=TakenBack(ports.journal))
    return _Executor(steps).carry_out(actions)


class _Executor:
    def __init__(self, steps: Steps) -> None:
        self._steps = steps
        self._ports = steps.ports
        self._states: dict[str, ActionState] = {}
        self._interrupted = ""
        self._unanswered = 0

    def carry_out(self, actions: Sequence[PlannedAction]) -> Execution:
        self._steps.take_up(actions)
        self._ports.progress.start("Carrying out the plan", len(actions))
        outcomes = []
        for action in actions:
            outcome = self._outcome_of(action)
            self._states[action.id] = outcome.state
            outcomes.append(outcome)
            self._ports.progress.advance(1, action.amount)
        self._ports.progress.finish()
        known = self._steps.known.documents
        return Execution(
            outcomes=tuple(outcomes),
            expected={ref: known[ref] for ref in self._steps.touched},
            surprise=self._steps.surprise,
            interrupted=self._interrupted,
        )

    def _outcome_of(self, action: PlannedAction) -> ActionOutcome:
        sent: list[PlannedRequest] = []
        state: ActionState = "done"
        reason = ""
        try:
            self._require_dependencies(action)
            for request in action.requests:
                as_sent = self._steps.earlier(request) or self._carried_out(action, request)
                sent.append(as_sent)
            self._unanswered = 0
        except NotDone as left:
            state, reason = left.state, left.reason
            if sent:
                reason = f"{len(sent)} of {len(action.requests)} steps were done. {reason}"
            self._count(left)
        if state != "done" and not (self._interrupted or self._steps.surprise):
            skipped = ActionSkipped(
                run_id=self._steps.run.id, action_id=action.id, reason=f"{state}: {reason}", at=self._ports.clock.now()
            )
            self._ports.journal.skip(skipped)
        return ActionOutcome(
            action_id=action.id,
            kind=action.kind,
            state=state,
            amount=action.amount,
            summary=action.summary,
            reason=reason,
            requests=tuple(sent),
        )

    def _carried_out(self, action: PlannedAction, request: PlannedRequest) -> PlannedRequest:
        stopped = self._steps.surprise or self._interrupted
        if not stopped and self._ports.stop.requested():
            stopped = self._interrupted = "Stopped by the user."
        if stopped:
            raise NotDone(state="blocked", reason=f"Not reached. {stopped}")
        return self._steps.carry_out(action, request)

    def _require_dependencies(self, action: PlannedAction) -> None:
        """All that `action` depends on is done (S18, R7); any other state carries on to whoever depends on it."""
        for needed in action.depends_on:
            state = self._states.get(needed)
            if state != "done":
                raise NotDone(state="blocked", reason=f"Needs action {needed}, which is {state or 'not approved'}.")

    def _count(self, left: NotDone) -> None:
        self._unanswered += left.unanswered
        if self._unanswered >= MAX_UNANSWERED:
            self._interrupted = "QuickBooks does not answer. Apply the same plan again later."
