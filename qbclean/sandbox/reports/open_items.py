"""Whose open items a report is about: customers' receivables or vendors' payables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from qbclean.sandbox.ledger import Ledger
from qbclean.sandbox.ledger.posting import INVOICE_DEPOSIT
from qbclean.sandbox.ledger.subledger import OpenItem, Subledger
from qbclean.sandbox.reports.parameters import Parameters


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """One of the two subledgers, in the words of the reports on it."""

    entity: str
    column_key: str

    def subledger(self, ledger: Ledger) -> Subledger:
        """Return the subledger itself."""
        return ledger.receivables if self.entity == "Customer" else ledger.payables

    def wanted(self, params: Parameters) -> frozenset[str]:
        """Return the ids the call is restricted to; none means all."""
        return frozenset(params.listed(self.entity.casefold()))

    def balances(self, ledger: Ledger, params: Parameters, as_of: date) -> Iterator[tuple[OpenItem, int]]:
        """Yield the items of the customers or vendors asked for, with their open balances on the day."""
        wanted = self.wanted(params)
        departments = frozenset(params.listed("department"))
        placed = _documents_in(ledger, departments) if departments else frozenset()
        for item, balance in self.subledger(ledger).open_balances(as_of):
            if wanted and item.party not in wanted:
                continue
            if departments and (item.kind, item.id) not in placed:
                continue
            if item.kind != INVOICE_DEPOSIT:
                yield item, balance


CUSTOMERS = Book(entity="Customer", column_key="cust_name")
VENDORS = Book(entity="Vendor", column_key="vend_name")


def _documents_in(ledger: Ledger, departments: frozenset[str]) -> frozenset[tuple[str, str]]:
    return frozenset((e.kind, e.id) for e in ledger.accrual if any(p.department in departments for p in e.postings))
