"""The generic format: what is read, what is refused, what is remarked on."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from qbclean.crm import CRM_READERS
from qbclean.errors import CrmFormatError
from qbclean.model.crm import CrmApplication, CrmInvoice, CrmLine
from qbclean.ports.crm import CrmReading
from tests.unit.crm.exports import (
    CUSTOMERS,
    INVOICE_LINES,
    INVOICES,
    PAYMENTS,
    ROLES,
    a_payment,
    an_invoice,
    write_rows,
)

GENERIC = next(reader for reader in CRM_READERS if reader.name == "generic")


def imported(folder: Path, **files: list[dict[str, object]]) -> CrmReading:
    """Rows by role name; there is always one invoice."""
    roles = {role.name: role for role in ROLES}
    return GENERIC.read(
        [write_rows(folder, roles[name], rows) for name, rows in {"invoices": [an_invoice()], **files}.items()]
    )


def test_an_invoice_is_read_field_by_field(tmp_path: Path) -> None:
    row = an_invoice(
        number="00123", job_id="j1", job_name="Roof", due_date="2026-02-05", status="partial", subtotal="100",
        tax="10.00", balance="60.00", qbo_id="231",
    )  # fmt: skip
    assert imported(tmp_path, invoices=[row]).records.invoices == (
        CrmInvoice(
            crm_id="1", qbo_id="231", file="invoices.csv", rows=(2,), number="00123", customer_id="c1",
            customer_name="Smith", job_id="j1", job_name="Roof", date=date(2026, 1, 5), due_date=date(2026, 2, 5),
            status="partial", subtotal=Decimal("100.00"), tax=Decimal("10.00"), total=Decimal("110.00"),
            balance=Decimal("60.00"),
        ),
    )  # fmt: skip


def test_what_the_export_leaves_out_is_none_not_zero(tmp_path: Path) -> None:
    path = tmp_path / "invoices.csv"
    path.write_text("invoice_id,number,date,status,total,customer_name\n1,1042,2026-01-05,sent,110,Smith\n")
    (invoice,) = GENERIC.read([path]).records.invoices
    assert (invoice.tax, invoice.subtotal, invoice.balance, invoice.lines) == (None, None, None, None)


@pytest.mark.parametrize(
    ("status", "balance", "read", "flags"),
    [
        ("draft", "110", "draft", ()),
        ("sent", "", "open", ()),
        ("sent", "110", "open", ()),
        ("Sent", "60", "partial", ()),
        ("sent", "0", "paid", ()),
        ("paid", "0", "paid", ()),
        ("paid", "60", "paid", ("paid_with_balance",)),
        ("void", "0", "void", ()),
        ("disputed", "110", "open", ("unknown_status",)),
    ],
)
def test_the_status_follows_one_rule_and_contradictions_are_flagged(
    tmp_path: Path, status: str, balance: str, read: str, flags: tuple[str, ...]
) -> None:
    (invoice,) = imported(tmp_path, invoices=[an_invoice(status=status, balance=balance)]).records.invoices
    assert (invoice.status, invoice.flags) == (read, flags)


def test_lines_come_in_their_order_and_an_invoice_without_any_has_none(tmp_path: Path) -> None:
    reading = imported(
        tmp_path,
        invoices=[an_invoice(total="30"), an_invoice(invoice_id="2", number="1043", total="0")],
        invoice_lines=[
            {"invoice_id": "1", "line": "10", "amount": "20", "item": "Labor", "quantity": "2", "unit_price": "10"},
            {"invoice_id": "1", "line": "9", "amount": "10.00", "description": "Pipe", "taxable": "yes"},
        ],
    )
    assert [invoice.lines for invoice in reading.records.invoices] == [
        (
            CrmLine(description="Pipe", amount=Decimal("10.00"), taxable=True),
            CrmLine(item="Labor", amount=Decimal("20.00"), quantity=Decimal(2), unit_price=Decimal(10)),
        ),
        (),
    ]


def test_a_cheque_over_three_invoices_is_one_payment(tmp_path: Path) -> None:
    rows = [
        a_payment(payment_id=f"p{n}", invoice_id=str(n), amount=f"{n}0", method="check", reference="778", qbo_id="55")
        for n in (1, 2, 3)
    ]
    invoices = [an_invoice(invoice_id=str(n), number=f"{n}") for n in (1, 2, 3)]
    (payment,) = imported(tmp_path, invoices=invoices, payments=rows).records.payments
    assert (payment.crm_id, payment.amount, payment.qbo_id, payment.rows) == ("p1", Decimal("60.00"), "55", (2, 3, 4))
    assert payment.applied == tuple(CrmApplication(invoice_id=str(n), amount=Decimal(f"{n}0.00")) for n in (1, 2, 3))


def test_a_cheque_goes_by_its_first_id_whatever_the_order_of_its_rows(tmp_path: Path) -> None:
    rows = [a_payment(payment_id=f"p{n}", invoice_id=str(n), method="check", reference="778") for n in (10, 9, 11)]
    invoices = [an_invoice(invoice_id=str(n), number=f"{n}") for n in (9, 10, 11)]
    (payment,) = imported(tmp_path, invoices=invoices, payments=rows).records.payments
    assert (payment.crm_id, [part.invoice_id for part in payment.applied]) == ("p9", ["9", "10", "11"])


@pytest.mark.parametrize(
    "other", [{"reference": "779"}, {"date": "2026-02-02"}, {"customer_id": "c2"}, {"method": "card"}, {"qbo_id": "9"}]
)
def test_rows_that_differ_in_one_respect_are_separate_payments(tmp_path: Path, other: dict[str, object]) -> None:
    rows = [
        a_payment(method="check", reference="778"),
        a_payment(payment_id="p2", invoice_id="2", **{"method": "check", "reference": "778", **other}),
    ]
    assert len(imported(tmp_path, payments=rows).records.payments) == 2


def test_payments_without_a_reference_are_never_taken_for_one_cheque(tmp_path: Path) -> None:
    rows = [a_payment(method="cash"), a_payment(payment_id="p2", invoice_id="2", method="cash")]
    assert [it.crm_id for it in imported(tmp_path, payments=rows).records.payments] == ["p1", "p2"]


def test_cash_for_two_invoices_is_one_payment_where_the_crm_stores_one_quickbooks_payment_for_both(
    tmp_path: Path,
) -> None:
    rows = [a_payment(payment_id=f"p{n}", invoice_id=str(n), method="cash", qbo_id="55") for n in (1, 2)]
    (payment,) = imported(tmp_path, payments=rows).records.payments
    assert (payment.crm_id, len(payment.applied)) == ("p1", 2)


def test_the_same_invoice_twice_under_one_reference_stays_two_payments(tmp_path: Path) -> None:
    rows = [a_payment(payment_id=f"p{n}", reference="778") for n in (1, 2)]
    assert [it.crm_id for it in imported(tmp_path, payments=rows).records.payments] == ["p1", "p2"]


def test_rows_of_one_payment_id_are_one_payment_even_without_a_reference(tmp_path: Path) -> None:
    rows = [a_payment(), a_payment(invoice_id="2", amount="25.5")]
    (payment,) = imported(tmp_path, payments=rows).records.payments
    assert payment.amount == Decimal("75.50")


def test_a_retainer_pays_no_invoice_yet(tmp_path: Path) -> None:
    (payment,) = imported(tmp_path, payments=[a_payment(invoice_id="")]).records.payments
    assert (payment.amount, payment.applied) == (Decimal("50.00"), ())


def test_a_credit_without_invoice_is_a_credit_on_account(tmp_path: Path) -> None:
    row = {"credit_id": "k1", "number": "CM-1", "customer_id": "c1", "date": "2026-02-01", "amount": "5", "reason": "x"}
    (credit,) = imported(tmp_path, credits=[row]).records.credits
    assert (credit.invoice_id, credit.amount, credit.reason) == (None, Decimal("5.00"), "x")


def test_customers_and_jobs_are_read_and_give_names_where_the_invoice_has_none(tmp_path: Path) -> None:
    reading = imported(
        tmp_path,
        invoices=[an_invoice(customer_name=""), an_invoice(invoice_id="2", number="2", customer_name="Smyth")],
        customers=[{"customer_id": "c1", "name": "Smith", "email": "smith@mail.example", "qbo_id": "7"}],
        jobs=[{"job_id": "j1", "customer_id": "c1", "name": "Roof", "contract_amount": "1,200"}],
    )  # fmt: skip
    assert [invoice.customer_name for invoice in reading.records.invoices] == ["Smith", "Smyth"]
    assert reading.records.customers[0].email == "smith@mail.example"
    assert reading.records.jobs[0].contract_amount == Decimal("1200.00")


@pytest.mark.parametrize(
    ("role", "row", "column", "reason"),
    [
        ("invoices", an_invoice(total="a lot"), "total", "is not a number"),
        ("invoices", an_invoice(total=""), "total", "is blank"),
        ("invoices", an_invoice(total="-5"), "total", "is negative; a credit belongs in credits.csv"),
        ("invoices", an_invoice(balance="-5"), "balance", "is negative; an overpayment is no balance"),
        ("invoices", an_invoice(date="1/5/2026"), "date", "is not a date like 2026-01-31"),
        ("invoices", an_invoice(date=""), "date", "is blank"),
        ("invoices", an_invoice(status=""), "status", "is blank"),
        ("invoices", an_invoice(customer_id="", customer_name=""), "customer_id", "is blank, and so is the name"),
        ("payments", a_payment(amount="-50"), "amount", "is not positive; a refund is no payment"),
        ("payments", a_payment(amount="0"), "amount", "is not positive; a refund is no payment"),
        ("payments", a_payment(payment_id=""), "payment_id", "is blank"),
        ("invoice_lines", {"invoice_id": "1", "line": "1", "amount": "1.005"}, "amount", "has a fraction of a cent"),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_read_is_rejected_by_place(
    tmp_path: Path, role: str, row: dict[str, object], column: str, reason: str
) -> None:
    (rejected,) = imported(tmp_path, **{role: [row]}).rejected
    assert (rejected.file, rejected.row, rejected.column, rejected.reason) == (f"{role}.csv", 2, column, reason)


def test_only_a_draft_may_lack_its_date(tmp_path: Path) -> None:
    (invoice,) = imported(tmp_path, invoices=[an_invoice(status="draft", date="")]).records.invoices
    assert invoice.date is None


def test_an_id_that_stands_twice_is_rejected_with_its_first_place(tmp_path: Path) -> None:
    (rejected,) = imported(tmp_path, invoices=[an_invoice(), an_invoice(number="9")]).rejected
    assert (rejected.row, rejected.cell, rejected.reason) == (3, "1", "stands on row 2 of invoices.csv already")


def test_contradicting_rows_of_one_payment_are_rejected(tmp_path: Path) -> None:
    rows = [a_payment(), a_payment(invoice_id="2", date="2026-03-01"), a_payment(amount="7")]
    reading = imported(tmp_path, payments=rows)
    assert [(it.row, it.reason) for it in reading.rejected] == [
        (3, "stands on row 2 with another customer, date, method, reference or qbo_id"),
        (4, "names the same invoice as on row 2 again"),
    ]


def test_a_number_that_stands_twice_is_flagged_not_refused(tmp_path: Path) -> None:
    reading = imported(
        tmp_path, invoices=[an_invoice(), an_invoice(invoice_id="2"), an_invoice(invoice_id="3", number="")]
    )
    assert [invoice.flags for invoice in reading.records.invoices] == [
        ("duplicate_number",), ("duplicate_number",), ("blank_number",),
    ]  # fmt: skip
    assert "Invoice numbers that stand more than once: 1042 (2 times)." in reading.remarks


def test_what_does_not_add_up_is_remarked_on(tmp_path: Path) -> None:
    reading = imported(
        tmp_path,
        invoices=[an_invoice(subtotal="100", tax="9", balance="110", customer_id="c9", job_id="j9")],
        invoice_lines=[
            {"invoice_id": "1", "line": "1", "amount": "99"},
            {"invoice_id": "8", "line": "1", "amount": "1"},
        ],
        customers=[{"customer_id": "c1", "name": "Smith"}],
        jobs=[{"job_id": "j1", "customer_id": "c7", "name": "Roof"}],
        payments=[a_payment(), a_payment(payment_id="p2", invoice_id="77", customer_id="c8")],
        credits=[{"credit_id": "k1", "invoice_id": "66", "date": "2026-02-01", "amount": "5"}],
    )
    assert sorted(reading.remarks) == [
        "Credits of invoices that are not in the invoices file: k1 → 66.",
        "Invoices of customers who are not in the customers file: 1042 (row 2) → c9.",
        "Invoices of jobs that are not in the jobs file: 1042 (row 2) → j9.",
        "Invoices whose balance is not total less payments and credits: 1042 (row 2) says 110.00, 60.00 expected.",
        "Invoices whose lines do not add up to their subtotal: 1042 (row 2).",
        "Invoices whose subtotal and tax are not their total: 1042 (row 2).",
        "Jobs of customers who are not in the customers file: j1 → c7.",
        "Lines of invoices that are not in the invoices file, left out: 8.",
        "Payments of customers who are not in the customers file: p2 → c8.",
        "Payments of invoices that are not in the invoices file: p2 → 77.",
    ]
    assert reading.rejected == ()


@pytest.mark.parametrize(
    ("status", "balance", "expected"),
    [("sent", "60", ""), ("void", "0", ""), ("draft", "110", ""), ("sent", "59.99", "60.00"), ("void", "60", "0.00")],
)
def test_the_balance_is_checked_by_the_rule_of_the_format(
    tmp_path: Path, status: str, balance: str, expected: str
) -> None:
    reading = imported(tmp_path, invoices=[an_invoice(status=status, balance=balance)], payments=[a_payment()])
    found = [remark for remark in reading.remarks if "balance" in remark]
    assert len(found) == (1 if expected else 0)
    assert all(f"{expected} expected" in remark for remark in found)


def test_an_overpayment_leaves_a_balance_of_zero(tmp_path: Path) -> None:
    reading = imported(tmp_path, invoices=[an_invoice(status="paid", balance="0")], payments=[a_payment(amount="150")])
    assert reading.remarks == ()
    assert reading.records.payments[0].amount == Decimal("150.00")


def test_columns_nobody_reads_are_remarked_on(tmp_path: Path) -> None:
    path = tmp_path / "invoices.csv"
    path.write_text("Invoice ID,Number,Date,Status,Total,Customer Name,Sales Rep\n1,2,2026-01-05,sent,1,Smith,Lee\n")
    reading = GENERIC.read([path])
    assert reading.remarks == ("invoices.csv has columns that are not used: Sales Rep.",)
    assert reading.records.invoices[0].customer_name == "Smith"


def test_missing_columns_are_named_all_at_once(tmp_path: Path) -> None:
    path = tmp_path / "invoices.csv"
    path.write_text("invoice_id,number,total\n1,2,3\n")
    with pytest.raises(CrmFormatError, match=r"lacks the columns date, status, customer_id or customer_name\."):
        GENERIC.read([path])


def test_two_columns_for_one_field_are_never_chosen_between(tmp_path: Path) -> None:
    path = tmp_path / "invoices.csv"
    path.write_text("invoice_id,number,date,status,total,customer_name,Total\n1,2,2026-01-05,sent,1,Smith,2\n")
    with pytest.raises(CrmFormatError, match="has several columns for total"):
        GENERIC.read([path])


def test_files_are_told_apart_by_their_columns_when_their_names_say_nothing(tmp_path: Path) -> None:
    paths = [
        write_rows(tmp_path, INVOICES, [an_invoice()], "export (1).csv"),
        write_rows(tmp_path, PAYMENTS, [a_payment()], "export (2).csv"),
        write_rows(tmp_path, INVOICE_LINES, [{"invoice_id": "1", "line": "1", "amount": "110"}], "export (3).csv"),
        write_rows(tmp_path, CUSTOMERS, [{"customer_id": "c1", "name": "Smith"}], "export (4).csv"),
    ]
    records = GENERIC.read(paths).records
    assert [(file.file, file.records) for file in records.files] == [
        ("export (4).csv", 1), ("export (1).csv", 1), ("export (3).csv", 1), ("export (2).csv", 1),
    ]  # fmt: skip


def test_an_import_without_invoices_is_refused(tmp_path: Path) -> None:
    path = write_rows(tmp_path, PAYMENTS, [a_payment()])
    with pytest.raises(CrmFormatError, match=r"no invoices among the files \(payments\.csv\)"):
        GENERIC.read([path])
