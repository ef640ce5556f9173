"""Outlines: documents and records without what only matters once they are looked at closely, above all their lines.

An outline is of the document's own type, so whoever needs no more takes either. A field is left out by giving it a name
that no object has.
"""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from qbclean.model.crm import CrmInvoice, CrmLine
from qbclean.model.documents import (
    CreditMemo,
    Invoice,
    Line,
    LinkedTxn,
    MetaData,
    Payment,
    Ref,
    RefundReceipt,
    SalesReceipt,
)

_LINES = msgspec.field(default=(), name="(lines)")
_LINKS = msgspec.field(default=(), name="(links)")
_TOKEN = msgspec.field(default="", name="(token)")
_NOTE = msgspec.field(default=None, name="(note)")
_ONCE = datetime(1970, 1, 1, tzinfo=UTC)
_TIMES = msgspec.field(default=MetaData(create_time=_ONCE, last_updated_time=_ONCE), name="(times)")


class InvoiceOutline(Invoice, frozen=True, kw_only=True):
    line: tuple[Line, ...] = _LINES
    linked_txn: tuple[LinkedTxn, ...] = _LINKS
    sync_token: str = _TOKEN
    private_note: str | None = _NOTE


class ReceiptOutline(SalesReceipt, frozen=True, kw_only=True):
    line: tuple[Line, ...] = _LINES
    linked_txn: tuple[LinkedTxn, ...] = _LINKS
    sync_token: str = _TOKEN
    private_note: str | None = _NOTE


class RefundOutline(RefundReceipt, frozen=True, kw_only=True):
    line: tuple[Line, ...] = _LINES
    linked_txn: tuple[LinkedTxn, ...] = _LINKS
    sync_token: str = _TOKEN
    meta_data: MetaData = _TIMES


class MemoOutline(CreditMemo, frozen=True, kw_only=True):
    line: tuple[Line, ...] = _LINES
    linked_txn: tuple[LinkedTxn, ...] = _LINKS
    sync_token: str = _TOKEN
    meta_data: MetaData = _TIMES


class PaymentOutline(Payment, frozen=True, kw_only=True):
    """Its lines stay: they are what it pays."""

    linked_txn: tuple[LinkedTxn, ...] = _LINKS
    sync_token: str = _TOKEN
    private_note: str | None = _NOTE
    meta_data: MetaData = _TIMES
    deposit_to_account_ref: Ref | None = msgspec.field(default=None, name="(account)")


class CrmInvoiceOutline(CrmInvoice, frozen=True, kw_only=True):
    lines: tuple[CrmLine, ...] | None = msgspec.field(default=None, name="(lines)")
    rows: tuple[int, ...] = msgspec.field(default=(), name="(rows)")
