"""The one executor: carries out reviewed actions, each request journaled before it leaves.

Apply, dry run and rollback differ only in the ports they hand in. Actions that have nothing to do with each other run
at the same time, all others in the order of the plan. An action that cannot be done is left with its reason; only what
depends on it stays undone with it (R7).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from qbclean.model.action import PlannedAction
from qbclean.model.journal import ActionSkipped, JournaledWrite, RunStart
from qbclean.model.locks import Locks
from qbclean.model.outcome import ActionOutcome, ActionState, outcome_of
from qbclean.model.write import PlannedRequest
from qbclean.plan.expectations import as_sent
from qbclean.workflow.crew import Crew
from qbclean.workflow.history import TakenBack
from qbclean.workflow.lookahead import Lookahead
from qbclean.workflow.not_done import NotDone
from qbclean.workflow.run import Execution, RunPorts
from qbclean.workflow.step import Steps
from qbclean.workflow.together import Schedule

NOTHING: Mapping[str, str] = {}
MAX_UNANSWERED = 3
"""After so many actions in a row that QuickBooks did not answer, the run stops and can be continued later."""

STOPPED = "Stopped by the user."


def execute(
    actions: Sequence[PlannedAction],
    *,
    run: RunStart,
    locks: Locks,
    ports: RunPorts,
    elsewhere: Mapping[str, str] = NOTHING,
) -> Execution:
    """Carry out `actions`; the run must have been started in the journal. Outcomes are in the order of `actions`.

    An action that an earlier run of the same plan did is reported done and not repeated; one that was done `elsewhere`
    (action → where it shows) is stale. Before each write the stop
    signal is asked; writes in flight are finished. Raises AuthorizationError when QuickBooks no longer lets us in; the
    journal is consistent then.
    """
    reading = Lookahead(ports.gateway, ports.clock, actions)
    steps = Steps(run=run, ports=ports, locks=locks, reading=reading, taken_back=TakenBack(ports.journal))
    return _Executor(steps, elsewhere).carry_out(actions)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Finished:
    """What became of one action; `left` says why it stays undone."""

    outcome: ActionOutcome
    left: NotDone | None


class _Executor:
    def __init__(self, steps: Steps, elsewhere: Mapping[str, str]) -> None:
        self._steps, self._elsewhere = steps, elsewhere
        self._ports = steps.ports
        self._outcomes: dict[str, ActionOutcome] = {}
        self._interrupted = ""
        self._unanswered = 0

    def carry_out(self, actions: Sequence[PlannedAction]) -> Execution:
        self._steps.take_up(actions)
        self._ports.progress.start("Carrying out the plan", len(actions))
        self._carry_out_all(Schedule(actions))
        self._ports.progress.finish()
        return Execution(
            outcomes=tuple(self._outcomes[action.id] for action in actions),
            expected=self._steps.expected(),
            relied_on=self._steps.relied_on(),
            surprise=self._steps.surprise,
            interrupted=self._interrupted,
        )

    def _carry_out_all(self, schedule: Schedule) -> None:
        """Hand out and note, all in this thread; only the actions themselves run in those of the crew."""
        crew: Crew[_Finished] = Crew(self._ports.at_once)
        failure: Exception | None = None
        try:
            while crew.busy or (schedule.unfinished and not failure):
                while not failure and crew.has_room and (action := schedule.next()):
                    crew.start(lambda action=action: self._finished(action))  # type: ignore[misc]
                try:
                    finished = crew.finished()
                except Exception as error:  # noqa: BLE001 - raised below, once nothing is in flight
                    failure = failure or error
                    self._interrupted = self._interrupted or "The run could not go on."
                    continue
                self._note(finished)
                schedule.finish(finished.outcome.action_id)
        finally:
            crew.dismiss()
        if failure:
            raise failure

    # ------------------------------------------------------------------ in the crew's threads
    def _finished(self, action: PlannedAction) -> _Finished:
        writes: list[JournaledWrite] = []
        left: NotDone | None = None
        try:
            self._require_dependencies(action)
            self._require_undone(action)
            for request in action.requests:
                # One by one: those done before another fails count.
                writes.append(self._steps.earlier(request) or self._carried_out(action, request))  # noqa: PERF401
        except NotDone as reason:
            left = reason
        sent = tuple(as_sent(write.intent) for write in writes if not write.by_itself)
        why = _told(left, len(writes), len(action.requests)) if left else _unsent(writes)
        outcome = outcome_of(action, left.state if left else "done", why, sent)
        return _Finished(outcome=outcome, left=left)

    def _carried_out(self, action: PlannedAction, request: PlannedRequest) -> JournaledWrite:
        stopped = self._steps.surprise or self._interrupted
        if not stopped and self._ports.stop.requested():
            stopped = self._interrupted = STOPPED
        if stopped:
            raise NotDone(state="blocked", reason=f"Not reached. {stopped}", reached=False)
        return self._steps.carry_out(action, request)

    def _require_dependencies(self, action: PlannedAction) -> None:
        """All that `action` depends on is done (S18, R7); any other state carries on to whoever depends on it."""
        for needed in action.depends_on:
            outcome = self._outcomes.get(needed)
            state: ActionState | None = outcome.state if outcome else None
            if state != "done":
                raise NotDone(state="blocked", reason=f"Needs action {needed}, which is {state or 'not approved'}.")

    def _require_undone(self, action: PlannedAction) -> None:
        """Nobody else carried it out meanwhile (R4)."""
        if shown := self._elsewhere.get(action.id):
            raise NotDone(state="stale", reason=f"It was done elsewhere: {shown}. Nothing was sent.")

    # ------------------------------------------------------------------ in the caller's thread
    def _note(self, finished: _Finished) -> None:
        outcome, left = finished.outcome, finished.left
        self._outcomes[outcome.action_id] = outcome
        self._ports.progress.advance(1, outcome.amount)
        if left is None:
            self._unanswered = 0
            return
        if left.reached:
            reason = f"{outcome.state}: {outcome.reason}"
            self._ports.journal.skip(
                ActionSkipped(
                    run_id=self._steps.run.id, action_id=outcome.action_id, reason=reason, at=self._ports.clock.now()
                )
            )
        self._unanswered += left.unanswered
        if self._unanswered >= MAX_UNANSWERED:
            self._interrupted = "QuickBooks does not answer. Apply the same plan again later."


def _told(left: NotDone, done: int, of: int) -> str:
    return f"{done} of {of} steps were done. {left.reason}" if done else left.reason


def _unsent(writes: Iterable[JournaledWrite]) -> str:
    """What was not sent because QuickBooks had done it by itself (S09); "" when all was."""
    return " ".join(write.outcome.message for write in writes if write.by_itself and write.outcome)
