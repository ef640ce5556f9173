"""Profit and loss, balance sheet, transaction list and the smaller reports on books one can check by hand."""

from __future__ import annotations

from decimal import Decimal

from qbclean.sandbox.ledger import Ledger
from qbclean.sandbox.reports import run_report
from tests.unit.sandbox_ledger.books import (
    CHECKING,
    LABOR_ITEM,
    REPAIR_ITEM,
    REPAIRS,
    SALES,
    TAX,
    UNAPPLIED,
    UNCATEGORIZED,
    UNDEPOSITED,
    Books,
    discount,
    line,
)
from tests.unit.sandbox_reports.reading import amounts_by_id, column_keys, group, leaves, rows

YEAR = {"start_date": "2026-01-01", "end_date": "2026-12-31"}


def two_invoices_one_paid() -> Books:
    books = Books()
    first = books.invoice("2026-01-10", line("100"), line("60", REPAIR_ITEM), discount("10"), tax="12", DocNumber="7")
    books.payment("2026-03-02", "162", ("162", "Invoice", first), PaymentRefNum="CHK 9")
    books.invoice("2026-02-10", line("40"), to="62", DocNumber="8")
    return books


def test_accrual_income_is_dated_by_invoice_and_cash_income_by_payment():
    books = two_invoices_one_paid()
    by_month = {**YEAR, "summarize_column_by": "Month"}
    accrual = run_report("ProfitAndLoss", by_month, books)
    assert group(accrual, "NetIncome")[:3] == [Decimal(150), Decimal(40), Decimal(0)]
    cash = run_report("ProfitAndLoss", {**by_month, "accounting_method": "cash"}, books)
    assert group(cash, "NetIncome")[:3] == [Decimal(0), Decimal(0), Decimal(150)]
    assert cash["Header"]["ReportBasis"] == "Cash"
    march = cash["Columns"]["Column"][3]
    assert march["ColTitle"] == "Mar 2026"
    assert {"Name": "StartDate", "Value": "2026-03-01"} in march["MetaData"]


def test_the_basis_without_a_parameter_is_the_companys_preference():
    books = two_invoices_one_paid()
    books.preferences = {"ReportPrefs": {"ReportBasis": "Cash"}}
    assert run_report("ProfitAndLoss", YEAR, books)["Header"]["ReportBasis"] == "Cash"
    accrual = run_report("ProfitAndLoss", {**YEAR, "accounting_method": "Accrual"}, books)
    assert group(accrual, "Income") == [Decimal(190)]


def test_customers_side_by_side_are_titled_by_full_name_with_the_total_last():
    report = run_report("ProfitAndLoss", {**YEAR, "summarize_column_by": "Customers"}, two_invoices_one_paid())
    assert [column["ColTitle"] for column in report["Columns"]["Column"]] == [
        "",
        "Harbor Lane Bakery",
        "Kitchen",
        "Total",
    ]
    assert column_keys(report)[1:] == ["58", "62", "total"]
    assert group(report, "NetIncome") == [Decimal(150), Decimal(40), Decimal(190)]


def test_a_customer_filter_leaves_only_that_customers_income():
    report = run_report("ProfitAndLoss", {**YEAR, "customer": "62"}, two_invoices_one_paid())
    assert amounts_by_id(report) == {SALES: "40.00"}


def test_what_no_line_explains_is_uncategorized_income():
    """An invoice that was synced without its lines still posts its whole total."""
    books = Books()
    books.invoice("2026-01-10", TotalAmt=Decimal(500))
    assert amounts_by_id(run_report("ProfitAndLoss", YEAR, books)) == {UNCATEGORIZED: "500.00"}


def test_profits_of_past_years_are_retained_earnings():
    books = Books()
    books.invoice("2025-06-10", line("100"))
    books.invoice("2026-06-10", line("30"))
    sheet = run_report("BalanceSheet", {"end_date": "2026-12-31"}, books)
    assert amounts_by_id(sheet)["5"] == "100.00"
    assert group(sheet, "NetIncome") == [Decimal(30)]
    trial = {leaf["account"]["id"]: leaf["credit"]["value"] for leaf in leaves(run_report("TrialBalance", YEAR, books))}
    assert (trial["5"], trial[SALES]) == ("100.00", "30.00")


def test_a_balance_sheet_by_month_shows_the_balance_at_each_month_end():
    params = {"start_date": "2026-01-01", "end_date": "2026-03-31", "summarize_column_by": "Month"}
    report = run_report("BalanceSheet", params, two_invoices_one_paid())
    assert group(report, "AR") == [Decimal(162), Decimal(202), Decimal(40)]


