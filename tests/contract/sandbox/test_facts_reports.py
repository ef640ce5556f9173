"""Reports over HTTP: their shape and parameters (contract sheet 9), and that they wait for nobody."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from threading import Thread
from typing import Any

import pytest

from qbclean.sandbox.reports import REPORTS
from tests.contract.sandbox.caller import Answer, Caller, Wire


def _cells(rows: Wire) -> Iterator[list[Wire]]:
    """Yield the cells of every line of a report, sections' headers and summaries too."""
    for row in rows.get("Row", ()):
        for part in ("Header", "Summary"):
            if part in row:
                yield row[part]["ColData"]
        if "ColData" in row:
            yield row["ColData"]
        yield from _cells(row.get("Rows", {}))


def _report(caller: Caller, name: str, **params: str) -> Wire:
    answer = caller.get(f"reports/{name}", **params)
    assert answer.status == 200, answer.text
    found: Wire = answer.json
    return found


def _column(report: Wire, key: str) -> int:
    keys = [meta["Value"] for column in report["Columns"]["Column"] for meta in column["MetaData"]]
    return keys.index(key)


def _totals(report: Wire) -> dict[str, Decimal]:
    """Return customer id → last cell, and the grand total under `TOTAL`."""
    lines = [cells for cells in _cells(report["Rows"]) if cells[-1]["value"]]
    return {cells[0].get("id") or cells[0]["value"]: Decimal(cells[-1]["value"]) for cells in lines}


@pytest.mark.parametrize("name", sorted(REPORTS))
def test_every_report_has_header_columns_rows_and_no_time(caller: Caller, name: str) -> None:
    caller.invoice("10.00")
    report = _report(caller, name)
    assert set(report) == {"Header", "Columns", "Rows"}
    assert report["Header"]["ReportName"] == name
    assert report["Header"]["Currency"] == "USD"
    assert {"Name": "NoReportData", "Value": "true" if not report["Rows"] else "false"} in report["Header"]["Option"]
    for column in report["Columns"]["Column"]:
        assert {"ColTitle", "ColType"} <= set(column)
    for cells in _cells(report["Rows"]):
        assert all(isinstance(cell["value"], str) for cell in cells)


def test_an_unknown_report_and_a_bad_parameter_are_refused(caller: Caller) -> None:
    assert caller.get("reports/Nonsense").code == "500"
    refused = caller.get("reports/CustomerBalance", report_date="soon")
    assert (refused.status, refused.code) == (400, "2010")


def test_an_empty_report_says_so(caller: Caller) -> None:
    report = _report(caller, "CustomerBalance")
    assert report["Rows"] == {}
    assert {"Name": "NoReportData", "Value": "true"} in report["Header"]["Option"]


def test_customer_balance_equals_the_customers_and_the_open_documents(caller: Caller) -> None:
    invoice = caller.invoice("100.00")
    caller.payment("30.00", ("Invoice", invoice["Id"], "20.00"))
    caller.credit_memo("15.00", customer="2")
    caller.invoice("40.00", customer="2")
    totals = _totals(_report(caller, "CustomerBalance"))
    assert totals == {"1": 70, "2": 25, "TOTAL": 95}
    assert {key: caller.read("Customer", key)["Balance"] for key in ("1", "2")} == {"1": 70, "2": 25}
    assert _totals(_report(caller, "CustomerBalance", customer="2")) == {"2": 25, "TOTAL": 25}


def test_point_in_time_reports_honour_report_date_and_ignore_a_range(caller: Caller) -> None:
    invoice = caller.invoice("100.00", TxnDate="2026-01-10")
    caller.payment("40.00", ("Invoice", invoice["Id"], "40.00"), TxnDate="2026-03-05")
    for name in ("CustomerBalance", "AgedReceivables"):
        assert _totals(_report(caller, name, report_date="2026-02-01"))["TOTAL"] == 100
        assert _totals(_report(caller, name, start_date="2026-01-01", end_date="2026-02-01"))["TOTAL"] == 60
        assert _report(caller, name, report_date="2026-02-01")["Header"]["EndPeriod"] == "2026-02-01"


def test_aging_has_its_columns_and_puts_by_due_date(caller: Caller) -> None:
    for due, amount in (("2026-11-30", "1.00"), ("2026-11-10", "2.00"), ("2026-08-01", "4.00")):
        caller.invoice(amount, TxnDate="2026-07-01", DueDate=due)
    report = _report(caller, "AgedReceivables")
    titles = [column["ColTitle"] for column in report["Columns"]["Column"]]
    assert titles[1:] == ["Current", "1 - 30", "31 - 60", "61 - 90", "91 and over", "Total"]
    (line, _) = _cells(report["Rows"])
    assert [cell["value"] for cell in line[1:]] == ["1.00", "2.00", "", "", "4.00", "7.00"]


