"""A company's ledger: chart, entries on both bases, receivables and payables, each computed once when asked for."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from enum import StrEnum
from functools import cached_property

from qbclean.sandbox.ledger.accrual import CHART_KINDS, PostedBooks, posted_books, reposted_books
from qbclean.sandbox.ledger.cash_basis import cash_entries
from qbclean.sandbox.ledger.chart import Chart
from qbclean.sandbox.ledger.posting import Entry
from qbclean.sandbox.ledger.subledger import PAYABLE, RECEIVABLE, Subledger, build_subledger
from qbclean.sandbox.view import BooksView


class Basis(StrEnum):
    """The accounting method of a report, in QuickBooks' words."""

    ACCRUAL = "Accrual"
    CASH = "Cash"


class Ledger:
    """What follows from the documents as they are in `view`; after a write, `following` makes the next one."""

    def __init__(self, view: BooksView) -> None:
        self.view = view

    def following(self, view: BooksView, changed: Collection[tuple[str, str]]) -> Ledger:
        """Return the ledger after the objects named (kind, id) have changed, computing only what that touches."""
        after = Ledger(view)
        same_chart = CHART_KINDS.isdisjoint(kind for kind, _ in changed) and view.today == self.view.today
        if same_chart and "books" in self.__dict__:
            after.chart = self.chart
            after.books = reposted_books(self.books, view, self.chart, changed)
        return after

    @cached_property
    def chart(self) -> Chart:
        """The chart of accounts."""
        return Chart(self.view)

    @cached_property
    def books(self) -> PostedBooks:
        """What each document posts."""
        return posted_books(self.view, self.chart)

    @cached_property
    def accrual(self) -> list[Entry]:
        """Every document's entry on its own date, by kind and id, deposits last."""
        return [entry for of_kind in self.books.values() for entries in of_kind.values() for entry in entries]

    @cached_property
    def account_balances(self) -> dict[str, int]:
        """The balance of each account in cents, debits positive, whatever the date."""
        balances: dict[str, int] = {}
        for entry in self.accrual:
            for posting in entry.postings:
                balances[posting.account] = balances.get(posting.account, 0) + posting.amount
        return balances

    @cached_property
    def receivables(self) -> Subledger:
        """Open items of customers; they add up to the A/R accounts."""
        return build_subledger(self.accrual, self.chart.receivable_ids, RECEIVABLE)

    @cached_property
    def payables(self) -> Subledger:
        """Open items of vendors; they add up to the A/P accounts."""
        return build_subledger(self.accrual, self.chart.payable_ids, PAYABLE)

    def entries(self, basis: Basis) -> Iterable[Entry]:
        """Return the entries of a basis in no particular order of date; cash entries are made while they are read."""
        if basis is Basis.ACCRUAL:
            return self.accrual
        return cash_entries(self.accrual, self.chart, (self.receivables, self.payables))
