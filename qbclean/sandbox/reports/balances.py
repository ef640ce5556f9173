"""CustomerBalance and VendorBalance: what each one owes or is owed on the report date."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from qbclean.sandbox.ledger import Ledger
from qbclean.sandbox.reports.names import NameList
from qbclean.sandbox.reports.open_items import CUSTOMERS, VENDORS, Book
from qbclean.sandbox.reports.parameters import Parameters
from qbclean.sandbox.reports.shape import TOTAL_COLUMN, cell, column, money, report, section

PAID_STATES = ["All", "Paid", "Unpaid"]


def customer_balance(ledger: Ledger, params: Parameters) -> dict[str, Any]:
    """Return each customer's balance; unapplied payments and open credits reduce it."""
    return _balance("CustomerBalance", CUSTOMERS, ledger, params, params.choice("arpaid", PAID_STATES, "Unpaid"))


def vendor_balance(ledger: Ledger, params: Parameters) -> dict[str, Any]:
    """Return what each vendor is owed; open vendor credits reduce it."""
    return _balance("VendorBalance", VENDORS, ledger, params, params.choice("appaid", PAID_STATES, "Unpaid"))


def _balance(name: str, book: Book, ledger: Ledger, params: Parameters, state: str) -> dict[str, Any]:
    """Return the report; `Paid` shows only those without a balance, `All` both."""
    as_of = params.as_of()
    balances: dict[str, int] = defaultdict(int)
    for item, balance in book.balances(ledger, params, as_of.end):
        balances[item.party] += balance
    shown = {
        party: [balance]
        for party, balance in balances.items()
        if state == "All" or (state == "Unpaid") == bool(balance)
    }
    rows = NameList(ledger.view, book.entity).tree_rows(shown)
    if rows:
        total = sum(balance for (balance,) in shown.values())
        rows.append(section(None, [], [cell("TOTAL"), cell(money(total))], "GrandTotal"))
    columns = [column("", book.entity, book.column_key), TOTAL_COLUMN]
    return report(name, ledger.view, params, as_of, columns=columns, rows=rows)
