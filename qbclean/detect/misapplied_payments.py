"""Payments applied to another invoice than the one the CRM says they paid (S05, S07)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from qbclean.actions.apply_payment import apply_payment
from qbclean.actions.proposal import Judgement, Proposal
from qbclean.actions.safety import payment_fixed
from qbclean.detect.allocation import Application
from qbclean.detect.inquiry import Detected, Inquiry
from qbclean.detect.no_place import joined, no_place
from qbclean.detect.unapplied_payments import crossing, judged, rebooking
from qbclean.match.weights import CLEAR, as_evidence, points
from qbclean.model.documents import Payment
from qbclean.model.evidence import Evidence, EvidenceFile
from qbclean.model.finding import Finding
from qbclean.model.identity import action_id, finding_id
from qbclean.model.money import total
from qbclean.model.refs import CrmRef, DocumentRef


def misapplied(inquiry: Inquiry, payment: Payment) -> tuple[tuple[DocumentRef, Decimal], ...]:
    """What of the payment sits on invoices its CRM record does not name, while one it does name stays short.

    Copies of a named invoice count as named: which copy survives is decided by its duplicates (S04). So do all parts of
    a split one, and the consolidated invoice that holds it among others.
    """
    record = inquiry.record_of(payment)
    if record is None or not record.applied:
        return ()
    crm_of, meant = inquiry.matches.invoices.pair_of, {line.invoice_id for line in record.applied}
    if meant.issuperset(map(crm_of.get, payment.invoice_ids)):
        return ()  # as most do: it pays what the CRM says
    named = [line for line in record.applied if inquiry.invoices_of(line.invoice_id)]
    if len(named) < len(record.applied):
        return ()
    right = {copy.id for line in named for copy in inquiry.copies_of(line.invoice_id)}
    wrong = tuple((ref, part) for ref, part in payment.applications if ref.kind == "Invoice" and ref.id not in right)
    known = [(ref, part) for ref, part in wrong if inquiry.sale_on(ref.id)]
    short = total(part for ref, part in payment.applications if ref.id in right) < record.amount
    return wrong if wrong and len(known) == len(wrong) and short else ()


def moving_action(payment: Payment, application: Application) -> str:
    """The id of the action that would move `payment` to what it takes."""
    return action_id("move_payment", (str(payment.ref), *(str(target.ref) for target, _ in application.takes)))


def detected(inquiry: Inquiry, payment: Payment, application: Application, created: Mapping[str, Proposal]) -> Detected:
    """The finding for one payment that sits on the wrong invoice."""
    wrong = application.source.gives_up
    record = inquiry.record_of(payment)
    crm = (record.ref,) if record else ()
    features = [
        Evidence(feature="crm_application", points=20, words=f"the CRM applies it to {_named(inquiry, payment)}"),
        *(as_evidence(inquiry.matches.payments.levels[record.crm_id], {}) if record else ()),
    ]
    evidence = EvidenceFile.of(tuple(features))
    proposals = (_move(inquiry, payment, application, created, evidence, crm),) if application.takes else ()
    names = ", ".join(inquiry.name_of(inquiry.books.invoices[ref.id]) for ref, _ in wrong)
    amount = total(part for _, part in wrong)
    return Detected(
        finding=Finding(
            id=finding_id("misapplied_payment", (payment.ref, *(ref for ref, _ in wrong))),
            kind="misapplied_payment",
            summary=f"{amount} of payment {payment.payment_ref_num or payment.id} ({payment.txn_date}) is applied to "
            f"invoice {names}; the CRM applies it to {_named(inquiry, payment)}",
            documents=(payment.ref, *(ref for ref, _ in wrong), *(target.ref for target, _ in application.takes)),
            crm=crm,
            customer_id=payment.customer_id,
            customer=inquiry.books.customer_name(payment.customer_id),
            amount=amount,
            evidence=evidence,
            root_cause="payment_not_linked",
            prevention="Name the invoice when receiving a payment; switch off applying to the oldest invoice.",
            actions=tuple(proposal.id for proposal in proposals),
            no_action=proposals[0].judgement.hold_reason
            if proposals
            else no_place(inquiry, (line.invoice_id for line in record.applied) if record else (), application)
            or "other money found here settles the invoice it should pay",
        ),
        proposals=proposals,
    )


def _named(inquiry: Inquiry, payment: Payment) -> str:
    record = inquiry.record_of(payment)
    booked = (
        invoice for line in (record.applied if record else ()) for invoice in inquiry.invoices_of(line.invoice_id)
    )
    return joined(dict.fromkeys(inquiry.name_of(invoice) for invoice in booked)) or "no invoice"


def _is_only_perhaps_its_own(inquiry: Inquiry, qbo_id: str) -> bool:
    """True when the invoice the money sits on is likely, but not beyond doubt, another sale's."""
    bundle = inquiry.bundled.by_qbo.get(qbo_id)
    return not bundle.told if bundle else inquiry.sale_on(qbo_id) in inquiry.matches.invoices.weak


def _move(
    inquiry: Inquiry,
    payment: Payment,
    application: Application,
    created: Mapping[str, Proposal],
    evidence: EvidenceFile,
    crm: tuple[CrmRef, ...],
) -> Proposal:
    wrong = {ref for ref, _ in application.source.gives_up}
    tier, settles = judged(application, created)
    former = {inquiry.books.invoices[ref.id].customer_id for ref in wrong}
    if former != {target.customer_id for target, _ in application.takes}:
        tier, settles = "review", "It moves between jobs or customer records (S07): check with the customer."
    record = crm[0].id if crm else ""
    if record and points(inquiry.matches.payments.levels[record]) < CLEAR:
        tier, settles = "review", "The payment is the CRM's by amount and date only: compare the references."
    if any(_is_only_perhaps_its_own(inquiry, ref.id) for ref in wrong):
        tier, settles = "review", "The invoice it sits on is only perhaps another sale's: compare it with the CRM's."
    left = application.source.amount - total(part for _, part in application.takes)
    if left > payment.unapplied_amt:
        settles = f"{settles} {left - payment.unapplied_amt} of it would hang unapplied afterwards.".strip()
        tier = "review"
    remains = [(ref, part) for ref, part in payment.applications if ref not in wrong]
    onto, reason = rebooking(inquiry, application, remains)
    if reason:
        tier, settles = "review", reason
    fixed = payment_fixed(inquiry.books, payment, inquiry.locks)
    return apply_payment(
        payment,
        kind="move_payment",
        onto=onto,
        action_id=moving_action(payment, application),
        remains=remains,
        adds=[(target.ref, part) for target, part in application.takes],
        names=[target.name for target, _ in application.takes],
        judgement=Judgement(
            tier=tier,
            evidence=evidence,
            crm=crm,
            depends_on=application.depends_on,
            settles=settles,
        )
        .held(f"payment {payment.id} cannot be changed: {fixed}" if fixed else "")
        .held("" if reason else crossing(inquiry, application)),
    )
