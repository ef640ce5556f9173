"""Balance sheet and trial balance as of a date, on either basis; earnings of past fiscal years are retained."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from qbclean.sandbox.ledger import Ledger
from qbclean.sandbox.ledger.chart import ACCOUNT_TYPES
from qbclean.sandbox.ledger.ledger import Basis
from qbclean.sandbox.reports.account_rows import Block, account_block, account_cell, summed, titled
from qbclean.sandbox.reports.axis import TIME_UNITS, requested_axis, time_columns
from qbclean.sandbox.reports.parameters import Parameters
from qbclean.sandbox.reports.periods import Period, unit_start
from qbclean.sandbox.reports.shape import (
    TOTAL_COLUMN,
    Row,
    cell,
    column,
    data_row,
    money,
    money_cells,
    report,
    section,
)


def closing_balances(ledger: Ledger, basis: Basis, days: Sequence[date], fiscal_month: int) -> dict[str, list[int]]:
    """Return debit-positive cents of every account at the end of each of these ascending days.

    Income and expense accounts show their fiscal year up to the day; what earlier years earned is on the
    retained earnings account, as QuickBooks closes the books by itself.
    """
    chart = ledger.chart
    movements: dict[str, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    for entry in ledger.entries(basis):
        for posting in entry.postings:
            movements[posting.account][entry.on] += posting.amount
    width = len(days)
    balances: dict[str, list[int]] = {chart.retained_earnings: [0] * width}
    starts = [unit_start(day, "year", fiscal_month) for day in days]
    for account, by_day in movements.items():
        upto = _sums_through(by_day, days)
        if account in chart.profit_and_loss_ids:
            before = _sums_through(by_day, starts, inclusive=False)
            retained = balances[chart.retained_earnings]
            balances[chart.retained_earnings] = summed([retained, before], width)
            upto = [a - b for a, b in zip(upto, before, strict=True)]
        balances[account] = summed([balances.get(account, [0] * width), upto], width)
    return balances


def _sums_through(by_day: Mapping[date, int], days: Sequence[date], *, inclusive: bool = True) -> list[int]:
    """Return the running sum at each of the ascending days, the day itself included or not."""
    sums: list[int] = []
    moves = sorted(by_day.items())
    total = position = 0
    for day in days:
        while position < len(moves) and (moves[position][0] < day or (inclusive and moves[position][0] == day)):
            total += moves[position][1]
            position += 1
        sums.append(total)
    return sums


def balance_sheet(ledger: Ledger, params: Parameters) -> dict[str, Any]:
    """Return the balance sheet as of report_date or end_date, or at the end of each month, quarter or year."""
    as_of = params.as_of(end_date_counts=True)
    start = params.date_of("start_date") or unit_start(as_of.end, "year", params.fiscal_month)
    period = Period(min(start, as_of.end), as_of.end, as_of.macro)
    name = requested_axis(params, TIME_UNITS)
    if name in TIME_UNITS:
        spans = time_columns(period, TIME_UNITS[name], params.fiscal_month)
        columns, days = [shown for _, shown in spans], [span.end for span, _ in spans]
    else:
        columns, days = [TOTAL_COLUMN], [period.end]
    balances = closing_balances(ledger, params.basis, days, params.fiscal_month)
    return report(
        "BalanceSheet",
        ledger.view,
        params,
        period,
        columns=[column("", "Account", "account"), *columns],
        rows=_sheet(ledger, balances, len(days)) if any(map(any, balances.values())) else [],
        ReportBasis=params.basis,
        SummarizeColumnsBy=name,
    )


def _sheet(ledger: Ledger, balances: Mapping[str, list[int]], width: int) -> list[Row]:
    def block(*types: str) -> Block:
        return account_block(ledger.chart, types, balances, width)

    bank, receivable, current = block("Bank"), block("Accounts Receivable"), block("Other Current Asset")
    current_assets = _combined(
        ("Bank Accounts", bank, "BankAccounts"),
        ("Accounts Receivable", receivable, "AR"),
        ("Other Current Assets", current, "OtherCurrentAssets"),
    )
    assets = _combined(
        ("Current Assets", current_assets, "CurrentAssets"),
        ("Fixed Assets", block("Fixed Asset"), "FixedAssets"),
        ("Other Assets", block("Other Asset"), "OtherAssets"),
    )
    current_liabilities = _combined(
        ("Accounts Payable", block("Accounts Payable"), "AP"),
        ("Credit Cards", block("Credit Card"), "CreditCards"),
        ("Other Current Liabilities", block("Other Current Liability"), "OtherCurrentLiabilities"),
    )
    liabilities = _combined(
        ("Current Liabilities", current_liabilities, "CurrentLiabilities"),
        ("Long-Term Liabilities", block("Long Term Liability"), "LongTermLiabilities"),
    )
    owned = block("Equity")
    earned = [-amount for amount in summed(_profit_and_loss(ledger, balances), width)]
    net_income = {**data_row([cell("Net Income"), *money_cells(earned)]), "group": "NetIncome"}
    equity = Block([*owned.rows, net_income], summed([owned.totals, earned], width))
    claims = _combined(("Liabilities", liabilities, "Liabilities"), ("Equity", equity, "Equity"))
    return [
        _side("ASSETS", assets, "TotalAssets"),
        _side("LIABILITIES AND EQUITY", claims, "TotalLiabilitiesAndEquity"),
    ]


def _profit_and_loss(ledger: Ledger, balances: Mapping[str, list[int]]) -> list[list[int]]:
    return [amounts for account, amounts in balances.items() if account in ledger.chart.profit_and_loss_ids]


def _combined(*parts: tuple[str, Block, str]) -> Block:
    """Return sections under one roof; a part without rows is left out."""
    rows = [titled(title, block, group) for title, block, group in parts if block.rows]
    return Block(rows, summed((block.totals for _, block, _ in parts), len(parts[0][1].totals)))


def _side(title: str, block: Block, group: str) -> Row:
    heading = [cell(title), *[cell("")] * len(block.totals)]
    return section(heading, block.rows, [cell(f"TOTAL {title}"), *money_cells(block.totals)], group)


def trial_balance(ledger: Ledger, params: Parameters) -> dict[str, Any]:
    """Return each account's closing balance as a debit or a credit; the two totals are equal."""
    as_of = params.as_of(end_date_counts=True)
    start = params.date_of("start_date") or unit_start(as_of.end, "year", params.fiscal_month)
    period = Period(min(start, as_of.end), as_of.end, as_of.macro)
    balances = closing_balances(ledger, params.basis, [period.end], params.fiscal_month)
    accounts = [(ledger.chart.account(account), amounts[0]) for account, amounts in balances.items() if amounts[0]]
    accounts.sort(
        key=lambda pair: (ACCOUNT_TYPES.index(pair[0].type), pair[0].number, pair[0].name.casefold(), pair[0].id)
    )
    rows = []
    debits = credited = 0
    for account, amount in accounts:
        debits += max(amount, 0)
        credited += max(-amount, 0)
        sides = [cell(money(amount)), cell("")] if amount > 0 else [cell(""), cell(money(-amount))]
        rows.append(data_row([account_cell(account), *sides]))
    if rows:
        rows.append(section(None, [], [cell("TOTAL"), *money_cells([debits, credited])], "GrandTotal"))
    columns = [column("", "Account", "account"), column("Debit", "Money", "debit"), column("Credit", "Money", "credit")]
    return report("TrialBalance", ledger.view, params, period, columns=columns, rows=rows, ReportBasis=params.basis)
