"""The account list, and the reports whose subject this sandbox does not keep: stock, tax returns, French formats."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qbclean.sandbox.ledger import Ledger
from qbclean.sandbox.ledger.ledger import Basis
from qbclean.sandbox.reports.account_rows import account_order
from qbclean.sandbox.reports.balance_sheet import closing_balances
from qbclean.sandbox.reports.parameters import Parameters
from qbclean.sandbox.reports.shape import cell, column, data_row, money, report


def account_list(ledger: Ledger, params: Parameters) -> dict[str, Any]:
    """Return every account of the company with its type and its balance today."""
    as_of = params.as_of()
    balances = closing_balances(ledger, Basis.ACCRUAL, [as_of.end], params.fiscal_month)
    rows = []
    for account in sorted((a for a in ledger.chart if a.stored), key=account_order):
        shown = account.sign * balances.get(account.id, [0])[0]
        values = (account.type, account.subtype, account.number, money(shown))
        rows.append(data_row([cell(account.name, account.id), *map(cell, values)]))
    columns = [
        column("Account", "String", "account_name"),
        column("Type", "String", "account_type"),
        column("Detail type", "String", "detail_acc_type"),
        column("Account #", "String", "account_num"),
        column("Balance", "Money", "account_bal"),
    ]
    return report("AccountList", ledger.view, params, as_of, columns=columns, rows=rows)


def empty_report(name: str) -> Callable[[Ledger, Parameters], dict[str, Any]]:
    """Return a report of this name that always says NoReportData."""

    def run(ledger: Ledger, params: Parameters) -> dict[str, Any]:
        period = params.period("this fiscal year-to-date")
        return report(name, ledger.view, params, period, columns=[], rows=[])

    return run
