"""Looks across the files of an import for what does not add up or refers to nothing; remarks, never corrections."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from decimal import Decimal

import msgspec

from qbclean.crm.remarks import Remarks
from qbclean.model.crm import CrmInvoice, CrmRecords
from qbclean.model.money import ZERO, total

_ROUNDING = Decimal("0.02")


def check_records(records: CrmRecords, remarks: Remarks) -> None:
    """Remarks on `records`: references, sums of lines, totals, balances, numbers that stand twice."""
    _check_references(records, remarks)
    _check_lines(records, remarks)
    if records.payments:
        _check_balances(records, remarks)


def with_duplicate_numbers(invoices: tuple[CrmInvoice, ...], remarks: Remarks) -> tuple[CrmInvoice, ...]:
    """The same invoices, those that share a number flagged: inside a CRM that is a finding, not an error."""
    often = Counter(invoice.number for invoice in invoices if invoice.number)
    for number, times in often.items():
        if times > 1:
            remarks.add("Invoice numbers that stand more than once", f"{number} ({times} times)")
    return tuple(
        msgspec.structs.replace(invoice, flags=(*invoice.flags, "duplicate_number"))
        if invoice.number and often[invoice.number] > 1
        else invoice
        for invoice in invoices
    )


def _check_references(records: CrmRecords, remarks: Remarks) -> None:
    customers = {customer.crm_id for customer in records.customers}
    jobs = {job.crm_id for job in records.jobs}
    invoices = {invoice.crm_id for invoice in records.invoices}

    def expect(wanted: str | None, known: set[str], what: str, who: str) -> None:
        """Only where the other file was there at all."""
        if known and wanted is not None and wanted not in known:
            remarks.add(what, f"{who} → {wanted}")

    for job in records.jobs:
        expect(job.customer_id, customers, "Jobs of customers who are not in the customers file", job.crm_id)
    for invoice in records.invoices:
        name = _name(invoice)
        expect(invoice.customer_id, customers, "Invoices of customers who are not in the customers file", name)
        expect(invoice.job_id, jobs, "Invoices of jobs that are not in the jobs file", name)
    for payment in records.payments:
        name = payment.crm_id
        expect(payment.customer_id, customers, "Payments of customers who are not in the customers file", name)
        for part in payment.applied:
            expect(part.invoice_id, invoices, "Payments of invoices that are not in the invoices file", name)
    for credit in records.credits:
        name = credit.crm_id
        expect(credit.customer_id, customers, "Credits of customers who are not in the customers file", name)
        expect(credit.invoice_id, invoices, "Credits of invoices that are not in the invoices file", name)


def check_parts(invoice: CrmInvoice, beside: Decimal, remarks: Remarks) -> None:
    """Subtotal, what stands `beside` it (discount, shipping) and tax make the total; a cent of rounding is none."""
    if invoice.status == "void" or invoice.subtotal is None or invoice.tax is None:
        return
    if abs(invoice.subtotal + beside + invoice.tax - invoice.total) > _ROUNDING:
        remarks.add("Invoices whose subtotal and tax are not their total", _name(invoice))


def _check_lines(records: CrmRecords, remarks: Remarks) -> None:
    for invoice in records.invoices:
        if invoice.status == "void" or not invoice.lines:
            continue
        lines = total(line.amount for line in invoice.lines)
        expected = (invoice.total - (invoice.tax or ZERO), invoice.subtotal)
        if all(abs(lines - value) > _ROUNDING for value in expected if value is not None):
            remarks.add("Invoices whose lines do not add up to their subtotal", _name(invoice))


def _check_balances(records: CrmRecords, remarks: Remarks) -> None:
    """balance = max(0, total − payments − credits); 0 for a void, the total for a draft (design.md 6)."""
    settled = _settled(records)
    unknown = {part.invoice_id for payment in records.payments for part in payment.applied if part.amount is None}
    for invoice in records.invoices:
        if invoice.balance is None or invoice.status == "written_off" or invoice.crm_id in unknown:
            continue
        if invoice.status == "void" and invoice.balance == invoice.total:
            continue  # some CRMs leave a void invoice its balance (crm-formats.md 1)
        due = {"void": ZERO, "draft": invoice.total}.get(
            invoice.status, max(ZERO, invoice.total - settled.get(invoice.crm_id, ZERO))
        )
        if invoice.balance != due:
            remarks.add(
                "Invoices whose balance is not total less payments and credits",
                f"{_name(invoice)} says {invoice.balance}, {due} expected",
            )


def _settled(records: CrmRecords) -> Mapping[str, Decimal]:
    """Invoice id → payments and credits given on it."""
    settled: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for payment in records.payments:
        for part in payment.applied:
            settled[part.invoice_id] += part.amount or ZERO
    for credit in records.credits:
        if credit.invoice_id is not None:
            settled[credit.invoice_id] += credit.amount
    return settled


def _name(invoice: CrmInvoice) -> str:
    """By number, as the CRM's users call it, and the row to look at."""
    return " ".join([invoice.number or invoice.crm_id, *(f"(row {row})" for row in invoice.rows)])
