"""What is open in the CRM: invoices, and payments and credits on account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from qbclean.model.crm import CrmInvoice, CrmPayment, CrmRecords, CrmRefund
from qbclean.model.money import ZERO, total


@dataclass(frozen=True, slots=True, kw_only=True)
class CrmBalances:
    """Open amounts by id, with the sign they have in A/R: `invoices` ≥ 0, `payments` and `credits` ≤ 0."""

    invoices: Mapping[str, Decimal]
    payments: Mapping[str, Decimal]
    credits: Mapping[str, Decimal]


def crm_balances(crm: CrmRecords) -> CrmBalances:
    """The balance the CRM gives, else total less payments and credits; money without an invoice is on account.

    What was paid or credited beyond an invoice's total is on account too (design.md 6: the row of an overpayment
    carries the full amount, the balance stops at 0): it counts with the invoice's latest payment, else credit.
    A refund uses up what the customer had on account that day, the latest payment first.
    """
    payments = {payment.crm_id: -_unallocated(payment) or ZERO for payment in crm.payments}
    given = {credit.crm_id: ZERO if credit.invoice_id else -credit.amount for credit in crm.credits}
    settled = _settled(crm)
    for invoice in crm.invoices:
        over = settled.get(invoice.crm_id, ZERO) - invoice.total
        if over <= 0 or not invoice.is_final:
            continue
        if paid := crm.payments_by_invoice.get(invoice.crm_id):
            payments[max(paid, key=lambda item: (item.date, item.crm_id)).crm_id] -= over
        elif allowed := crm.credits_by_invoice.get(invoice.crm_id):
            given[max(allowed, key=lambda item: (item.date, item.crm_id)).crm_id] -= over
    _give_back(crm, payments)
    return CrmBalances(
        invoices={invoice.crm_id: _open(invoice, settled) for invoice in crm.invoices}, payments=payments, credits=given
    )


def _give_back(crm: CrmRecords, payments: dict[str, Decimal]) -> None:
    """Take refunds off. What no payment has on account was paid on an invoice, whose own balance tells it."""
    theirs: dict[str | None, list[CrmPayment]] = {refund.customer_id: [] for refund in crm.refunds}
    for payment in crm.payments if theirs else ():
        if payment.customer_id in theirs:
            theirs[payment.customer_id].append(payment)
    for refund in sorted(crm.refunds, key=_in_time):
        left = refund.amount
        for payment in sorted(theirs[refund.customer_id], key=_in_time, reverse=True):
            used = min(left, -payments[payment.crm_id]) if payment.date <= refund.date else ZERO
            payments[payment.crm_id] += used
            left -= used


def _in_time(item: CrmPayment | CrmRefund) -> tuple[date, str]:
    return item.date, item.crm_id


def paid_on(crm: CrmRecords, invoice_id: str) -> Mapping[str, Decimal]:
    """CRM payment → what it pays of the invoice."""
    paid: dict[str, Decimal] = {}
    for payment in crm.payments_by_invoice.get(invoice_id, ()):
        if payment.crm_id not in paid:
            paid[payment.crm_id] = total(
                payment.amount if line.amount is None else line.amount
                for line in payment.applied
                if line.invoice_id == invoice_id
            )
    return paid


def _unallocated(payment: CrmPayment) -> Decimal:
    """A line without an amount takes the whole payment."""
    amounts = [line.amount for line in payment.applied if line.amount is not None]
    return payment.amount - total(amounts) if len(amounts) == len(payment.applied) else ZERO


def _settled(crm: CrmRecords) -> Mapping[str, Decimal]:
    """Invoice id → what was paid and credited on it."""
    settled: dict[str, Decimal] = {}
    for payment in crm.payments:
        for line in payment.applied:
            amount = payment.amount if line.amount is None else line.amount
            settled[line.invoice_id] = settled.get(line.invoice_id, ZERO) + amount
    for credit in crm.credits:
        if credit.invoice_id:
            settled[credit.invoice_id] = settled.get(credit.invoice_id, ZERO) + credit.amount
    return settled


def _open(invoice: CrmInvoice, settled: Mapping[str, Decimal]) -> Decimal:
    if invoice.balance is not None:
        return invoice.balance
    if invoice.status in ("void", "paid", "written_off"):
        return ZERO
    if invoice.status == "draft":
        return invoice.total
    return max(ZERO, invoice.total - settled.get(invoice.crm_id, ZERO))
