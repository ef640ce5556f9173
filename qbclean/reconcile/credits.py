"""Which bucket explains each credit's amount."""

from __future__ import annotations

from collections.abc import Mapping

from qbclean.model.crm import CrmCredit
from qbclean.model.documents import CreditMemo
from qbclean.model.reconciliation import Bucket
from qbclean.reconcile.payments import paired
from qbclean.reconcile.sides import Sides


def crm_credits(sides: Sides, invoices: Mapping[str, Bucket]) -> Mapping[str, Bucket]:
    """CRM credit → bucket. `invoices`: the buckets of the CRM's invoices, whose fate their credits share."""
    return {credit.crm_id: _crm_credit(sides, credit, invoices) for credit in sides.crm.credits}


def quickbooks_credits(sides: Sides, of_crm: Mapping[str, Bucket]) -> Mapping[str, Bucket]:
    """QuickBooks credit memo → bucket: that of its CRM credit in `of_crm`, where it has one."""
    return {memo.id: _quickbooks_credit(sides, memo, of_crm) for memo in sides.books.credit_memos.values()}


def _crm_credit(sides: Sides, credit: CrmCredit, invoices: Mapping[str, Bucket]) -> Bucket:
    twin = sides.books.credit_memos.get(sides.pairs.credit_of.get(credit.crm_id, ""))
    if twin is not None:
        return paired(sides, credit, sides.places.of_credit(credit), twin)
    of_invoice = invoices.get(credit.invoice_id or "")
    if of_invoice in ("crm_draft", "crm_void", "before_start", "after_as_of", "lowered_invoice", "sales_receipt"):
        return of_invoice
    if booking := sides.credits_booked_elsewhere.get(credit.crm_id):
        return booking.bucket
    return sides.outside(credit.date) or ("missing" if credit.amount else "nothing")


def _quickbooks_credit(sides: Sides, memo: CreditMemo, of_crm: Mapping[str, Bucket]) -> Bucket:
    known = of_crm.get(sides.pairs.crm_credit_of.get(memo.id, ""))
    if known is not None:
        return known
    if memo.is_voided:
        return "quickbooks_void"
    if not memo.total_amt:
        return "nothing"
    if any(ref in sides.verdicts.copies for ref in credited_invoices(sides, memo)):
        return "credit_for_duplicate"
    return "extra" if sides.crm.tells("credit") else "not_compared"


def credited_invoices(sides: Sides, memo: CreditMemo) -> frozenset[str]:
    """The QuickBooks invoices the memo is joined to by a payment."""
    return frozenset(
        ref.id
        for payment in sides.books.payments_of.get(memo.ref, ())
        for ref, _ in payment.applications
        if ref.kind == "Invoice"
    )
