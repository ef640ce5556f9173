"""Is equal money already in QuickBooks in another shape? Then nothing may be created (S15)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from qbclean.detect.inquiry import Inquiry
from qbclean.detect.other_money import OtherMoney
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
    return next((money.words for payment in missing if (money := _nameless(inquiry, payment))), "")


def booked_otherwise(inquiry: Inquiry, record: CrmPayment, customer: str) -> OtherMoney | None:
    """What a CRM payment that is no QuickBooks payment is booked as; None for nothing.

    A sales receipt, deposit line or journal line of the party with this amount near the date, or the only such deposit
    that names no customer.
    """
    group = inquiry.matches.customers.group_of_qbo.get(customer, "")
    for qbo_id in inquiry.customers_in(group):
        for money in inquiry.other_money.get(qbo_id, ()):
            if money.amount == record.amount and abs(money.date - record.date) <= _WINDOW:
                return money
    return _nameless(inquiry, record)


def _nameless(inquiry: Inquiry, record: CrmPayment) -> OtherMoney | None:
    nearby = inquiry.nameless_money.get(record.amount, ())
    found = [money for money in nearby if abs(money.date - record.date) <= _NEAR]
    return found[0]._replace(words=f"{found[0].words}, which names no customer") if len(found) == 1 else None


def _unexplained(inquiry: Inquiry, invoice: CrmInvoice) -> Iterator[tuple[str, date, Decimal]]:
    for other in inquiry.unexplained_invoices(invoice):
        yield f"invoice {inquiry.name_of(other)}", other.txn_date, other.total_amt
    for qbo_id in inquiry.group_of(invoice):
        yield from ((money.words, money.date, money.amount) for money in inquiry.other_money.get(qbo_id, ()))
