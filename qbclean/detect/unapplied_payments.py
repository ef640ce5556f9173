"""Payments that hang unapplied although an invoice waits for them (S05, S07, S08)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from qbclean.actions.apply_payment import apply_payment
from qbclean.actions.proposal import Judgement, Proposal, lowest
from qbclean.actions.safety import payment_fixed
from qbclean.detect.allocation import Application, Ground
from qbclean.detect.inquiry import Detected, Inquiry
from qbclean.detect.no_place import no_place
from qbclean.match.weights import as_evidence
from qbclean.model.action import Tier
from qbclean.model.documents import Payment
from qbclean.model.evidence import Evidence, EvidenceFile
from qbclean.model.finding import Finding
from qbclean.model.identity import action_id, finding_id
from qbclean.model.money import total
from qbclean.model.refs import CrmRef, DocumentRef

GROUNDS: dict[Ground, tuple[int, str]] = {
    "CRM names it": (25, "the CRM's record names the invoice"),
    "reference names it": (20, "its reference is the invoice's number"),
    "only exact amount": (12, "it equals the open balance of one invoice of this customer, and of no other"),
    "only sum": (8, "one set of open invoices of this customer adds up to it, and no other"),
    "several fit": (0, "several sets of open invoices add up to it"),
    "parts unclear": (0, "the CRM's record names the invoice, but not the part of it that QuickBooks has apart"),
    "nothing fits": (-10, "no open invoice of this customer fits"),
}
"""What each ground of an allocation says, in decibans and in words."""


def detected(inquiry: Inquiry, payment: Payment, application: Application, created: Mapping[str, Proposal]) -> Detected:
    """The finding for one payment with an unapplied amount."""
    crm = (record.ref,) if (record := inquiry.record_of(payment)) else ()
    crm_ids = [line.invoice_id for line in record.applied] if record else []
    evidence = _evidence(inquiry, payment, application)
    proposals: tuple[Proposal, ...] = ()
    if application.takes:
        proposals = (_proposal(inquiry, payment, application, created, evidence, crm),)
    label = payment.payment_ref_num or f"id {payment.id}"
    return Detected(
        finding=Finding(
            id=finding_id("unapplied_payment", (payment.ref,)),
            kind="unapplied_payment",
            summary=f"{payment.unapplied_amt} of payment {label} ({payment.txn_date}) is unapplied",
            documents=(payment.ref,),
            crm=crm,
            customer_id=payment.customer_id,
            customer=inquiry.books.customer_name(payment.customer_id),
            amount=payment.unapplied_amt,
            evidence=evidence,
            root_cause="payment_not_linked",
            prevention="Receive payments against the invoice, or let the CRM's sync link them.",
            actions=tuple(proposal.id for proposal in proposals),
            no_action=proposals[0].judgement.hold_reason if proposals else no_action(inquiry, crm_ids, application),
        ),
        proposals=proposals,
    )


def no_action(inquiry: Inquiry, crm_ids: Iterable[str], application: Application) -> str:
    """Why nothing is proposed for a source that the CRM gives to `crm_ids`, and what a person should do."""
    if application.source.on_account:
        return "the CRM records it as money on account (a retainer or deposit); it stays until the CRM says otherwise"
    if reason := no_place(inquiry, crm_ids, application):
        return reason
    if application.readings:
        readings = "; ".join(" + ".join(names) for names in application.readings[:6])
        return f"several readings fit ({readings}); ask the customer which invoices it is for (S07)"
    return "no open invoice fits it; ask the customer what it was for"


def _evidence(inquiry: Inquiry, payment: Payment, application: Application) -> EvidenceFile:
    value, words = GROUNDS[application.ground]
    features = [Evidence(feature="target", points=value, words=words)]
    record = inquiry.record_of(payment)
    if record:
        features += as_evidence(inquiry.matches.payments.levels[record.crm_id], {})
    elif inquiry.crm.tells("payment"):
        features.append(Evidence(feature="crm_payment", points=-5, words="the CRM has no such payment"))
    return EvidenceFile.of(tuple(features))


def _proposal(
    inquiry: Inquiry,
    payment: Payment,
    application: Application,
    created: Mapping[str, Proposal],
    evidence: EvidenceFile,
    crm: tuple[CrmRef, ...],
) -> Proposal:
    takes = application.takes
    tier, settles = judged(application, created)
    if payment.id in inquiry.matches.payments.contested:
        tier = lowest([tier, "review"])
        settles = f"Another CRM payment of this amount would fit as well: compare the references. {settles}".strip()
    onto, reason = rebooking(inquiry, application, payment.applications)
    fixed = payment_fixed(inquiry.books, payment, inquiry.locks)
    return apply_payment(
        payment,
        onto=onto,
        action_id=action_id("apply_payment", (str(payment.ref), *(str(target.ref) for target, _ in takes))),
        remains=payment.applications,
        adds=[(target.ref, amount) for target, amount in takes],
        names=[target.name for target, _ in takes],
        judgement=Judgement(
            tier="review" if reason else tier,
            evidence=evidence,
            crm=crm,
            depends_on=application.depends_on,
            settles=f"{reason} {settles}".strip(),
        )
        .held(f"payment {payment.id} cannot be changed: {fixed}" if fixed else "")
        .held("" if reason else crossing(inquiry, application)),
    )


def rebooking(
    inquiry: Inquiry, application: Application, remains: Sequence[tuple[DocumentRef, Decimal]]
) -> tuple[str, str]:
    """The customer or job a payment must be booked on to settle what it takes, and what a person must see first.

    Only a payment that settles nothing else can change hands, and only by a reviewer's choice (S07, contract 7.2); the
    second is "" where it need not, or cannot.
    """
    holder = application.source.customer_id
    owners = {target.customer_id for target, _ in application.takes}
    if owners == {holder} or len(owners) != 1 or remains:
        return holder, ""
    (owner,) = owners
    name = inquiry.books.customer_name
    return owner, (
        f"It is booked on {name(holder)} and moves to {name(owner)}, whose invoice it pays (S07): check with the "
        "customer or the remittance that it was meant for that."
    )


def crossing(inquiry: Inquiry, application: Application) -> str:
    """Why money or credit of one customer or job cannot settle an invoice of another (S07); "" when it need not."""
    strangers = sorted({t.customer_id for t, _ in application.takes if t.customer_id != application.source.customer_id})
    if not strangers:
        return ""
    holder = inquiry.books.customer_name(application.source.customer_id)
    owners = " and ".join(inquiry.books.customer_name(customer) for customer in strangers)
    return (
        f"it is booked on {holder}, the invoice on {owners}, and QuickBooks joins only what is on one customer or job "
        "(S07): change the customer of one of them in QuickBooks if they are the same, pull, and plan again"
    )


def judged(application: Application, created: Mapping[str, Proposal]) -> tuple[Tier, str]:
    """Tier of an application, and what would settle the doubt when it is not recommended."""
    doubts: list[str] = []
    if application.ground in ("only exact amount", "only sum"):
        doubts.append("The amounts fit, but nothing names the invoice: look at the remittance.")
    doubts += dict.fromkeys(target.doubt for target, _ in application.takes if target.doubt)
    doubts += [application.source.doubt] if application.source.doubt else []
    if application.spent:
        doubts.append(f"The CRM has part of it on {' and '.join(application.spent)} too, which has nothing open.")
    if any(target.locked for target, _ in application.takes):
        doubts.append("The invoice is in a closed period; QuickBooks may refuse the change.")
    if application.ground == "reference names it" and total(part for _, part in application.takes) != (
        application.source.amount
    ):
        doubts.append("The reference names the invoice, but the amounts differ.")
    tiers: list[Tier] = ["review"] if doubts else ["recommended"]
    tiers += [created[t.crm_id].judgement.tier for t, _ in application.takes if t.creator and t.crm_id in created]
    tier = lowest(tiers)
    if tier == "review" and not doubts:
        doubts.append("It depends on an invoice whose creation is for review.")
    return tier, " ".join(doubts)
