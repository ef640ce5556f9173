"""The books as they were at one moment, so that a report is computed aside while writes go on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from qbclean.sandbox.wire import decode

if TYPE_CHECKING:
    from qbclean.sandbox.company import Company


class Snapshot:
    """Implements `BooksView` for one version of a company. Shares the objects' bytes, which never change."""

    def __init__(self, company: Company) -> None:
        """Take the snapshot; some milliseconds for a hundred thousand documents, under the company's lock."""
        with company.lock:
            self.version = company.version
            self.today: date = company.today
            self._bodies = {name: dict(table.bodies) for name, table in company.tables.items()}
            self._orders = {name: list(table.order) for name, table in company.tables.items()}
            self._cleared = company.cleared_states
            self.preferences: Mapping[str, Any] = company.preferences
            self.company_info: Mapping[str, Any] = company.company_info

    def documents(self, entity: str) -> Iterator[Mapping[str, Any]]:
        """Yield every stored object of an entity in id order."""
        bodies = self._bodies.get(entity, {})
        for object_id in self._orders.get(entity, ()):
            yield decode(bodies[object_id])

    def document(self, entity: str, id: str) -> Mapping[str, Any] | None:  # noqa: A002 - the name BooksView gives it
        """Return one object or None."""
        body = self._bodies.get(entity, {}).get(id)
        stored: Mapping[str, Any] | None = None if body is None else decode(body)
        return stored

    def cleared(self, entity: str, id: str) -> str:  # noqa: A002 - the name BooksView gives it
        """Return the bank state of a transaction."""
        return self._cleared.get((entity, id)) or bank_state(self.document(entity, id) or {})


def bank_state(transaction: Mapping[str, Any]) -> str:
    """Return the bank state of a transaction nothing else is known about: in a deposit or not."""
    links = transaction.get("LinkedTxn") or ()
    return "Deposited" if any(link.get("TxnType") == "Deposit" for link in links) else "Uncleared"
