"""The reports by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qbclean.sandbox.ledger import Ledger
from qbclean.sandbox.reports.aging import aged_payables, aged_receivables
from qbclean.sandbox.reports.aging_details import aged_payable_detail, aged_receivable_detail
from qbclean.sandbox.reports.balance_details import customer_balance_detail, vendor_balance_detail
from qbclean.sandbox.reports.balance_sheet import balance_sheet, trial_balance
from qbclean.sandbox.reports.balances import customer_balance, vendor_balance
from qbclean.sandbox.reports.cash_flow import cash_flow
from qbclean.sandbox.reports.general_ledger import general_ledger, profit_and_loss_detail
from qbclean.sandbox.reports.journal import journal_report, transaction_list_with_splits
from qbclean.sandbox.reports.lists import account_list, empty_report
from qbclean.sandbox.reports.parameters import Parameters
from qbclean.sandbox.reports.profit_and_loss import profit_and_loss
from qbclean.sandbox.reports.sales_summaries import (
    class_sales,
    customer_income,
    customer_sales,
    department_sales,
    item_sales,
    vendor_expenses,
)
from qbclean.sandbox.reports.transaction_list import (
    transaction_list,
    transaction_list_by_customer,
    transaction_list_by_vendor,
)

Report = Callable[[Ledger, Parameters], dict[str, Any]]

EMPTY_REPORTS = (
    "FECReport",
    "InventoryValuationDetail",
    "InventoryValuationSummary",
    "TaxSummary",
    "TrialBalanceFR",
)

REPORTS: dict[str, Report] = {
    "AccountList": account_list,
    "AgedPayableDetail": aged_payable_detail,
    "AgedPayables": aged_payables,
    "AgedReceivableDetail": aged_receivable_detail,
    "AgedReceivables": aged_receivables,
    "BalanceSheet": balance_sheet,
    "CashFlow": cash_flow,
    "ClassSales": class_sales,
    "CustomerBalance": customer_balance,
    "CustomerBalanceDetail": customer_balance_detail,
    "CustomerIncome": customer_income,
    "CustomerSales": customer_sales,
    "DepartmentSales": department_sales,
    "GeneralLedger": general_ledger,
    "ItemSales": item_sales,
    "JournalReport": journal_report,
    "ProfitAndLoss": profit_and_loss,
    "ProfitAndLossDetail": profit_and_loss_detail,
    "TransactionList": transaction_list,
    "TransactionListByCustomer": transaction_list_by_customer,
    "TransactionListByVendor": transaction_list_by_vendor,
    "TransactionListWithSplits": transaction_list_with_splits,
    "TrialBalance": trial_balance,
    "VendorBalance": vendor_balance,
    "VendorBalanceDetail": vendor_balance_detail,
    "VendorExpenses": vendor_expenses,
    **{name: empty_report(name) for name in EMPTY_REPORTS},
}
