"""Invoices that bill one sale twice: void, credit in a closed period, move a split payment first, or hold (S01–S04)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from qbclean.actions.apply_payment import apply_payment
from qbclean.actions.automatic import begun_before, looked_after, used_elsewhere_first
from qbclean.actions.credit_duplicate import credit_duplicate
from qbclean.actions.proposal import Judgement, Proposal
from qbclean.actions.safety import left_alone, not_voidable, payment_fixed
from qbclean.actions.void_invoice import void_invoice
from qbclean.detect.copy_set import CopySet, Extra
from qbclean.detect.inquiry import Detected, Inquiry
from qbclean.detect.survivor import has_money, payment_refs
from qbclean.match.weights import CLEAR
from qbclean.model.action import Tier
from qbclean.model.evidence import EvidenceFile
from qbclean.model.finding import Finding, RootCause
from qbclean.model.identity import action_id, finding_id
from qbclean.model.money import total
from qbclean.model.refs import CrmRef, DocumentRef

_REMITTANCE = "Check in the payment's remittance that it was meant for this one sale."
_CLEAR_ALONE = 42
"""What it takes to recommend a void with no CRM to say that there was one sale: more than one kind of proof."""
_PREVENTION: dict[RootCause, str] = {
    "double_sync": "Switch off retries without a request id in the sync, or let it look the number up before creating.",
    "manual_reentry": "Enter invoices in the CRM only and let the sync carry them over.",
}


def find(inquiry: Inquiry) -> Iterator[Detected]:
    """One finding per copy too many; copies that were paid for twice are a finding of their own, and on hold."""
    for copies in inquiry.copies.values():
        paid_twice = _paid(copies) > copies.survivor.total_amt
        for extra in copies.extras:
            if paid_twice and has_money(inquiry.books, extra.invoice):
                yield _double_payment(inquiry, copies, extra)
            else:
                yield _duplicate(inquiry, copies, extra)


def _paid(copies: CopySet) -> Decimal:
    """Payments and credits on all copies together: more than one copy's total means that somebody paid twice (S04)."""
    return total(invoice.total_amt - invoice.balance for invoice in copies.with_money)


def _duplicate(inquiry: Inquiry, copies: CopySet, extra: Extra) -> Detected:
    invoice, survivor = extra.invoice, copies.survivor
    evidence = EvidenceFile.of(extra.evidence)
    tier = _tier(copies, extra)
    judgement = Judgement(
        tier=tier, evidence=evidence, crm=_crm(copies), settles=_settles(inquiry, extra) if tier == "review" else ""
    )
    moves = _moves(inquiry, copies, extra, evidence)
    if moves:
        reasons = [move.judgement.hold_reason for move in moves if move.judgement.hold_reason]
        judgement = Judgement(
            tier="review",
            evidence=evidence,
            crm=judgement.crm,
            depends_on=tuple(move.id for move in moves),
            settles=_REMITTANCE,
        ).held(reasons[0] if reasons else "")
    moved = frozenset(move.roles[0].ref for move in moves)
    proposals = (*moves, _remedy(inquiry, copies, extra, judgement, moved))
    name = inquiry.name_of(invoice)
    return Detected(
        finding=Finding(
            id=finding_id("duplicate_invoice", (invoice.ref,)),
            kind="duplicate_invoice",
            summary=f"Invoice {name} of {invoice.total_amt} bills the same sale as invoice "
            f"{inquiry.name_of(survivor)}, which stays because {copies.why}",
            documents=(invoice.ref, survivor.ref),
            crm=judgement.crm,
            customer_id=invoice.customer_id,
            customer=inquiry.books.customer_name(invoice.customer_id),
            amount=invoice.total_amt,
            evidence=evidence,
            root_cause=extra.cause,
            prevention=_PREVENTION.get(extra.cause, ""),
            actions=tuple(proposal.id for proposal in proposals),
            no_action=proposals[-1].judgement.hold_reason,
        ),
        proposals=proposals,
    )


def _crm(copies: CopySet) -> tuple[CrmRef, ...]:
    return (CrmRef("invoice", copies.crm_id),) if copies.crm_id else ()


def _tier(copies: CopySet, extra: Extra) -> Tier:
    """Recommended needs clear evidence and no other CRM invoice that the copy resembles as much."""
    if extra.may_be:
        return "review"
    if not copies.crm_id:
        sure = extra.confidence >= _CLEAR_ALONE and not extra.may_stay and not extra.other_record
        return "recommended" if sure else "review"
    if extra.contradicted or extra.common_ground:
        return "review"
    certain = any(item.feature == "number" and item.points > 0 for item in extra.evidence)
    which = extra.near_rivals == 0 or certain or extra.cause == "double_sync" or extra.is_none_of_the_crms
    return "recommended" if extra.confidence >= CLEAR and which else "review"


