"""Balances of customers as of a day, nested jobs, buckets of age."""

from __future__ import annotations

from decimal import Decimal

import pytest

from qbclean.sandbox.reports import ReportParameterError, UnknownReport, run_report
from tests.unit.sandbox_ledger.books import PAYABLE, RECEIVABLE, SALES, Books, customer, line
from tests.unit.sandbox_reports.reading import amounts_by_id, column_keys, group, leaves, option, rows


def a_company_with_a_job() -> Books:
    books = Books()
    books.invoice("2026-09-01", line("300"), DueDate="2026-10-01", DocNumber="1042")
    job = books.invoice("2026-10-10", line("200"), to="62", DueDate="2026-11-19", DocNumber="1043-1")
    books.payment("2026-11-05", "150", ("120", "Invoice", job), by="62")
    books.credit_memo("2026-08-01", line("50"), to="61", DocNumber="CM-7")
    return books


def test_jobs_are_nested_below_their_parent_whose_own_balance_is_in_its_heading():
    report = run_report("CustomerBalance", {}, a_company_with_a_job())
    assert amounts_by_id(report) == {"61": "-50.00", "62": "50.00", "58": "300.00"}
    parent = next(row for row in rows(report) if "Header" in row)
    assert [cell["value"] for cell in parent["Summary"]["ColData"]] == ["Total Ash Court", "0.00"]
    assert parent["Rows"]["Row"][0]["ColData"][0] == {"value": "Kitchen", "id": "62"}
    assert group(report, "GrandTotal") == [Decimal("300.00")]
    assert report["Header"]["DateMacro"] == "all"
    assert option(report, "report_date") == "2026-11-20"


def test_a_report_date_recomputes_balances_and_an_application_counts_from_the_payments_date():
    books = a_company_with_a_job()
    before = run_report("CustomerBalanceDetail", {"report_date": "2026-11-04", "customer": "62"}, books)
    assert [leaf["subt_open_bal"]["value"] for leaf in leaves(before)] == ["200.00"]
    after = run_report("CustomerBalanceDetail", {"report_date": "2026-11-05", "customer": "62"}, books)
    shown = [
        (leaf["doc_num"]["value"], leaf["subt_amount"]["value"], leaf["subt_open_bal"]["value"])
        for leaf in leaves(after)
    ]
    assert shown == [("1043-1", "200.00", "80.00"), ("", "-150.00", "-30.00")]
    assert group(after, "GrandTotal")[-2] == Decimal("50.00")


def test_start_and_end_date_are_ignored_by_point_in_time_reports():
    books = a_company_with_a_job()
    report = run_report("CustomerBalance", {"start_date": "2020-01-01", "end_date": "2020-12-31"}, books)
    assert report["Rows"] == run_report("CustomerBalance", {}, books)["Rows"]


def test_customer_filter_takes_a_list_and_restricts_the_total_too():
    report = run_report("CustomerBalance", {"customer": "58,62"}, a_company_with_a_job())
    assert group(report, "GrandTotal") == [Decimal("350.00")]
    assert report["Header"]["Customer"] == "58,62"


def test_an_invoice_ages_from_its_due_date_and_a_credit_from_its_own():
    report = run_report("AgedReceivables", {}, a_company_with_a_job())
    assert column_keys(report) == ["cust_name", "current", "0", "1", "2", "3", "total"]
    assert [column["ColTitle"] for column in report["Columns"]["Column"]][1:] == [
        "Current", "1 - 30", "31 - 60", "61 - 90", "91 and over", "Total",
    ]  # fmt: skip
    assert group(report, "GrandTotal") == [Decimal(n) for n in ("0", "50", "300", "0", "-50", "300")]


def test_a_day_after_the_due_date_is_overdue_and_the_due_date_is_not():
    books = Books()
    books.invoice("2026-01-01", line("10"), DueDate="2026-06-01")
    for day, bucket in (("2026-06-01", 0), ("2026-06-02", 1), ("2026-07-01", 1), ("2026-07-02", 2), ("2026-08-31", 4)):
        totals = group(run_report("AgedReceivables", {"report_date": day}, books), "GrandTotal")
        assert [index for index, amount in enumerate(totals) if amount] == [bucket, 5]


def test_aging_method_current_counts_days_up_to_today():
    books = Books()
    books.invoice("2026-01-01", line("10"), DueDate="2026-10-31")
    params = {"report_date": "2026-10-31", "aging_method": "Current"}
    assert group(run_report("AgedReceivables", params, books), "GrandTotal")[1] == Decimal(10)


def test_buckets_can_be_fewer_and_longer():
    report = run_report("AgedReceivableDetail", {"num_periods": "2", "aging_period": "60"}, a_company_with_a_job())
    headings = [row["Header"]["ColData"][0]["value"] for row in rows(report) if "Header" in row]
    assert headings == ["61 or more days past due", "1 - 60 days past due"]


