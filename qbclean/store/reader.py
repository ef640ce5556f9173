"""Reads the current snapshot: whole, in outlines, or the slice that concerns some customers."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import msgspec
from sqlite_utils import Database

from qbclean.errors import StoreError
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.documents import CreditMemo, Deposit, Invoice, JournalEntry, Payment, RefundReceipt, SalesReceipt
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
from qbclean.model.refs import DocumentRef
from qbclean.ports.books import SnapshotFacts
from qbclean.store import outlines
from qbclean.store.objects import read_objects, read_singleton
from qbclean.store.rows import id_number

if TYPE_CHECKING:
    from qbclean.match.slicing import Slice

_DOCUMENTS: Mapping[str, tuple[str, type[msgspec.Struct]]] = {
    "customers": ("Customer", Customer),
    "invoices": ("Invoice", Invoice),
    "payments": ("Payment", Payment),
    "credit_memos": ("CreditMemo", CreditMemo),
    "sales_receipts": ("SalesReceipt", SalesReceipt),
    "refund_receipts": ("RefundReceipt", RefundReceipt),
    "deposits": ("Deposit", Deposit),
    "journal_entries": ("JournalEntry", JournalEntry),
}
"""Field of ReceivablesSnapshot → the entity in it and its type."""
_LARGE = 300_000
"""Objects of QuickBooks in all. 470,000 outlines take 769 MiB with equal values kept once, 975 MiB without."""
_LISTS: Mapping[str, tuple[str, type[msgspec.Struct]]] = {
    "items": ("Item", Item),
    "accounts": ("Account", Account),
    "terms": ("Term", Term),
    "payment_methods": ("PaymentMethod", PaymentMethod),
    "tax_codes": ("TaxCode", TaxCode),
    "tax_rates": ("TaxRate", TaxRate),
    "tax_agencies": ("TaxAgency", TaxAgency),
}


class Reader:
    """One snapshot in books.db. What every slice has of it is read once."""

    def __init__(self, database: Database, snapshot_id: str, facts: SnapshotFacts) -> None:
        self.snapshot_id = snapshot_id
        self._database, self._facts = database, facts

    @property
    def is_large(self) -> bool:
        """Whether even outlines are worth a little time to take less memory."""
        return sum(self._facts.counts.values()) > _LARGE

    def whole(self) -> ReceivablesSnapshot:
        """Everything but the raw JSON in memory; an object that does not decode raises StoreError naming it."""
        return self._snapshot(
            {
                field: read_objects(self._database, entity, as_type, sharing=True)
                for field, (entity, as_type) in _DOCUMENTS.items()
            }
        )

    def outlines(self, *, dated: bool) -> ReceivablesSnapshot:
        """The same with documents of one customer in outlines; sales with what the books alone tell of them when
        `dated`."""
        types = {**outlines.DOCUMENTS, **(outlines.DATED if dated else {})}
        return self._snapshot(
            {
                field: read_objects(self._database, entity, types.get(entity, as_type), sharing=self.is_large)
                for field, (entity, as_type) in _DOCUMENTS.items()
            }
        )

    def slice(self, part: Slice) -> ReceivablesSnapshot:
        """The documents of a slice."""
        ids = {"Customer": part.customers, **part.documents}
        documents = {
            field: read_objects(self._database, entity, as_type, ids.get(entity, ()))
            for field, (entity, as_type) in _DOCUMENTS.items()
        }
        return self._snapshot(
            documents, ar_by_customer=part.ar_by_customer, borrowed=part.borrowed, strangers=part.strangers
        )

    def _snapshot(self, documents: Mapping[str, Any], **fields: Any) -> ReceivablesSnapshot:
        facts = self._facts
        return ReceivablesSnapshot(
            **{
                "id": self.snapshot_id,
                "realm_id": facts.realm_id,
                "environment": facts.environment,
                "taken_at": facts.taken_at,
                "reconciled": facts.reconciled,
                "ar_by_customer": facts.ar_by_customer,
                "raw_of": _RawJson(self._database, self.snapshot_id),
                **self._lists,
                **documents,
                **fields,
            }
        )

    @cached_property
    def _lists(self) -> Mapping[str, Any]:
        found: dict[str, Any] = {
            field: read_objects(self._database, entity, as_type) for field, (entity, as_type) in _LISTS.items()
        }
        found["company"] = read_singleton(self._database, "CompanyInfo", CompanyInfo)
        found["preferences"] = read_singleton(self._database, "Preferences", Preferences)
        return found


class _RawJson:
    """Reads verbatim JSON on demand: a million documents do not stay in memory twice."""

    def __init__(self, database: Database, snapshot_id: str) -> None:
        self._database, self._snapshot_id = database, snapshot_id

    def __call__(self, ref: DocumentRef) -> bytes:
        """What QBO sent for `ref`. Raises StoreError when it is not there, or a newer pull replaced the snapshot."""
        current = self._database.execute("SELECT id FROM snapshot").fetchone()
        if current is None or current[0] != self._snapshot_id:
            raise pulled_again(self._snapshot_id)
        row = self._database.execute(
            "SELECT raw FROM objects WHERE entity = ? AND number = ? AND id = ?", (ref.kind, id_number(ref.id), ref.id)
        ).fetchone()
        if row is None:
            raise StoreError(f"{ref} is not in snapshot {self._snapshot_id}.", do="Run `qbclean pull`.")
        return bytes(row[0])


def pulled_again(snapshot_id: str) -> StoreError:
    """What to raise when `snapshot_id` is no longer the current one."""
    return StoreError(
        f"The books were pulled again while snapshot {snapshot_id} was in use.",
        why="Old and new documents must not be mixed.",
        do="Run the command again.",
    )
