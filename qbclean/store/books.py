"""books.db: the current snapshot, verbatim, with the imported CRM records; a cache that can be rebuilt."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Self

from msgspec.structs import replace

from qbclean.collector import collector_paused
from qbclean.errors import StoreError
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.crm import CrmInvoice, CrmRecords
from qbclean.model.documents import Invoice
from qbclean.model.lists import Preferences
from qbclean.plan.encoded import EncodedPlan
from qbclean.ports.books import PullSession, SnapshotFacts
from qbclean.ports.crm import CrmSource
from qbclean.store.crm_records import load_records, save_records
from qbclean.store.database import open_for_reading, open_for_writing
from qbclean.store.kept_plan import keep_plan, kept_plan
from qbclean.store.migrations import BOOKS
from qbclean.store.objects import read_objects, read_singleton
from qbclean.store.pull import SqlitePull
from qbclean.store.reader import Reader, pulled_again
from qbclean.store.rows import from_json

if TYPE_CHECKING:
    from qbclean.match.items import SalePair
    from qbclean.match.slicing import Slice


class SqliteBooks:
    """The SnapshotStore of one company."""

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        """Raises StoreError when the file is damaged or of a newer version."""
        self._path = path
        self._read: Reader | None = None
        self._database = (
            open_for_reading(path, BOOKS) if read_only else open_for_writing(path, BOOKS, durability="NORMAL")
        )

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
        home = read_singleton(self._database, "Preferences", Preferences).currency_prefs.home_currency
        return home.value if home else None

    def begin(self, *, full: bool) -> PullSession:
        """Raises StoreError when an incremental pull has nothing to build on."""
        if not full and self._current() is None:
            raise _nothing_pulled()
        return SqlitePull(self._database, full=full)

    def load(self) -> ReceivablesSnapshot:
        """Everything but the raw JSON in memory; an object that does not decode raises StoreError naming it."""
        with collector_paused():
            return self._reader().whole()

    def _current(self) -> tuple[str, SnapshotFacts] | None:
        row = self._database.execute("SELECT id, facts FROM snapshot").fetchone()
        return (row[0], from_json(row[1], SnapshotFacts, "The snapshot's facts")) if row else None

    # ------------------------------------------------------------------ CRM
    def save_crm(self, records: CrmSource) -> None:
        save_records(self._database, records)

    def load_crm(self) -> CrmRecords:
        """The records in the order they were saved; empty when nothing was imported."""
        with collector_paused():
            return load_records(self._database, sharing=True)

    # ------------------------------------------------------------------ slices
    def outlines(self) -> tuple[ReceivablesSnapshot, CrmRecords]:
        """The whole company, documents and CRM invoices without their lines. Raises as `load`."""
        with collector_paused():
            reader = self._reader()
            records = load_records(self._database, outlined=True, sharing=reader.is_large)
            alone = not (records.tells("invoice") and records.tells("payment"))
            return reader.outlines(dated=alone), records

    def in_full(self, pairs: Sequence[SalePair]) -> Iterator[tuple[CrmInvoice, Invoice]]:
        """CRM invoices with QuickBooks invoices, by their ids."""
        records = load_records(self._database, {"invoices": [crm_id for crm_id, _ in pairs]}).invoices_by_id
        invoices = read_objects(self._database, "Invoice", Invoice, [qbo_id for _, qbo_id in pairs])
        return ((records[crm_id], invoices[qbo_id]) for crm_id, qbo_id in pairs)

    def slice(self, part: Slice) -> tuple[ReceivablesSnapshot, CrmRecords]:
        """What belongs to a slice of the current snapshot. Raises StoreError when the slice is of an older one."""
        reader = self._reader()
        if reader.snapshot_id != part.snapshot_id:
            raise pulled_again(part.snapshot_id)
        with collector_paused():
            records = load_records(self._database, part.records)
            return reader.slice(part), replace(records, elsewhere=part.told)

    def opener(self) -> Callable[[], SqliteBooks]:
        """Opens the same database to read from, also in another process."""
        return partial(SqliteBooks, self._path, read_only=True)

    def _reader(self) -> Reader:
        """Of the current snapshot: what it has read once stays with it until the books are pulled again."""
        row = self._database.execute("SELECT id FROM snapshot").fetchone()
        if self._read is None or row is None or row[0] != self._read.snapshot_id:
            current = self._current()
            if current is None:
                raise _nothing_pulled()
            self._read = Reader(self._database, *current)
        return self._read

    # ------------------------------------------------------------------ the plan worked out last
    def keep_plan(self, question: str, plan: EncodedPlan) -> None:
        keep_plan(self._database, self._plan_file, question, plan)

    def kept_plan(self, question: str, *, actions: bool = True) -> EncodedPlan | None:
        with collector_paused():
            return kept_plan(self._database, self._plan_file, question, actions=actions)

    @property
    def _plan_file(self) -> Path:
        return self._path.with_suffix(".plan")


def kept_facts(path: Path) -> SnapshotFacts | None:
    """Of the snapshot in `path`, which is left as it is; None when nothing was pulled yet. Raises StoreError."""
    with closing(open_for_reading(path, BOOKS, traceless=True)) as database:
        row = database.execute("SELECT facts FROM snapshot").fetchone()
        return from_json(row[0], SnapshotFacts, "The snapshot's facts") if row else None


def _nothing_pulled() -> StoreError:
    return StoreError("No books were pulled for this company yet.", do="Run `qbclean pull`.")
