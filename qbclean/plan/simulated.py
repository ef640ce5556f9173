"""Proposals carried out one after the other in a simulated copy of the books: what each would change, as an action.

That gives an action its before and after, its effect, and the SyncTokens that can only be known while running; and what
cannot be carried out there is put on hold with the reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from qbclean.actions.proposal import Proposal
from qbclean.actions.safety import other_currency
from qbclean.ledger.chart import Chart
from qbclean.ledger.effect import effect_of
from qbclean.ledger.refusal import SimulationError
from qbclean.ledger.simulate import simulate
from qbclean.ledger.world import Course, World
from qbclean.model.action import Effect, PlannedAction, Target, Tier
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.fingerprint import content_hash
from qbclean.model.identity import planned_requests
from qbclean.model.locks import Locks
from qbclean.model.refs import DocumentRef
from qbclean.model.write import DocumentWrite
from qbclean.plan.document_state import document_state
from qbclean.plan.placeholders import id_placeholder, is_placeholder, token_placeholder


def planned(
    books: ReceivablesSnapshot, locks: Locks, proposals: Iterable[Proposal], finding_of: Mapping[str, str]
) -> Iterator[PlannedAction]:
    """One action per proposal, in their order. `finding_of`: action id → the finding it would mend."""
    course, chart = Course(books), Chart.of(books)
    last_change: dict[DocumentRef, str] = {}
    held: dict[str, str] = {}
    written: dict[DocumentRef, str] = {}
    tiers: dict[str, Tier] = {}
    for proposal in proposals:
        world = course.now
        judgement = proposal.judgement
        for needed in judgement.depends_on:
            if needed in held:
                judgement = judgement.held(f"it depends on an action that is on hold: {held[needed]}")
            elif tiers.get(needed) == "review" and judgement.tier == "recommended":
                judgement = replace(judgement, tier="review", settles=f"It needs action {needed}, which is for review.")
        judgement = judgement.held(_second_writer(proposal, written)).held(other_currency(books, proposal))
        after, effect = world, Effect()
        if not judgement.hold_reason:
            try:
                after = _carried_out(world, proposal)
            except SimulationError as error:
                judgement = judgement.held(f"QuickBooks would not take it after the actions before it: {error}")
        if after is not world:
            effect = effect_of(books, world, after, chart=chart)
            judgement = judgement.held(_moves_locked_period(books, locks, chart, world, after, effect))
        if judgement.hold_reason:
            held[proposal.id] = judgement.hold_reason
            after, effect = world, Effect()
        judged = proposal if judgement is proposal.judgement else replace(proposal, judgement=judgement)
        tiers[proposal.id] = judgement.tier
        writes = () if judgement.hold_reason else tuple(_with_token(write, last_change) for write in proposal.writes)
        yield _action(books, judged, writes, world, after, effect, finding_of.get(proposal.id, ""))
        if after is not world:
            last_change.update(dict.fromkeys(after.changed_since(world), proposal.id))
            written.update({write.target: proposal.id for write in writes if write.target})
            course.go_on(after)


def _second_writer(proposal: Proposal, written: Mapping[DocumentRef, str]) -> str:
    """S18: a second write to one document was composed from the document as pulled and would undo the first."""
    for write in proposal.writes:
        if write.target is not None and write.target in written:
            return f"action {written[write.target]} changes {write.target} first; carry it out, pull, and plan again"
    return ""


def _carried_out(world: World, proposal: Proposal) -> World:
    """The books after the proposal's writes. What it creates is known by the placeholder of its Id."""
    for write in proposal.writes:
        body = write.body
        if write.target is not None and write.target in world:
            body = {**body, "SyncToken": world[write.target].sync_token}
        world = simulate(world, replace(write, body=body), new_id=id_placeholder(proposal.id))
    return world


def _with_token(write: DocumentWrite, last_change: Mapping[DocumentRef, str]) -> DocumentWrite:
    """A write to a document an earlier action changes takes the SyncToken it finds then (contract 7.2, 7.6)."""
    waits_already = is_placeholder(str(write.body.get("SyncToken", "")))
    if write.target is None or write.target not in last_change or waits_already:
        return write
    body: dict[str, Any] = {**write.body, "SyncToken": token_placeholder(last_change[write.target])}
    return replace(write, body=body)


def _moves_locked_period(
    books: ReceivablesSnapshot, locks: Locks, chart: Chart, before: World, after: World, effect: Effect
) -> str:
    """Why an effect on income or tax may not be (S08, S10, S22, S30); "" when every locked period stays as it is."""
    for taxed in (False, True):
        lock = locks.lock_date(taxed=taxed)
        moved = effect.tax if taxed else effect.income
        if lock is None or not moved or min(change.month for change in moved) > lock.isoformat()[:7]:
            continue
        # The month of the lock date may be closed in part: look at the days up to it.
        closed = effect_of(books, before, after, chart=chart, through=lock)
        for change in closed.tax if taxed else closed.income:
            return (
                f"{change.account} of {change.month}, in a closed period, would move by {change.amount} on "
                f"{change.basis} basis; list it for the CPA"
            )
    return ""


def _action(
    books: ReceivablesSnapshot,
    proposal: Proposal,
    writes: Sequence[DocumentWrite],
    before: World,
    after: World,
    effect: Effect,
    finding: str,
) -> PlannedAction:
    judgement = proposal.judgement
    changed = sorted(after.changed_since(before)) if after is not before else ()
    return PlannedAction(
        id=proposal.id,
        kind=proposal.kind,
        tier=judgement.tier,
        summary=proposal.summary,
        amount=proposal.amount,
        customer_id=proposal.customer_id,
        customer=books.customer_name(proposal.customer_id),
        finding=finding,
        evidence=judgement.evidence,
        crm=judgement.crm,
        targets=_targets(books, proposal, writes),
        before=tuple(document_state(before[ref], _customer(books, before, ref)) for ref in changed if ref in before),
        after=tuple(document_state(after[ref], _customer(books, after, ref)) for ref in changed if ref in after),
        effect=effect,
        risks=proposal.risks,
        hold_reason=judgement.hold_reason,
        settles=judgement.settles,
        depends_on=judgement.depends_on,
        requests=planned_requests(books.realm_id, books.id, proposal.id, writes),
        undo=proposal.undo,
        crm_step=proposal.crm_step,
    )


def _targets(books: ReceivablesSnapshot, proposal: Proposal, writes: Sequence[DocumentWrite]) -> tuple[Target, ...]:
    """Every document the action relies on, as pulled: those with a role, and any other its writes reach."""
    roles = {role.ref: role.name for role in proposal.roles}
    for write in writes:
        for ref in (write.target, *write.changes):
            if ref is not None:
                roles.setdefault(ref, "linked")
    targets = []
    for ref, role in roles.items():
        document = books.document(ref)
        customer = getattr(document, "customer_id", proposal.customer_id)
        targets.append(
            Target(
                role=role,
                kind=ref.kind,
                id=ref.id,
                doc_number=document.doc_number if document else None,
                customer_id=customer,
                customer=books.customer_name(customer),
                sync_token=document.sync_token if document else "",
                content_hash=content_hash(document) if document else "",
            )
        )
    return tuple(targets)


def _customer(books: ReceivablesSnapshot, world: World, ref: DocumentRef) -> str:
    return books.customer_name(getattr(world[ref], "customer_id", ""))
