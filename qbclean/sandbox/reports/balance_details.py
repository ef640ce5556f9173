"""CustomerBalanceDetail and VendorBalanceDetail: every open document, under the one who owes or is owed it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any

from qbclean.sandbox.ledger import Ledger
from qbclean.sandbox.ledger.subledger import OpenItem
from qbclean.sandbox.ledger.wire_values import cents, ref
from qbclean.sandbox.reports.balances import PAID_STATES
from qbclean.sandbox.reports.detail import (
    DetailRow,
    Details,
    chosen_columns,
    column_heads,
    rendered,
    sorted_rows,
    summary_cells,
)
from qbclean.sandbox.reports.names import NameList
from qbclean.sandbox.reports.open_items import CUSTOMERS, VENDORS, Book
from qbclean.sandbox.reports.parameters import Parameters
from qbclean.sandbox.reports.shape import Row, cell, report, section

DEFAULT_COLUMNS = ("tx_date", "txn_type", "doc_num", "due_date", "subt_amount", "subt_open_bal", "rbal_open_bal")


def customer_balance_detail(ledger: Ledger, params: Parameters) -> dict[str, Any]:
    """Return open invoices, and unapplied payments and credits as negatives, by customer."""
    state = params.choice("arpaid", PAID_STATES, "Unpaid")
    return _balance_detail("CustomerBalanceDetail", CUSTOMERS, ledger, params, state)


def vendor_balance_detail(ledger: Ledger, params: Parameters) -> dict[str, Any]:
    """Return open bills, and unapplied payments and credits as negatives, by vendor."""
    state = params.choice("appaid", PAID_STATES, "Unpaid")
    return _balance_detail("VendorBalanceDetail", VENDORS, ledger, params, state)


def _balance_detail(name: str, book: Book, ledger: Ledger, params: Parameters, state: str) -> dict[str, Any]:
    """Return the report as of the report date; amounts are the documents' own, balances what is open of them."""
    as_of = params.as_of()
    keys = chosen_columns(params, DEFAULT_COLUMNS)
    details = Details(ledger)
    by_party: dict[str, list[DetailRow]] = defaultdict(list)
    due_from = params.date_of("start_duedate") or date.min
    due_to = params.date_of("end_duedate") or date.max
    terms = frozenset(params.listed("term"))
    for item, balance in book.balances(ledger, params, as_of.end):
        if state != "All" and (state == "Unpaid") != bool(balance):
            continue
        if not due_from <= item.due <= due_to:
            continue
        row = open_item_row(item, balance, book, details)
        if terms and ref(details.document(row), "SalesTermRef") not in terms:
            continue
        by_party[item.party].append(row)
    rows = list(_sections(by_party, keys, book, params, details))
    if rows:
        everything = [row for members in by_party.values() for row in members]
        rows.append(section(None, [], summary_cells("TOTAL", keys, open_sums(everything)), "GrandTotal"))
    return report(name, ledger.view, params, as_of, columns=column_heads(keys), rows=rows)


def open_item_row(item: OpenItem, balance: int, book: Book, details: Details) -> DetailRow:
    """Return the row of an open item with the document's own total (an invoice's before money taken with it)."""
    row = DetailRow(
        kind=item.kind,
        id=item.id,
        on=item.on,
        due=item.due,
        number=item.number,
        customer=item.party if book is CUSTOMERS else "",
        vendor=item.party if book is VENDORS else "",
        amount=item.amount,
        open_balance=balance,
    )
    document = details.document(row)
    row.memo = document.get("PrivateNote") or ""
    if document.get("Deposit"):
        row.amount = cents(document.get("TotalAmt"))
    return row


def open_sums(rows: list[DetailRow]) -> dict[str, int]:
    """Return the sums that a summary line shows under its columns."""
    return {
        "subt_amount": sum(row.amount or 0 for row in rows),
        "subt_open_bal": sum(row.open_balance or 0 for row in rows),
    }


def _sections(
    by_party: dict[str, list[DetailRow]], keys: list[str], book: Book, params: Parameters, details: Details
) -> Iterator[Row]:
    for name in NameList(details.ledger.view, book.entity).ordered(set(by_party)):
        members = sorted_rows(by_party[name.id], params, details)
        running = 0
        for row in members:
            running += row.open_balance or 0
            row.running = running
        heading = [cell(name.full, name.id), *[cell("")] * (len(keys) - 1)]
        total = summary_cells(f"Total for {name.full}", keys, open_sums(members))
        yield section(heading, rendered(members, keys, details), total)
