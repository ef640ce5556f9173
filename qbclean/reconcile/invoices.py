"""Which bucket explains each invoice's amount."""

from __future__ import annotations

from collections.abc import Mapping

from qbclean.match.sale_levels import total_level
from qbclean.model.crm import CrmInvoice
from qbclean.model.documents import Invoice
from qbclean.model.money import total
from qbclean.model.reconciliation import Bucket
from qbclean.reconcile.places import month
from qbclean.reconcile.sides import Sides


def crm_invoices(sides: Sides, payments: Mapping[str, Bucket]) -> Mapping[str, Bucket]:
    """CRM invoice → bucket. `payments`: the buckets of the CRM's payments, which tell where a sale was booked."""
    return {invoice.crm_id: _crm_invoice(sides, invoice, payments) for invoice in sides.crm.invoices}


def quickbooks_invoices(sides: Sides, of_crm: Mapping[str, Bucket]) -> Mapping[str, Bucket]:
    """QuickBooks invoice → bucket: that of its CRM invoice in `of_crm`, where the two alone are a pair."""
    return {invoice.id: _quickbooks_invoice(sides, invoice, of_crm) for invoice in sides.books.invoices.values()}


def _crm_invoice(sides: Sides, invoice: CrmInvoice, payments: Mapping[str, Bucket]) -> Bucket:
    pairs, key = sides.pairs, invoice.crm_id
    if key in pairs.bundle_crm:
        return _shape(pairs.bundle_crm[key][0])
    if not invoice.is_final:
        return "crm_draft" if invoice.status == "draft" else "crm_void"
    twin = sides.books.invoices.get(pairs.invoice_of.get(key, ""))
    return _paired(sides, invoice, twin) if twin is not None else _without_twin(sides, invoice, payments)


def _without_twin(sides: Sides, invoice: CrmInvoice, payments: Mapping[str, Bucket]) -> Bucket:
    if invoice.crm_id in sides.matches.invoices.receipts:
        return "sales_receipt"
    if outside := sides.outside(invoice.date):
        return outside
    paid = {payments[payment.crm_id] for payment in sides.crm.payments_by_invoice.get(invoice.crm_id, ())}
    if len(paid) == 1 and paid <= {"sales_receipt", "deposit"}:
        # QuickBooks has the money of the sale, and nothing else of it.
        return paid.pop()
    return "missing" if invoice.total else "nothing"


def _quickbooks_invoice(sides: Sides, invoice: Invoice, of_crm: Mapping[str, Bucket]) -> Bucket:
    pairs, key = sides.pairs, invoice.id
    if key in pairs.bundle_qbo:
        return _shape(pairs.bundle_qbo[key][0])
    if not invoice.total_amt and invoice.is_voided:
        return "quickbooks_void"
    record = sides.crm.invoices_by_id.get(pairs.crm_invoice_of.get(key, ""))
    if record is None:
        return _without_record(sides, invoice)
    if not record.is_final:
        return "not_billed"
    return _paired(sides, record, invoice) if record.crm_id in pairs.bundle_crm else of_crm[record.crm_id]


def _without_record(sides: Sides, invoice: Invoice) -> Bucket:
    if invoice.id in sides.verdicts.copies:
        return "duplicate"
    if not sides.crm.tells("invoice"):
        return "not_compared"
    return "extra" if invoice.total_amt else "nothing"


def _paired(sides: Sides, record: CrmInvoice, invoice: Invoice) -> Bucket:
    """The bucket of both members of a pair that is live in the CRM."""
    amount = invoice.total_amt
    if not amount and invoice.is_voided:
        return "quickbooks_void"
    if record.total != amount:
        return _other_amount(sides, record, invoice)
    if month(record.date) != month(invoice.txn_date):
        return "timing"
    places = sides.places
    return "agreed" if places.of_invoice(record).job == places.of_customer(invoice.customer_id).job else "other_job"


def _other_amount(sides: Sides, record: CrmInvoice, invoice: Invoice) -> Bucket:
    sales = sides.matches.invoices
    level = total_level(sales.sales_crm[record.crm_id], sales.sales_qbo[invoice.id], sales.context)
    if level == "tax rounding":
        return "rounding"
    credited = total(credit.amount for credit in sides.crm.credits_by_invoice.get(record.crm_id, ()))
    return "lowered_invoice" if credited and invoice.total_amt == record.total - credited else "amount_differs"


def _shape(shape: str) -> Bucket:
    return "consolidated" if shape == "consolidated" else "split"
