"""Is equal money of the same customer already in QuickBooks in another shape? Then nothing may be created (S15)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from qbclean.detect.inquiry import Inquiry
from qbclean.model.crm import CrmInvoice

_WINDOW = timedelta(days=60)


def equal_money(inquiry: Inquiry, invoice: CrmInvoice) -> str:
    """The first unexplained document of the same party with the same amount near the date, in words; "" for none.

    Looks at left-over invoices (open or paid), sales receipts, deposit lines and journal lines; an invoice that is the
    twin of another CRM record is explained and does not count.
    """
    day = invoice.date or inquiry.as_of
    near = (found for found in _unexplained(inquiry, invoice) if abs(found[1] - day) <= _WINDOW)
    wanted = {invoice.total} | {payment.amount for payment in inquiry.crm.payments_by_invoice.get(invoice.crm_id, ())}
    return next((words for words, _, amount in near if amount in wanted), "")


def _unexplained(inquiry: Inquiry, invoice: CrmInvoice) -> Iterator[tuple[str, date, Decimal]]:
    for other in inquiry.unexplained_invoices(invoice):
        yield f"invoice {inquiry.name_of(other)}", other.txn_date, other.total_amt
    for qbo_id in inquiry.group_of(invoice):
        yield from inquiry.other_money.get(qbo_id, ())
