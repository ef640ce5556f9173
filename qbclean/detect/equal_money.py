"""Is equal money already in QuickBooks in another shape? Then nothing may be created (S15)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from qbclean.detect.inquiry import Inquiry
from qbclean.detect.other_money import OtherMoney
from qbclean.model.crm import CrmInvoice, CrmPayment

_WINDOW = timedelta(days=60)


def equal_money(inquiry: Inquiry, invoice: CrmInvoice) -> str:
    """The unexplained document of the same party and amount that is nearest to the date, in words; "" for none.

    Looks at left-over invoices (open or paid), sales receipts, deposit lines and journal lines; what is the twin or the
    payment of another CRM record is explained and does not count, nor does a journal entry set off against an invoice.
    What its payments are booked as counts too.
    """
    day = invoice.date or inquiry.as_of
    paid = inquiry.crm.payments_by_invoice.get(invoice.crm_id, ())
    wanted = {invoice.total} | {payment.amount for payment in paid}
    equal = ((abs(on - day), words) for words, on, amount in _unexplained(inquiry, invoice) if amount in wanted)
    if near := [found for found in equal if found[0] <= _WINDOW]:
        return min(near)[1]
    booked = (booked_otherwise(inquiry, payment) for payment in paid)
    return next((words_of(money) for money in booked if money), "")


def booked_otherwise(inquiry: Inquiry, record: CrmPayment) -> OtherMoney | None:
    """The sales receipt, deposit line or journal line as which a CRM payment is booked; None for nothing."""
    return inquiry.booked_past.money.get(record.crm_id)


def words_of(money: OtherMoney) -> str:
    """What to call it, and whether it names nobody."""
    return money.words if money.customer else f"{money.words}, which names no customer"


def _unexplained(inquiry: Inquiry, invoice: CrmInvoice) -> Iterator[tuple[str, date, Decimal]]:
    for other in inquiry.unexplained_invoices(invoice):
        yield f"invoice {inquiry.name_of(other)}", other.txn_date, other.total_amt
    own = {payment.crm_id for payment in inquiry.crm.payments_by_invoice.get(invoice.crm_id, ())}
    receipts = frozenset(inquiry.matches.invoices.receipts.values())
    for qbo_id in inquiry.group_of(invoice):
        for money in inquiry.other_money.get(qbo_id, ()):
            payments = inquiry.booked_past.payments.get(money.key, ())
            sold = money.ref.kind == "SalesReceipt" and money.ref.id in receipts
            if own.intersection(payments) or not (payments or sold or inquiry.is_set_off(money)):
                yield money.words, money.date, money.amount
