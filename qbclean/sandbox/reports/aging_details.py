"""AgedReceivableDetail and AgedPayableDetail: every open document, under how long it is overdue."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from qbclean.sandbox.ledger import Ledger
from qbclean.sandbox.reports.aging import Buckets
from qbclean.sandbox.reports.balance_details import open_item_row, open_sums
from qbclean.sandbox.reports.detail import (
    DetailRow,
    Details,
    chosen_columns,
    column_heads,
    rendered,
    sorted_rows,
    summary_cells,
)
from qbclean.sandbox.reports.open_items import CUSTOMERS, VENDORS, Book
from qbclean.sandbox.reports.parameters import Parameters
from qbclean.sandbox.reports.shape import cell, report, section


def aged_receivable_detail(ledger: Ledger, params: Parameters) -> dict[str, Any]:
    """Return open receivables by age, the oldest first."""
    return _aged_detail("AgedReceivableDetail", CUSTOMERS, ledger, params)


def aged_payable_detail(ledger: Ledger, params: Parameters) -> dict[str, Any]:
    """Return open payables by age, the oldest first."""
    return _aged_detail("AgedPayableDetail", VENDORS, ledger, params)


def _aged_detail(name: str, book: Book, ledger: Ledger, params: Parameters) -> dict[str, Any]:
    as_of = params.as_of()
    buckets = Buckets.asked_for(params, as_of.end)
    default = ("tx_date", "txn_type", "doc_num", book.column_key, "due_date", "subt_amount", "subt_open_bal")
    keys = chosen_columns(params, default)
    details = Details(ledger)
    aged: dict[int, list[DetailRow]] = defaultdict(list)
    for item, balance in book.balances(ledger, params, as_of.end):
        if balance:
            aged[buckets.of(item)].append(open_item_row(item, balance, book, details))
    rows = []
    for bucket in sorted(aged, reverse=True):
        title = buckets.heading(bucket)
        members = sorted_rows(aged[bucket], params, details)
        heading = [cell(title), *[cell("")] * (len(keys) - 1)]
        total = summary_cells(f"Total for {title}", keys, open_sums(members))
        rows.append(section(heading, rendered(members, keys, details), total))
    if rows:
        everything = [row for members in aged.values() for row in members]
        rows.append(section(None, [], summary_cells("TOTAL", keys, open_sums(everything)), "GrandTotal"))
    return report(name, ledger.view, params, as_of, columns=column_heads(keys), rows=rows)
