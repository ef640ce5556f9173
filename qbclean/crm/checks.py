"""Looks across the files of an import for what does not add up or refers to nothing; remarks, never corrections."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache

from qbclean.crm.records import StagedRecords
from qbclean.crm.remarks import Remarks
from qbclean.crm.staging import Staging
from qbclean.model.crm import CrmInvoice
from qbclean.model.money import ZERO, total

_ROUNDING = Decimal("0.02")


def check_records(records: StagedRecords, stage: Staging, remarks: Remarks) -> None:
    """Remarks on `records`: references, sums of lines, totals, balances."""
    expect = _References(records, remarks)
    settled = stage.index()
    for job in records.jobs:
        expect.customer(job.customer_id, "Jobs", job.crm_id)
    for payment in records.payments:
        expect.customer(payment.customer_id, "Payments", payment.crm_id)
        for part in payment.applied:
            expect.invoice(part.invoice_id, "Payments", payment.crm_id)
            settled.add(part.invoice_id, "" if part.amount is None else str(part.amount))
    for refund in records.refunds:
        expect.customer(refund.customer_id, "Refunds", refund.crm_id)
    for credit in records.credits:
        expect.customer(credit.customer_id, "Credits", credit.crm_id)
        expect.invoice(credit.invoice_id, "Credits", credit.crm_id)
        if credit.invoice_id is not None:
            settled.add(credit.invoice_id, str(credit.amount))
    for invoice in records.invoices.watched("Checking invoices"):
        expect.customer(invoice.customer_id, "Invoices", _name(invoice))
        expect.job(invoice.job_id, "Invoices", _name(invoice))
        _check_lines(invoice, remarks)
        if records.payments:
            _check_balance(invoice, settled.of(invoice.crm_id), remarks)


class _References:
    """Remarks on what another file should have, only where that file was there at all."""

    def __init__(self, records: StagedRecords, remarks: Remarks) -> None:
        self._records, self._remarks = records, remarks
        self._known = lru_cache(10_000)(records.customers.__contains__)

    def customer(self, wanted: str | None, what: str, who: str) -> None:
        if self._records.customers and wanted is not None and not self._known(wanted):
            self._remarks.add(f"{what} of customers who are not in the customers file", f"{who} → {wanted}")

    def job(self, wanted: str | None, what: str, who: str) -> None:
        if self._records.jobs and wanted is not None and wanted not in self._records.jobs:
            self._remarks.add(f"{what} of jobs that are not in the jobs file", f"{who} → {wanted}")

    def invoice(self, wanted: str | None, what: str, who: str) -> None:
        if self._records.invoices and wanted is not None and wanted not in self._records.invoices:
            self._remarks.add(f"{what} of invoices that are not in the invoices file", f"{who} → {wanted}")


def check_parts(invoice: CrmInvoice, beside: Decimal, remarks: Remarks) -> None:
    """Subtotal, what stands `beside` it (discount, shipping) and tax make the total; a cent of rounding is none."""
    if invoice.status == "void" or invoice.subtotal is None or invoice.tax is None:
        return
    if abs(invoice.subtotal + beside + invoice.tax - invoice.total) > _ROUNDING:
        remarks.add("Invoices whose subtotal and tax are not their total", _name(invoice))


def _check_lines(invoice: CrmInvoice, remarks: Remarks) -> None:
    if invoice.status == "void" or not invoice.lines:
        return
    lines = total(line.amount for line in invoice.lines)
    expected = (invoice.total - (invoice.tax or ZERO), invoice.subtotal)
    if all(abs(lines - value) > _ROUNDING for value in expected if value is not None):
        remarks.add("Invoices whose lines do not add up to their subtotal", _name(invoice))


def _check_balance(invoice: CrmInvoice, settled: Sequence[str], remarks: Remarks) -> None:
    """balance = max(0, total − payments − credits); 0 for a void, the total for a draft (design.md 6). `settled`: the
    amounts, "" where a payment does not say how much.
    """
    if invoice.balance is None or invoice.status == "written_off" or "" in settled:
        return
    if invoice.status == "void" and invoice.balance == invoice.total:
        return  # some CRMs leave a void invoice its balance (crm-formats.md 1)
    paid = total(Decimal(amount) for amount in settled)
    due = {"void": ZERO, "draft": invoice.total}.get(invoice.status, max(ZERO, invoice.total - paid))
    if invoice.balance != due:
        remarks.add(
            "Invoices whose balance is not total less payments and credits",
            f"{_name(invoice)} says {invoice.balance}, {due} expected",
        )


def _name(invoice: CrmInvoice) -> str:
    """By number, as the CRM's users call it, and the row to look at."""
    return " ".join([invoice.number or invoice.crm_id, *(f"(row {row})" for row in invoice.rows)])
