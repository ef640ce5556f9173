"""Damaged exports: each is refused with a message that names the place, and none loses a row in silence (S25)."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from qbclean.crm.json_dump import stated_number
from qbclean.crm.reading import read_crm
from qbclean.errors import CrmFormatError

GOLDEN = Path(__file__).parents[2] / "golden" / "crm"
_JOBBER = "jobber/Invoices_Report_1_of_1_2026-04-01.csv"
_MONEY = "jobber/Transaction_List_2026-04-01.csv"
_ZOHO = "zoho/Invoice.csv"
_PAID = "zoho/Customer_Payment.csv"
_NIMBUS = "jobnimbus/invoices.json"


def swapped(old: str, new: str, times: int = 1) -> Callable[[str], str]:
    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new, times)

    return change


def refusal(folder: Path, source: str, change: Callable[[str], str], others: tuple[str, ...] = ()) -> str:
    """The message with which the changed copy of a golden file is refused."""
    path = folder / Path(source).name
    path.write_bytes(change((GOLDEN / source).read_bytes().decode()).encode())
    more = [Path(shutil.copy(GOLDEN / other, folder)) for other in others]
    with pytest.raises(CrmFormatError) as refused:
        read_crm([path, *more])
    return str(refused.value)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (swapped(",210.0,", ",two hundred,"), 'row 2, Total ($) "two hundred": is not a number'),
        (swapped(",210.0,", ",,"), "row 2, Total ($): is blank"),
        (swapped(",210.0,", ",#REF!,"), 'row 2, Total ($) "#REF!": is not a number'),
        (swapped(",210.0,", ",210.005,"), 'row 2, Total ($) "210.005": has a fraction of a cent'),
        (swapped(",210.0,", ",2.1E+02,"), 'row 2, Total ($) "2.1E+02": is not a number'),
        (swapped(",210.0,", ",210.0.0,"), 'row 2, Total ($) "210.0.0": is not a number'),
        (swapped(",210.0,", ",--210.0,"), 'row 2, Total ($) "--210.0": has more than one sign'),
        (swapped(",210.0,", ",21O.0,"), 'row 2, Total ($) "21O.0": is not a number'),
        (swapped(",210.0,", ",-210.0,"), 'row 2, Total ($) "-210.0": is negative; a credit belongs in credits.csv'),
        (swapped('"1,540.50"', '"1,54.50"'), 'row 3, Total ($) "1,54.50": has a group separator where none belongs'),
        (swapped('"1,540.50"', '"1.540,50"'), 'row 3, Total ($) "1.540,50": is not a number'),
        (swapped('"1,540.50"', "1,540.50"), "row 3: has 20 cells where the header has 19"),
        (swapped("1040.5\r\n", "1040.5,\r\n12\r\n"), "row 4: has 1 cells where the header has 19"),
        (swapped(",Past Due,", ",,"), "row 3, Status: is blank"),
        (swapped('"Jan 15, 2026"', '"Jan 35, 2026"'), 'row 2, Issued date "Jan 35, 2026": is not a date like'),
        (swapped('"Jan 15, 2026"', "15/01/2026"), 'row 2, Issued date "15/01/2026": is not a date like'),
        (swapped('"Jan 15, 2026"', "46037"), 'row 2, Issued date "46037": is not a date like'),
        (swapped('"Jan 15, 2026"', '"Jan 15, 2226"'), 'row 2, Issued date "Jan 15, 2226": is not a plausible date'),
        (swapped('"Jan 15, 2026"', "-"), "row 2, Issued date: is blank"),
        (swapped("9001,Harbor Lane Bakery", "9.0E+03,Harbor Lane Bakery"), 'row 2, Invoice # "9.0E+03": is a number'),
        (swapped("9005,Lee Chen,", "9005,,"), "row 6, Client name: is blank"),
        (swapped('"Smith, John', 'x"Smith, John'), "row 3: has 20 cells"),
        (swapped('Mary",', "Mary,"), "cannot be read after row"),
        (swapped("Client name", "Client nickname"), "lacks the column Client name"),
        (swapped("Total ($)", "Sum"), "lacks the column Total ($)"),
        (swapped("Service street", "Total ($)"), "several columns for total (total: Total ($) or Total ($)#2)"),
        (swapped("Late by", "Client name"), "several columns for customer"),
    ],
)  # fmt: skip
def test_a_damaged_invoice_report_is_refused_by_its_place(
    tmp_path: Path, change: Callable[[str], str], place: str
) -> None:
    assert place in refusal(tmp_path, _JOBBER, change)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (swapped("Payment,-210.00", "Payment,210.00"), "is positive; this export writes a payment below zero"),
        (swapped("Payment,-210.00", "Reversal,-210.00"), '"Reversal": is a kind of row the profile does not know'),
        (swapped("Payment,-210.00", "Payment,0.00"), 'Total $ "0.00": is positive; this export writes'),
        (swapped("Total Transactions,8", "Total Transactions,9"), "row 3 says 9 rows, its rows give 8 rows"),
        (
            swapped('Value,"-1,745.25"', 'Value,"-1,700.25"'),
            "says -1,700.25 for Total $, its rows give -1,745.25 for Total $",
        ),
        (swapped("2026-02-10,Payment", "2026-02-30,Payment"), 'Date "2026-02-30": is not a date'),
    ],
)
def test_a_damaged_list_of_payments_is_refused_by_its_place(
    tmp_path: Path, change: Callable[[str], str], place: str
) -> None:
    assert place in refusal(tmp_path, _MONEY, change, (_JOBBER,))


@pytest.mark.parametrize(
    ("change", "place"),
    [
        # the second line of INV-000101
        (swapped("150.00,450.00,487.13", "150.00,450.00,487.14"), "Total \"487.14\": differs from '487.13' on row 2"),
        # and its first
        (swapped("450.00,487.13,0.00", "450.00,487.13,1.00"), "row 3, Balance \"0.00\": differs from '1.00' on row 2"),
        (swapped("10.00,ft,15.00", "ten,ft,15.00"), 'row 3, Quantity "ten": is not a number'),
        (swapped("ItemAmount,150.00", "ItemAmount,x"), 'row 3, Item Total "x": is not a number'),
        (swapped("460000000012345690", "4.6E+17"), "digits are lost"),
        (swapped(",Overdue,", ",,"), "Invoice Status: is blank"),
    ],
)  # fmt: skip
def test_a_damaged_list_of_lines_is_refused_by_its_place(
    tmp_path: Path, change: Callable[[str], str], place: str
) -> None:
    assert place in refusal(tmp_path, _ZOHO, change)


def test_an_invoice_with_one_bad_line_is_left_out_whole_and_said(tmp_path: Path) -> None:
    path = tmp_path / "Invoice.csv"
    path.write_text((GOLDEN / _ZOHO).read_text().replace("ItemAmount,150.00", "ItemAmount,x"))
    reading = read_crm([path], allow_rejects=2)
    assert [row.row for row in reading.rejected] == [2, 3]
    assert reading.rejected[0].reason == "is left out because row 3 of the same invoice cannot be read"
    assert "INV-000101" not in {invoice.number for invoice in reading.records.invoices}
    assert reading.records.files[0].rejected == 2


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (swapped("600.00,12.87", "601.00,12.87"), 'Amount "600.00": differs from 601.00 on row 2 of the same payment'),
        (swapped("46002,100.00", "46002,500.00"), "makes more than the payment's 600.00 together with the rows before"),
        (swapped("46002,100.00", "46002,"), "is blank where a payment over several invoices needs its part"),
        (swapped(",Paid,46001", ",Bounced,46001"), '"Bounced": is a state of payments the profile does not know'),
        (swapped("2026-03-05,40.00", "2026-03-05,-40.00"), 'Amount "-40.00": is not positive; a refund is no payment'),
    ],
)  # fmt: skip
def test_a_damaged_list_of_applications_is_refused_by_its_place(
    tmp_path: Path, change: Callable[[str], str], place: str
) -> None:
    assert place in refusal(tmp_path, _PAID, change, (_ZOHO,))


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (swapped('"total":1605.00', '"total":"1605.00 or so"'), "is not a number"),
        (swapped('"total":1605.00', '"total":1605.005'), "has a fraction of a cent"),
        (swapped('"total":1605.00', '"total":NaN'), "does not parse"),
        (swapped('"total":1605.00', '"total":null'), "row 1, total: is blank"),
        (swapped('"total":1605.00', '"total":1605.00,"total":1.00'), "the key 'total' stands twice"),
        (swapped('"date_invoice":1767592800', '"date_invoice":"soon"'), 'date_invoice "soon": is not a date'),
        (swapped('"count": 4', '"count": 400'), "the CRM says there are 400 records (count), 4 are here"),
        (lambda text: text[: len(text) // 2], "looks like JSON but does not parse"),
        (swapped('{"jnid":"inv2"', 'null, {"jnid":"inv2"'), "is empty"),
        (swapped('"jnid":"inv2"', '"jnid":"inv1"'), "differs from '1047-795' on row 1 of the same invoice"),
        (swapped('"is_active":true', '"is_active":"perhaps"'), "is neither yes nor no"),
        (swapped('"jnid":"inv1"', '"jnid":null'), "jnid: is blank"),
    ],
)  # fmt: skip
def test_a_damaged_json_dump_is_refused_by_its_record(tmp_path: Path, change: Callable[[str], str], place: str) -> None:
    assert place in refusal(tmp_path, _NIMBUS, change)


def test_a_count_of_records_that_is_no_number_is_none() -> None:
    assert stated_number([{"count": "\u00b2"}, {"count": "12"}], "count") == 12


# ------------------------------------------------------------------ workbooks
_HEADER = ["Invoice #", "Customer Name", "Business Unit", "Job #", "Invoice Date", "Invoice Total", "Balance"]


def a_workbook(folder: Path, rows: list[list[Any]], formula: str = "") -> Path:
    path = folder / "report.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("Report")
    for number, row in enumerate([_HEADER, *rows]):
        sheet.write_row(number, 0, row)
    if formula:
        sheet.write_formula(1, 5, formula, None, "#DIV/0!")
    book.close()
    return path


@pytest.mark.parametrize(
    ("row", "place"),
    [
        ([1001, "Lee", "HVAC", 1, 46037, 10, 0], 'row 2, Invoice Date "46037": is not a date'),
        ([460000000012345678, "Lee", "HVAC", 1, "2026-01-05", 10, 0], "its digits are lost"),
        ([1001, "Lee", "HVAC", 1, "2026-01-05", 10.123, 0], "has a fraction of a cent"),
        ([1001, "Lee", "HVAC", 1, "2026-01-05", "10,5", 0], 'Invoice Total "10,5"'),
        ([1001, "", "HVAC", 1, "2026-01-05", 10, 0], "Customer Name: is blank"),
    ],
)
def test_a_damaged_workbook_is_refused_by_its_cell(tmp_path: Path, row: list[Any], place: str) -> None:
    other = [1002, "Ann", "HVAC", 2, "2026-01-06", 12.5, 0]
    with pytest.raises(CrmFormatError) as refused:
        read_crm([a_workbook(tmp_path, [row, other])])
    assert place in str(refused.value)


def test_a_cell_that_shows_an_error_is_named_not_read_as_blank(tmp_path: Path) -> None:
    with pytest.raises(CrmFormatError, match=r"show an error instead of a value: F2\."):
        read_crm([a_workbook(tmp_path, [[1001, "Lee", "HVAC", 1, "2026-01-05", 10, 0]], formula="=1/0")])


def test_a_totals_row_that_the_rows_do_not_give_is_refused(tmp_path: Path) -> None:
    rows = [[1001, "Lee", "HVAC", 1, "2026-01-05", 10, 0], ["Totals", "", "", "", "", 11, 0]]
    with pytest.raises(
        CrmFormatError, match=r"row 3 says 11.00 for Invoice Total, its rows give 10.00 for Invoice Total"
    ):
        read_crm([a_workbook(tmp_path, rows)])


def test_a_truncated_workbook_is_refused(tmp_path: Path) -> None:
    path = a_workbook(tmp_path, [[1001, "Lee", "HVAC", 1, "2026-01-05", 10, 0]])
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(CrmFormatError, match=r"cannot be read as a workbook|damaged"):
        read_crm([path])


# ------------------------------------------------------------------ what is left out is always said
def test_unknown_status_words_count_as_open_flagged_and_remarked(tmp_path: Path) -> None:
    path = tmp_path / "Invoices_Report.csv"
    path.write_text((GOLDEN / _JOBBER).read_text(encoding="utf-8-sig").replace("Past Due", "In dispute"))
    reading = read_crm([path])
    assert reading.records.invoices[1].flags == ("unknown_status",)
    assert "Status 'In dispute' is not known and counts as open: invoice 9002." in reading.remarks


def test_every_data_row_is_a_record_a_rejection_or_a_remark(tmp_path: Path) -> None:
    """Whatever single cell of the report is damaged, nothing disappears unsaid."""
    lines = (GOLDEN / _JOBBER).read_text(encoding="utf-8-sig").splitlines()
    for column in range(19):
        rows = list(csv.reader(lines))
        rows[1][column] = "?!"
        path = tmp_path / f"Invoices_Report_{column}.csv"
        with path.open("w", newline="") as file:
            csv.writer(file).writerows(rows)
        reading = read_crm([path], allow_rejects=10)
        assert len(reading.records.invoices) + len(reading.rejected) == 6, lines[0].split(",")[column]


def test_a_page_that_was_not_saved_is_missed_but_all_pages_together_are_read(tmp_path: Path) -> None:
    whole = json.loads((GOLDEN / _NIMBUS).read_text())
    pages = [{"count": 4, "results": whole["results"][start : start + 2]} for start in (0, 2)]
    for number, page in enumerate(pages):
        (tmp_path / f"invoices-{number}.json").write_text(json.dumps(page))
    assert len(read_crm([tmp_path]).records.invoices) == 4
    (tmp_path / "invoices-1.json").unlink()
    with pytest.raises(CrmFormatError, match="Pages of the answer are missing"):
        read_crm([tmp_path])


def test_a_workbook_damaged_anywhere_is_refused_or_reads_as_before(tmp_path: Path) -> None:
    """Bytes zeroed at places all over the file: headers, compressed sheets, the directory at the end."""
    path = a_workbook(tmp_path, [[1001, "Lee", "HVAC", 1, "2026-01-05", 10, 0]])
    whole, before = path.read_bytes(), read_crm([path]).records.invoices
    for at in range(0, len(whole) - 8, 61):
        path.write_bytes(whole[:at] + bytes(8) + whole[at + 8 :])
        try:
            again = read_crm([path]).records.invoices
        except CrmFormatError:
            continue
        assert again == before, at