def test_sub_accounts_are_nested_and_totalled():
    books = Books()
    child = {"Id": "101", "Name": "Gutters", "AccountType": "Income", "ParentRef": {"value": SALES}}
    books.add("Account", child)
    books.add("Item", {"Id": "14", "Name": "Gutter", "Type": "Service", "IncomeAccountRef": {"value": "101"}})
    books.invoice("2026-01-10", line("5"), line("7", "14"))
    report = run_report("ProfitAndLoss", YEAR, books)
    parent = next(row for row in rows(report) if row.get("Header", {}).get("ColData", [{}])[0].get("id") == SALES)
    assert parent["Header"]["ColData"][1]["value"] == "5.00"
    assert [cell["value"] for cell in parent["Summary"]["ColData"]] == ["Total Services", "12.00"]


def test_tax_goes_to_the_payable_of_its_agency_and_a_deposit_moves_undeposited_funds():
    books = two_invoices_one_paid()
    payment = next(iter(books.documents("Payment")))["Id"]
    link = {"TxnId": payment, "TxnType": "Payment", "TxnLineId": "0"}
    kept = {"AccountRef": {"value": "17"}, "Amount": Decimal(2)}
    wire = {"DepositToAccountRef": {"value": CHECKING}, "Line": [{"Amount": Decimal(162), "LinkedTxn": [link]}]}
    books.add("Deposit", {"TxnDate": "2026-03-05", "CashBack": kept, **wire})
    found = amounts_by_id(run_report("BalanceSheet", YEAR, books))
    assert (found[TAX], found[CHECKING], found.get(UNDEPOSITED)) == ("12.00", "160.00", None)


def test_transaction_list_has_a_row_per_transaction_whose_type_cell_carries_its_id():
    books = two_invoices_one_paid()
    report = run_report("TransactionList", YEAR, books)
    assert column_keys(report) == [
        "tx_date", "txn_type", "doc_num", "is_no_post", "name", "memo", "account_name", "other_account",
        "subt_nat_amount",
    ]  # fmt: skip
    payment = leaves(report)[-1]
    assert payment["txn_type"] == {"value": "Payment", "id": next(iter(books.documents("Payment")))["Id"]}
    assert (payment["doc_num"]["value"], payment["account_name"]["id"]) == ("CHK 9", UNDEPOSITED)
    assert [leaf["subt_nat_amount"]["value"] for leaf in leaves(report)] == ["162.00", "40.00", "162.00"]


def test_transaction_list_ignores_a_start_date_without_an_end_date():
    books = two_invoices_one_paid()
    books.invoice("2026-11-03", line("1"), DocNumber="9")
    report = run_report("TransactionList", {"start_date": "2026-01-01"}, books)
    assert report["Header"]["DateMacro"] == "this month-to-date"
    assert [leaf["doc_num"]["value"] for leaf in leaves(report)] == ["9"]


def test_transaction_list_shows_and_filters_the_cleared_status():
    books = two_invoices_one_paid()
    payment = next(iter(books.documents("Payment")))["Id"]
    books.states["Payment", payment] = "Reconciled"
    params = {**YEAR, "columns": "tx_date,txn_type,is_cleared", "cleared": "Reconciled"}
    (leaf,) = leaves(run_report("TransactionList", params, books))
    assert (leaf["txn_type"]["id"], leaf["is_cleared"]["value"]) == (payment, "Reconciled")


def test_transaction_list_filters_by_type_number_customer_and_paid_state():
    books = two_invoices_one_paid()

    def numbers(**params: str) -> list[str]:
        return [leaf["doc_num"]["value"] for leaf in leaves(run_report("TransactionList", {**YEAR, **params}, books))]

    assert numbers(transaction_type="ReceivePayment") == ["CHK 9"]
    assert numbers(docnum="8") == ["8"]
    assert numbers(customer="62") == ["8"]
    assert numbers(transaction_type="Invoice", arpaid="Paid") == ["7"]
    assert numbers(arpaid="Unpaid") == ["8"]


