"""Files that are no list of invoices, totals in the middle, dates of either order: what is said, what is read."""

from __future__ import annotations

import json
import zipfile
from datetime import date
from pathlib import Path

import pytest

from qbclean.crm.reading import read_crm
from qbclean.errors import CrmFormatError

_HEADER = "Invoice Number,Customer,Date,Due Date,Total,Balance\n"


def refusal(path: Path, content: str | bytes) -> str:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(CrmFormatError) as refused:
        read_crm([path])
    return str(refused.value)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("r.csv", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "is a PDF"),
        ("r.xls", "<html><table><tr><th>Invoice #</th><td>1</td></tr></table></html>", "web page or XML"),
        ("r.xls", '\ufeff<?xml version="1.0"?><Workbook></Workbook>', "save it as XLSX or CSV"),
        (
            "r.xlsx",
            bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600) + "EncryptedPackage".encode("utf-16-le"),
            "protected by a password",
        ),
    ],
)
def test_a_file_of_another_kind_is_named(tmp_path: Path, name: str, content: str | bytes, said: str) -> None:
    assert said in refusal(tmp_path / name, content)


def test_an_archive_is_named_with_what_is_in_it(tmp_path: Path) -> None:
    path = tmp_path / "Invoice.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("Invoice.csv", _HEADER)
    assert "is a ZIP archive (Invoice.csv)" in refusal(path, path.read_bytes())


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (_HEADER, "There is no invoice in x.csv."),
        (
            "Deposit Detail\n\nDate,Transaction type,Num,Customer,Amount\n2026-01-01,Deposit,1,Ann,5.00\n",
            "There is no invoice in x.csv: it looks like a deposit report.",
        ),
    ],
)
def test_a_list_without_an_invoice_does_not_replace_the_last_import(tmp_path: Path, content: str, said: str) -> None:
    assert said in refusal(tmp_path / "x.csv", content)


def test_an_answer_without_records_is_no_stranger(tmp_path: Path) -> None:
    one = {"jnid": "i1", "number": "1", "date_invoice": 1767700800, "total": 5, "due": 5, "status_name": "Sent",
           "is_active": True, "related": [{"type": "contact", "id": "c", "name": "Ann"}], "items": []}  # fmt: skip
    files = {"invoices.json": {"count": 1, "results": [one]}, "credit_memos.json": {"count": 0, "results": []}}
    for name, answer in files.items():
        (tmp_path / name).write_text(json.dumps(answer))
    reading = read_crm([tmp_path / name for name in files])
    assert len(reading.records.invoices) == 1
    assert "Answers without a record: credit_memos.json." in reading.remarks


def test_subtotals_between_the_rows_are_checked_each_for_its_own(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    rows = (
        "Customer,Invoice Number,Date,Total,Balance\nAnn,1,2026-01-02,5.00,5.00\nAnn,2,2026-01-02,6.00,6.00\n"
        "Total for Ann,,,11.00,11.00\nBo,3,2026-01-02,4.00,4.00\nTotal for Bo,,,4.00,4.00\nTOTAL,,,15.00,15.00\n"
    )
    path.write_text(rows)
    assert [str(one.total) for one in read_crm([path]).records.invoices] == ["5.00", "6.00", "4.00"]
    assert "row 4 says 11.50 for Total" in refusal(path, rows.replace("Ann,,,11.00", "Ann,,,11.50"))
    assert "row 7 says 4.00 for Total" in refusal(path, rows.replace("TOTAL,,,15.00", "TOTAL,,,4.00"))


def test_a_total_that_is_off_by_a_cent_is_off(tmp_path: Path) -> None:
    said = refusal(tmp_path / "list.csv", _HEADER + "1,Ann,2026-01-02,2026-02-02,5.00,5.00\nTotal,,,,5.01,5.00\n")
    assert "row 3 says 5.01 for Total, its rows give 5.00" in said


def test_a_total_that_counts_an_invoice_of_two_lines_once_is_right(tmp_path: Path) -> None:
    path = tmp_path / "lines.csv"
    path.write_text(
        "Invoice Date,Invoice ID,Invoice Number,Invoice Status,Customer ID,Customer Name,Item Name,Quantity,Item Price,"
        "Item Total,SubTotal,Total,Balance\n"
        "2026-01-05,1,INV-1,Sent,7,Ann,Roof,1,60.00,60.00,100.00,100.00,100.00\n"
        "2026-01-05,1,INV-1,Sent,7,Ann,Gutter,1,40.00,40.00,100.00,100.00,100.00\n"
        "Total,,,,,,,,,100.00,100.00,100.00,100.00\n"
    )
    (invoice,) = read_crm([path]).records.invoices
    assert str(invoice.total) == "100.00"


def test_one_order_of_day_and_month_holds_for_all_dates_of_a_file(tmp_path: Path) -> None:
    """The due date proves what the invoice date alone would leave open."""
    path = tmp_path / "list.csv"
    path.write_text(_HEADER + "1,Ann,03/02/2026,28/02/2026,5.00,5.00\n2,Bo,04/05/2026,30/05/2026,6.00,6.00\n")
    reading = read_crm([path])
    assert [one.date for one in reading.records.invoices] == [date(2026, 2, 3), date(2026, 5, 4)]
    assert "Dates are read day first, because only that fits all of them: list.csv." in reading.remarks


def test_dates_of_both_orders_in_one_file_are_refused(tmp_path: Path) -> None:
    rows = "1,Ann,03/02/2026,28/02/2026,5.00,5.00\n2,Bo,04/25/2026,05/25/2026,6.00,6.00\n"
    assert 'Due Date "28/02/2026": is not a date' in refusal(tmp_path / "list.csv", _HEADER + rows)
