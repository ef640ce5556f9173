"""Outlines: documents and records without what only matters once they are looked at closely, above all their lines.

An outline is of its document's own type, so that whoever needs no more takes either.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec

from qbclean.model.crm import CrmInvoice, CrmPayment
from qbclean.model.documents import CreditMemo, Invoice, MetaData, Payment, RefundReceipt, SalesReceipt

_T = TypeVar("_T", bound=msgspec.Struct)
LEFT_OUT = "left out: "
"""How the name begins by which decoding looks for such a field, and never finds it."""
_ONCE = datetime(1970, 1, 1, tzinfo=UTC)
_BLANK: dict[str, Any] = {"sync_token": "", "meta_data": MetaData(create_time=_ONCE, last_updated_time=_ONCE)}
"""What stands for a field that every object has, where it is left out."""


def _outline(whole: type[_T], *kept: str) -> type[_T]:
    """`whole`, but decoding reads only the fields `kept`."""
    left_out = [
        (
            field.name,
            field.type,
            msgspec.field(default=_BLANK.get(field.name, field.default), name=LEFT_OUT + field.name),
        )
        for field in msgspec.structs.fields(whole)
        if field.name not in kept
    ]
    return msgspec.defstruct(  # type: ignore[return-value]
        f"{whole.__name__}Outline", left_out, bases=(whole,), module=__name__, frozen=True, kw_only=True, gc=False
    )


_SALE = ("id", "customer_ref", "doc_number", "txn_date", "total_amt", "txn_tax_detail", "meta_data")
INVOICE = _outline(Invoice, *_SALE, "balance")
SALES_RECEIPT = _outline(SalesReceipt, *_SALE)
CREDIT_MEMO = _outline(CreditMemo, "id", "customer_ref", "doc_number", "txn_date")
REFUND_RECEIPT = _outline(RefundReceipt, "id", "customer_ref", "txn_date")
PAYMENT = _outline(
    Payment, "id", "customer_ref", "txn_date", "total_amt", "line", "payment_ref_num", "payment_method_ref"
)
CRM_INVOICE = _outline(
    CrmInvoice, "crm_id", "number", "customer_id", "customer_name", "job_id", "date", "status", "total"
)
CRM_PAYMENT = _outline(
    CrmPayment, "crm_id", "qbo_id", "customer_id", "date", "amount", "method", "reference", "applied"
)