def _settles(inquiry: Inquiry, extra: Extra) -> str:
    if extra.may_be:
        number = inquiry.crm.invoices_by_id[extra.may_be].number or extra.may_be
        return f"CRM invoice {number} has the same amount and no twin in QuickBooks: is this one it?"
    if extra.other_record:
        return "The two are on two customer records: make sure first that both are of one customer."
    if extra.may_stay:
        return "The two differ and neither is paid: ask the office which of them the customer was sent."
    if extra.common_ground and not extra.contradicted:
        return "Only customer, date and price agree: ask the customer or the crew whether there were two jobs."
    return "Ask the customer or the crew whether there were two jobs."


def _remedy(
    inquiry: Inquiry, copies: CopySet, extra: Extra, judgement: Judgement, moved: frozenset[DocumentRef]
) -> Proposal:
    invoice, survivor = extra.invoice, copies.survivor
    obstacle = not_voidable(inquiry.books, invoice, without=moved)
    judgement = judgement.held(left_alone(inquiry.books, invoice)).held(
        f"{obstacle}; unlink it by hand first (S03)" if obstacle else ""
    )
    if inquiry.locks.locks(invoice):
        taxed = invoice.total_tax != 0
        id_ = action_id("credit_duplicate", (str(invoice.ref),))
        judgement = judgement.held(begun_before(inquiry.books, invoice.customer_id, id_))
        credit = credit_duplicate(
            invoice,
            action_id=id_,
            survivor=survivor,
            on=inquiry.locks.first_open_day(taxed=taxed, not_before=invoice.txn_date),
            judgement=judgement.doubted(used_elsewhere_first(inquiry.books, invoice)),
        )
        return looked_after(inquiry.books, credit)
    return void_invoice(
        invoice,
        action_id=action_id("void_invoice", (str(invoice.ref),)),
        survivor=survivor,
        judgement=judgement,
    )


def _moves(inquiry: Inquiry, copies: CopySet, extra: Extra, evidence: EvidenceFile) -> list[Proposal]:
    """Each payment that sits on the extra copy, moved onto the survivor; [] when none does.

    With money on both copies nothing is voided unless a person has looked (S04): never recommended.
    """
    survivor, moves = copies.survivor, []
    for ref in sorted(payment_refs(inquiry.books, extra.invoice)):
        payment = inquiry.books.payments[ref.id]
        freed = total(amount for target, amount in payment.applications if target == extra.invoice.ref)
        judgement = Judgement(tier="review", evidence=evidence, crm=_crm(copies), settles=_REMITTANCE)
        fixed = payment_fixed(inquiry.books, payment, inquiry.locks)
        moves.append(
            apply_payment(
                payment,
                kind="move_payment",
                action_id=action_id("move_payment", (str(ref), str(extra.invoice.ref), str(survivor.ref))),
                remains=[(target, amount) for target, amount in payment.applications if target != extra.invoice.ref],
                adds=[(survivor.ref, freed)],
                names=[inquiry.name_of(survivor)],
                judgement=judgement.held(f"payment {payment.id} cannot be moved: {fixed}" if fixed else ""),
            )
        )
    return moves


def _double_payment(inquiry: Inquiry, copies: CopySet, extra: Extra) -> Detected:
    invoice, survivor = extra.invoice, copies.survivor
    payers = payment_refs(inquiry.books, invoice) | payment_refs(inquiry.books, survivor)
    reason = (
        "money sits on both copies, so nothing is voided (S04); ask the customer whether it paid twice, then refund or "
        "apply the second payment elsewhere"
    )
    hold = void_invoice(
        invoice,
        action_id=action_id("void_invoice", (str(invoice.ref),)),
        survivor=survivor,
        judgement=Judgement(tier="hold", evidence=EvidenceFile.of(extra.evidence), crm=_crm(copies)).held(reason),
    )
    return Detected(
        finding=Finding(
            id=finding_id("possible_double_payment", (invoice.ref, survivor.ref)),
            kind="possible_double_payment",
            summary=f"Invoices {inquiry.name_of(survivor)} and {inquiry.name_of(invoice)} bill one sale of "
            f"{survivor.total_amt}, and both have been paid",
            documents=(survivor.ref, invoice.ref, *sorted(payers)),
            crm=_crm(copies),
            customer_id=invoice.customer_id,
            customer=inquiry.books.customer_name(invoice.customer_id),
            amount=invoice.total_amt,
            evidence=EvidenceFile.of(extra.evidence),
            root_cause=extra.cause,
            prevention=_PREVENTION.get(extra.cause, ""),
            actions=(hold.id,),
            no_action=reason,
        ),
        proposals=(hold,),
    )
