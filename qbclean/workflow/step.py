"""One request of an action: read what it relies on, compare, commit the intent, send, compare the answer (S17–S20).

What cannot be done as reviewed raises `NotDone`; going on, giving up and order are the executor's.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from qbclean.errors import GatewayError, UnsafePlanError
from qbclean.ledger.refusal import SimulationError
from qbclean.model.action import PlannedAction, Target
from qbclean.model.documents import AnyDocument
from qbclean.model.journal import Image, JournaledWrite, RunStart, WriteIntent, WriteOutcome
from qbclean.model.locks import Locks
from qbclean.model.outcome import ActionState
from qbclean.model.refs import DocumentRef
from qbclean.model.write import PlannedRequest, body_bytes
from qbclean.plan.expectations import Expectations, foreseen, linked_by, written_by
from qbclean.plan.lock_rules import breaks_lock
from qbclean.plan.placeholders import creator_of, filled_ref, id_placeholder, with_ids, with_token
from qbclean.ports.gateway import LiveDocument
from qbclean.workflow.history import TakenBack, is_done, written_before
from qbclean.workflow.lookahead import MAX_AGE, Lookahead
from qbclean.workflow.not_done import NotDone, nothing_sent
from qbclean.workflow.noticed import Noticed, notice, outcome_of_noticed
from qbclean.workflow.run import RunPorts
from qbclean.workflow.settle import STALE, done, failed_with, settle_in_doubt, unless_it_shows
from qbclean.workflow.staleness import drift_from_review, drift_from_run, drift_of_token, name_of

_Live = Mapping[DocumentRef, LiveDocument]


@dataclass(slots=True, kw_only=True)
class Steps:
    """Carries out requests for one run and remembers what they made of the books; usable from several threads.

    `touched` are the documents this run changed, `surprise` names the answer that was not the planned one (S20),
    `parked` are the documents of writes whose outcome is unknown. Threads that touch the same document do so one after
    the other: that is how actions are scheduled.
    """

    run: RunStart
    ports: RunPorts
    locks: Locks
    reading: Lookahead
    taken_back: TakenBack
    known: Expectations = field(default_factory=Expectations)
    touched: set[DocumentRef] = field(default_factory=set)
    surprise: str = ""
    parked: dict[DocumentRef, JournaledWrite] = field(default_factory=dict)
    _made_at: dict[DocumentRef, datetime] = field(default_factory=dict)
    _based_on: dict[DocumentRef, AnyDocument] = field(default_factory=dict)
    _hit: dict[DocumentRef, AnyDocument] = field(default_factory=dict)
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def expected(self) -> Mapping[DocumentRef, AnyDocument | None]:
        """Every document this run touched → as it should be now (None: deleted)."""
        return {ref: self._hit.get(ref, self.known.documents[ref]) for ref in self.touched}

    def relied_on(self) -> Mapping[DocumentRef, AnyDocument]:
        """Every document that a write was based on and this run left alone → as it was found."""
        return {ref: document for ref, document in self._based_on.items() if ref not in self.touched}

    def take_up(self, actions: Sequence[PlannedAction]) -> None:
        """Start from what earlier runs did of `actions` and from what is in doubt."""
        requests = {request.request_id for action in actions for request in action.requests}
        for write in written_before(self.ports.journal, requests, self.taken_back):
            self._note(write)
        self.touched.clear()
        self._made_at.clear()
        for write in self.ports.journal.in_doubt():
            self._park(write)

    def earlier(self, planned: PlannedRequest) -> JournaledWrite | None:
        """What an earlier run made of the request; None when none sent it. It is not sent again, whatever became of it
        (R4, R15): raises NotDone when it was not done, or was taken back since."""
        write = self.ports.journal.write(planned.request_id)
        if write is None:
            return None
        if not is_done(write):
            message = write.outcome.message if write.outcome else "Sent before, and no answer came."
            raise NotDone(state=_reported(write.outcome), reason=f"{message} It is not sent again.")
        undone = self.taken_back.by(write)
        if undone:
            raise NotDone(state="stale", reason=f"It was done and taken back by run {undone}. Pull and plan again.")
        return write

    def carry_out(self, action: PlannedAction, planned: PlannedRequest) -> JournaledWrite:
        """Carry out one request, or note that QuickBooks has done it by itself (S09). Raises NotDone."""
        try:
            request = with_ids(planned, self.known.created)
            refs = self._relied_on(action, request)
            live = self._read(action, request, refs)
            noticed = self._noticed(request, live)
            # What QuickBooks used elsewhere cannot be carried out, whatever else has moved.
            if not (noticed and noticed.elsewhere):
                request = self._checked(action, request, refs, {**live, **noticed.undone()} if noticed else live)
        except (UnsafePlanError, SimulationError) as error:
            raise NotDone(state="refused", reason=f"{error} Nothing was sent.") from error
        live = {**live, **noticed.joined} if noticed else live
        self._based_on |= {ref: now.document for ref, now in live.items()}
        intent = self._intent(action, request, live)
        self.ports.passing("before the intent", action.id)
        self.ports.journal.intend(intent)
        self.ports.passing("intent kept", action.id)
        write = JournaledWrite(intent=intent, outcome=self._sent(intent, request, noticed))
        if not is_done(write):
            if write.by_itself:
                self._note_elsewhere(write)
            state = _reported(write.outcome)
            if state == "unknown":
                self._park(write)
            raise NotDone(
                state=state, reason=write.outcome.message if write.outcome else "", unanswered=state == "unknown"
            )
        self._note(write)
        if request.applies_itself:
            self.reading.forget()
        return write

    # ------------------------------------------------------------------ before
    def _read(self, action: PlannedAction, request: PlannedRequest, refs: frozenset[DocumentRef]) -> _Live:
        """What the request relies on, writes or moves, as QuickBooks holds it now."""
        for ref in sorted(ref for ref in refs if ref in self.parked):
            doubtful = self.parked[ref].intent.action_id
            reason = f"{name_of(ref, action)} is part of a write whose outcome is unknown (action {doubtful})."
            raise NotDone(state="blocked", reason=reason)
        moved = refs & {*request.changes, *linked_by(request)}
        with nothing_sent():
            return self.reading.read(action, request.target, moved, refs - moved, self._touched_so_far())

    def _noticed(self, request: PlannedRequest, live: _Live) -> Noticed | None:
        """What QuickBooks made by itself of the credit that `request` applies; None while it is open (S09)."""
        with nothing_sent():
            return notice(request, live, self.ports.gateway)

    def _targets(self, action: PlannedAction) -> list[tuple[DocumentRef, Target]]:
        """The documents `action` was reviewed with, as far as they exist yet; customers are not documents."""
        return [
            (filled_ref(target.ref, self.known.created), target)
            for target in action.targets
            if target.kind != "Customer" and (not creator_of(target.id) or creator_of(target.id) in self.known.created)
        ]

    def _relied_on(self, action: PlannedAction, request: PlannedRequest) -> frozenset[DocumentRef]:
        own = {request.target} if request.target else set()
        moved = {*own, *request.changes, *linked_by(request)}
        around = {ref for ref, _ in self._targets(action) if not self._was_just_made(ref)}
        return frozenset(ref for ref in moved | around if ref.kind != "Customer")

    def _was_just_made(self, ref: DocumentRef) -> bool:
        """True when this run changed the document so lately that its state is known without reading it."""
        at = self._made_at.get(ref)
        return at is not None and self.ports.clock.now() - at <= MAX_AGE

    def _touched_so_far(self) -> frozenset[DocumentRef]:
        with self._turn:
            return frozenset(self.touched)

    def _checked(
        self, action: PlannedAction, request: PlannedRequest, refs: frozenset[DocumentRef], live: _Live
    ) -> PlannedRequest:
        """`request` ready to be sent: nothing it relies on has moved (S17), no lock forbids it (S01), and the ledger
        foresees no refusal."""
        drifts = self._drifts(action, refs, live)
        if request.target is not None:
            now = live.get(request.target)
            if now is None:
                drifts.append(f"{name_of(request.target, action)} is no longer in QuickBooks")
            else:
                drifts.append(drift_of_token(request, name_of(request.target, action), now))
                request = with_token(request, now.document.sync_token)
                if locked := breaks_lock(request, now.document, self.locks):
                    raise NotDone(state="refused", reason=f"{locked}. Nothing was sent.")
        reasons = list(dict.fromkeys(drift for drift in drifts if drift))
        if reasons:
            raise NotDone(state="stale", reason="; ".join(reasons) + ". Nothing was sent.")
        foreseen(request, [document.document for document in live.values()], id_placeholder(action.id))
        return request

    def _drifts(self, action: PlannedAction, refs: frozenset[DocumentRef], live: _Live) -> list[str]:
        """What of the documents moved on: since this plan touched them, else since they were reviewed."""
        since_review = [
            drift_from_review(action, target, live.get(ref))
            for ref, target in self._targets(action)
            if ref not in self.known.documents
        ]
        since_run = [
            drift_from_run(name_of(ref, action), self.known.documents[ref], live.get(ref))
            for ref in sorted(refs)
            if ref in self.known.documents
        ]
        return since_review + since_run

    # ------------------------------------------------------------------ the write
    def _intent(self, action: PlannedAction, request: PlannedRequest, live: _Live) -> WriteIntent:
        own = {request.target, *request.changes, *linked_by(request)}
        return WriteIntent(
            run_id=self.run.id,
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
            at=self.ports.clock.now(),
            applies_itself=request.applies_itself,
        )

    def _sent(self, intent: WriteIntent, request: PlannedRequest, noticed: Noticed | None) -> WriteOutcome:
        """Send what was intended, unless QuickBooks was `noticed` to have done it by itself or to have used the credit
        elsewhere, and commit what came of it; a lost reply is settled at once where it can be."""
        ports = self.ports
        if noticed:
            outcome = outcome_of_noticed(intent, noticed, ports.clock.now())
            ports.journal.settle(outcome)
            ports.passing("outcome kept", intent.action_id)
            return outcome
        try:
            outcome = done(intent, ports.gateway.send(request), ports.clock.now())
        except GatewayError as error:
            outcome = failed_with(intent, error, ports.clock.now())
            outcome = unless_it_shows(outcome, intent, ports.gateway, ports.journal)
        ports.passing("reply arrived", intent.action_id)
        ports.journal.settle(outcome)
        ports.passing("outcome kept", intent.action_id)
        if outcome.state != "unknown":
            return outcome
        return settle_in_doubt(
            JournaledWrite(intent=intent, outcome=outcome),
            gateway=ports.gateway,
            journal=ports.journal,
            clock=ports.clock,
            passing=ports.passing,
        )

    # ------------------------------------------------------------------ after
    def _note(self, write: JournaledWrite) -> None:
        """Expect from now on what this write made. An answer that is not the planned one stops the run (S20)."""
        touched = {written_by(write), *(ref for ref in write.intent.changes if ref.kind != "Customer")}
        with self._turn:
            found = self.known.note_journaled(write)
            # A payment that keeps one of its links names that invoice too, and leaves it as it was.
            touched &= self.known.documents.keys()
            self.touched |= touched
            self._hit = {ref: document for ref, document in self._hit.items() if ref not in touched}
            self._made_at |= dict.fromkeys(touched, write.intent.at)
        if found and not self.surprise:
            self.surprise = (
                f"QuickBooks' answer for {written_by(write)} (action {write.intent.action_id}) is not the planned one: "
                + "; ".join(found)
                + ". The run was stopped."
            )

    def _note_elsewhere(self, write: JournaledWrite) -> None:
        """QuickBooks used a credit for something else: that is found at the end as it was now, and told already."""
        with self._turn:
            found = self.known.note_elsewhere(write)
            self._hit |= found
            self.touched |= found.keys() & self.known.documents.keys()

    def _park(self, write: JournaledWrite) -> None:
        own = {write.intent.target} if write.intent.target else set()
        with self._turn:
            self.parked |= dict.fromkeys(own | set(write.intent.changes), write)


def _reported(outcome: WriteOutcome | None) -> ActionState:
    """The state of an action whose write came to `outcome`, which is not `done`."""
    if outcome is None or outcome.state == "unknown":
        return "unknown"
    return "stale" if outcome.state == "failed" or outcome.code == STALE else "refused"
