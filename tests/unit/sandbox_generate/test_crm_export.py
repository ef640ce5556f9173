"""The exports keep the rules of the generic format (design 6)."""

import csv
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest

Rows = list[dict[str, str]]

COLUMNS = {
    "customers": "customer_id,name,company,email,phone,address,qbo_id",
    "jobs": "job_id,customer_id,name,status,contract_amount,start_date,end_date,qbo_id",
    "invoices": "invoice_id,number,customer_id,customer_name,job_id,job_name,date,due_date,status,subtotal,tax,total,"
    "balance,qbo_id",
    "invoice_lines": "invoice_id,line,item,description,quantity,unit_price,amount,taxable",
    "payments": "payment_id,invoice_id,customer_id,date,amount,method,reference,qbo_id",
    "credits": "credit_id,number,invoice_id,customer_id,date,amount,reason,qbo_id",
}


@pytest.fixture
def tables(folder: Path) -> dict[str, Rows]:
    return {name: _read(folder / "crm" / f"{name}.csv") for name in COLUMNS}


@pytest.mark.parametrize("name", COLUMNS)
def test_each_file_has_the_columns_of_the_format(folder: Path, name: str) -> None:
    with (folder / "crm" / f"{name}.csv").open(encoding="utf-8") as file:
        assert file.readline().strip() == COLUMNS[name]


def test_numbers_are_unique_and_some_draws_share_a_base(tables: dict[str, Rows]) -> None:
    numbers = [row["number"] for row in tables["invoices"]]
    assert len(set(numbers)) == len(numbers)
    assert any(number.endswith("-2") and number.replace("-2", "-1") in numbers for number in numbers)
    assert any(number.endswith("-R1") for number in numbers)


def test_a_balance_is_the_total_less_payments_and_credits_never_negative(tables: dict[str, Rows]) -> None:
    received: defaultdict[str, Decimal] = defaultdict(Decimal)
    for row in (*tables["payments"], *tables["credits"]):
        received[row["invoice_id"]] += Decimal(row["amount"])
    for row in tables["invoices"]:
        total, owed = Decimal(row["total"]), Decimal(row["balance"])
        if row["status"] == "void":
            assert owed == 0
        elif row["status"] == "draft":
            assert owed == total
        else:
            assert owed == max(Decimal(0), total - received[row["invoice_id"]])
            assert row["status"] == ("paid" if owed == 0 else "partial" if owed < total else "sent")


def test_lines_and_tax_make_the_total(tables: dict[str, Rows]) -> None:
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    for row in tables["invoice_lines"]:
        sums[row["invoice_id"]] += Decimal(row["amount"])
    for row in tables["invoices"]:
        assert sums[row["invoice_id"]] == Decimal(row["subtotal"])
        assert Decimal(row["subtotal"]) + Decimal(row["tax"]) == Decimal(row["total"])


def test_a_cheque_over_several_invoices_is_several_rows_alike(tables: dict[str, Rows]) -> None:
    by_payment: defaultdict[str, Rows] = defaultdict(list)
    for row in tables["payments"]:
        by_payment[row["payment_id"]].append(row)
    several = [rows for rows in by_payment.values() if len(rows) > 1]
    assert several
    for rows in several:
        assert len({(row["date"], row["method"], row["reference"], row["qbo_id"]) for row in rows}) == 1
        assert len({row["invoice_id"] for row in rows}) == len(rows)


def test_an_overpayment_row_carries_the_full_amount(tables: dict[str, Rows]) -> None:
    totals = {row["invoice_id"]: Decimal(row["total"]) for row in tables["invoices"]}
    received: defaultdict[str, Decimal] = defaultdict(Decimal)
    for row in tables["payments"]:
        received[row["invoice_id"]] += Decimal(row["amount"])
    assert any(received[key] > total for key, total in totals.items())


def test_drafts_voids_retainers_blank_jobs_and_invoices_before_the_books_are_in_the_file(
    tables: dict[str, Rows],
) -> None:
    invoices = tables["invoices"]
    assert {row["status"] for row in invoices} == {"draft", "sent", "partial", "paid", "void"}
    assert any(not row["invoice_id"] for row in tables["payments"])
    assert any(not row["invoice_id"] for row in tables["credits"])
    assert any(not row["job_id"] for row in invoices)
    assert min(row["date"] for row in invoices) < "2024-02-01"


def test_customer_names_differ_a_little_from_the_customer_list(tables: dict[str, Rows]) -> None:
    names = {row["customer_id"]: row["name"] for row in tables["customers"]}
    differing = sum(row["customer_name"] != names[row["customer_id"]] for row in tables["invoices"])
    assert 0.02 < differing / len(tables["invoices"]) < 0.25


def _read(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
