"""Aged receivables and payables: open balances by how long they are overdue on the report date."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from qbclean.sandbox.ledger import Ledger
from qbclean.sandbox.ledger.subledger import OpenItem
from qbclean.sandbox.reports.names import NameList
from qbclean.sandbox.reports.open_items import CUSTOMERS, VENDORS, Book
from qbclean.sandbox.reports.parameters import Parameters
from qbclean.sandbox.reports.shape import TOTAL_COLUMN, Cell, cell, column, money_cells, report, section


@dataclass(frozen=True, slots=True)
class Buckets:
    """Spans of days overdue: bucket 0 is not yet due, the last one is open-ended."""

    days: int
    count: int
    aged_on: date

    @classmethod
    def asked_for(cls, params: Parameters, report_date: date) -> Buckets:
        """Return four buckets of 30 days unless the call says otherwise.

        `aging_method=Current` counts days up to today, `Report_Date` (the default) up to the report date.
        """
        method = params.choice("aging_method", ["Report_Date", "Current"], "Report_Date")
        aged_on = params.today if method == "Current" else report_date
        days = params.number("aging_period", 30, 365)
        return cls(days, params.number("num_periods", 4, 12), aged_on)

    def of(self, item: OpenItem) -> int:
        """Return the bucket of an item; payments and credits age from their own date, which is when they are due."""
        overdue = (self.aged_on - item.due).days
        return 0 if overdue <= 0 else min((overdue - 1) // self.days + 1, self.count)

    def heading(self, bucket: int) -> str:
        """Return the title of a section of documents: `Current`, `1 - 30 days past due`, …"""
        title = self.title(bucket)
        return title if bucket == 0 else f"{title.replace('and over', 'or more')} days past due"

    def title(self, bucket: int) -> str:
        """Return `Current`, `1 - 30`, … or `91 and over`."""
        if bucket == 0:
            return "Current"
        first = (bucket - 1) * self.days + 1
        return f"{first} and over" if bucket == self.count else f"{first} - {bucket * self.days}"


def aged_receivables(ledger: Ledger, params: Parameters) -> dict[str, Any]:
    """Return customers' open balances by age."""
    return _aged("AgedReceivables", CUSTOMERS, ledger, params)


def aged_payables(ledger: Ledger, params: Parameters) -> dict[str, Any]:
    """Return vendors' open balances by age."""
    return _aged("AgedPayables", VENDORS, ledger, params)


def _aged(name: str, book: Book, ledger: Ledger, params: Parameters) -> dict[str, Any]:
    as_of = params.as_of()
    buckets = Buckets.asked_for(params, as_of.end)
    width = buckets.count + 2
    amounts: dict[str, list[int]] = defaultdict(lambda: [0] * width)
    for item, balance in book.balances(ledger, params, as_of.end):
        if balance:
            aged = amounts[item.party]
            aged[buckets.of(item)] += balance
            aged[-1] += balance
    shown = {party: aged for party, aged in amounts.items() if any(aged)}
    rows = NameList(ledger.view, book.entity).tree_rows(shown, _blank_but_total)
    if rows:
        totals = [sum(column) for column in zip(*shown.values(), strict=True)]
        rows.append(section(None, [], [cell("TOTAL"), *money_cells(totals)], "GrandTotal"))
    titles = [(buckets.title(n), "current" if n == 0 else str(n - 1)) for n in range(buckets.count + 1)]
    columns = [column("", book.entity, book.column_key)]
    columns += [column(title, "Money", key) for title, key in titles]
    return report(name, ledger.view, params, as_of, columns=[*columns, TOTAL_COLUMN], rows=rows)


def _blank_but_total(amounts: Sequence[int]) -> list[Cell]:
    return [*money_cells(amounts[:-1], blank_zero=True), *money_cells(amounts[-1:])]
