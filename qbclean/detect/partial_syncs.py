"""Invoices that arrived only in part: a header without lines, lines or tax missing, another amount than the CRM's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from qbclean.actions.complete_invoice import complete_invoice
from qbclean.actions.proposal import Judgement, Proposal
from qbclean.actions.safety import left_alone
from qbclean.detect.equal_money import equal_money
from qbclean.detect.inquiry import Detected, Inquiry
from qbclean.detect.item_mapping import map_lines
from qbclean.match.date_levels import SOON
from qbclean.match.sale_levels import is_named, tells_of_another
from qbclean.match.sale_words import explain
from qbclean.match.weights import Levels, as_evidence
from qbclean.model.crm import CrmInvoice
from qbclean.model.documents import Invoice
from qbclean.model.evidence import EvidenceFile
from qbclean.model.finding import Finding
from qbclean.model.identity import action_id, finding_id
from qbclean.model.money import ZERO, rounded, total

_NEAR_DAYS = 20
_OTHER_AMOUNTS = {
    "part of it": "part of the lines arrived",
    "rounded off": "the total was rounded to whole dollars by hand, all of it arrived",
}
"""What is said of the lines at a level of the total."""


class _Difference(NamedTuple):
    """What differs, in words, and whether it is plainly something that did not arrive."""

    words: str
    plain: bool


def find(inquiry: Inquiry) -> Iterator[Detected]:
    """One finding per CRM invoice whose QuickBooks twin has no lines or another total (beyond tax rounding)."""
    for crm_id, invoice in inquiry.standing.items():
        record = inquiry.crm.invoices_by_id[crm_id]
        if _plainly_agree(record, invoice):
            continue
        if invoice.is_voided or not record.is_final or crm_id in inquiry.bundled.crm_ids:
            continue
        levels = inquiry.compared.levels(crm_id, invoice.id)
        agrees = levels["total"] in ("same", "tax rounding") and not _has_no_lines(record, invoice)
        if agrees or _lowered_by_credit(inquiry, record, invoice):
            continue
        yield _partial(inquiry, record, invoice, levels)


def _plainly_agree(record: CrmInvoice, invoice: Invoice) -> bool:
    """True for most pairs, which need no closer look: equal totals, and lines on both sides or on neither."""
    return record.total == invoice.total_amt and not _has_no_lines(record, invoice)


def completing_action(invoice: Invoice) -> str:
    """The id of the action that would complete `invoice`."""
    return action_id("complete_invoice", (str(invoice.ref),))


def _lowered_by_credit(inquiry: Inquiry, record: CrmInvoice, invoice: Invoice) -> bool:
    """Some offices lower the invoice instead of writing a credit memo; that is not a partial sync."""
    given = total(credit.amount for credit in inquiry.crm.credits_by_invoice.get(record.crm_id, ()))
    return given > 0 and invoice.total_amt == record.total - given


def _has_no_lines(record: CrmInvoice, invoice: Invoice) -> bool:
    """Lines of no charge do not count: a warranty visit's invoice is whole with nothing on it."""
    return not any(line.amount for line in invoice.item_lines) and any(line.amount for line in record.lines or ())


def _partial(inquiry: Inquiry, record: CrmInvoice, invoice: Invoice, levels: Levels) -> Detected:
    sales = inquiry.matches.invoices
    difference = _difference(inquiry, record, invoice, levels)
    words = explain(sales.sales_crm[record.crm_id], sales.sales_qbo[invoice.id], levels) | {"total": difference.words}
    evidence = EvidenceFile.of(as_evidence(levels, words))
    proposal = _proposal(inquiry, record, invoice, levels, evidence, difference)
    return Detected(
        finding=Finding(
            id=finding_id("partial_sync", (invoice.ref, record.ref)),
            kind="partial_sync",
            summary=f"Invoice {inquiry.name_of(invoice)} is {invoice.total_amt} in QuickBooks, {record.total} "
            f"in the CRM: {difference.words}",
            documents=(invoice.ref,),
            crm=(record.ref,),
            customer_id=invoice.customer_id,
            customer=inquiry.books.customer_name(invoice.customer_id),
            amount=abs(record.total - invoice.total_amt),
            evidence=evidence,
            root_cause="partial_sync",
            prevention="Have the sync compare totals after it writes an invoice, and report where they differ.",
            actions=(proposal.id,),
            no_action=proposal.judgement.hold_reason,
        ),
        proposals=(proposal,),
    )


