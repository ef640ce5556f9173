"""Profit and loss and balance sheet by account: read by key, refused when they do not hold together (S29)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from qbclean.errors import GatewayError
from qbclean.ports.gateway import ReportedAccount
from qbclean.qbo import statements
from tests.unit.qbo.test_reports import Shelf, a_column, cells

MONTHS = ("2025-11-01", "2025-12-01")
FIRST, LAST = date(2025, 11, 1), date(2025, 12, 31)
SERVICES, MATERIALS = ReportedAccount("1", "Services"), ReportedAccount("45", "Materials")


def a_statement(*rows: dict[str, Any], basis: str = "Accrual", end: str = "2025-12-31", **more: Any) -> dict[str, Any]:
    columns = [
        a_column("account", "Account"),
        *(a_column(month, "Money", StartDate=month) for month in MONTHS),
        a_column("total", "Money"),
    ]
    return {
        "Header": {"StartPeriod": "2025-11-01", "EndPeriod": end, "ReportBasis": basis},
        "Columns": {"Column": columns, **more},
        "Rows": {"Row": list(rows)},
    }


def a_section(title: Any, rows: list[dict[str, Any]], *whole: str, own: tuple[str, ...] = (), group: str = "") -> Any:
    heading = cells(title, *(own or ("",) * len(whole)))
    section = {"Header": {"ColData": heading}, "Rows": {"Row": rows}, "Summary": {"ColData": cells("Total", *whole)}}
    return {**section, "type": "Section", **({"group": group} if group else {})}


def a_row(account: ReportedAccount, *amounts: str) -> dict[str, Any]:
    return {"ColData": cells((account.name, account.id), *amounts)}


def income_of(report: dict[str, Any]) -> Any:
    return statements.income_by_account_and_month(Shelf(report), "accrual", FIRST, LAST)


def test_income_is_told_by_account_and_month_and_zeros_are_left_out() -> None:
    rows = [a_row(SERVICES, "100.00", "", "100.00"), a_row(MATERIALS, "-30.00", "1,005.50", "975.50")]
    shelf = Shelf(a_statement(a_section("Income", rows, "70.00", "1005.50", "1075.50", group="Income")))
    assert statements.income_by_account_and_month(shelf, "accrual", FIRST, LAST) == {
        (SERVICES, "2025-11"): Decimal("100.00"),
        (MATERIALS, "2025-11"): Decimal("-30.00"),
        (MATERIALS, "2025-12"): Decimal("1005.50"),
    }
    assert shelf.asked[0]["accounting_method"] == "Accrual"
    assert shelf.asked[0]["summarize_column_by"] == "Month"


@pytest.mark.parametrize("own", [("20.00", "", "20.00"), ()], ids=["in its heading", "in its total only"])
def test_what_a_parent_account_earned_itself_is_kept_apart_from_its_sub_accounts(own: tuple[str, ...]) -> None:
    family = a_section(("Services", "1"), [a_row(MATERIALS, "5.00", "", "5.00")], "25.00", "0.00", "25.00", own=own)
    found = income_of(a_statement(a_section("Income", [family], "25.00", "0.00", "25.00", group="Income")))
    assert found == {(SERVICES, "2025-11"): Decimal("20.00"), (MATERIALS, "2025-11"): Decimal("5.00")}


def test_other_groups_than_income_are_left_alone() -> None:
    expense = a_section("Expenses", [a_row(SERVICES, "9.99", "", "9.99")], "9.99", "", "9.99", group="Expenses")
    assert income_of(a_statement(expense)) == {}


@pytest.mark.parametrize(
    "report",
    [
        a_statement(basis="Cash"),
        a_statement(end="2026-02-28"),
        a_statement(
            a_section("Income", [a_row(SERVICES, "1.00", "1.00", "2.00")], "1.00", "1.00", "3.00", group="Income")
        ),
        a_statement(
            a_section("Income", [a_row(SERVICES, "1.00", "1.00", "3.00")], "1.00", "1.00", "3.00", group="Income")
        ),
        a_statement(
            a_section("Income", [a_row(SERVICES, "n/a", "1.00", "3.00")], "1.00", "1.00", "3.00", group="Income")
        ),
    ],
    ids=["other basis", "other period", "wrong section total", "wrong row total", "no amount"],
)
def test_a_profit_and_loss_that_is_not_what_was_asked_for_is_refused(report: dict[str, Any]) -> None:
    with pytest.raises(GatewayError, match="cannot be used"):
        income_of(report)


def a_sheet(assets: str, claims: str) -> dict[str, Any]:
    bank = a_section("Bank", [a_row(ReportedAccount("35", "Checking"), assets)], assets)
    equity = {"ColData": cells("Net Income", claims), "group": "NetIncome"}
    return {
        "Header": {"StartPeriod": "2025-01-01", "EndPeriod": "2025-12-31", "ReportBasis": "Cash"},
        "Columns": {"Column": [a_column("account", "Account"), a_column("total", "Money")]},
        "Rows": {
            "Row": [
                a_section("ASSETS", [bank], assets, group="TotalAssets"),
                a_section("LIABILITIES AND EQUITY", [equity], claims, group="TotalLiabilitiesAndEquity"),
            ]
        },
    }


def test_a_balance_sheet_is_told_by_account_net_income_among_them() -> None:
    shelf = Shelf(a_sheet("70.00", "70.00"))
    assert statements.balance_sheet(shelf, "cash", LAST) == {
        ReportedAccount("35", "Checking"): Decimal("70.00"),
        ReportedAccount("", "Net Income"): Decimal("70.00"),
    }
    assert shelf.asked[0]["end_date"] == "2025-12-31"


def test_a_balance_sheet_whose_sides_differ_is_refused_s21() -> None:
    with pytest.raises(GatewayError, match="two sides are not equal"):
        statements.balance_sheet(Shelf(a_sheet("70.00", "70.01")), "cash", LAST)
