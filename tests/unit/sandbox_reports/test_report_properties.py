"""Reports of any company agree with each other, on any day and on both bases (S14, S21, S22)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qbclean.sandbox.reports import REPORTS, run_report
from tests.unit.sandbox_ledger.books import Books
from tests.unit.sandbox_ledger.random_books import DAYS, random_books
from tests.unit.sandbox_reports.reading import amounts_by_id, group, leaves, rows

CASES = settings(max_examples=40, deadline=None)
METHODS = st.sampled_from(["Accrual", "Cash"])
WHOLE = {"start_date": "2025-01-01", "end_date": "2026-12-31"}


@CASES
@given(random_books(), METHODS, DAYS)
def test_trial_balance_is_zero_and_the_balance_sheet_balances_s21(books: Books, method: str, day: str):
    params = {"accounting_method": method, "end_date": day}
    debits, credited = group(run_report("TrialBalance", params, books), "GrandTotal")
    assert debits == credited
    sheet = run_report("BalanceSheet", params, books)
    assert group(sheet, "TotalAssets") == group(sheet, "TotalLiabilitiesAndEquity")


@CASES
@given(random_books(), DAYS)
def test_receivables_are_one_figure_in_five_reports_s21(books: Books, day: str):
    as_of = {"report_date": day}
    control = group(run_report("BalanceSheet", as_of, books), "AR")[-1]
    balances = run_report("CustomerBalance", as_of, books)
    assert group(balances, "GrandTotal")[-1] == control
    assert sum(map(Decimal, amounts_by_id(balances).values())) == control
    aged = group(run_report("AgedReceivables", as_of, books), "GrandTotal")
    assert aged[-1] == control == sum(aged[:-1])
    for name in ("CustomerBalanceDetail", "AgedReceivableDetail"):
        detail = run_report(name, as_of, books)
        assert sum(Decimal(leaf["subt_open_bal"]["value"]) for leaf in leaves(detail)) == control


@CASES
@given(random_books(), METHODS)
def test_months_quarters_and_years_add_up_to_the_total_and_so_do_customers(books: Books, method: str):
    params = {**WHOLE, "accounting_method": method}
    total = _by_account(run_report("ProfitAndLoss", params, books))
    for axis in ("Month", "Quarter", "Year", "Week", "Days", "Customers", "ProductsAndServices"):
        report = run_report("ProfitAndLoss", {**params, "summarize_column_by": axis}, books)
        found = _by_account(report)
        assert {account: values[-1] for account, values in found.items()} == {a: v[-1] for a, v in total.items()}
        assert all(sum(values[:-1]) == values[-1] for values in found.values())
    monthly = run_report("ProfitAndLoss", {**params, "summarize_column_by": "Month"}, books)
    yearly = run_report("ProfitAndLoss", {**params, "summarize_column_by": "Year"}, books)
    months, years = group(monthly, "NetIncome"), group(yearly, "NetIncome")
    assert [sum(months[:12]), sum(months[12:24])] == (years[:-1] or [0, 0])


def _by_account(report: Mapping[str, Any]) -> dict[str, list[Decimal]]:
    """Return the amounts of each account that has any; an account may show a row of zeros."""
    found: dict[str, list[Decimal]] = {}
    for row in rows(report):
        cells = row.get("ColData")
        if cells and "id" in cells[0]:
            values = [Decimal(cell["value"] or "0") for cell in cells[1:]]
            if any(values):
                found[cells[0]["id"]] = values
    return {account: values for account, values in found.items() if values[-1]}


@CASES
@given(random_books(), METHODS, DAYS)
def test_net_income_of_the_balance_sheet_is_that_of_the_fiscal_years_profit_and_loss(
    books: Books, method: str, day: str
):
    params = {"accounting_method": method, "end_date": day}
    year_to_date = {**params, "start_date": f"{day[:4]}-01-01"}
    sheet = run_report("BalanceSheet", params, books)
    assert group(sheet, "NetIncome") == group(run_report("ProfitAndLoss", year_to_date, books), "NetIncome")


@CASES
@given(random_books(), METHODS)
def test_the_general_ledger_adds_up_to_the_balance_sheet_and_to_profit_and_loss(books: Books, method: str):
    params = {**WHOLE, "accounting_method": method}
    ledger: dict[str, Decimal] = {}
    for row in rows(run_report("GeneralLedger", params, books)):
        if "Header" in row:
            ledger[row["Header"]["ColData"][0]["id"]] = Decimal(row["Summary"]["ColData"][-2]["value"])
    income = {k: Decimal(v) for k, v in amounts_by_id(run_report("ProfitAndLoss", params, books)).items()}
    sheet = {k: Decimal(v) for k, v in amounts_by_id(run_report("BalanceSheet", params, books)).items()}
    sheet.pop("5", None)  # what 2025 earned, which no posting carries to retained earnings
    assert {k: v for k, v in ledger.items() if v} == {k: v for k, v in {**income, **sheet}.items() if v}


@CASES
@given(random_books())
def test_cash_flow_ends_with_the_cash_of_the_balance_sheet(books: Books):
    flow = run_report("CashFlow", WHOLE, books)
    held = {k: Decimal(v) for k, v in amounts_by_id(run_report("BalanceSheet", WHOLE, books)).items()}
    assert group(flow, "EndingCash")[0] == sum(held.get(account, Decimal(0)) for account in ("4", "35"))


@CASES
@given(random_books(), st.sampled_from(sorted(REPORTS)), METHODS)
def test_every_report_has_the_shape_its_columns_promise(books: Books, name: str, method: str):
    report = run_report(name, {**WHOLE, "accounting_method": method}, books)
    width = len(report["Columns"]["Column"])
    assert report["Header"]["ReportName"] == name
    for row in rows(report):
        for cells in (row.get("ColData"), row.get("Header", {}).get("ColData"), row.get("Summary", {}).get("ColData")):
            assert cells is None or (len(cells) == width and all(type(cell["value"]) is str for cell in cells))


@pytest.mark.parametrize("name", sorted(REPORTS))
def test_every_report_of_an_empty_company_says_there_is_no_data(name: str):
    report = run_report(name, {}, Books(date(2026, 11, 20)))
    if name != "AccountList":
        assert report["Rows"] == {}
        assert report["Header"]["Option"][-1] == {"Name": "NoReportData", "Value": "true"}
