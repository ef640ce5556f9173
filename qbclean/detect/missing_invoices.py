"""Invoices the CRM billed and QuickBooks never got: created only when every condition of S15 holds, else explained."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from qbclean.actions.automatic import SWITCH_OFF, credits_apply_themselves
from qbclean.actions.create_invoice import create_invoice
from qbclean.actions.proposal import Judgement, Proposal
from qbclean.actions.safety import redated
from qbclean.detect.equal_money import equal_money
from qbclean.detect.inquiry import Detected, Inquiry
from qbclean.detect.item_mapping import Mapped, map_lines
from qbclean.model.crm import CrmInvoice
from qbclean.model.evidence import Evidence, EvidenceFile
from qbclean.model.finding import Finding
from qbclean.model.identity import action_id, finding_id
from qbclean.model.refs import CrmRef

_HIJACKED = (
    "the customer has an open credit, which QuickBooks would by itself use for the new invoice; apply the credit "
    f"first, or {SWITCH_OFF}"
)
_NEAR = timedelta(days=20)


def find(inquiry: Inquiry) -> Iterator[Detected]:
    """One finding per final CRM invoice without a counterpart in QuickBooks, in id order."""
    for crm_id in inquiry.matches.invoices.spare_crm:
        invoice = inquiry.crm.invoices_by_id[crm_id]
        if concerns_us(inquiry, invoice):
            yield _missing(inquiry, invoice)


def concerns_us(inquiry: Inquiry, invoice: CrmInvoice) -> bool:
    """Final, not nothing, not part of a bundle, and from after the company's books were started (S15)."""
    started = max(filter(None, (inquiry.books.company.company_start_date, inquiry.settings.start_date)), default=None)
    return (
        invoice.is_final
        and invoice.total != 0
        and invoice.crm_id not in inquiry.bundled.crm_ids
        and invoice.date is not None
        and invoice.date <= inquiry.as_of
        and (started is None or invoice.date >= started)
    )


def creating_action(invoice: CrmInvoice) -> str:
    """The id of the action that would create `invoice`."""
    return action_id("create_invoice", (str(invoice.ref),))


def _missing(inquiry: Inquiry, invoice: CrmInvoice) -> Detected:
    customer = inquiry.customer_of(invoice)
    mapped = map_lines(inquiry, invoice)
    taxed = (invoice.tax or 0) != 0
    dated = invoice.date or inquiry.as_of
    on = inquiry.locks.first_open_day(taxed=taxed, not_before=dated)
    judgement = _judged(inquiry, invoice, customer, mapped, another_day=redated(dated, on))
    proposal: Proposal = create_invoice(
        invoice,
        action_id=creating_action(invoice),
        customer_id=customer,
        on=on,
        items=mapped.items,
        taxable=mapped.taxable,
        tax=mapped.tax,
        judgement=judgement,
    )
    name = invoice.number or invoice.crm_id
    return Detected(
        finding=Finding(
            id=finding_id("missing_invoice", (invoice.ref,)),
            kind="missing_invoice",
            summary=f"CRM invoice {name} of {invoice.total} ({dated}) for {invoice.customer_name} is not in QuickBooks",
            crm=(invoice.ref,),
            customer_id=customer,
            customer=inquiry.books.customer_name(customer) if customer else invoice.customer_name,
            amount=abs(invoice.total),
            evidence=judgement.evidence,
            root_cause="sync_failed",
            prevention="Look at the sync's error log for this invoice, and have it report failures.",
            actions=(proposal.id,),
            no_action=judgement.hold_reason,
        ),
        proposals=(proposal,),
    )


