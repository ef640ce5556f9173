"""Several exports in one import: overlaps, joins across files, a client that moved from one CRM to another."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter

from qbclean.crm.inspection import inspect_export
from qbclean.crm.reading import read_crm
from qbclean.errors import CrmFormatError
from qbclean.model.crm import CrmApplication

_JOBBER = "Invoice #,Client name,Client phone,Issued date,Due date,Status,Total ($),Balance ($)\n"
_WORKIZ = "UUID,Job #,Client,Status,Sub-Status,Tech,Job Date,Invoiced,Total,Amount Due\n"
_ACCULYNX = (
    "Invoice Number,Invoice Status,Invoice Date,Last Recorded Date,Invoice Total,Invoice Balance Due,Phone Number,"
    "Current Milestone\n"
)


def a_file(folder: Path, name: str, content: str) -> Path:
    path = folder / name
    path.write_text(content)
    return path


def test_an_invoice_in_two_overlapping_exports_is_read_once_and_said(tmp_path: Path) -> None:
    row = '9001,Ann,,"Jan 15, 2026",,Paid,210.0,0.0\n'
    one = a_file(tmp_path, "Invoices_Report_1.csv", _JOBBER + row)
    two = a_file(tmp_path, "Invoices_Report_2.csv", _JOBBER + row + '9002,Ann,,"Jan 16, 2026",,Paid,5.0,0.0\n')
    reading = read_crm([one, two])
    assert [invoice.number for invoice in reading.records.invoices] == ["9001", "9002"]
    assert reading.remarks == (
        "The same invoice in two files, read once: 9001 (Invoices_Report_1.csv, Invoices_Report_2.csv).",
    )


def test_two_states_of_one_invoice_are_not_chosen_between(tmp_path: Path) -> None:
    one = a_file(tmp_path, "Invoices_1.csv", _JOBBER + '9001,Ann,,"Jan 15, 2026",,Past Due,210.0,210.0\n')
    two = a_file(tmp_path, "Invoices_2.csv", _JOBBER + '9001,Ann,,"Jan 15, 2026",,Paid,210.0,0.0\n')
    with pytest.raises(CrmFormatError, match=r"stands on row 2 of Invoices_1\.csv already and says something else"):
        read_crm([one, two])


def test_two_sales_under_one_number_are_both_kept_and_flagged(tmp_path: Path) -> None:
    rows = '9001,Ann,,"Jan 15, 2026",,Paid,210.0,0.0\n9001,Lee,,"Jan 16, 2026",,Paid,99.0,0.0\n'
    pays = "Client name,Date,Type,Total $,Method,Invoice #,Transaction ID\nLee,2026-02-01,Payment,-99.00,Cash,9001,t1\n"
    reading = read_crm(
        [a_file(tmp_path, "Invoices.csv", _JOBBER + rows), a_file(tmp_path, "Transaction_List.csv", pays)]
    )
    assert [(it.crm_id, it.flags) for it in reading.records.invoices] == [
        ("9001", ("duplicate_number",)),
        ("9001#2", ("duplicate_number",)),
    ]
    # the customer tells which of the two was paid
    assert reading.records.payments[0].applied == (CrmApplication(invoice_id="9001#2", amount=Decimal("99.00")),)


def test_a_payment_on_a_number_that_cannot_be_told_apart_is_not_linked(tmp_path: Path) -> None:
    rows = '9001,Ann,,"Jan 15, 2026",,Paid,210.0,0.0\n9001,Ann,,"Feb 16, 2026",,Paid,99.0,0.0\n'
    pays = "Client name,Date,Type,Total $,Method,Invoice #,Transaction ID\nAnn,2026-02-01,Payment,-99.00,Cash,9001,t1\n"
    reading = read_crm(
        [a_file(tmp_path, "Invoices.csv", _JOBBER + rows), a_file(tmp_path, "Transaction_List.csv", pays)]
    )
    assert reading.records.payments[0].applied == ()
    assert any("Invoice numbers that several invoices have" in remark for remark in reading.remarks)


def test_a_client_that_moved_keeps_both_crms_and_no_invoice_twice(tmp_path: Path) -> None:
    jobber = '9001,Ann,,"Jan 15, 2026",,Paid,210.0,0.0\n2002,Ann,,"Feb 1, 2026",,Past Due,50.0,50.0\n'
    workiz = "U1,9001,Ann,Done,,Sam,01/15/2026,Yes,210.00,0.00\nU2,2002,Lee,Done,,Sam,02/02/2026,Yes,75.00,75.00\n"
    reading = read_crm(
        [a_file(tmp_path, "Invoices.csv", _JOBBER + jobber), a_file(tmp_path, "jobs.csv", _WORKIZ + workiz)]
    )
    assert [(it.crm_id, it.number, it.customer_name) for it in reading.records.invoices] == [
        ("9001", "9001", "Ann"), ("2002", "2002", "Ann"), ("U2", "2002", "Lee"),
    ]  # fmt: skip
    assert "The same invoice in two CRMs, read once: 9001 (Invoices.csv, jobs.csv)." in reading.remarks
    assert [file.profile for file in reading.records.files] == ["jobber", "workiz"]


def test_an_invoice_without_customer_finds_it_by_phone_then_by_job(tmp_path: Path) -> None:
    invoices = _ACCULYNX + "7-1,Unpaid,1/5/26,,10,10,(555) 010-2200,\n8-1,Unpaid,1/6/26,,20,20,,\n"
    contacts = "Contact: First Name,Contact: Last Name,Contact: Phone,Contact: Types\nAnn,Vale,555.010.2200,Owner\n"
    aging = "Job Name,Phone Number,Balance Due\n8: Lee  Chen,,20\n"
    files = [
        a_file(tmp_path, "invoices.csv", invoices),
        a_file(tmp_path, "contacts.csv", contacts),
        a_file(tmp_path, "ar_age.csv", aging),
    ]
    found = read_crm(files).records.invoices
    assert [(it.customer_name, it.customer_id) for it in found] == [
        ("Ann Vale", "name:ann vale"), ("Lee Chen", "name:lee chen"),
    ]  # fmt: skip


def test_a_phone_that_two_customers_share_finds_neither(tmp_path: Path) -> None:
    invoices = _ACCULYNX + "7-1,Unpaid,1/5/26,,10,10,(555) 010-2200,\n"
    contacts = (
        "Contact: First Name,Contact: Last Name,Contact: Phone,Contact: Types\n"
        "Ann,Vale,555.010.2200,Owner\nLee,Chen,5550102200,Owner\n"
    )
    files = [a_file(tmp_path, "invoices.csv", invoices), a_file(tmp_path, "contacts.csv", contacts)]
    with pytest.raises(CrmFormatError, match=r"names no customer; no single customer .* has phone \(555\) 010-2200 or"):
        read_crm(files)


def test_allowed_rejects_are_recorded_with_the_file(tmp_path: Path) -> None:
    rows = '9001,Ann,,"Jan 15, 2026",,Paid,210.0,0.0\n9002,Ann,,"Jan 16, 2026",,Paid,?,0.0\n'
    path = a_file(tmp_path, "Invoices.csv", _JOBBER + rows)
    (file,) = read_crm([path], allow_rejects=1).records.files
    assert (file.records, file.rejected) == (1, 1)


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("Invoice,Customer,Date,Total,Amount,Due Date", "1,Ann,2026-01-05,5,5,"),
        ("Invoice,Customer,Client,Date,Total,Due Date", "1,Ann,Ann,2026-01-05,5,"),
        ("Invoice,Customer,Date,Total,Total,Due Date", "1,Ann,2026-01-05,5,5,"),
    ],
)
def test_two_candidates_for_one_field_are_never_chosen_between(tmp_path: Path, header: str, row: str) -> None:
    with pytest.raises(CrmFormatError, match=r"has several columns for (total|customer).*Which one counts would be"):
        read_crm([a_file(tmp_path, "export.csv", f"{header}\n{row}\n")])


@pytest.mark.parametrize(
    ("name", "header", "known_as"),
    [
        ("estimates.csv", "Number,Customer,Date,Total,Status,Due Date", "a list of estimates"),
        ("report.csv", "Bill no,Vendor,Date,Due Date,Amount,Balance", "a bill or vendor list"),
        (
            "Jobber_Payments.csv",
            "Client name,Date,Type,Paid with,Paid through,Total $,Payout #",
            "a deposit report",
        ),
        ("report.csv", "Account,Debit,Credit\nTrial Balance", "a trial balance"),
        ("ar.csv", "Customer,Phones,Balance,<= 30,31-60,61-90,91-120,> 120", "an A/R aging report"),
    ],
)
def test_a_file_of_another_kind_is_recognised_whatever_its_columns(
    tmp_path: Path, name: str, header: str, known_as: str
) -> None:
    with pytest.raises(CrmFormatError, match=f"it looks like {known_as}"):
        read_crm([a_file(tmp_path, name, f"{header}\n1,Ann,2026-01-05,5,Sent,2026-02-05\n")])


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("Invoice,Customer,Date,Total,Currency,Due Date\n1,Ann,2026-01-05,5,USD,\n2,Ann,2026-01-06,6,CAD,\n",
         'row 3, Currency "CAD": is not the currency of the books, USD'),
        ("Invoice,Customer,Date,Total,Due Date\n1,Ann,2026-01-05,$5.00,\n2,Ann,2026-01-06,€6.00,\n",
         'row 3, Total "€6.00": is in EUR, which is not the currency of the books, USD'),
        ("Invoice,Customer,Date,Total,Due Date\n1,Ann,2026-01-05,$5.00,\n2,Ann,2026-01-06,C$6.00,\n", "is in CAD"),
        ("Invoice,Customer,Date,Total (£),Due Date\n1,Ann,2026-01-05,5.00,\n", "is in GBP"),
    ],
)  # fmt: skip
def test_money_of_another_currency_does_not_count_as_the_books_own(tmp_path: Path, rows: str, said: str) -> None:
    path = a_file(tmp_path, "export.csv", rows)
    with pytest.raises(CrmFormatError) as refused:
        read_crm([path])
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("name", "header", "row"),
    [
        (
            "Customer_Payment.csv",
            "Payment Number,CustomerPayment ID,Customer Name,Date,Amount,Currency Code,Mode,Invoice Number",
            "1,9,Ann,2026-01-09,5,EUR,Check,1",
        ),
        ("credits.csv", "Credit Memo #,Customer,Credit Date,Amount,Currency,Reason", "CM1,Ann,2026-01-09,5,EUR,x"),
    ],
)
def test_payments_and_credits_have_a_currency_too(tmp_path: Path, name: str, header: str, row: str) -> None:
    path = a_file(tmp_path, name, f"{header}\n{row}\n")
    (section,) = inspect_export(path).sections
    assert [(it.cell, it.row) for it in section.rejected] == [("EUR", 2)]
    (section,) = inspect_export(path, currency="EUR").sections
    assert (section.records, section.rejected) == (1, ())


def test_a_company_that_keeps_its_books_in_another_currency_reads_its_own(tmp_path: Path) -> None:
    rows = "Invoice,Customer,Date,Total,Balance,Currency\n1,Ann,2026-01-05,$5,$5,CAD\n2,Ann,2026-01-06,C$6,$6,\n"
    path = a_file(tmp_path, "export.csv", rows)
    assert len(read_crm([path], currency="CAD").records.invoices) == 2


def test_lines_below_the_rows_are_skipped_and_said_but_never_a_cut_off_row(tmp_path: Path) -> None:
    rows = '9001,Ann,,"Jan 15, 2026",,Paid,210.0,0.0\n'
    path = a_file(tmp_path, "Invoices.csv", _JOBBER + rows + "\nGenerated on Jan 31\n")
    assert read_crm([path]).remarks == ("Rows that are no records, skipped: row 4 of Invoices.csv.",)
    path.write_text(_JOBBER + rows + "9002\n")
    with pytest.raises(CrmFormatError, match="row 3: has 1 cells where the header has 8"):
        read_crm([path])


def test_a_payment_with_one_bad_row_is_left_out_whole(tmp_path: Path) -> None:
    invoices = "Invoice #,Customer,Date,Total,Balance,Status\n1,Ann,2026-01-05,60,0,Paid\n2,Ann,2026-01-05,40,0,Paid\n"
    payments = "Payment #,Customer,Payment Date,Amount,Invoice #,Check #\n"
    payments += "P1,Ann,2026-02-01,100,1,7\nP1,Ann,2026-02-01,100,2,7\n"
    files = [a_file(tmp_path, "invoices.csv", invoices), a_file(tmp_path, "payments.csv", payments)]
    reading = read_crm(files, allow_rejects=2)
    assert reading.records.payments == ()
    assert [row.row for row in reading.rejected] == [2, 3]


def test_a_sheet_that_is_not_read_is_said(tmp_path: Path) -> None:
    path = tmp_path / "report.xlsx"
    book = xlsxwriter.Workbook(str(path))
    header = ["Invoice #", "Customer Name", "Business Unit", "Job #", "Invoice Date", "Invoice Total"]
    for name, rows in {"Invoices": [header, ["1", "Ann", "HVAC", "7", "2026-01-05", 5]], "Notes": [["a", "b"]]}.items():
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    book.close()
    reading = read_crm([path])
    assert reading.records.invoices[0].file == "report.xlsx [Invoices]"
    assert "Sheets that were not read, nothing on them is known: report.xlsx [Notes]." in reading.remarks


def test_files_that_fit_two_profiles_alike_are_left_to_the_user(tmp_path: Path) -> None:
    (tmp_path / "profiles").mkdir()
    mine = '[profile]\nname = "{}"\ntitle = "x"\n[[file]]\nrole = "invoices"\nrequire = ["number", "total"]\n'
    mine += 'signs = ["Beleg", "Summe"]\n[file.columns]\nnumber = ["Beleg"]\ntotal = ["Summe"]\ncustomer = ["Wer"]\n'
    mine += 'date = ["Wann"]\n'
    for name in ("one", "two"):
        a_file(tmp_path / "profiles", f"{name}.toml", mine.format(name))
    path = a_file(tmp_path, "export.csv", "Beleg,Summe,Wer,Wann\n1,5,Ann,2026-01-05\n")
    with pytest.raises(CrmFormatError, match=r"fits more than one profile: one \(95\), two \(95\)"):
        read_crm([path], home=tmp_path)
    assert len(read_crm([path], "two", home=tmp_path).records.invoices) == 1