def test_detail_rows_carry_the_transactions_id_and_can_be_sorted_chosen_and_limited():
    books = a_company_with_a_job()
    params = {"columns": "txn_type,doc_num,due_date,subt_open_bal", "sort_by": "subt_open_bal"}
    report = run_report("CustomerBalanceDetail", {**params, "sort_order": "descend"}, books)
    assert column_keys(report) == ["txn_type", "doc_num", "due_date", "subt_open_bal"]
    job = [row for row in leaves(report) if row["due_date"]["value"] >= "2026-11-01"]
    assert [row["subt_open_bal"]["value"] for row in job] == ["80.00", "-30.00"]
    assert books.document("Invoice", job[0]["txn_type"]["id"])["DocNumber"] == "1043-1"
    due = run_report("CustomerBalanceDetail", {"start_duedate": "2026-10-01", "end_duedate": "2026-10-31"}, books)
    assert [leaf["doc_num"]["value"] for leaf in leaves(due)] == ["1042"]


def test_arpaid_shows_settled_documents_or_all_of_them():
    books = Books()
    paid = books.invoice("2026-01-01", line("10"), DocNumber="A")
    books.payment("2026-01-02", "10", ("10", "Invoice", paid))
    books.invoice("2026-01-03", line("20"), DocNumber="B")
    numbers = {
        state: [
            leaf["doc_num"]["value"] for leaf in leaves(run_report("CustomerBalanceDetail", {"arpaid": state}, books))
        ]
        for state in ("Unpaid", "Paid", "All")
    }
    assert numbers == {"Unpaid": ["B"], "Paid": ["A", ""], "All": ["A", "", "B"]}


def test_a_journal_line_and_a_deposit_line_on_receivables_change_the_customers_balance():
    books = Books()
    books.journal("2026-01-01", ("Debit", RECEIVABLE, "70", "58"), ("Credit", SALES, "70", ""))
    entity = {"type": "CUSTOMER", "value": "58"}
    received = {"Amount": Decimal(30), "DepositLineDetail": {"AccountRef": {"value": RECEIVABLE}, "Entity": entity}}
    books.add("Deposit", {"TxnDate": "2026-01-02", "DepositToAccountRef": {"value": "35"}, "Line": [received]})
    assert amounts_by_id(run_report("CustomerBalance", {}, books)) == {"58": "40.00"}
    shown = [leaf["txn_type"]["value"] for leaf in leaves(run_report("CustomerBalanceDetail", {}, books))]
    assert shown == ["Journal Entry", "Deposit"]


def test_an_invoice_paid_in_part_at_the_counter_shows_its_total_and_what_is_open():
    books = Books()
    books.invoice("2026-01-01", line("100"), Deposit=Decimal(40))
    (leaf,) = leaves(run_report("CustomerBalanceDetail", {}, books))
    assert (leaf["subt_amount"]["value"], leaf["subt_open_bal"]["value"]) == ("100.00", "60.00")


def test_vendor_reports_mirror_those_of_customers():
    books = Books()
    kind = "AccountBasedExpenseLineDetail"
    spent = [{"Amount": Decimal(90), "DetailType": kind, kind: {"AccountRef": {"value": "17"}}}]
    wire = {"VendorRef": {"value": "70"}, "TotalAmt": Decimal(90), "Line": spent, "DueDate": "2026-11-30"}
    books.add("Bill", {"TxnDate": "2026-11-01", "APAccountRef": {"value": PAYABLE}, **wire})
    assert amounts_by_id(run_report("VendorBalance", {}, books)) == {"70": "90.00"}
    assert group(run_report("AgedPayables", {}, books), "GrandTotal")[0] == Decimal(90)
    assert amounts_by_id(run_report("VendorExpenses", {}, books)) == {"70": "90.00"}
    assert leaves(run_report("AgedPayableDetail", {}, books))[0]["vend_name"]["value"] == "Pine Supply"


def test_five_levels_of_jobs_add_up_through_every_parent():
    books = Books()
    parent = "61"
    for level in range(5):
        books.add("Customer", customer(f"9{level}", f"Level {level}", parent))
        books.invoice("2026-01-01", line("1"), to=f"9{level}")
        parent = f"9{level}"
    totals = [
        row["Summary"]["ColData"][1]["value"]
        for row in rows(run_report("CustomerBalance", {}, books))
        if "Header" in row
    ]
    assert totals == ["5.00", "5.00", "4.00", "3.00", "2.00"]


@pytest.mark.parametrize(
    ("name", "params", "told"),
    [
        ("CustomerBalance", {"report_date": "11/20/2026"}, "report_date=11/20/2026"),
        ("ProfitAndLoss", {"accounting_method": "Modified"}, "Accrual, Cash"),
        ("ProfitAndLoss", {"date_macro": "This Decade"}, "no such date macro"),
        ("ProfitAndLoss", {"start_date": "2026-02-01", "end_date": "2026-01-01"}, "after end_date"),
        ("ProfitAndLoss", {"summarize_column_by": "Moons"}, "Month"),
        ("AgedReceivables", {"num_periods": "0"}, "from 1 to 12"),
        ("AgedReceivables", {"aging_period": "x"}, "from 1 to 365"),
        ("TransactionList", {"transaction_type": "Gift"}, "no such transaction type"),
    ],
)
def test_a_value_that_a_parameter_does_not_take_is_refused_with_the_reason(name: str, params: dict, told: str):
    with pytest.raises(ReportParameterError, match=told):
        run_report(name, params, Books())


def test_an_unknown_report_is_refused_by_name():
    with pytest.raises(UnknownReport, match="CustomerBalances"):
        run_report("CustomerBalances", {}, Books())
