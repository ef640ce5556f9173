"""Which bucket explains each payment's amount."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from qbclean.model.crm import CrmPayment
from qbclean.model.documents import Payment
from qbclean.model.reconciliation import Bucket
from qbclean.reconcile.places import month
from qbclean.reconcile.sides import Sides


def crm_payments(sides: Sides) -> Mapping[str, Bucket]:
    """CRM payment → bucket."""
    return {payment.crm_id: _crm_payment(sides, payment) for payment in sides.crm.payments}


def quickbooks_payments(sides: Sides) -> Mapping[str, Bucket]:
    """QuickBooks payment → bucket."""
    return {payment.id: _quickbooks_payment(sides, payment) for payment in sides.books.payments.values()}


def _crm_payment(sides: Sides, payment: CrmPayment) -> Bucket:
    twin = sides.books.payments.get(sides.pairs.payment_of.get(payment.crm_id, ""))
    if twin is not None:
        return _paired(sides, payment, twin)
    invoices = [sides.crm.invoices_by_id.get(line.invoice_id) for line in payment.applied]
    if invoices and all(line.invoice_id in sides.matches.invoices.receipts for line in payment.applied):
        return "sales_receipt"
    if booking := sides.money_booked_elsewhere.get(payment.crm_id):
        return booking.bucket
    if outside := sides.outside(payment.date):
        return outside
    if invoices and all(invoice and sides.outside(invoice.date) == "before_start" for invoice in invoices):
        return "before_start"
    return "missing" if payment.amount else "nothing"


def _quickbooks_payment(sides: Sides, payment: Payment) -> Bucket:
    record = sides.payments_by_id.get(sides.pairs.crm_payment_of.get(payment.id, ""))
    if record is not None:
        return _paired(sides, record, payment)
    if payment.is_voided:
        return "quickbooks_void"
    if not payment.total_amt:
        return "joins_credit" if payment.applications else "nothing"
    if payment.id in sides.verdicts.paid_again:
        return "duplicate"
    return "extra" if sides.crm.tells("payment") else "not_compared"


def _paired(sides: Sides, record: CrmPayment, payment: Payment) -> Bucket:
    if payment.is_voided:
        return "quickbooks_void"
    jobs = sides.places.job_of_payment(record), sides.places.job_of_customer(payment.customer_id)
    return same_or_not((record.amount, record.date, jobs[0]), (payment.total_amt, payment.txn_date, jobs[1]))


def same_or_not(crm: tuple[Decimal, date, str], quickbooks: tuple[Decimal, date, str]) -> Bucket:
    """The bucket of a pair from its amount, date and job on each side."""
    if crm[0] != quickbooks[0]:
        return "amount_differs"
    if month(crm[1]) != month(quickbooks[1]):
        return "timing"
    return "agreed" if crm[2] == quickbooks[2] else "other_job"
