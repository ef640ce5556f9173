"""books.db: the current snapshot, verbatim, with the imported CRM records; a cache that can be rebuilt."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Self, TypeVar

import msgspec
from sqlite_utils import Database

from qbclean.collector import collector_paused
from qbclean.errors import StoreError
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.crm import CrmRecords
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
from qbclean.plan.encoded import EncodedPlan
from qbclean.ports.books import PullSession, SnapshotFacts
from qbclean.ports.crm import CrmSource
from qbclean.store.crm_records import load_records, save_records
from qbclean.store.database import open_for_reading, open_for_writing
from qbclean.store.kept_plan import keep_plan, kept_plan
from qbclean.store.migrations import BOOKS
from qbclean.store.pull import SqlitePull
from qbclean.store.rows import from_json, id_number
from qbclean.store.sharing import Sharing

_T = TypeVar("_T", bound=msgspec.Struct)


class SqliteBooks:
    """The SnapshotStore of one company."""

    def __init__(self, path: Path) -> None:
        """Raises StoreError when the file is damaged or of a newer version."""
        self._database = open_for_writing(path, BOOKS, durability="NORMAL")

    def close(self) -> None:
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    # ------------------------------------------------------------------ QuickBooks
    def last_facts(self) -> SnapshotFacts | None:
        current = self._current()
        return current[1] if current else None

    def home_currency(self) -> str | None:
        """ISO code; None when nothing was pulled yet, or QuickBooks does not say."""
        if self._current() is None:
            return None
        home = self._singleton("Preferences", Preferences).currency_prefs.home_currency
        return home.value if home else None

    def begin(self, *, full: bool) -> PullSession:
        """Raises StoreError when an incremental pull has nothing to build on."""
        if not full and self._current() is None:
            raise _nothing_pulled()
        return SqlitePull(self._database, full=full)

    def load(self) -> ReceivablesSnapshot:
        """Everything but the raw JSON in memory; an object that does not decode raises StoreError naming it."""
        current = self._current()
        if current is None:
            raise _nothing_pulled()
        snapshot_id, facts = current
        with collector_paused():
            return ReceivablesSnapshot(
                id=snapshot_id,
                realm_id=facts.realm_id,
                environment=facts.environment,
                taken_at=facts.taken_at,
                company=self._singleton("CompanyInfo", CompanyInfo),
                preferences=self._singleton("Preferences", Preferences),
                customers=self._objects("Customer", Customer),
                invoices=self._objects("Invoice", Invoice),
                payments=self._objects("Payment", Payment),
                credit_memos=self._objects("CreditMemo", CreditMemo),
                sales_receipts=self._objects("SalesReceipt", SalesReceipt),
                refund_receipts=self._objects("RefundReceipt", RefundReceipt),
                deposits=self._objects("Deposit", Deposit),
                journal_entries=self._objects("JournalEntry", JournalEntry),
                items=self._objects("Item", Item),
                accounts=self._objects("Account", Account),
                terms=self._objects("Term", Term),
                payment_methods=self._objects("PaymentMethod", PaymentMethod),
                tax_codes=self._objects("TaxCode", TaxCode),
                tax_rates=self._objects("TaxRate", TaxRate),
                tax_agencies=self._objects("TaxAgency", TaxAgency),
                reconciled=facts.reconciled,
                ar_by_customer=facts.ar_by_customer,
                raw_of=_RawJson(self._database, snapshot_id),
            )

    def _current(self) -> tuple[str, SnapshotFacts] | None:
        row = self._database.execute("SELECT id, facts FROM snapshot").fetchone()
        return (row[0], from_json(row[1], SnapshotFacts, "The snapshot's facts")) if row else None

    def _objects(self, entity: str, as_type: type[_T]) -> Mapping[str, _T]:
        """Id → object, in the order of the ids."""
        decode, share = msgspec.json.Decoder(as_type).decode, Sharing()
        rows = self._database.execute("SELECT id, raw FROM objects WHERE entity = ? ORDER BY number, id", (entity,))
        found: dict[str, _T] = {}
        for object_id, raw in rows:
            try:
                found[object_id] = document = decode(raw)
            except (msgspec.DecodeError, msgspec.ValidationError) as error:
                raise StoreError(
                    f"{entity} {object_id} of the snapshot cannot be read: {error}.",
                    why="QuickBooks sent something this version does not understand; nothing is guessed about it.",
                    do="Run `qbclean pull --full`; if it stays, report the entity and the field.",
                ) from error
            share(document)
        return found

    def _singleton(self, entity: str, as_type: type[_T]) -> _T:
        for found in self._objects(entity, as_type).values():
            return found
        raise StoreError(
            f"The snapshot has no {entity}.", why="The last pull left it out.", do="Run `qbclean pull --full`."
        )

    # ------------------------------------------------------------------ CRM
    def save_crm(self, records: CrmSource) -> None:
        save_records(self._database, records)

    def load_crm(self) -> CrmRecords:
        """The records in the order they were saved; empty when nothing was imported."""
        with collector_paused():
            return load_records(self._database)

    # ------------------------------------------------------------------ the plan worked out last
    def keep_plan(self, question: str, plan: EncodedPlan) -> None:
        keep_plan(self._database, question, plan)

    def kept_plan(self, question: str) -> EncodedPlan | None:
        with collector_paused():
            return kept_plan(self._database, question)


def kept_facts(path: Path) -> SnapshotFacts | None:
    """Of the snapshot in `path`, which is left as it is; None when nothing was pulled yet. Raises StoreError."""
    with closing(open_for_reading(path, BOOKS, traceless=True)) as database:
        row = database.execute("SELECT facts FROM snapshot").fetchone()
        return from_json(row[0], SnapshotFacts, "The snapshot's facts") if row else None


class _RawJson:
    """Reads verbatim JSON on demand: a million documents do not stay in memory twice."""

    def __init__(self, database: Database, snapshot_id: str) -> None:
        self._database, self._snapshot_id = database, snapshot_id

    def __call__(self, ref: DocumentRef) -> bytes:
        """What QBO sent for `ref`. Raises StoreError when it is not there, or a newer pull replaced the snapshot."""
        current = self._database.execute("SELECT id FROM snapshot").fetchone()
        if current is None or current[0] != self._snapshot_id:
            raise StoreError(
                f"The books were pulled again while snapshot {self._snapshot_id} was in use.",
                why="Old and new documents must not be mixed.",
                do="Run the command again.",
            )
        row = self._database.execute(
            "SELECT raw FROM objects WHERE entity = ? AND number = ? AND id = ?", (ref.kind, id_number(ref.id), ref.id)
        ).fetchone()
        if row is None:
            raise StoreError(f"{ref} is not in snapshot {self._snapshot_id}.", do="Run `qbclean pull`.")
        return bytes(row[0])


def _nothing_pulled() -> StoreError:
    return StoreError("No books were pulled for this company yet.", do="Run `qbclean pull`.")
