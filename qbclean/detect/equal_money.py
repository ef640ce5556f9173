"""Is equal money already in QuickBooks in another shape? Then nothing may be created (S15)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from qbclean.detect.inquiry import Inquiry
from qbclean.model.crm import CrmInvoice, CrmPayment

_WINDOW = timedelta(days=60)
_NEAR = timedelta(days=14)


def equal_money(inquiry: Inquiry, invoice: CrmInvoice) -> str:
    """The first unexplained document of the same party with the same amount near the date, in words; "" for none.

    Looks at left-over invoices (open or paid), sales receipts, deposit lines and journal lines; an invoice that is the
    twin of another CRM record is explained and does not count. What its payments are booked as counts too.
    """
    day = invoice.date or inquiry.as_of
    paid = inquiry.crm.payments_by_invoice.get(invoice.crm_id, ())
    near = (found for found in _unexplained(inquiry, invoice) if abs(found[1] - day) <= _WINDOW)
    wanted = {invoice.total} | {payment.amount for payment in paid}
    if words := next((words for words, _, amount in near if amount in wanted), ""):
        return words
    missing = (payment for payment in paid if payment.crm_id not in inquiry.matches.payments.pairs)
    return next(filter(None, (_nameless(inquiry, payment) for payment in missing)), "")


def booked_otherwise(inquiry: Inquiry, record: CrmPayment, customer: str) -> str:
    """What a CRM payment that is no QuickBooks payment is booked as, in words; "" for nothing.

    A sales receipt, deposit line or journal line of the party with this amount near the date, or the only such deposit
    that names no customer.
    """
    group = inquiry.matches.customers.group_of_qbo.get(customer, "")
    for qbo_id in inquiry.customers_in(group):
        for words, day, amount in inquiry.other_money.get(qbo_id, ()):
            if amount == record.amount and abs(day - record.date) <= _WINDOW:
                return words
    return _nameless(inquiry, record)


def _nameless(inquiry: Inquiry, record: CrmPayment) -> str:
    nearby = inquiry.nameless_money.get(record.amount, ())
    found = [words for words, day in nearby if abs(day - record.date) <= _NEAR]
    return f"{found[0]}, which names no customer" if len(found) == 1 else ""


def _unexplained(inquiry: Inquiry, invoice: CrmInvoice) -> Iterator[tuple[str, date, Decimal]]:
    for other in inquiry.unexplained_invoices(invoice):
        yield f"invoice {inquiry.name_of(other)}", other.txn_date, other.total_amt
    for qbo_id in inquiry.group_of(invoice):
        yield from inquiry.other_money.get(qbo_id, ())