def _difference(inquiry: Inquiry, record: CrmInvoice, invoice: Invoice, levels: Levels) -> _Difference:
    ours = sorted(line.amount for line in record.lines or ())
    theirs = sorted(line.amount for line in invoice.item_lines if line.detail_type != "DescriptionOnly")
    if _has_no_lines(record, invoice):
        return _Difference("only the header arrived, no lines", plain=True)
    if theirs == ours and (record.tax or ZERO) != invoice.total_tax:
        words = f"sales tax is {invoice.total_tax} instead of {record.tax or ZERO}"
        return _Difference(words, plain=invoice.total_tax == 0)
    missing = list((Counter(ours) - Counter(theirs)).elements())
    if missing and not Counter(theirs) - Counter(ours):
        amounts = ", ".join(str(amount) for amount in missing)
        return _Difference(f"{len(missing)} of {len(ours)} lines did not arrive ({amounts})", plain=True)
    if fallen := _quantities_fallen(record, theirs):
        amounts = ", ".join(str(quantity) for quantity in fallen)
        return _Difference(f"the quantity of {len(fallen)} of {len(ours)} lines is 1 instead of {amounts}", plain=True)
    words = _OTHER_AMOUNTS.get(levels["total"], "lines have other amounts")
    if levels["total"] != "rounded off" and _paid_as_billed(inquiry, record):
        return _Difference(f"{words}, and the customer paid the CRM's {record.total}", plain=True)
    return _Difference(words, plain=False)


def _quantities_fallen(record: CrmInvoice, theirs: Sequence[Decimal]) -> list[Decimal]:
    """The CRM's quantities of the lines that QuickBooks has at the price of one; [] unless all else agrees."""
    spare, short = Counter(theirs), []
    for line in record.lines or ():
        if spare[line.amount] > 0:
            spare[line.amount] -= 1
        else:
            short.append(line)
    prices = Counter(rounded(line.unit_price) for line in short if line.unit_price is not None)
    return [line.quantity for line in short if line.quantity is not None] if +spare == prices else []


def _paid_as_billed(inquiry: Inquiry, record: CrmInvoice) -> bool:
    """True when the payments that pay this CRM invoice, and no other, are in QuickBooks and come to its total."""
    pairs = inquiry.matches.payments.pairs
    paid = inquiry.crm.payments_by_invoice.get(record.crm_id, ())
    booked = [pairs[payment.crm_id] for payment in paid if len(payment.applied) == 1 and payment.crm_id in pairs]
    if len(booked) < len(paid) or not inquiry.matches.payments.contested.isdisjoint(booked):
        return False
    return total(inquiry.books.payments[key].total_amt for key in booked) == record.total


def _proposal(
    inquiry: Inquiry,
    record: CrmInvoice,
    invoice: Invoice,
    levels: Levels,
    evidence: EvidenceFile,
    difference: _Difference,
) -> Proposal:
    mapped = map_lines(inquiry, record)
    doubt = ""
    if not difference.plain:
        doubt = "Find out which amount was billed: look at the invoice the customer got."
    elif not (is_named(levels) or _nothing_else_it_could_be(inquiry, record, invoice, levels)):
        doubt = "Nothing but customer, date and job says that these two are one invoice: compare them."
    judgement = Judgement(
        tier="review" if doubt else "recommended", evidence=evidence, crm=(record.ref,), settles=doubt
    ).held(_impossible(inquiry, record, invoice) or mapped.problem)
    return complete_invoice(
        invoice,
        record,
        action_id=completing_action(invoice),
        items=mapped.items,
        taxable=mapped.taxable,
        tax=mapped.tax,
        judgement=judgement,
    )


def _nothing_else_it_could_be(inquiry: Inquiry, record: CrmInvoice, invoice: Invoice, levels: Levels) -> bool:
    """True when every other invoice of the party near the day is surely another sale, in both systems, and no money of
    the CRM invoice's amount is booked in another shape (S15 in spirit: completing an empty invoice creates one)."""
    against = tells_of_another(levels) or levels["job"] == "other" or levels["lines"] == "nothing in common"
    if against or levels["date"] not in SOON or equal_money(inquiry, record):
        return False
    matched, day = inquiry.matches.invoices, invoice.txn_date.toordinal()
    doubtful = (
        sale
        for sale in inquiry.sales_of(matched.sales_crm[record.crm_id].group)
        if sale.id != record.crm_id and (sale.id in matched.weak or sale.id not in matched.pairs)
    )
    days = [sale.day for sale in doubtful]
    days += [other.txn_date.toordinal() for other in inquiry.unexplained_invoices(record)]
    return all(abs(other - day) > _NEAR_DAYS for other in days)


def _impossible(inquiry: Inquiry, record: CrmInvoice, invoice: Invoice) -> str:
    if inquiry.locks.locks(invoice):
        return f"it is dated {invoice.txn_date}, in a closed period (S01); list the difference for the CPA"
    settled: Decimal = invoice.total_amt - invoice.balance
    if settled > record.total:
        return f"{settled} is already paid or credited on it, more than the CRM's total"
    return left_alone(inquiry.books, invoice)
