"""Outlines: documents and records without what only matters once they are looked at closely, above all their lines.

An outline is of its document's own type, so that whoever needs no more takes either.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec

from qbclean.model.crm import CrmApplication, CrmInvoice, CrmPayment
from qbclean.model.documents import (
    CreditMemo,
    Invoice,
    Line,
    LinkedTxn,
    MetaData,
    Payment,
    RefundReceipt,
    SalesReceipt,
)

_T = TypeVar("_T", bound=msgspec.Struct)
_LEFT_OUT = "left out: "
"""How the name begins by which decoding looks for such a field, and never finds it."""
_ONCE = datetime(1970, 1, 1, tzinfo=UTC)
_BLANK: dict[str, Any] = {"sync_token": "", "meta_data": MetaData(create_time=_ONCE, last_updated_time=_ONCE)}
"""What stands for a field that every object has, where it is left out."""


def _outline(whole: type[_T], *kept: str, **parts: Any) -> type[_T]:
    """`whole`, but decoding reads only the fields `kept` and the `parts`, each by a type of its own."""
    fields: list[Any] = []
    for field in msgspec.structs.fields(whole):
        if field.name in parts:
            fields.append((field.name, parts[field.name], msgspec.field(default=(), name=field.encode_name)))
        elif field.name not in kept:
            blank = _BLANK.get(field.name, field.default)
            fields.append((field.name, field.type, msgspec.field(default=blank, name=_LEFT_OUT + field.name)))
    return msgspec.defstruct(  # type: ignore[return-value]
        f"{whole.__name__}Outline", fields, bases=(whole,), module=__name__, frozen=True, kw_only=True, gc=False
    )


_LINK = _outline(LinkedTxn, "txn_id", "txn_type")
_PAID = _outline(Line, linked_txn=tuple[_LINK, ...])  # type: ignore[valid-type]
_APPLIED = _outline(CrmApplication, "invoice_id")
_SALE = ("id", "customer_ref", "doc_number", "txn_date", "total_amt")
_DATED = (*_SALE, "txn_tax_detail", "meta_data", "balance")

DOCUMENTS: Mapping[str, type[msgspec.Struct]] = {
    "Invoice": _outline(Invoice, *_SALE),
    "SalesReceipt": _outline(SalesReceipt, *_SALE),
    "CreditMemo": _outline(CreditMemo, "id", "customer_ref", "doc_number", "txn_date"),
    "RefundReceipt": _outline(RefundReceipt, "id", "customer_ref", "txn_date"),
    "Payment": _outline(
        Payment,
        *("id", "customer_ref", "txn_date", "total_amt", "payment_ref_num", "payment_method_ref"),
        line=tuple[_PAID, ...],  # type: ignore[valid-type]
    ),
}
"""Entity → its outline, for books beside a CRM that tells invoices and payments."""
DATED: Mapping[str, type[msgspec.Struct]] = {
    "Invoice": _outline(Invoice, *_DATED),
    "SalesReceipt": _outline(SalesReceipt, *_DATED),
}
"""The outline where the books have to tell by themselves what is a price, a series of numbers, or still open."""
CRM_INVOICE = _outline(
    CrmInvoice, "crm_id", "number", "customer_id", "customer_name", "job_id", "date", "status", "total"
)
CRM_PAYMENT = _outline(
    CrmPayment,
    *("crm_id", "qbo_id", "customer_id", "date", "amount", "method", "reference"),
    applied=tuple[_APPLIED, ...],  # type: ignore[valid-type]
)
