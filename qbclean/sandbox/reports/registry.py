"""The reports by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qbclean.sandbox.ledger import Ledger
from qbclean.sandbox.reports.aging import aged_payables, aged_receivables
from qbclean.sandbox.reports.balance_sheet import balance_sheet, trial_balance
from qbclean.sandbox.reports.balances import customer_balance, vendor_balance
from qbclean.sandbox.reports.parameters import Parameters
from qbclean.sandbox.reports.profit_and_loss import profit_and_loss
from qbclean.sandbox.reports.transaction_list import (
    transaction_list,
    transaction_list_by_customer,
    transaction_list_by_vendor,
)

Report = Callable[[Ledger, Parameters], dict[str, Any]]

REPORTS: dict[str, Report] = {
    "AgedPayables": aged_payables,
    "AgedReceivables": aged_receivables,
    "BalanceSheet": balance_sheet,
    "CustomerBalance": customer_balance,
    "ProfitAndLoss": profit_and_loss,
    "TransactionList": transaction_list,
    "TransactionListByCustomer": transaction_list_by_customer,
    "TransactionListByVendor": transaction_list_by_vendor,
    "TrialBalance": trial_balance,
    "VendorBalance": vendor_balance,
}