def _judged(inquiry: Inquiry, invoice: CrmInvoice, customer: str, mapped: Mapped, *, another_day: str) -> Judgement:
    """Tier and grounds by the conditions of S15, S16 (`another_day`: as `redated` says) and S27, hardest first."""
    evidence = [
        Evidence(feature="one_to_one", points=20, words="every QuickBooks invoice of this customer has another twin"),
        *_paid_words(inquiry, invoice),
    ]
    judgement = Judgement(tier="recommended", crm=(invoice.ref, *_paying(inquiry, invoice)))
    judgement = judgement.held(_impossible(inquiry, invoice, customer, mapped))
    money = equal_money(inquiry, invoice)
    if money:
        evidence.append(Evidence(feature="equal_money", points=-30, words=f"equal money is already there: {money}"))
        judgement = judgement.held(f"equal money is already booked as {money} (S15); find out what it was for first")
    doubt = ""
    if another_day:
        doubt = another_day
    elif invoice.status == "paid" and not _money_waiting(inquiry, invoice):
        doubt = "The CRM says it is paid, but no such payment is in QuickBooks: find the payment first."
        evidence.append(Evidence(feature="payment", points=-8, words="paid in the CRM, no payment in QuickBooks"))
    elif copy := inquiry.perhaps_copied.get(invoice.crm_id):
        doubt = f"QuickBooks invoice {inquiry.name_of(copy)} looks like a copy of another sale, but may be this one."
    elif other := inquiry.billed.may_be_missing_instead(inquiry.matches.invoices.sales_crm[invoice.crm_id]):
        equal = inquiry.crm.invoices_by_id[other]
        doubt = (
            f"CRM invoice {equal.number or other} of the same amount may be the missing one instead: nothing tells "
            "which of the two QuickBooks has."
        )
    elif part_of := inquiry.bundled.perhaps.get(invoice.crm_id):
        whole = inquiry.books.invoices[part_of.qbo_ids[0]]
        doubt = f"It may be part of invoice {inquiry.name_of(whole)}: look at its lines."
    elif near := _near_twin(inquiry, invoice):
        doubt = f"QuickBooks invoice {near} of about that date has no twin in the CRM: is it the same sale?"
        evidence.append(Evidence(feature="near_twin", points=-10, words=f"invoice {near} is left over near its date"))
    elif invoice.flags:
        doubt = f"The CRM's record is odd ({', '.join(invoice.flags)}); check it."
    return Judgement(
        tier=judgement.tier if judgement.hold_reason else "review" if doubt else "recommended",
        evidence=EvidenceFile.of(tuple(evidence)),
        crm=judgement.crm,
        settles=doubt,
        hold_reason=judgement.hold_reason,
    )


def _impossible(inquiry: Inquiry, invoice: CrmInvoice, customer: str, mapped: Mapped) -> str:
    if not customer:
        return f"customer {invoice.customer_name} is not in QuickBooks; create the customer, pull, and plan again"
    record = inquiry.books.customers.get(customer)
    if record is not None and not record.active:
        return f"customer {record.full_name} is inactive in QuickBooks"
    if invoice.total < 0:
        return "its total is negative; enter it as a credit memo"
    credit = any(memo.balance > 0 for memo in inquiry.books.credit_memos_by_customer.get(customer, ()))
    hijacked = _HIJACKED if credit and credits_apply_themselves(inquiry.books) else ""
    return hijacked or _number_problem(inquiry, invoice.number) or mapped.problem


def _number_problem(inquiry: Inquiry, number: str | None) -> str:
    """Why the CRM's number cannot be kept as DocNumber (S15; contract 6.3, 7.8)."""
    if not number:
        return "it has no number to keep as DocNumber"
    if len(number) > 21:
        return f"its number {number} is longer than the 21 characters QuickBooks takes"
    if not inquiry.books.preferences.sales_forms_prefs.custom_txn_numbers:
        return (
            "QuickBooks numbers invoices itself in this company; switch custom transaction numbers on, pull, plan again"
        )
    taken = inquiry.overview.numbers_taken.get(number)
    return f"its number is taken by {taken}" if taken else ""


def _near_twin(inquiry: Inquiry, invoice: CrmInvoice) -> str:
    """A live QuickBooks invoice of this party, near the date, that nothing in the CRM explains."""
    day = invoice.date or inquiry.as_of
    for other in inquiry.unexplained_invoices(invoice):
        if abs(other.txn_date - day) <= _NEAR:
            return inquiry.name_of(other)
    return ""


def _paying(inquiry: Inquiry, invoice: CrmInvoice) -> tuple[CrmRef, ...]:
    return tuple(payment.ref for payment in inquiry.crm.payments_by_invoice.get(invoice.crm_id, ()))


def _money_waiting(inquiry: Inquiry, invoice: CrmInvoice) -> bool:
    """True when a QuickBooks payment that is this invoice's in the CRM hangs unapplied."""
    for ref in _paying(inquiry, invoice):
        qbo_id = inquiry.matches.payments.pairs.get(ref.id)
        if qbo_id and inquiry.books.payments[qbo_id].unapplied_amt > 0:
            return True
    return False


def _paid_words(inquiry: Inquiry, invoice: CrmInvoice) -> tuple[Evidence, ...]:
    if _money_waiting(inquiry, invoice):
        return (Evidence(feature="payment", points=10, words="its payment is in QuickBooks and hangs unapplied"),)
    return ()
