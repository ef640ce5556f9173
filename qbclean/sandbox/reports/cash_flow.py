"""Statement of cash flows by the indirect method: net income, then what every other account took or gave."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from qbclean.sandbox.ledger import Ledger
from qbclean.sandbox.ledger.ledger import Basis
from qbclean.sandbox.reports.account_rows import account_cell, account_order
from qbclean.sandbox.reports.balance_sheet import closing_balances
from qbclean.sandbox.reports.parameters import Parameters
from qbclean.sandbox.reports.profit_and_loss import DEFAULT_MACRO
from qbclean.sandbox.reports.shape import TOTAL_COLUMN, Row, cell, column, data_row, money_cells, report, section

OPERATING = frozenset(
    {"Accounts Receivable", "Other Current Asset", "Accounts Payable", "Credit Card", "Other Current Liability"}
)
INVESTING = frozenset({"Fixed Asset", "Other Asset"})
FINANCING = frozenset({"Long Term Liability", "Equity"})


def cash_flow(ledger: Ledger, params: Parameters) -> dict[str, Any]:
    """Return the report; cash is what is in banks and Undeposited Funds, as in QuickBooks."""
    period = params.period(DEFAULT_MACRO)
    days = [period.start - timedelta(days=1), period.end]
    chart = ledger.chart
    balances = closing_balances(ledger, Basis.ACCRUAL, days, params.fiscal_month)
    earned_before, earned = (
        -sum(amounts[n] for a, amounts in balances.items() if a in chart.profit_and_loss_ids) for n in (0, 1)
    )
    retained = balances.get(chart.retained_earnings, [0, 0])
    net_income = earned - earned_before - (retained[1] - retained[0])
    changes = {
        account: before - after
        for account, (before, after) in balances.items()
        if account not in chart.profit_and_loss_ids and account != chart.retained_earnings
    }
    cash = frozenset(a.id for a in chart if a.type == "Bank" or a.id == chart.undeposited)

    def part(title: str, group: str, types: frozenset[str], first: list[Row], start: int) -> tuple[Row, int]:
        accounts = sorted(
            (chart.account(a) for a, change in changes.items() if change and a not in cash), key=account_order
        )
        chosen = [account for account in accounts if account.type in types]
        rows = [data_row([account_cell(account), *money_cells([changes[account.id]])]) for account in chosen]
        total = start + sum(changes[account.id] for account in chosen)
        summary = [cell(f"Net cash provided by {title.lower()}"), *money_cells([total])]
        return section([cell(title.upper()), cell("")], first + rows, summary, group), total

    income_row = {**data_row([cell("Net Income"), *money_cells([net_income])]), "group": "NetIncome"}
    operating, from_operating = part("Operating Activities", "OperatingActivities", OPERATING, [income_row], net_income)
    investing, from_investing = part("Investing Activities", "InvestingActivities", INVESTING, [], 0)
    financing, from_financing = part("Financing Activities", "FinancingActivities", FINANCING, [], 0)
    increase = from_operating + from_investing + from_financing
    beginning = sum(amounts[0] for account, amounts in balances.items() if account in cash)
    lines = [
        section(None, [], [cell("Net cash increase for period"), *money_cells([increase])], "CashIncrease"),
        data_row([cell("Cash at beginning of period"), *money_cells([beginning])]) | {"group": "BeginningCash"},
        section(None, [], [cell("Cash at end of period"), *money_cells([beginning + increase])], "EndingCash"),
    ]
    moved = any(changes.values()) or bool(net_income) or bool(beginning)
    return report(
        "CashFlow",
        ledger.view,
        params,
        period,
        columns=[column("", "Account", "account"), TOTAL_COLUMN],
        rows=[operating, investing, financing, *lines] if moved else [],
        SummarizeColumnsBy="Total",
    )
