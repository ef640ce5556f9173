"""Outlines: documents and records with nothing but what tells them apart, above all without their lines.

An outline stands in for its document: what it has, it has under the same name, so that whoever needs no more takes
either. Asked for anything else it fails, rather than say there is none.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from qbclean.model.crm import CrmApplication, CrmCustomer, CrmInvoice, CrmJob, CrmPayment
from qbclean.model.documents import (
    CreditMemo,
    Invoice,
    Line,
    LinkedTxn,
    Payment,
    RefundReceipt,
    SalesReceipt,
)
from qbclean.model.lists import Address, Customer

_T = TypeVar("_T", bound=msgspec.Struct)


def _outline(whole: type[_T], *kept: str, **parts: Any) -> type[_T]:
    """What reads only the fields `kept` of a `whole`, and the `parts`, each by a type of its own; with its kind and
    all that is told from fields."""
    of = {field.name: field for field in msgspec.structs.fields(whole)}
    fields: list[Any] = [
        (name, as_type, msgspec.field(default=of[name].default, name=of[name].encode_name))
        for name, as_type in ({name: of[name].type for name in kept} | parts).items()
    ]
    told = {
        name: member
        for base in reversed(whole.__mro__)
        for name, member in vars(base).items()
        if isinstance(member, property) or name == "kind"
    }
    return msgspec.defstruct(  # type: ignore[return-value]
        f"{whole.__name__}Outline", fields, namespace=told, module=__name__, frozen=True, kw_only=True, gc=False
    )


_LINK = _outline(LinkedTxn, "txn_id", "txn_type")
_PAID = _outline(Line, linked_txn=tuple[_LINK, ...])  # type: ignore[valid-type]
_APPLIED = _outline(CrmApplication, "invoice_id")
_ADDRESS = _outline(Address, "line1", "city", "postal_code")
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
    "Customer": _outline(
        Customer,
        *("id", "display_name", "company_name", "given_name", "family_name", "suffix", "parent_ref"),
        *("primary_email_addr", "primary_phone", "mobile"),
        bill_addr=_ADDRESS | None,
        ship_addr=_ADDRESS | None,
    ),
}
"""Entity → its outline, for books beside a CRM that tells invoices and payments."""
DATED: Mapping[str, type[msgspec.Struct]] = {
    "Invoice": _outline(Invoice, *_DATED),
    "SalesReceipt": _outline(SalesReceipt, *_DATED),
}
"""The outline where the books have to tell by themselves what is a price, a series of numbers, or still open."""
RECORDS: Mapping[str, type[msgspec.Struct]] = {
    "customers": _outline(CrmCustomer, "crm_id", "qbo_id", "name", "company", "email", "phone", "address"),
    "jobs": _outline(CrmJob, "crm_id", "qbo_id", "customer_id", "name"),
    "invoices": _outline(
        CrmInvoice, "crm_id", "number", "customer_id", "customer_name", "job_id", "date", "status", "total"
    ),
    "payments": _outline(
        CrmPayment,
        *("crm_id", "qbo_id", "customer_id", "date", "amount", "method", "reference"),
        applied=tuple[_APPLIED, ...],  # type: ignore[valid-type]
    ),
}
"""Field of CrmRecords → the outline of a record in it."""
