"""How much of a CRM payment or credit is for which sale, where one QuickBooks invoice holds several of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from qbclean.detect.inquiry import Inquiry
from qbclean.model.crm import CrmApplication, CrmPayment
from qbclean.model.money import ZERO, total
from qbclean.model.refs import DocumentRef


def named(
    inquiry: Inquiry, lines: Sequence[CrmApplication], applied: Sequence[tuple[DocumentRef, Decimal]] = ()
) -> Mapping[str, Decimal | None]:
    """What the CRM gives each sale (`Inquiry.sale_of`), less what the `applied` of QuickBooks gives it already; None
    where the CRM does not say how much. What a sale is overpaid does not go to others on the same invoice."""
    given: dict[str, Decimal | None] = {}
    for line in lines:
        crm_id = inquiry.sale_of(line.invoice_id)
        known, amount = given.get(crm_id, ZERO), line.amount
        if amount is not None and _is_consolidated(inquiry, line.invoice_id):
            amount = max(ZERO, amount - max(ZERO, _overpaid(inquiry, line.invoice_id)))
        given[crm_id] = None if known is None or amount is None else known + amount
    return {
        crm_id: None if amount is None else amount - _already(inquiry, crm_id, applied)
        for crm_id, amount in given.items()
    }


def share_doubt(inquiry: Inquiry, lines: Sequence[CrmApplication]) -> str:
    """Why it is not sure how much of a consolidated QuickBooks invoice the money of `lines` may take; "" where it is.

    It holds other sales too, which would stay open if too much were put on it.
    """
    for line in lines:
        if not _is_consolidated(inquiry, line.invoice_id):
            continue
        record = inquiry.crm.invoices_by_id[line.invoice_id]
        (whole,) = inquiry.invoices_of(line.invoice_id)
        among = f"{record.number or record.crm_id}, one of the sales on invoice {inquiry.name_of(whole)}"
        if line.amount is None and len(lines) > 1:
            return f"The CRM does not say how much of it is for {among}."
        if _overpaid(inquiry, line.invoice_id) > 0:
            return f"The CRM has more money and credit than its total on {among}."
    return ""


def _already(inquiry: Inquiry, crm_id: str, applied: Sequence[tuple[DocumentRef, Decimal]]) -> Decimal:
    """What of `applied`, which may name an invoice more than once, is on those that hold a sale."""
    booked = {invoice.ref for invoice in inquiry.invoices_of(crm_id)}
    return total(part for ref, part in applied if ref in booked)


def _is_consolidated(inquiry: Inquiry, crm_id: str) -> bool:
    bundle = inquiry.bundled.by_crm.get(crm_id)
    return bundle is not None and bundle.shape == "consolidated"


def _overpaid(inquiry: Inquiry, crm_id: str) -> Decimal:
    """By how much the payments and credits the CRM has on an invoice exceed its total; negative where some is open."""
    payments = {payment.crm_id: payment for payment in inquiry.crm.payments_by_invoice.get(crm_id, ())}
    paid = total(_part(payment, crm_id) for payment in payments.values())
    credited = total(credit.amount for credit in inquiry.crm.credits_by_invoice.get(crm_id, ()))
    return paid + credited - inquiry.crm.invoices_by_id[crm_id].total


def _part(payment: CrmPayment, crm_id: str) -> Decimal:
    """What of `payment` is for the invoice; nothing where it is one of several and the CRM does not say."""
    if len(payment.applied) == 1 and payment.applied[0].amount is None:
        return payment.amount
    return total(line.amount for line in payment.applied if line.invoice_id == crm_id and line.amount is not None)
