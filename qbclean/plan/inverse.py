"""The plan that takes a run back: one undo action per write, newest first, from the journal's before-images (S23, R26).

Pure: the journal's rows, the books and the live documents come in, a Plan without digest comes out. In such a plan
`undo` tells how faithful the taking back is, and what cannot be taken back stands there as a hold with its reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

import msgspec

from qbclean.ledger.effect import combined, effect_of
from qbclean.ledger.receivable import ar_by_customer
from qbclean.ledger.simulate import SimulationError, simulate
from qbclean.ledger.world import World
from qbclean.model.action import Effect, PlannedAction, Target, Tier, Undo
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.documents import AnyDocument
from qbclean.model.fingerprint import content_hash, differences
from qbclean.model.identity import action_id, planned_requests
from qbclean.model.journal import JournaledWrite, RunStart
from qbclean.model.locks import Locks
from qbclean.model.money import total
from qbclean.model.plan import BeforeAfter, KindCount, Plan, PlanSnapshot, PlanSummary
from qbclean.model.refs import DocumentRef
from qbclean.model.settings import CompanySettings
from qbclean.model.write import DocumentWrite, PlannedRequest
from qbclean.plan.document_state import document_state
from qbclean.plan.expectations import Expectations, documents_in, written_by
from qbclean.plan.lock_rules import breaks_lock
from qbclean.plan.placeholders import creator_of, id_placeholder, token_placeholder
from qbclean.plan.undo_order import BuiltOn, dependencies, with_dependants
from qbclean.plan.undo_write import renamed, undo_write

LEFT = Undo(class_="impossible", how="it is left as it is")
IN_DOUBT = "Whether it was carried out is not known. Run `qbclean recover`; if that cannot tell, look in QuickBooks."


def undo_id(request_id: str) -> str:
    """The id of the action that takes back the write of `request_id`: the same in every rollback plan."""
    return action_id("undo", [request_id])


@dataclass(frozen=True, slots=True, kw_only=True)
class Undoable:
    """What of a run is left to take back, and what the books say now.

    `writes` are its writes that were done and not taken back yet, and those in doubt, in the order they were made;
    `history` all done writes of the run and of its rollbacks, in order; `live` every document they touched (absent:
    gone). `doubtful` are the undo actions whose outcome is unknown, `attempt` counts the rollbacks before this one.
    `recreate` names voided invoices that QuickBooks refused to restore by update.
    """

    start: RunStart
    plan: Plan
    writes: tuple[JournaledWrite, ...]
    history: tuple[JournaledWrite, ...]
    live: Mapping[DocumentRef, AnyDocument]
    doubtful: frozenset[str] = frozenset()
    attempt: int = 0
    recreate: frozenset[DocumentRef] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class RollbackTerms:
    """Under what the rollback is planned: the books, the day, the moment, the tool, the periods closed by now.

    `only`: take back just these actions of the run, with whatever was built on them; empty: all.
    """

    books: ReceivablesSnapshot
    as_of: date
    at: datetime
    tool: str
    settings: CompanySettings
    locks: Locks
    only: frozenset[str] = field(default_factory=frozenset)


def touched_by(writes: Iterable[JournaledWrite]) -> frozenset[DocumentRef]:
    """Every document that `writes` wrote or changed."""
    return frozenset(
        ref
        for write in writes
        for ref in (write.outcome.ref if write.outcome else None, *write.intent.changes)
        if ref is not None and ref.kind != "Customer"
    )


def inverse_plan(undoable: Undoable, terms: RollbackTerms) -> Plan:
    """The plan, without digest. Its snapshot id names run and attempt, so that a retry gets request ids of its own."""
    inversion = _Inversion(undoable, terms)
    actions = inversion.actions()
    plan = undoable.plan
    ar = total(ar_by_customer(terms.books, inversion.start).values())
    change = combined(action.effect for action in actions).ar
    tiers: tuple[Tier, ...] = ("recommended", "hold")
    return Plan(
        tool=terms.tool,
        company=plan.company,
        snapshot=PlanSnapshot(
            id=inversion.snapshot_id, taken_at=terms.at, counts={}, ar=ar, minor_version=plan.snapshot.minor_version
        ),
        crm=(),
        settings=terms.settings,
        locks=terms.locks,
        as_of=terms.as_of,
        summary=PlanSummary(
            findings={},
            actions=tuple(
                KindCount(kind="undo", tier=tier, actions=len(of), amount=total(action.amount for action in of))
                for tier in tiers
                if (of := [action for action in actions if action.tier == tier])
            ),
            ar=BeforeAfter(before=ar, after=ar + change),
            income=(),
        ),
        findings=(),
        actions=actions,
    )


class _Inversion:
    """Walks the writes from the newest to the oldest and keeps what the undo actions so far have made of the books."""

    def __init__(self, undoable: Undoable, terms: RollbackTerms) -> None:
        self._from, self._terms = undoable, terms
        self.snapshot_id = f"{undoable.start.id}/{undoable.attempt}"
        known = Expectations()
        for write in undoable.history:
            known.note_journaled(write)
        self._expected = known.documents
        self.start = World.of_books(terms.books).with_documents(undoable.live.values())
        for ref in touched_by(undoable.history) - undoable.live.keys():
            self.start = self.start.without(ref)
        self._world = self.start
        self._planned = {action.id: action for action in undoable.plan.actions}
        self._actions: dict[str, PlannedAction] = {}
        self._last_undo: dict[DocumentRef, str] = {}
        self._new_ids: dict[DocumentRef, str] = {}

    def actions(self) -> tuple[PlannedAction, ...]:
        plan = self._from.plan
        later = BuiltOn(dependencies(plan))
        for write in reversed(with_dependants(plan, self._from.writes, self._terms.only)):
            action = self._undo(write, first=later.on(write))
            self._actions[action.id] = action
            later.add(action.id, write)
        return tuple(self._actions.values())

    # ------------------------------------------------------------------ one undo
    def _undo(self, write: JournaledWrite, first: tuple[str, ...]) -> PlannedAction:
        original = self._planned.get(write.intent.action_id)
        action = PlannedAction(
            id=undo_id(write.intent.request_id),
            kind="undo",
            tier="hold",
            summary=f"Leave step {write.intent.step} of {write.intent.action_id}",
            amount=write.intent.amount,
            customer_id=original.customer_id if original else "",
            customer=original.customer if original else "",
            targets=(),
            depends_on=first,
            requests=(),
            undo=LEFT,
            hold_reason=IN_DOUBT if write.in_doubt else "",
        )
        return action if write.in_doubt else self._done_undo(action, write, first)

    def _done_undo(self, action: PlannedAction, write: JournaledWrite, first: tuple[str, ...]) -> PlannedAction:
        id_ = action.id
        written = written_by(write)
        live = self._from.live.get(written)
        earlier = self._last_undo.get(written)
        token = token_placeholder(earlier) if earlier else live.sync_token if live else ""
        back = undo_write(write, action_id=id_, token=token, recreate=written in self._from.recreate)
        put_back = renamed(back.write, self._new_ids)
        requests = planned_requests(
            self._from.start.realm_id,
            self.snapshot_id,
            id_,
            [put_back],
            include="allowduplicatedocnum" if put_back.kind == "Invoice" else "",
        )
        reason = self._refusal(write, written, first) or self._locked(requests[0], live)
        effect = Effect()
        if not reason:
            try:
                after = simulate(self._world, put_back, new_id=id_placeholder(id_))
            except SimulationError as error:
                reason = str(error)
            else:
                effect = effect_of(self._terms.books, self._world, after)
                self._world = after
        action = msgspec.structs.replace(
            action,
            tier="hold" if reason else "recommended",
            summary=f"{back.deed}: takes back step {write.intent.step} of {write.intent.action_id}",
            targets=self._targets(put_back, action.customer),
            effect=effect,
            requests=() if reason else requests,
            undo=LEFT if reason else back.undo,
            hold_reason=reason,
        )
        return action if reason else self._ready(action, write, put_back)

    def _ready(self, action: PlannedAction, write: JournaledWrite, put_back: DocumentWrite) -> PlannedAction:
        """`action` with before, after and what makes its documents; later undo actions will reckon with it."""
        written = written_by(write)
        said = str(put_back.body)
        makers = tuple(creator_of(new_id) for new_id in self._new_ids.values() if new_id in said)
        if put_back.operation == "create":
            self._new_ids[written] = id_placeholder(action.id)
        self._last_undo |= dict.fromkeys((written, *write.intent.changes), action.id)
        known = [self._from.live[target.ref] for target in action.targets if target.ref in self._from.live]
        was = documents_in(image for image in write.intent.before if image.ref == written)
        return msgspec.structs.replace(
            action,
            depends_on=tuple(dict.fromkeys((*action.depends_on, *makers))),
            before=tuple(document_state(document, action.customer) for document in known),
            after=tuple(document_state(document, action.customer) for document in was),
        )

    def _locked(self, request: PlannedRequest, live: AnyDocument | None) -> str:
        """S01 holds for taking back as well: what lies in a period closed by now stays."""
        if live is not None:
            return breaks_lock(request, live, self._terms.locks)
        day = date.fromisoformat(request.body["TxnDate"])
        return f"{day} lies in a closed period (S01)" if self._terms.locks.is_locked(day, taxed=False) else ""

    def _refusal(self, write: JournaledWrite, written: DocumentRef, first: tuple[str, ...]) -> str:
        """Why this write is not taken back, or ""."""
        held = [id_ for id_ in first if self._actions[id_].tier == "hold"]
        if held:
            return f"What was built on it cannot be taken back: {self._actions[held[0]].summary}."
        if undo_id(write.intent.request_id) in self._from.doubtful:
            return f"It was tried before. {IN_DOUBT}"
        return self._moved_on(written, self._expected.get(written), self._from.live.get(written))

    def _moved_on(self, written: DocumentRef, expected: AnyDocument | None, live: AnyDocument | None) -> str:
        """What happened to the document since the run that forbids taking the write back, or "" (S23)."""
        if expected is None:
            return f"{written} is in QuickBooks again although the run deleted it." if live else ""
        if live is None:
            return f"{written} is no longer in QuickBooks."
        moved = differences(expected, live)
        if moved:
            what = ", ".join(f"{name} then {then or 'empty'}, now {now or 'empty'}" for name, then, now in moved)
            return f"{written} changed since the run: {what}. It is left as it is."
        return ""

    def _targets(self, write: DocumentWrite, customer: str) -> tuple[Target, ...]:
        refs = dict.fromkeys(ref for ref in (write.target, *write.changes) if ref and ref.kind != "Customer")
        return tuple(
            _target(ref, "written" if ref == write.target else "linked", customer, self._from.live.get(ref))
            for ref in refs
        )


def _target(ref: DocumentRef, role: str, customer: str, live: AnyDocument | None) -> Target:
    return Target(
        role=role,
        kind=ref.kind,
        id=ref.id,
        doc_number=live.doc_number if live else None,
        customer_id=getattr(live, "customer_id", ""),
        customer=customer,
        sync_token=live.sync_token if live else "",
        content_hash=content_hash(live) if live else "",
    )
