"""The one executor: carries out reviewed actions in plan order, each request journaled before it leaves.

Apply, dry run and rollback differ only in the ports they hand in. What cannot be done as reviewed is not done: a
document that moved on, a dependency that did not run, an answer that is not the planned one (S17–S20, R2, R7, R14).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from qbclean.errors import (
    GatewayError,
    ThrottledError,
    UnavailableError,
    UnsafePlanError,
)
from qbclean.ledger.refusal import SimulationError
from qbclean.model.action import PlannedAction, Target
from qbclean.model.journal import ActionSkipped, Image, JournaledWrite, RunStart, WriteIntent, WriteOutcome
from qbclean.model.outcome import ActionOutcome, ActionState
from qbclean.model.refs import DocumentRef
from qbclean.model.write import PlannedRequest, body_bytes
from qbclean.plan.expectations import Expectations, as_sent, foreseen, linked_by, written_by
from qbclean.plan.placeholders import creator_of, filled_ref, id_placeholder, with_ids, with_token
from qbclean.ports.gateway import LiveDocument
from qbclean.workflow.history import is_done, taken_back_by
from qbclean.workflow.run import Execution, RunPorts
from qbclean.workflow.settle import STALE, done, failed_with, settle_in_doubt
from qbclean.workflow.staleness import drift_from_review, drift_from_run, drift_of_token, name_of

MAX_UNANSWERED = 3
"""After so many actions in a row that QuickBooks did not answer, the run stops and can be continued later."""


def execute(actions: Sequence[PlannedAction], *, run: RunStart, ports: RunPorts) -> Execution:
    """Carry out `actions` in their order; the run must have been started in the journal.

    An action that an earlier run of the same plan did is reported done and not repeated. Between two writes the stop
    signal is asked. Raises AuthorizationError when QuickBooks no longer lets us in; the journal is consistent then.
    """
    return _Executor(run, ports).carry_out(actions)


class _NotDone(Exception):  # noqa: N818 - not an error: the way out of an action that stays undone
    """Why an action was left, as an outcome."""

    def __init__(self, *, state: ActionState, reason: str) -> None:
        super().__init__(reason)
        self.state, self.reason = state, reason


class _Executor:
    def __init__(self, run: RunStart, ports: RunPorts) -> None:
        self._run, self._ports = run, ports
        self._known = Expectations()
        self._states: dict[str, ActionState] = {}
        self._parked = {ref: write for write in ports.journal.in_doubt() for ref in _touched_by(write)}
        self._surprise = self._interrupted = ""
        self._unanswered = 0

    def carry_out(self, actions: Sequence[PlannedAction]) -> Execution:
        self._ports.progress.start("Carrying out the plan", len(actions))
        outcomes = []
        for action in actions:
            outcome = self._outcome_of(action)
            self._states[action.id] = outcome.state
            outcomes.append(outcome)
            self._ports.progress.advance(1, action.amount)
        self._ports.progress.finish()
        return Execution(
            outcomes=tuple(outcomes),
            expected=dict(self._known.documents),
            surprise=self._surprise,
            interrupted=self._interrupted,
        )

    # ------------------------------------------------------------------ one action
    def _outcome_of(self, action: PlannedAction) -> ActionOutcome:
        sent: list[PlannedRequest] = []
        state: ActionState = "done"
        reason = ""
        try:
            self._require_dependencies(action)
            for request in action.requests:
                self._require_going_on()
                sent.append(self._step(action, request))
            reason = self._surprise
        except _NotDone as left:
            state, reason = left.state, left.reason
            if sent:
                reason = f"{len(sent)} of {len(action.requests)} steps were done. {reason}"
        if state != "done" and not (self._interrupted or self._surprise):
            skipped = ActionSkipped(
                run_id=self._run.id, action_id=action.id, reason=f"{state}: {reason}", at=self._ports.clock.now()
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

    def _require_dependencies(self, action: PlannedAction) -> None:
        """All that `action` depends on is done (S18, R7); any other state carries on to whoever depends on it."""
        for needed in action.depends_on:
            state = self._states.get(needed)
            if state != "done":
                raise _NotDone(state="blocked", reason=f"Needs action {needed}, which is {state or 'not approved'}.")

    def _require_going_on(self) -> None:
        if not self._surprise and not self._interrupted and self._ports.stop.requested():
            self._interrupted = "Stopped by the user."
        if self._surprise or self._interrupted:
            raise _NotDone(state="blocked", reason=f"Not reached. {self._surprise or self._interrupted}")

    # ------------------------------------------------------------------ one request
    def _step(self, action: PlannedAction, planned: PlannedRequest) -> PlannedRequest:
        """Carry out one request, or find that it was; returns it as sent. Raises _NotDone."""
        earlier = self._ports.journal.write(planned.request_id)
        if earlier is not None:
            return self._take_over(earlier)
        try:
            live = self._read(action, planned)
            request = self._checked(action, planned, live)
        except (UnsafePlanError, SimulationError) as error:
            raise _NotDone(state="refused", reason=str(error)) from error
        intent = self._intent(action, request, live)
        self._ports.journal.intend(intent)
        outcome = self._send(intent, request)
        self._unanswered = 0 if outcome.state != "unknown" else self._unanswered
        if outcome.state != "done":
            self._leave(intent, outcome)
        self._note(JournaledWrite(intent=intent, outcome=outcome))
        return request

    def _take_over(self, write: JournaledWrite) -> PlannedRequest:
        """A request that an earlier run sent is not sent again, whatever became of it (R4, R15)."""
        if not is_done(write):
            message = write.outcome.message if write.outcome else "Sent before, and no answer came."
            raise _NotDone(state=_reported(write.outcome), reason=f"{message} It is not sent again.")
        undone = taken_back_by(self._ports.journal, write)
        if undone:
            raise _NotDone(state="stale", reason=f"It was done and taken back by run {undone}. Pull and plan again.")
        self._note(write)
        return as_sent(write.intent)

    def _read(self, action: PlannedAction, planned: PlannedRequest) -> Mapping[DocumentRef, LiveDocument]:
        """Everything the request relies on, writes or moves, as QuickBooks holds it now, in one read."""
        request = with_ids(planned, self._known.created)
        refs = self._relied_on(action, request)
        for ref in refs & self._parked.keys():
            raise _NotDone(
                state="blocked",
                reason=f"{name_of(ref, action)} is part of a write whose outcome is unknown "
                f"(action {self._parked[ref].intent.action_id}).",
            )
        try:
            return self._ports.gateway.read(sorted(refs))
        except (UnavailableError, ThrottledError) as error:
            self._count_unanswered()
            raise _NotDone(state="blocked", reason=f"Nothing was sent. {error}") from error
        except GatewayError as error:
            raise _NotDone(state="refused", reason=f"Nothing was sent. {error}") from error

    def _targets(self, action: PlannedAction) -> list[tuple[DocumentRef, Target]]:
        """The documents `action` was reviewed with, as far as they exist yet; customers are not documents."""
        return [
            (filled_ref(target.ref, self._known.created), target)
            for target in action.targets
            if creator_of(target.id) in ("", *self._known.created) and target.kind != "Customer"
        ]

    def _relied_on(self, action: PlannedAction, request: PlannedRequest) -> set[DocumentRef]:
        own = {request.target} if request.target else set()
        targets = {ref for ref, _ in self._targets(action)}
        return {ref for ref in (*targets, *own, *request.changes, *linked_by(request)) if ref.kind != "Customer"}

    def _checked(
        self, action: PlannedAction, planned: PlannedRequest, live: Mapping[DocumentRef, LiveDocument]
    ) -> PlannedRequest:
        """`planned` ready to be sent, once nothing it relies on has moved (S17) and the ledger foresees no refusal."""
        request = with_ids(planned, self._known.created)
        drifts = [
            drift_from_review(action, target, live.get(ref))
            for ref, target in self._targets(action)
            if ref not in self._known.documents
        ]
        drifts += [
            drift_from_run(name_of(ref, action), self._known.documents[ref], live.get(ref))
            for ref in self._relied_on(action, request)
            if ref in self._known.documents
        ]
        if request.target is not None:
            now = live.get(request.target)
            if now is None:
                drifts.append(f"{name_of(request.target, action)} is no longer in QuickBooks")
            else:
                drifts.append(drift_of_token(request, name_of(request.target, action), now))
                request = with_token(request, now.document.sync_token)
        reasons = list(dict.fromkeys(drift for drift in drifts if drift))
        if reasons:
            raise _NotDone(state="stale", reason="; ".join(reasons) + ". Nothing was sent.")
        foreseen(request, [document.document for document in live.values()], id_placeholder(action.id))
        return request

    def _intent(
        self, action: PlannedAction, request: PlannedRequest, live: Mapping[DocumentRef, LiveDocument]
    ) -> WriteIntent:
        own = {request.target, *request.changes, *linked_by(request)}
        return WriteIntent(
            run_id=self._run.id,
            action_id=action.id,
            step=request.step,
            request_id=request.request_id,
            operation=request.operation,
            kind=request.kind,
            target=request.target,
            changes=request.changes,
            method=request.method,
            path=request.path,
            body=request.body,
            body_sha256=hashlib.sha256(body_bytes(request.body)).hexdigest(),
            before=tuple(Image(ref=ref, raw=now.raw.decode()) for ref, now in live.items() if ref in own),
            approved_by=action.decision.by,
            reason=action.decision.reason or action.summary,
            amount=action.amount,
            at=self._ports.clock.now(),
        )

    def _send(self, intent: WriteIntent, request: PlannedRequest) -> WriteOutcome:
        """Send what was intended and commit what came of it; a lost reply is settled at once where it can be."""
        ports = self._ports
        try:
            outcome = done(intent, ports.gateway.send(request), ports.clock.now())
        except GatewayError as error:
            outcome = failed_with(intent, error, ports.clock.now())
        ports.journal.settle(outcome)
        if outcome.state != "unknown":
            return outcome
        doubtful = JournaledWrite(intent=intent, outcome=outcome)
        return settle_in_doubt(doubtful, gateway=ports.gateway, journal=ports.journal, clock=ports.clock)

    def _leave(self, intent: WriteIntent, outcome: WriteOutcome) -> None:
        """Raises _NotDone for a write that was refused, or whose effect stays unknown."""
        if outcome.state == "unknown":
            doubtful = JournaledWrite(intent=intent, outcome=outcome)
            self._parked |= dict.fromkeys(_touched_by(doubtful), doubtful)
            self._count_unanswered()
        raise _NotDone(state=_reported(outcome), reason=outcome.message)

    def _note(self, write: JournaledWrite) -> None:
        """Expect from now on what this write made. An answer that is not the planned one stops the run (S20)."""
        found = self._known.note_journaled(write)
        if found:
            self._surprise = (
                f"QuickBooks' answer for {written_by(write)} (action {write.intent.action_id}) is not the planned one: "
                + "; ".join(found)
                + ". The run was stopped."
            )

    def _count_unanswered(self) -> None:
        self._unanswered += 1
        if self._unanswered >= MAX_UNANSWERED:
            self._interrupted = "QuickBooks does not answer. Apply the same plan again later."


def _reported(outcome: WriteOutcome | None) -> ActionState:
    """The state of an action whose write came to `outcome`, which is not `done`."""
    if outcome is None or outcome.state == "unknown":
        return "unknown"
    return "stale" if outcome.state == "failed" or outcome.code == STALE else "refused"


def _touched_by(write: JournaledWrite) -> set[DocumentRef]:
    own = {write.intent.target} if write.intent.target else set()
    return own | set(write.intent.changes)
