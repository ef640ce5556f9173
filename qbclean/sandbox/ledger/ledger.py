"""A company's ledger: chart, entries on both bases, receivables and payables, each computed once when asked for."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from functools import cached_property

from qbclean.sandbox.ledger.accrual import accrual_entries
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
    """What follows from the documents as they are now; build a new one after a write."""

    def __init__(self, view: BooksView) -> None:
        self.view = view

    @cached_property
    def chart(self) -> Chart:
        """The chart of accounts."""
        return Chart(self.view)

    @cached_property
    def accrual(self) -> list[Entry]:
        """Every document's entry on its own date, by kind and id."""
        return list(accrual_entries(self.view, self.chart))

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