def test_the_balance_detail_shows_open_documents_with_credits_negative(caller: Caller) -> None:
    caller.invoice("100.00", DocNumber="D-1")
    caller.credit_memo("15.00", DocNumber="D-2")
    caller.payment("5.00")
    paid = caller.invoice("7.00", DocNumber="D-3")
    caller.payment("7.00", ("Invoice", paid["Id"], "7.00"))
    report = _report(caller, "CustomerBalanceDetail")
    number, open_amount = _column(report, "doc_num"), _column(report, "subt_open_bal")
    lines = [cells for cells in _cells(report["Rows"]) if len(cells) > open_amount]
    shown = {cells[number]["value"]: cells[open_amount]["value"] for cells in lines if cells[number]["value"]}
    assert shown == {"D-1": "100.00", "D-2": "-15.00"}
    assert "-5.00" in [cells[open_amount]["value"] for cells in lines]
    everything = _report(caller, "CustomerBalanceDetail", arpaid="All")
    assert "D-3" in str(everything)


def _listed(caller: Caller, **params: str) -> list[str]:
    report = _report(caller, "TransactionList", **params)
    place = _column(report, "txn_type")
    return [cells[place]["id"] for cells in _cells(report["Rows"]) if cells[place].get("id")]


def test_the_transaction_list_needs_both_dates_and_knows_the_cleared_state(caller: Caller) -> None:
    old = caller.invoice("1.00", TxnDate="2025-05-05")
    new = caller.invoice("1.00", TxnDate="2026-11-05")
    payment = caller.payment("9.00")
    line = {"Amount": "9.00", "LinkedTxn": [{"TxnId": payment["Id"], "TxnType": "Payment", "TxnLineId": "0"}]}
    deposit = caller.post("deposit", {"DepositToAccountRef": {"value": "1"}, "Line": [line]})["Deposit"]
    year = {"start_date": "2025-01-01", "end_date": "2026-12-31"}
    assert {old["Id"], new["Id"], payment["Id"], deposit["Id"]} == {*_listed(caller, **year)}
    assert old["Id"] not in _listed(caller, start_date="2025-01-01")
    assert _listed(caller, **year, cleared="Deposited") == [payment["Id"]]
    assert _listed(caller, **year, transaction_type="Deposit") == [deposit["Id"]]
    assert _listed(caller, **year, docnum="nothing") == []
    assert {*_listed(caller, **year, customer="1")} >= {old["Id"], new["Id"]}


def test_income_moves_with_the_basis(caller: Caller) -> None:
    invoice = caller.invoice("100.00", TxnDate="2026-01-10")
    caller.payment("40.00", ("Invoice", invoice["Id"], "40.00"), TxnDate="2026-03-05")

    def income(**params: str) -> str:
        report = _report(caller, "ProfitAndLoss", date_macro="This Fiscal Year", **params)
        rows = [row for row in report["Rows"]["Row"] if row.get("group") == "Income"]
        return str(rows[0]["Summary"]["ColData"][-1]["value"])

    assert (income(accounting_method="Accrual"), income(accounting_method="Cash")) == ("100.00", "40.00")


def test_a_reports_cells_can_be_limited_by_quirk(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qbclean.sandbox.reporting.MOST_CELLS", 10)
    for _ in range(5):
        caller.invoice("1.00")
    period = {"start_date": "2026-01-01", "end_date": "2026-12-31"}
    assert caller.get("reports/TransactionList", **period).status == 200
    caller.admin("POST", "quirks", {"report_cells": "400000"})
    assert caller.get("reports/TransactionList", **period).code == "10100"


def test_a_write_shows_in_the_next_report_and_only_what_it_touched_is_posted_anew(caller: Caller) -> None:
    invoice = caller.invoice("100.00")
    deposited = caller.payment("20.00")
    assert _totals(_report(caller, "CustomerBalance"))["TOTAL"] == 80
    line = {"Amount": "20.00", "LinkedTxn": [{"TxnId": deposited["Id"], "TxnType": "Payment", "TxnLineId": "0"}]}
    caller.post("deposit", {"DepositToAccountRef": {"value": "1"}, "Line": [line]})
    caller.void_invoice(invoice)
    extra = caller.invoice("7.00", customer="2")
    assert _totals(_report(caller, "CustomerBalance")) == {"1": -20, "2": 7, "TOTAL": -13}
    caller.post("invoice", {"Id": extra["Id"], "SyncToken": "0"}, operation="delete")
    assert _totals(_report(caller, "CustomerBalance")) == {"1": -20, "TOTAL": -20}
    checking = next(
        cells for cells in _cells(_report(caller, "BalanceSheet")["Rows"]) if cells[0]["value"] == "Checking"
    )
    assert checking[-1]["value"] == "20.00"
    caller.post("item", {"Id": "1", "SyncToken": "0", "sparse": True, "IncomeAccountRef": {"value": "13"}})
    assert _totals(_report(caller, "CustomerBalance"))["TOTAL"] == -20


def test_other_requests_are_answered_while_a_report_is_computed(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    from threading import Event

    started, go_on = Event(), Event()
    answers: list[Answer] = []

    def slow(_ledger: Any, _params: Any) -> Wire:
        started.set()
        assert go_on.wait(20)
        return {"Header": {}, "Columns": {}, "Rows": {}}

    monkeypatch.setitem(REPORTS, "AccountList", slow)
    asking = Thread(target=lambda: answers.append(Caller(caller.ready).get("reports/AccountList")))
    asking.start()
    assert started.wait(20)
    assert caller.invoice("3.00")["Balance"] == 3
    assert answers == []
    go_on.set()
    asking.join(20)
    assert [answer.status for answer in answers] == [200]