def test_transaction_list_groups_by_name_and_lists_estimates_as_not_posting():
    books = two_invoices_one_paid()
    books.add(
        "Estimate",
        {"TxnDate": "2026-01-05", "CustomerRef": {"value": "58"}, "TotalAmt": Decimal(900), "DocNumber": "E1"},
    )
    report = run_report("TransactionList", {**YEAR, "group_by": "Customer"}, books)
    headings = [row["Header"]["ColData"][0]["value"] for row in rows(report) if "Header" in row]
    assert headings == ["Harbor Lane Bakery", "Kitchen"]
    assert {leaf["doc_num"]["value"]: leaf["is_no_post"]["value"] for leaf in leaves(report)}["E1"] == "No"
    assert sum(group(run_report("TrialBalance", YEAR, books), "GrandTotal")) == 2 * Decimal(212)


def test_general_ledger_carries_the_beginning_balance_and_runs_on():
    params = {"start_date": "2026-02-01", "end_date": "2026-03-31", "account": "84"}
    report = run_report("GeneralLedger", params, two_invoices_one_paid())
    shown = [(leaf["tx_date"]["value"], leaf["rbal_nat_amount"]["value"]) for leaf in leaves(report)]
    assert shown == [("Beginning Balance", "162.00"), ("2026-02-10", "202.00"), ("2026-03-02", "40.00")]


def test_income_and_sales_per_customer_nest_jobs_and_leave_tax_out():
    books = two_invoices_one_paid()
    assert amounts_by_id(run_report("CustomerSales", YEAR, books)) == {"58": "150.00", "62": "40.00"}
    income = run_report("CustomerIncome", YEAR, books)
    assert amounts_by_id(income, "net_income") == {"58": "150.00", "62": "40.00"}
    paid = run_report("CustomerSales", {**YEAR, "accounting_method": "Cash"}, books)
    assert amounts_by_id(paid) == {"58": "150.00"}


def test_item_sales_count_quantities_less_what_was_credited():
    books = Books()
    sold, returned = line("300"), line("100")
    sold["SalesItemLineDetail"]["Qty"], returned["SalesItemLineDetail"]["Qty"] = Decimal(3), Decimal(1)
    books.invoice("2026-01-10", sold, line("50", REPAIR_ITEM))
    books.credit_memo("2026-01-20", returned)
    labor = next(
        leaf for leaf in leaves(run_report("ItemSales", YEAR, books)) if leaf["product_service"]["id"] == LABOR_ITEM
    )
    shown = [labor[key]["value"] for key in ("quantity", "amount", "percent_of_sales", "avg_price")]
    assert shown == ["2.00", "200.00", "80.00 %", "100.00"]


def test_journal_report_shows_debits_equal_to_credits_per_transaction():
    report = run_report("JournalReport", YEAR, two_invoices_one_paid())
    summaries = [[cell["value"] for cell in row["Summary"]["ColData"][-2:]] for row in rows(report) if "Summary" in row]
    assert summaries == [["172.00", "172.00"], ["40.00", "40.00"], ["162.00", "162.00"]]


def test_accounts_that_the_company_lacks_are_named_without_an_id():
    books = Books()
    books.change("Account", UNAPPLIED, Name="Renamed", AccountSubType="OtherPrimaryIncome")
    books.payment("2026-01-10", "5")
    report = run_report("ProfitAndLoss", {**YEAR, "accounting_method": "Cash"}, books)
    assert [row["ColData"][0] for row in rows(report) if "ColData" in row] == [
        {"value": "Unapplied Cash Payment Income"}
    ]


def test_a_ledger_handed_in_is_used_instead_of_computing_it_again():
    books = two_invoices_one_paid()
    ledger = Ledger(books)
    before = run_report("CustomerBalance", {}, books, ledger)
    books.invoice("2026-04-01", line("1000"))
    assert run_report("CustomerBalance", {}, books, ledger) == before
    assert run_report("CustomerBalance", {}, books) != before


def test_group_lines_and_unknown_accounts_still_balance():
    books = Books()
    bundle = {
        "DetailType": "GroupLineDetail",
        "Amount": Decimal(12),
        "GroupLineDetail": {"Line": [line("5"), line("7", REPAIR_ITEM)]},
    }
    books.invoice("2026-01-10", bundle)
    books.journal("2026-01-11", ("Debit", "999", "3", ""), ("Credit", SALES, "3", ""))
    assert amounts_by_id(run_report("ProfitAndLoss", YEAR, books)) == {SALES: "8.00", REPAIRS: "7.00"}
    sheet = run_report("BalanceSheet", YEAR, books)
    assert group(sheet, "TotalAssets") == group(sheet, "TotalLiabilitiesAndEquity") == [Decimal(15)]
