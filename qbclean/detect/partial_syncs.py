"""Invoices that arrived only in part: a header without lines, lines or tax missing, another amount than the CRM's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from qbclean.actions.complete_invoice import complete_invoice
from qbclean.actions.proposal import Judgement, Proposal
from qbclean.actions.safety import left_alone
from qbclean.detect.inquiry import Detected, Inquiry
from qbclean.detect.item_mapping import map_lines
from qbclean.match.sale_levels import compare_sales, explain
from qbclean.match.weights import Levels, as_evidence
from qbclean.model.crm import CrmInvoice
from qbclean.model.documents import Invoice
from qbclean.model.evidence import EvidenceFile
from qbclean.model.finding import Finding
from qbclean.model.identity import action_id, finding_id
from qbclean.model.money import ZERO, total


class _Difference(NamedTuple):
    """What differs, in words, and whether it is plainly something that did not arrive."""

    words: str
    plain: bool


def find(inquiry: Inquiry) -> Iterator[Detected]:
    """One finding per CRM invoice whose QuickBooks twin has no lines or another total (beyond tax rounding)."""
    for crm_id in sorted(inquiry.matches.invoices.pairs):
        record, invoice = inquiry.crm.invoices_by_id[crm_id], inquiry.invoice_of(crm_id)
        if invoice is None or invoice.is_voided or not record.is_final or crm_id in inquiry.bundled_crm:
            continue
        levels = _levels(inquiry, record, invoice)
        agrees = levels["total"] in ("same", "tax rounding") and not _has_no_lines(record, invoice)
        if agrees or _lowered_by_credit(inquiry, record, invoice):
            continue
        yield _partial(inquiry, record, invoice, levels)


def completing_action(invoice: Invoice) -> str:
    """The id of the action that would complete `invoice`."""
    return action_id("complete_invoice", (str(invoice.ref),))


def _levels(inquiry: Inquiry, record: CrmInvoice, invoice: Invoice) -> Levels:
    sales = inquiry.matches.invoices
    return compare_sales(sales.sales_crm[record.crm_id], sales.sales_qbo[invoice.id], sales.context)


def _lowered_by_credit(inquiry: Inquiry, record: CrmInvoice, invoice: Invoice) -> bool:
    """Some offices lower the invoice instead of writing a credit memo; that is not a partial sync."""
    given = total(credit.amount for credit in inquiry.crm.credits_by_invoice.get(record.crm_id, ()))
    return given > 0 and invoice.total_amt == record.total - given


def _has_no_lines(record: CrmInvoice, invoice: Invoice) -> bool:
    """Lines of no charge do not count: a warranty visit's invoice is whole with nothing on it."""
    return any(line.amount for line in record.lines or ()) and not any(line.amount for line in invoice.item_lines)


def _partial(inquiry: Inquiry, record: CrmInvoice, invoice: Invoice, levels: Levels) -> Detected:
    sales = inquiry.matches.invoices
    difference = _difference(record, invoice, levels)
    words = explain(sales.sales_crm[record.crm_id], sales.sales_qbo[invoice.id], levels) | {"total": difference.words}
    evidence = EvidenceFile.of(as_evidence(levels, words))
    proposal = _proposal(inquiry, record, invoice, evidence, difference)
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


def _difference(record: CrmInvoice, invoice: Invoice, levels: Levels) -> _Difference:
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
    words = "part of the lines arrived" if levels["total"] == "part of it" else "lines have other amounts"
    return _Difference(words, plain=False)


def _proposal(
    inquiry: Inquiry, record: CrmInvoice, invoice: Invoice, evidence: EvidenceFile, difference: _Difference
) -> Proposal:
    mapped = map_lines(inquiry, record)
    same_number = any(item.feature == "number" and item.points > 0 for item in evidence.supports)
    doubt = ""
    if not difference.plain:
        doubt = "Find out which amount was billed: look at the invoice the customer got."
    elif not same_number:
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


def _impossible(inquiry: Inquiry, record: CrmInvoice, invoice: Invoice) -> str:
    if inquiry.locks.locks(invoice):
        return f"it is dated {invoice.txn_date}, in a closed period (S01); list the difference for the CPA"
    settled: Decimal = invoice.total_amt - invoice.balance
    if settled > record.total:
        return f"{settled} is already paid or credited on it, more than the CRM's total"
    return left_alone(inquiry.books, invoice)
