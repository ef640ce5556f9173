"""Writes small exports in the generic format: made-up rows, and CRM records rendered as their files."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from qbclean.crm.library import packaged_profiles
from qbclean.crm.profile import names_of
from qbclean.model.crm import CrmRecords

_WORDS = {"open": "sent"}
_GENERIC = next(profile for profile in packaged_profiles() if profile.name == "generic")


@dataclass(frozen=True)
class Role:
    """A file of the generic format and its columns."""

    name: str
    columns: tuple[str, ...]


CUSTOMERS, JOBS, INVOICES, INVOICE_LINES, PAYMENTS, CREDITS = ROLES = tuple(
    Role(section.role, tuple(names_of(column)[0] for column in section.all_columns.values()))
    for role in ("customers", "jobs", "invoices", "invoice_lines", "payments", "credits")
    for section in _GENERIC.file
    if section.role == role
)


def write_rows(folder: Path, role: Role, rows: Iterable[Mapping[str, object]], name: str = "") -> Path:
    """All the role's columns; what a row leaves out is blank."""
    path = folder / (name or f"{role.name}.csv")
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, role.columns, restval="")
        writer.writeheader()
        writer.writerows({key: "" if value is None else value for key, value in row.items()} for row in rows)
    return path


def an_invoice(**cells: object) -> dict[str, object]:
    return {
        "invoice_id": "1", "number": "1042", "customer_id": "c1", "customer_name": "Smith", "date": "2026-01-05",
        "status": "sent", "total": "110.00", **cells,
    }  # fmt: skip


def a_payment(**cells: object) -> dict[str, object]:
    return {"payment_id": "p1", "invoice_id": "1", "customer_id": "c1", "date": "2026-02-01", "amount": "50", **cells}


def render(records: CrmRecords, folder: Path) -> list[Path]:
    """The files a CRM would write for `records`: one payment row per invoice, blank for None."""
    written = [
        write_rows(folder, CUSTOMERS, (
            {"customer_id": it.crm_id, "name": it.name, "company": it.company, "email": it.email, "phone": it.phone,
             "address": it.address, "qbo_id": it.qbo_id} for it in records.customers)),
        write_rows(folder, JOBS, (
            {"job_id": it.crm_id, "customer_id": it.customer_id, "name": it.name, "status": it.status,
             "contract_amount": it.contract_amount, "start_date": it.start_date, "end_date": it.end_date,
             "qbo_id": it.qbo_id} for it in records.jobs)),
        write_rows(folder, INVOICES, (
            {"invoice_id": it.crm_id, "number": it.number, "customer_id": it.customer_id,
             "customer_name": it.customer_name, "job_id": it.job_id, "job_name": it.job_name, "date": it.date,
             "due_date": it.due_date, "status": _WORDS.get(it.status, it.status), "subtotal": it.subtotal,
             "tax": it.tax, "total": it.total, "balance": it.balance, "qbo_id": it.qbo_id}
            for it in records.invoices)),
        write_rows(folder, PAYMENTS, (
            {"payment_id": it.crm_id, "invoice_id": part, "customer_id": it.customer_id, "date": it.date,
             "amount": amount, "method": it.method, "reference": it.reference, "qbo_id": it.qbo_id}
            for it in records.payments
            for part, amount in ([(part.invoice_id, part.amount) for part in it.applied] or [("", it.amount)]))),
        write_rows(folder, CREDITS, (
            {"credit_id": it.crm_id, "number": it.number, "invoice_id": it.invoice_id, "customer_id": it.customer_id,
             "date": it.date, "amount": it.amount, "reason": it.reason, "qbo_id": it.qbo_id}
            for it in records.credits)),
    ]  # fmt: skip
    if any(invoice.lines is not None for invoice in records.invoices):
        written.append(
            write_rows(folder, INVOICE_LINES, (
                {"invoice_id": it.crm_id, "line": place, "item": line.item, "description": line.description,
                 "quantity": line.quantity, "unit_price": line.unit_price, "amount": line.amount,
                 "taxable": line.taxable} for it in records.invoices for place, line in enumerate(it.lines or (), 1)))
        )  # fmt: skip
    return written
