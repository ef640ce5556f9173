"""Which bucket explains each payment's amount."""

from __future__ import annotations

from collections.abc import Mapping

from qbclean.model.crm import CrmCredit, CrmPayment
from qbclean.model.documents import CreditMemo, Payment
from qbclean.model.reconciliation import Bucket
from qbclean.reconcile.places import Place, month
from qbclean.reconcile.sides import Sides


def crm_payments(sides: Sides) -> Mapping[str, Bucket]:
    """CRM payment → bucket."""
    return {payment.crm_id: _crm_payment(sides, payment) for payment in sides.crm.payments}


def quickbooks_payments(sides: Sides, of_crm: Mapping[str, Bucket]) -> Mapping[str, Bucket]:
    """QuickBooks payment → bucket: that of its CRM payment in `of_crm`, where it has one."""
    return {payment.id: _quickbooks_payment(sides, payment, of_crm) for payment in sides.books.payments.values()}


def _crm_payment(sides: Sides, payment: CrmPayment) -> Bucket:
    twin = sides.books.payments.get(sides.pairs.payment_of.get(payment.crm_id, ""))
    if twin is not None:
        return paired(sides, payment, sides.places.of_payment(payment), twin)
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


def _quickbooks_payment(sides: Sides, payment: Payment, of_crm: Mapping[str, Bucket]) -> Bucket:
    known = of_crm.get(sides.pairs.crm_payment_of.get(payment.id, ""))
    if known is not None:
        return known
    if payment.is_voided:
        return "quickbooks_void"
    if not payment.total_amt:
        return "joins_credit" if payment.applications else "nothing"
    if payment.id in sides.verdicts.paid_again:
        return "duplicate"
    return "extra" if sides.crm.tells("payment") else "not_compared"


def paired(sides: Sides, record: CrmPayment | CrmCredit, place: Place, booked: Payment | CreditMemo) -> Bucket:
    """The bucket of both members of a pair of payments or credits; `place` is where the CRM's record belongs."""
    amount = booked.total_amt
    if not amount and booked.is_voided:
        return "quickbooks_void"
    if record.amount != amount:
        return "amount_differs"
    if month(record.date) != month(booked.txn_date):
        return "timing"
    return "agreed" if place.job == sides.places.of_customer(booked.customer_id).job else "other_job"
