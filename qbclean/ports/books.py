"""Where a snapshot comes from and where it is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Protocol

from qbclean.model.books import Environment, ReceivablesSnapshot
from qbclean.model.crm import CrmInvoice, CrmRecords
from qbclean.model.documents import Invoice
from qbclean.model.refs import DocumentRef, RealmId
from qbclean.plan.encoded import EncodedPlan
from qbclean.ports.crm import CrmSource

if TYPE_CHECKING:  # who only reads what is kept need not wait for all that matches
    from qbclean.match.items import SalePair
    from qbclean.match.slicing import Slice

TRANSACTIONS = (
    "Invoice",
    "Payment",
    "CreditMemo",
    "SalesReceipt",
    "RefundReceipt",
    "Deposit",
    "JournalEntry",
)
LISTS = ("Customer", "Item", "Account", "Term", "PaymentMethod")
NOT_IN_CDC = ("TaxCode", "TaxRate", "TaxAgency")
"""Change data capture leaves these out (contract 4); they are few and read whole each time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PulledObject:
    """One object of any entity, verbatim; `raw` is empty when it was deleted."""

    entity: str
    id: str
    raw: bytes
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSet:
    """What change data capture told; `complete` is False when it hit its cap and a full pull is needed."""

    objects: tuple[PulledObject, ...]
    complete: bool


class BooksSource(Protocol):
    """QuickBooks as the pull sees it."""

    @property
    def realm_id(self) -> RealmId: ...

    @property
    def environment(self) -> Environment: ...

    def server_time(self) -> datetime:
        """QuickBooks' own clock, so that no change between it and ours is missed."""
        ...

    def count(self, entity: str) -> int: ...

    def pages(self, entity: str) -> Iterator[Sequence[PulledObject]]:
        """All objects, active or not, in pages of 1,000 ordered by Id."""
        ...

    def changes(self, entities: Sequence[str], since: datetime) -> ChangeSet: ...

    def singleton(self, entity: str) -> PulledObject:
        """CompanyInfo or Preferences."""
        ...

    def ar_by_customer(self, as_of: date) -> Mapping[str, Decimal]: ...

    def reconciled(self) -> frozenset[DocumentRef]:
        """Transactions the TransactionList report shows as reconciled (contract 7.9)."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotFacts:
    """What a finished pull knows beside the objects. `server_time` is where the next incremental pull starts."""

    realm_id: RealmId
    environment: Environment
    taken_at: datetime
    server_time: datetime
    counts: Mapping[str, int]
    ar_by_customer: Mapping[str, Decimal]
    reconciled: frozenset[DocumentRef]


class PullSession(Protocol):
    """One pull in progress: invisible until `complete`, dropped if the process dies or `complete` is not called."""

    def put(self, objects: Sequence[PulledObject]) -> None:
        """Insert or replace; a deleted object is removed."""
        ...

    def count(self, entity: str) -> int: ...

    def complete(self, facts: SnapshotFacts) -> str:
        """Make the pull the current snapshot; returns its id (realm, time and content)."""
        ...


class SnapshotStore(Protocol):
    """books.db of one company: the current snapshot and the imported CRM records. A cache; can be rebuilt."""

    def last_facts(self) -> SnapshotFacts | None: ...

    def home_currency(self) -> str | None:
        """ISO code; None when nothing was pulled yet, or QuickBooks does not say."""
        ...

    def begin(self, *, full: bool) -> PullSession:
        """Full: from nothing. Otherwise on top of the current snapshot."""
        ...

    def load(self) -> ReceivablesSnapshot:
        """Raises StoreError when nothing was pulled yet."""
        ...

    def outlines(self) -> tuple[ReceivablesSnapshot, CrmRecords]:
        """The whole company without the lines of its sales; enough to cut it into slices. Raises as `load`."""
        ...

    def in_full(self, pairs: Sequence[SalePair]) -> Iterable[tuple[CrmInvoice, Invoice]]:
        """Some sales with their lines: by the ids of CRM invoice and QuickBooks invoice."""
        ...

    def slice(self, part: Slice) -> tuple[ReceivablesSnapshot, CrmRecords]:
        """What belongs to a slice. Raises StoreError when the books were pulled again since it was cut."""
        ...

    def opener(self) -> Callable[[], SnapshotStore]:
        """Opens the store again to read from it, also in another process."""
        ...

    def close(self) -> None: ...

    def save_crm(self, records: CrmSource) -> None:
        """Replace the imported CRM records, all or none: when reading `records` fails, the old ones stay."""
        ...

    def load_crm(self) -> CrmRecords: ...

    def keep_plan(self, question: str, plan: EncodedPlan) -> None:
        """Keep the answer to `question` (what else a plan depends on) until the books or the records change."""
        ...

    def kept_plan(self, question: str, *, actions: bool = True) -> EncodedPlan | None:
        """The plan kept for `question`, its actions left out when not asked for: they are most of it.

        None when there is none, or the books or records are others now.
        """
        ...
