"""Payments the CRM has and QuickBooks has not: recorded only when no equal money is booked in any other shape."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from qbclean.actions.automatic import rest_used_elsewhere
from qbclean.actions.proposal import Judgement, Proposal
from qbclean.actions.record_payment import record_payment
from qbclean.actions.safety import redated
from qbclean.detect.allocation import Application, leftover
from qbclean.detect.equal_money import booked_otherwise, words_of
from qbclean.detect.inquiry import Detected, Inquiry
from qbclean.detect.no_place import joined, no_place
from qbclean.detect.other_money import OtherMoney
from qbclean.match.nameless import NEAR, NET_OF_FEES
from qbclean.match.normalize import plain
from qbclean.model.crm import CrmPayment
from qbclean.model.evidence import Evidence, EvidenceFile
from qbclean.model.finding import Finding, FindingKind
from qbclean.model.identity import action_id, finding_id
from qbclean.model.money import ZERO, total
from qbclean.model.refs import CrmRef

RECEIVE = (
    "income on a deposit is moved by a same-total change or not at all (S06): receive the payment "
    "against the invoice and replace the deposit's line with it"
)
_WINDOW = timedelta(days=60)
_TIMING = timedelta(days=7)
_SAME_AMOUNT = "another payment of its amount, of which QuickBooks has as many as the CRM"
BANK_FIRST = "Find the money on the bank statement before it is recorded."


def concerns_us(inquiry: Inquiry, record: CrmPayment) -> bool:
    """Since the books were started, and not for a sale that QuickBooks has as a sales receipt, payment included."""
    started = inquiry.books.company.company_start_date
    by_receipt = all(line.invoice_id in inquiry.matches.invoices.receipts for line in record.applied)
    return (
        (started is None or record.date >= started)
        and record.date <= inquiry.as_of
        and not (record.applied and by_receipt)
    )


def customer_of(inquiry: Inquiry, record: CrmPayment) -> str:
    """The QuickBooks customer or job the payment belongs on: its invoice's, be that still to be created, else the one
    the CRM customer is known as."""
    for line in record.applied:
        if booked := inquiry.invoices_of(line.invoice_id):
            return booked[0].customer_id
    for line in record.applied:
        billed = inquiry.crm.invoices_by_id.get(line.invoice_id)
        if billed and (owner := inquiry.customer_of(billed)):
            return owner
    known = inquiry.matches.customers.known_as(record.customer_id or "")
    return known[0] if known else ""


def detected(inquiry: Inquiry, record: CrmPayment, application: Application) -> Detected:
    """The finding for one CRM payment without a counterpart: missing, or booked past its invoice."""
    customer = application.source.customer_id
    booked = booked_otherwise(inquiry, record)
    features = [
        Evidence(feature="one_to_one", points=15, words="every payment of this customer is another CRM payment")
    ]
    if booked:
        features.append(
            Evidence(feature="equal_money", points=-30, words=f"equal money is booked as {words_of(booked)}")
        )
    evidence = EvidenceFile.of(tuple(features))
    proposals = _proposals(inquiry, record, application, evidence) if not booked and application.takes else ()
    kind: FindingKind = "paid_by_deposit" if booked else "missing_payment"
    what = f"is booked as {words_of(booked)}" if booked else "is not in QuickBooks"
    return Detected(
        finding=Finding(
            id=finding_id(kind, (record.ref,)),
            kind=kind,
            summary=f"CRM payment of {record.amount} ({record.date}) {what}" + _left_open(application),
            documents=(
                *(target.ref for target, _ in application.takes if not target.creator),
                *((booked.ref,) if booked else ()),
            ),
            crm=(record.ref, *(CrmRef("invoice", line.invoice_id) for line in record.applied)),
            customer_id=customer,
            customer=inquiry.books.customer_name(customer),
            amount=record.amount,
            evidence=evidence,
            root_cause="deposit_coded_to_income" if booked else "sync_failed",
            prevention=PREVENTION[kind],
            actions=tuple(proposal.id for proposal in proposals),
            no_action=_no_action(inquiry, record, booked, proposals, application),
        ),
        proposals=proposals,
    )


def _left_open(application: Application) -> str:
    there = [target.name for target, _ in application.takes if not target.creator]
    absent = joined(target.name for target, _ in application.takes if target.creator)
    open_ = f"; invoices {joined(there)} stay open" if len(there) > 1 else f"; invoice {joined(there)} stays open"
    return (open_ if there else "") + (f"; QuickBooks has no invoice {absent}" if absent else "")


PREVENTION: dict[FindingKind, str] = {
    "paid_by_deposit": "Receive the payment against its invoice, then add it to the deposit.",
    "missing_payment": "Check that the CRM's sync carries payments.",
}


def _no_action(
    inquiry: Inquiry,
    record: CrmPayment,
    booked: OtherMoney | None,
    proposals: tuple[Proposal, ...],
    application: Application,
) -> str:
    if booked:
        return RECEIVE
    if proposals:
        return proposals[0].judgement.hold_reason
    if application.source.on_account:
        return "the CRM records it on account; find it at the bank, then enter it by hand"
    invoices = (line.invoice_id for line in record.applied)
    return no_place(inquiry, invoices, application) or "other money found here settles the invoice it paid"


def _proposals(
    inquiry: Inquiry, record: CrmPayment, application: Application, evidence: EvidenceFile
) -> tuple[Proposal, ...]:
    on = inquiry.locks.first_open_day(taxed=False, not_before=record.date)
    customers = {target.customer_id for target, _ in application.takes}
    doubt = f"{redated(record.date, on)} {_doubt(inquiry, record, application)}".strip()
    judgement = Judgement(
        tier="review" if doubt else "recommended",
        evidence=evidence,
        crm=(record.ref,),
        depends_on=application.depends_on,
        settles=f"{doubt} {BANK_FIRST}" if doubt else "",
    ).held("it pays invoices of several customers or jobs" if len(customers) > 1 else "")
    if leftover(application) > 0:
        settled = {target.ref for target, _ in application.takes}
        doubt = rest_used_elsewhere(inquiry.books, application.source.customer_id, settled)
        judgement = judgement.doubted(doubt)
    return (
        record_payment(
            record,
            action_id=action_id("record_payment", (str(record.ref),)),
            customer_id=application.source.customer_id,
            on=on,
            applies=[(target.ref, part) for target, part in application.takes],
            names=[target.name for target, _ in application.takes],
            method_id=_method(inquiry, record.method),
            judgement=judgement,
        ),
    )


def _doubt(inquiry: Inquiry, record: CrmPayment, application: Application) -> str:
    """Why the bank must be looked at first; "" where the CRM names the invoice, it is open to the cent, and no money
    that is not accounted for was booked near that day, of this party or without a name."""
    takes = application.takes
    settled = total(part for _, part in takes)
    if application.ground != "CRM names it" or settled not in (record.amount, _owed(inquiry, record)):
        return "It is more or less than the invoice has open."
    if any(target.creator for target, _ in takes):
        return "The invoice is not in QuickBooks yet."
    if doubt := next((target.doubt for target, _ in takes if target.doubt), application.source.doubt):
        return doubt
    if inquiry.as_of - record.date <= _TIMING:
        return "It is a few days old and may still be on its way."
    if words := _unaccounted(inquiry, record, application.source.customer_id):
        return f"It may be part of {words}."
    return ""


def _owed(inquiry: Inquiry, record: CrmPayment) -> Decimal:
    """What the CRM has open on the invoice of `record` before it; 0.00 unless the CRM itself says that it overpays."""
    invoices = {line.invoice_id for line in record.applied}
    billed = inquiry.crm.invoices_by_id.get(min(invoices, default="")) if len(invoices) == 1 else None
    if billed is None:
        return ZERO
    others = [payment for payment in inquiry.crm.payments_by_invoice[billed.crm_id] if payment != record]
    if any(len(payment.applied) > 1 for payment in others):
        return ZERO
    given = inquiry.crm.credits_by_invoice.get(billed.crm_id, ())
    owed = billed.total - total(payment.amount for payment in others) - total(credit.amount for credit in given)
    return owed if record.amount > owed else ZERO


def _unaccounted(inquiry: Inquiry, record: CrmPayment, customer: str) -> str:
    """The first money near the day that could hold this payment, net of fees or with others, in words; "" for none."""
    group = inquiry.matches.customers.group_of_qbo.get(customer, "")
    least = record.amount * NET_OF_FEES
    if words := inquiry.overview.nameless.holding.get(record.crm_id, _SAME_AMOUNT):
        return words
    for owner in inquiry.customers_in(group):
        for money in inquiry.other_money.get(owner, ()):
            if money.amount >= least and abs(money.date - record.date) <= NEAR and not inquiry.is_set_off(money):
                return money.words
    for payment in inquiry.unknown_payments.get(group, ()):
        if abs(payment.txn_date - record.date) <= _WINDOW:
            return f"payment {payment.payment_ref_num or payment.id}, which the CRM does not know"
    for payment, rest in inquiry.larger_payments.get(group, ()):
        if rest >= least and abs(payment.txn_date - record.date) <= _WINDOW:
            return f"payment {payment.payment_ref_num or payment.id}, which is {rest} more than the CRM has of it"
    return ""


def _method(inquiry: Inquiry, name: str | None) -> str | None:
    found = [method.id for method in inquiry.books.payment_methods.values() if plain(method.name) == plain(name or "")]
    return found[0] if len(found) == 1 else None
