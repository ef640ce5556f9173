from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from qbclean.errors import GatewayError, RefusedError
from qbclean.model.refs import DocumentRef
from qbclean.qbo import reports

TODAY = date(2026, 11, 20)


class Shelf:
    """Hands out one report and notes what was asked for."""

    def __init__(self, *answers: dict[str, Any] | GatewayError) -> None:
        self.answers = list(answers)
        self.asked: list[Mapping[str, str]] = []

    def report(self, name: str, params: Mapping[str, str], doing: str) -> bytes:
        self.asked.append({"name": name, **params})
        answer = self.answers.pop(0)
        if isinstance(answer, GatewayError):
            raise answer
        return json.dumps(answer).encode()


def a_column(key: str, kind: str, **more: str) -> dict[str, Any]:
    pairs = {"ColKey": key, **more} if key else more
    return {"ColTitle": "", "ColType": kind, "MetaData": [{"Name": n, "Value": v} for n, v in pairs.items()]}


def cells(*values: str | tuple[str, str]) -> list[dict[str, str]]:
    return [{"value": v} if isinstance(v, str) else {"value": v[0], "id": v[1]} for v in values]


def balances(
    *rows: dict[str, Any], as_of: str = "2026-11-20", columns: list[dict[str, Any]] | None = None
) -> dict[str, Any]:
    return {
        "Header": {"EndPeriod": as_of, "Option": [{"Name": "report_date", "Value": as_of}]},
        "Columns": {"Column": columns or [a_column("cust_name", "Customer"), a_column("total", "Money")]},
        "Rows": {"Row": list(rows)} if rows else {},
    }


def grand(total: str) -> dict[str, Any]:
    return {"Summary": {"ColData": cells("TOTAL", total)}, "type": "Section", "group": "GrandTotal"}


def a_family(own: str, *jobs: tuple[str, str], total: str) -> dict[str, Any]:
    return {
        "Header": {"ColData": cells(("Harbor", "58"), own)},
        "Rows": {"Row": [{"ColData": cells((f"Job {id_}", id_), amount)} for id_, amount in jobs]},
        "Summary": {"ColData": cells("Total Harbor", total)},
        "type": "Section",
    }


def test_a_parents_own_balance_and_each_jobs_are_kept_apart() -> None:
    report = balances(
        a_family("100.00", ("59", "40.00"), ("60", "-12.50"), total="127.50"),
        {"ColData": cells(("Cedar", "61"), "1,000.00"), "type": "Data"},
        grand("1127.50"),
    )
    found = reports.ar_by_customer(Shelf(report), TODAY)
    assert found == {"58": Decimal("100.00"), "59": Decimal("40.00"), "60": Decimal("-12.50"), "61": Decimal("1000.00")}


def test_a_parent_whose_heading_is_blank_owes_what_its_jobs_do_not() -> None:
    blank = a_family("", ("59", "40.00"), total="40.00")
    rest = a_family("", ("59", "40.00"), total="55.00")
    assert reports.ar_by_customer(Shelf(balances(blank, grand("40.00"))), TODAY) == {"59": Decimal("40.00")}
    assert reports.ar_by_customer(Shelf(balances(rest, grand("55.00"))), TODAY)["58"] == Decimal("15.00")


def test_jobs_of_jobs_are_found() -> None:
    inner = a_family("1.00", ("59", "2.00"), total="3.00")
    outer = {
        "Header": {"ColData": cells(("Top", "50"), "4.00")},
        "Rows": {"Row": [inner]},
        "Summary": {"ColData": cells("Total Top", "7.00")},
    }
    found = reports.ar_by_customer(Shelf(balances(outer, grand("7.00"))), TODAY)
    assert found == {"50": Decimal("4.00"), "58": Decimal("1.00"), "59": Decimal("2.00")}


def test_columns_are_found_by_key_wherever_they_stand() -> None:
    columns = [a_column("total", "Money"), a_column("x", "Other"), a_column("cust_name", "Customer")]
    report = balances({"ColData": cells("5.00", "?", ("Cedar", "61"))}, columns=columns)
    assert reports.ar_by_customer(Shelf(report), TODAY) == {"61": Decimal("5.00")}


def test_no_open_balances_is_an_empty_answer() -> None:
    assert reports.ar_by_customer(Shelf(balances()), TODAY) == {}


@pytest.mark.parametrize(
    "report",
    [
        balances(as_of="2026-11-23"),
        balances({"ColData": cells(("Cedar", "61"), "5.00")}, grand("6.00")),
        balances(a_family("100.00", ("59", "40.00"), total="141.00"), grand("141.00")),
        balances({"ColData": cells(("Cedar", "61"), "n/a")}),
        balances({"ColData": cells(("Cedar", "61"), "5.005")}),
        balances(columns=[a_column("", "Customer"), a_column("", "Money"), a_column("", "Money")]),
    ],
    ids=["another day", "wrong total", "wrong subtotal", "no amount", "fraction of a cent", "two money columns"],
)
def test_a_report_that_does_not_hold_together_is_refused(report: dict[str, Any]) -> None:
    """S29: unknown means stop, never a number."""
    with pytest.raises(GatewayError, match="cannot be used"):
        reports.ar_by_customer(Shelf(report), TODAY)


def a_list(first: date, last: date, *rows: dict[str, Any]) -> dict[str, Any]:
    return {
        "Header": {"StartPeriod": first.isoformat(), "EndPeriod": last.isoformat()},
        "Columns": {"Column": [a_column("tx_date", "Date"), a_column("txn_type", "String")]},
        "Rows": {"Row": list(rows)},
    }


def a_txn(kind: str, id_: str) -> dict[str, Any]:
    return {"ColData": cells("2026-01-01", (kind, id_)), "type": "Data"}


def test_reconciled_transactions_are_named_by_our_kinds() -> None:
    group = {"Header": {"ColData": cells("Checking", "")}, "Rows": {"Row": [a_txn("Refund", "9")]}, "type": "Section"}
    rows = [
        a_txn("Payment", "410"),
        a_txn("Credit Memo", "5"),
        a_txn("Journal Entry", "6"),
        a_txn("Expense", "7"),
        group,
    ]
    shelf = Shelf(a_list(reports.FIRST_DAY, reports.LAST_DAY, *rows))
    assert reports.reconciled(shelf) == {
        DocumentRef("Payment", "410"),
        DocumentRef("CreditMemo", "5"),
        DocumentRef("JournalEntry", "6"),
        DocumentRef("RefundReceipt", "9"),
    }
    assert shelf.asked[0]["cleared"] == "Reconciled"


def test_a_list_too_large_for_one_report_is_asked_for_in_halves() -> None:
    middle = reports.FIRST_DAY + (reports.LAST_DAY - reports.FIRST_DAY) / 2
    shelf = Shelf(
        RefusedError("Too large.", code="10100"),
        a_list(reports.FIRST_DAY, middle, a_txn("Payment", "1")),
        a_list(middle + date.resolution, reports.LAST_DAY, a_txn("Payment", "2")),
    )
    assert reports.reconciled(shelf) == {DocumentRef("Payment", "1"), DocumentRef("Payment", "2")}


def test_another_refusal_of_a_report_is_passed_on() -> None:
    with pytest.raises(RefusedError):
        reports.reconciled(Shelf(RefusedError("No.", code="5020")))
