"""QuickBooks as the pull sees it: counts, pages of verbatim objects, changes since a moment, and two reports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from qbclean.model.books import Environment
from qbclean.model.refs import DocumentRef, RealmId
from qbclean.ports.books import ChangeSet, PulledObject
from qbclean.qbo import reports, translate
from qbclean.qbo.connection import CompanyConnection

PAGE = 1000
CHANGES_CAP = 1000
CHANGES_REACH = timedelta(days=30)
"""How many objects one answer of change data capture holds at most, and how far it looks back (contract 4)."""
_WITH_INACTIVE = ("Customer", "Item", "Account", "Term", "PaymentMethod", "TaxCode", "TaxRate")
"""Name lists: without asking for both, a query returns the active ones only (contract 3.1)."""


class QboBooksSource:
    """Implements `ports.books.BooksSource` over one connection."""

    def __init__(self, connection: CompanyConnection) -> None:
        self._connection = connection
        self._told_time: datetime | None = None

    @property
    def realm_id(self) -> RealmId:
        return self._connection.realm_id

    @property
    def environment(self) -> Environment:
        return self._connection.environment

    def server_time(self) -> datetime:
        """QuickBooks' clock, with the offset it answers in."""
        doing = "Asking QuickBooks for its time"
        self._told_time = translate.answered_at(self._connection.single("CompanyInfo", self.realm_id, doing), doing)
        return self._told_time

    def count(self, entity: str) -> int:
        doing = f"Counting {entity}"
        return translate.counted(self._connection.query(f"SELECT COUNT(*) FROM {entity}{_all(entity)}", doing), doing)

    def pages(self, entity: str) -> Iterator[Sequence[PulledObject]]:
        """All objects, active or not, ordered by Id; ends at the first page that is not full.

        A page may be longer than asked for: TaxCode returns its pseudo-codes besides (contract 3.1).
        """
        start = 1
        while True:
            doing = f"Reading {entity} from position {start}"
            statement = f"SELECT * FROM {entity}{_all(entity)} ORDERBY Id STARTPOSITION {start} MAXRESULTS {PAGE}"
            rows = translate.queried(self._connection.query(statement, doing), entity, doing)
            if rows:
                yield [translate.pulled(entity, row, doing) for row in rows]
            if len(rows) < PAGE:
                return
            start += PAGE

    def changes(self, entities: Sequence[str], since: datetime) -> ChangeSet:
        """What changed at or after `since`, deleted objects included.

        An answer that may be cut off is asked for again in halves of the entities. It is incomplete when one entity
        alone fills an answer (there is no way to page, and which end is cut off is not documented), or when `since`
        is further back than QuickBooks looks.
        """
        if (self._told_time or self.server_time()) - since >= CHANGES_REACH:
            return ChangeSet(objects=(), complete=False)
        return self._changes(list(entities), since)

    def singleton(self, entity: str) -> PulledObject:
        """CompanyInfo or Preferences."""
        doing = f"Reading {entity}"
        if entity == "Preferences":
            body = self._connection.preferences(doing)
        else:
            body = self._connection.single(entity, self.realm_id, doing)
        return translate.pulled(entity, translate.single(body, entity, doing), doing)

    def ar_by_customer(self, as_of: date) -> Mapping[str, Decimal]:
        """CustomerBalance report: customer id → open balance of that customer alone."""
        return reports.ar_by_customer(self._connection, as_of)

    def reconciled(self) -> frozenset[DocumentRef]:
        """Transactions the TransactionList report shows as reconciled."""
        return reports.reconciled(self._connection)

    def _changes(self, entities: list[str], since: datetime) -> ChangeSet:
        doing = "Reading what changed"
        body = self._connection.changes(",".join(entities), since.isoformat(timespec="seconds"), doing)
        objects = translate.changed(body, doing)
        if len(objects) < CHANGES_CAP:
            return ChangeSet(objects=tuple(objects), complete=True)
        if len(entities) == 1:
            return ChangeSet(objects=tuple(objects), complete=False)
        half = len(entities) // 2
        parts = (self._changes(entities[:half], since), self._changes(entities[half:], since))
        return ChangeSet(objects=parts[0].objects + parts[1].objects, complete=all(part.complete for part in parts))


def _all(entity: str) -> str:
    return " WHERE Active IN (true, false)" if entity in _WITH_INACTIVE else ""
