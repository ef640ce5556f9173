"""The fields a profile can fill, by kind of file, and how the cell of each is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

# `invoice_id` names an invoice by the CRM's own id, `invoice` by its number.
Role = Literal["invoices", "invoice_lines", "payments", "credits", "customers", "jobs"]
Kind = Literal["text", "id", "ids", "amount", "number", "day", "yes_no"]

_WHO: Final[dict[str, Kind]] = {"customer": "text", "customer_id": "id", "phone": "text", "qbo_id": "id"}
LINE_FIELDS: Final[Mapping[str, Kind]] = {
    "place": "number", "item": "text", "description": "text", "quantity": "number", "unit_price": "number",
    "amount": "amount", "discount": "amount", "tax": "amount", "taxable": "yes_no",
}  # fmt: skip
FIELDS: Final[Mapping[Role, Mapping[str, Kind]]] = {
    "invoices": {
        **_WHO, "crm_id": "id", "number": "id", "job": "ids", "job_id": "id", "job_name": "text", "date": "day",
        "due_date": "day", "status": "text", "billed": "text", "active": "yes_no", "subtotal": "amount",
        "discount": "amount", "shipping": "amount", "adjustment": "amount", "tax": "amount", "total": "amount",
        "balance": "amount", "paid": "amount", "adjusts": "id", "kind": "text", "origin": "text",
        "currency": "text",
    },
    "invoice_lines": {"invoice_id": "id", "invoice": "id"},
    "payments": {
        **_WHO, "crm_id": "id", "number": "id", "date": "day", "amount": "amount", "applied": "amount",
        "unapplied": "amount", "invoice_id": "ids", "invoice": "ids", "method": "text",
        "reference": "id", "kind": "text", "status": "text", "active": "yes_no", "refunded_on": "day", "note": "text",
        "currency": "text",
    },
    "credits": {
        **_WHO, "crm_id": "id", "number": "id", "date": "day", "amount": "amount", "invoice_id": "ids",
        "invoice": "ids", "reason": "text", "kind": "text", "status": "text", "active": "yes_no",
        "currency": "text",
    },
    "customers": {
        "crm_id": "id", "name": "text", "company": "text", "email": "text", "phone": "text", "address": "text",
        "qbo_id": "id", "job": "id",
    },
    "jobs": {
        **_WHO, "crm_id": "id", "number": "id", "name": "text", "status": "text", "contract_amount": "amount",
        "start_date": "day", "end_date": "day",
    },
}  # fmt: skip


def kind_of(role: Role, field: str) -> Kind:
    """How the cells of `field` are read; `line.` before the name means a field of the invoice's lines."""
    return LINE_FIELDS[field.removeprefix("line.")] if field.startswith("line.") else FIELDS[role][field]
