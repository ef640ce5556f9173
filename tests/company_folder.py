"""A company folder as a snapshot, without a server in between: for tests of matching and detection at size."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.documents import (
    CreditMemo,
    Deposit,
    Invoice,
    JournalEntry,
    Payment,
    RefundReceipt,
    SalesReceipt,
)
from qbclean.model.lists import (
    Account,
    CompanyInfo,
    Customer,
    Item,
    PaymentMethod,
    Preferences,
    TaxAgency,
    TaxCode,
    TaxRate,
    Term,
)
from qbclean.model.refs import DocumentRef, RealmId

T = TypeVar("T", bound=msgspec.Struct)


def snapshot_of(folder: Path) -> ReceivablesSnapshot:
    """The folder's books as a finished pull would give them."""
    taken = (
        json.loads((folder / "truth.json").read_text())["today"] if (folder / "truth.json").exists() else "2026-01-31"
    )
    customers = _read(folder, Customer)
    return ReceivablesSnapshot(
        id="S-" + hashlib.sha256(str(folder.name).encode()).hexdigest()[:16],
        realm_id=RealmId("9130000000000001"),
        environment="local",
        taken_at=datetime.fromisoformat(f"{taken}T12:00:00").replace(tzinfo=UTC),
        company=_singleton(folder, CompanyInfo),
        preferences=_singleton(folder, Preferences),
        customers=customers,
        invoices=_read(folder, Invoice),
        payments=_read(folder, Payment),
        credit_memos=_read(folder, CreditMemo),
        sales_receipts=_read(folder, SalesReceipt),
        refund_receipts=_read(folder, RefundReceipt),
        deposits=_read(folder, Deposit),
        journal_entries=_read(folder, JournalEntry),
        items=_read(folder, Item),
        accounts=_read(folder, Account),
        terms=_read(folder, Term),
        payment_methods=_read(folder, PaymentMethod),
        tax_codes=_read(folder, TaxCode),
        tax_rates=_read(folder, TaxRate),
        tax_agencies=_read(folder, TaxAgency),
        reconciled=_reconciled(folder),
        ar_by_customer={key: customer.balance for key, customer in customers.items() if customer.balance != Decimal(0)},
        raw_of=lambda ref: _raw(folder, ref),
    )


def _lines(folder: Path, entity: str) -> list[bytes]:
    path = folder / f"{entity}.jsonl"
    return path.read_bytes().splitlines() if path.exists() else []


def _read(folder: Path, type_: type[T]) -> Mapping[str, T]:
    decoder = msgspec.json.Decoder(type_)
    objects: dict[str, Any] = {}
    for line in _lines(folder, type_.__name__):
        decoded: Any = decoder.decode(line)
        objects[decoded.id] = decoded
    return objects


def _singleton(folder: Path, type_: type[T]) -> T:
    return msgspec.json.decode((folder / f"{type_.__name__}.json").read_bytes(), type=type_)


def _reconciled(folder: Path) -> frozenset[DocumentRef]:
    rows = [json.loads(line) for line in _lines(folder, "Cleared")]
    return frozenset(DocumentRef(row["TxnType"], row["TxnId"]) for row in rows if row["Status"] == "Reconciled")


def _raw(folder: Path, ref: DocumentRef) -> bytes:
    return next(line for line in _lines(folder, ref.kind) if json.loads(line)["Id"] == ref.id)
