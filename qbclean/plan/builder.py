"""From findings and proposals to a plan: ordered, simulated from start to end, held back where a rule says so, sealed.

Every proposal is carried out in a simulated copy of the books, after all proposals before it. That gives its before
and after, its effect, and the SyncTokens that can only be known while running; and what cannot be carried out there is
put on hold with the reason.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import msgspec

from qbclean.actions import ACTION_KINDS
from qbclean.actions.proposal import Proposal
from qbclean.ledger.chart import Chart
from qbclean.ledger.effect import effect_of
from qbclean.ledger.refusal import SimulationError
from qbclean.ledger.simulate import simulate
from qbclean.ledger.world import World
from qbclean.model.action import Effect, PlannedAction, Target, Tier
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.crm import CrmFile
from qbclean.model.finding import Finding
from qbclean.model.fingerprint import content_hash
from qbclean.model.identity import planned_requests
from qbclean.model.locks import Locks
from qbclean.model.plan import Plan, PlanCompany, PlanSnapshot
from qbclean.model.refs import DocumentRef
from qbclean.model.settings import CompanySettings
from qbclean.model.write import MINOR_VERSION, DocumentWrite
from qbclean.plan.digest import sealed
from qbclean.plan.document_state import document_state
from qbclean.plan.placeholders import id_placeholder, is_placeholder, token_placeholder
from qbclean.plan.summary import counted, summarised


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanBasis:
    """What a plan is made from, and under which settings."""

    books: ReceivablesSnapshot
    crm: tuple[CrmFile, ...]
    settings: CompanySettings
    locks: Locks
    as_of: date
    tool: str


def assemble(
    basis: PlanBasis, findings: Sequence[Finding], proposals: Sequence[Proposal], *, only: Collection[str] = ()
) -> Plan:
    """The sealed plan. `only`: action kinds to keep (with what they depend on), all when empty.

    Same basis, findings and proposals give the same bytes.
    """
    books = basis.books
    start = World.of_books(books)
    wanted = _selected(_ordered(proposals), only)
    finding_of = {action: finding.id for finding in findings for action in finding.actions}
    actions = _planned(basis, start, wanted, finding_of)
    kept = {action.id for action in actions}
    listed = tuple(
        msgspec.structs.replace(finding, actions=tuple(action for action in finding.actions if action in kept))
        for finding in findings
    )
    summary = summarised(books, start, listed, actions)
    plan = Plan(
        tool=basis.tool,
        company=PlanCompany(realm_id=books.realm_id, name=books.company.company_name, environment=books.environment),
        snapshot=PlanSnapshot(
            id=books.id,
            taken_at=books.taken_at,
            counts=counted(books),
            ar=summary.ar.before,
            minor_version=MINOR_VERSION,
        ),
        crm=basis.crm,
        settings=basis.settings,
        locks=basis.locks,
        as_of=basis.as_of,
        summary=summary,
        findings=listed,
        actions=actions,
    )
    return sealed(plan)


def _ordered(proposals: Sequence[Proposal]) -> list[Proposal]:
    """By kind as listed in ACTION_KINDS, each after what it depends on, else in the order found."""
    by_id = {proposal.id: proposal for proposal in proposals}
    placed: dict[str, Proposal] = {}

    def place(proposal: Proposal) -> None:
        if proposal.id in placed:
            return
        for needed in proposal.judgement.depends_on:
            if needed in by_id:
                place(by_id[needed])
        placed[proposal.id] = proposal

    for kind in ACTION_KINDS:
        for proposal in proposals:
            if proposal.kind == kind:
                place(proposal)
    return list(placed.values())


def _selected(proposals: Sequence[Proposal], only: Collection[str]) -> list[Proposal]:
    if not only:
        return list(proposals)
    wanted = {proposal.id for proposal in proposals if proposal.kind in only}
    for proposal in reversed(proposals):
        if proposal.id in wanted:
            wanted.update(proposal.judgement.depends_on)
    return [proposal for proposal in proposals if proposal.id in wanted]


def _planned(
    basis: PlanBasis, start: World, proposals: Iterable[Proposal], finding_of: Mapping[str, str]
) -> tuple[PlannedAction, ...]:
    world, chart = start, Chart.of(basis.books)
    last_change: dict[DocumentRef, str] = {}
    held: dict[str, str] = {}
    written: dict[DocumentRef, str] = {}
    tiers: dict[str, Tier] = {}
    actions: list[PlannedAction] = []
    for proposal in proposals:
        judgement = proposal.judgement
        for needed in judgement.depends_on:
            if needed in held:
                judgement = judgement.held(f"it depends on an action that is on hold: {held[needed]}")
            elif tiers.get(needed) == "review" and judgement.tier == "recommended":
                judgement = replace(judgement, tier="review", settles=f"It needs action {needed}, which is for review.")
        judgement = judgement.held(_second_writer(proposal, written))
        after, effect = world, Effect()
        if not judgement.hold_reason:
            try:
                after = _carried_out(world, proposal)
            except SimulationError as error:
                judgement = judgement.held(f"QuickBooks would not take it after the actions before it: {error}")
        if after is not world:
            effect = effect_of(basis.books, world, after, chart=chart)
            judgement = judgement.held(_moves_locked_period(basis, chart, world, after, effect))
        if judgement.hold_reason:
            held[proposal.id] = judgement.hold_reason
            after, effect = world, Effect()
        judged = replace(proposal, judgement=judgement)
        tiers[proposal.id] = judgement.tier
        writes = () if judgement.hold_reason else tuple(_with_token(write, last_change) for write in proposal.writes)
        actions.append(_action(basis, judged, writes, world, after, effect, finding_of.get(proposal.id, "")))
        for ref in after.changed_since(world):
            last_change[ref] = proposal.id
        written.update({write.target: proposal.id for write in writes if write.target})
        world = after
    return tuple(actions)


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
        world = simulate(world, msgspec.structs.replace(write, body=body), new_id=id_placeholder(proposal.id))
    return world


def _with_token(write: DocumentWrite, last_change: Mapping[DocumentRef, str]) -> DocumentWrite:
    """A write to a document an earlier action changes takes the SyncToken it finds then (contract 7.2, 7.6)."""
    waits_already = is_placeholder(str(write.body.get("SyncToken", "")))
    if write.target is None or write.target not in last_change or waits_already:
        return write
    body: dict[str, Any] = {**write.body, "SyncToken": token_placeholder(last_change[write.target])}
    return msgspec.structs.replace(write, body=body)


def _moves_locked_period(basis: PlanBasis, chart: Chart, before: World, after: World, effect: Effect) -> str:
    """Why an effect on income or tax may not be (S08, S10, S22, S30); "" when every locked period stays as it is."""
    for taxed in (False, True):
        lock = basis.locks.lock_date(taxed=taxed)
        if lock is None or all(change.month > f"{lock:%Y-%m}" for change in (effect.tax if taxed else effect.income)):
            continue
        # The month of the lock date may be closed in part: look at the days up to it.
        closed = effect_of(basis.books, before, after, chart=chart, through=lock)
        for change in closed.tax if taxed else closed.income:
            return (
                f"{change.account} of {change.month}, in a closed period, would move by {change.amount} on "
                f"{change.basis} basis; list it for the CPA"
            )
    return ""


def _action(
    basis: PlanBasis,
    proposal: Proposal,
    writes: Sequence[DocumentWrite],
    before: World,
    after: World,
    effect: Effect,
    finding: str,
) -> PlannedAction:
    books, judgement = basis.books, proposal.judgement
    changed = sorted(after.changed_since(before))
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
