"""Profit and loss on either basis, in one column or by time, customer, class, department or item."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from qbclean.sandbox.ledger import Ledger
from qbclean.sandbox.reports.account_rows import account_block, summed, titled, total_line
from qbclean.sandbox.reports.axis import Axis, axis_for, with_total
from qbclean.sandbox.reports.parameters import Parameters
from qbclean.sandbox.reports.periods import Period
from qbclean.sandbox.reports.shape import Row, column, report

DEFAULT_MACRO = "this fiscal year-to-date"
_ByAccount = dict[str, dict[str, int]]


def profit_and_loss(ledger: Ledger, params: Parameters) -> dict[str, Any]:
    """Return the report; income and expense are positive, each column's net income is its own."""
    period = params.period(DEFAULT_MACRO)
    axis = axis_for(params, ledger.view, period)
    by_account = income_by_account(ledger, params, period, axis)
    seen = {key for amounts in by_account.values() for key, amount in amounts.items() if amount}
    columns = axis.columns(seen)
    keys = [key for key, _ in columns]
    amounts = {
        account: [*(by_key.get(key, 0) for key in keys), sum(by_key.values())] for account, by_key in by_account.items()
    }
    return report(
        "ProfitAndLoss",
        ledger.view,
        params,
        period,
        columns=[column("", "Account", "account"), *with_total(columns)],
        rows=_statement(ledger, amounts, len(keys) + 1) if seen else [],
        ReportBasis=params.basis,
        SummarizeColumnsBy=axis.name,
    )


def income_by_account(ledger: Ledger, params: Parameters, period: Period, axis: Axis) -> _ByAccount:
    """Return debit-positive cents by income or expense account and column key, within the period."""
    found: _ByAccount = defaultdict(lambda: defaultdict(int))
    accounts = ledger.chart.profit_and_loss_ids
    filtered, key_of = params.filters_postings, axis.key_of
    for entry in ledger.entries(params.basis):
        if period.start <= entry.on <= period.end:
            for posting in entry.postings:
                if posting.account in accounts and not (filtered and not params.matches(posting)):
                    found[posting.account][key_of(entry, posting)] += posting.amount
    return found


def _statement(ledger: Ledger, amounts: Mapping[str, list[int]], width: int) -> list[Row]:
    """Return the sections of the statement; cost of goods, other income and other expense only when there are any."""
    blocks = {
        kind: account_block(ledger.chart, [kind], amounts, width)
        for kind in ("Income", "Cost of Goods Sold", "Expense", "Other Income", "Other Expense")
    }
    income, cost, expense, other_income, other_expense = blocks.values()
    gross = _less(income.totals, cost.totals)
    operating = _less(gross, expense.totals)
    other = _less(other_income.totals, other_expense.totals)
    rows = [titled("Income", income, "Income")]
    if cost.rows:
        rows.append(titled("Cost of Goods Sold", cost, "COGS"))
    rows.append(total_line("Gross Profit", gross, "GrossProfit"))
    rows.append(titled("Expenses", expense, "Expenses"))
    rows.append(total_line("Net Operating Income", operating, "NetOperatingIncome"))
    if other_income.rows:
        rows.append(titled("Other Income", other_income, "OtherIncome"))
    if other_expense.rows:
        rows.append(titled("Other Expenses", other_expense, "OtherExpenses"))
    if other_income.rows or other_expense.rows:
        rows.append(total_line("Net Other Income", other, "NetOtherIncome"))
    rows.append(total_line("Net Income", summed([operating, other], width), "NetIncome"))
    return rows


def _less(amounts: list[int], taken: list[int]) -> list[int]:
    return [a - b for a, b in zip(amounts, taken, strict=True)]
