"""Makes up a small company, so that a sandbox without a folder has accounts, items and taxes to work with."""

from __future__ import annotations

from typing import Any

from qbclean.sandbox.company import Company
from qbclean.sandbox.entities.lists import CLASSIFICATIONS
from qbclean.sandbox.wire import encode, stamp

Wire = dict[str, Any]

_ACCOUNTS = (
    ("Checking", "Bank", "Checking"),
    ("Savings", "Bank", "Savings"),
    ("Accounts Receivable (A/R)", "Accounts Receivable", "AccountsReceivable"),
    ("Undeposited Funds", "Other Current Asset", "UndepositedFunds"),
    ("Inventory Asset", "Other Current Asset", "Inventory"),
    ("Accounts Payable (A/P)", "Accounts Payable", "AccountsPayable"),
    ("Mastercard", "Credit Card", "CreditCard"),
    ("Sales Tax Payable", "Other Current Liability", "SalesTaxPayable"),
    ("Customer Deposits", "Other Current Liability", "OtherCurrentLiabilities"),
    ("Opening Balance Equity", "Equity", "OpeningBalanceEquity"),
    ("Retained Earnings", "Equity", "RetainedEarnings"),
    ("Services", "Income", "ServiceFeeIncome"),
    ("Sales of Product Income", "Income", "SalesOfProductIncome"),
    ("Discounts given", "Income", "DiscountsRefundsGiven"),
    ("Unapplied Cash Payment Income", "Income", "UnappliedCashPaymentIncome"),
    ("Cost of Goods Sold", "Cost of Goods Sold", "SuppliesMaterialsCogs"),
    ("Job Expenses", "Expense", "SuppliesMaterials"),
    ("Bad debts", "Expense", "BadDebts"),
    ("Truck", "Fixed Asset", "Vehicles"),
    ("Notes Payable", "Long Term Liability", "NotesPayable"),
    ("Interest Earned", "Other Income", "InterestEarned"),
    ("Miscellaneous", "Other Expense", "OtherMiscellaneousExpense"),
    ("Security Deposits", "Other Asset", "SecurityDeposits"),
)
_TERMS = (("Due on receipt", 0), ("Net 15", 15), ("Net 30", 30), ("Net 60", 60))
_METHODS = (("Cash", "NON_CREDIT_CARD"), ("Check", "NON_CREDIT_CARD"), ("Visa", "CREDIT_CARD"))


def seed_company(company: Company) -> None:
    """Fill an empty company with its lists; it has customers but no transactions yet."""
    _singletons(company)
    ids = {}
    for number, (name, kind, subtype) in enumerate(_ACCOUNTS, start=1):
        ids[name] = str(number)
        _keep(
            company,
            "Account",
            number,
            {
                "Name": name,
                "FullyQualifiedName": name,
                "SubAccount": False,
                "Active": True,
                "Classification": CLASSIFICATIONS[kind],
                "AccountType": kind,
                "AccountSubType": subtype,
                "CurrentBalance": 0,
                "CurrentBalanceWithSubAccounts": 0,
            },
        )
    for number, (name, days) in enumerate(_TERMS, start=1):
        _keep(company, "Term", number, {"Name": name, "Active": True, "Type": "STANDARD", "DueDays": days})
    for number, (name, kind) in enumerate(_METHODS, start=1):
        _keep(company, "PaymentMethod", number, {"Name": name, "Active": True, "Type": kind})
    _taxes(company)
    _items(company, ids)
    for number, name in enumerate(("Harbor Lane Bakery", "Cedar Ridge Homes", "Maple Court HOA"), start=1):
        _keep(
            company,
            "Customer",
            number,
            {
                "DisplayName": name,
                "FullyQualifiedName": name,
                "PrintOnCheckName": name,
                "Active": True,
                "Job": False,
                "BillWithParent": False,
                "Taxable": True,
                "Balance": 0,
                "BalanceWithJobs": 0,
                "PreferredDeliveryMethod": "None",
                "IsProject": False,
            },
        )
    _keep(
        company,
        "Vendor",
        4,
        {"DisplayName": "Pacific Pipe Supply", "PrintOnCheckName": "Pacific Pipe Supply", "Active": True, "Balance": 0},
    )
    _keep(
        company,
        "Employee",
        5,
        {"DisplayName": "Dana Reyes", "GivenName": "Dana", "FamilyName": "Reyes", "Active": True},
    )


def _singletons(company: Company) -> None:
    _keep(
        company,
        "CompanyInfo",
        1,
        {
            "CompanyName": "Made-up Plumbing & Heating",
            "LegalName": "Made-up Plumbing & Heating",
            "Country": "US",
            "FiscalYearStartMonth": "January",
            "CompanyStartDate": "2024-01-01",
            "SupportedLanguages": "en",
            "NameValue": [{"Name": "OfferingSku", "Value": "QuickBooks Online Plus"}],
        },
    )
    _keep(
        company,
        "Preferences",
        1,
        {
            "AccountingInfoPrefs": {
                "FirstMonthOfFiscalYear": "January",
                "UseAccountNumbers": False,
                "ClassTrackingPerTxn": False,
                "ClassTrackingPerTxnLine": True,
                "TrackDepartments": True,
                "CustomerTerminology": "Customers",
            },
            "SalesFormsPrefs": {
                "CustomTxnNumbers": True,
                "AllowDeposit": True,
                "AllowDiscount": True,
                "AllowEstimates": True,
                "AutoApplyCredit": False,
                "AutoApplyPayments": False,
                "DefaultTerms": {"value": "3"},
            },
            "CurrencyPrefs": {"MultiCurrencyEnabled": False, "HomeCurrency": {"value": "USD"}},
            "TaxPrefs": {"UsingSalesTax": True},
            "ReportPrefs": {"ReportBasis": "Accrual"},
        },
    )


def _taxes(company: Company) -> None:
    _keep(company, "TaxAgency", 1, {"DisplayName": "State Board of Equalization", "TaxTrackedOnSales": True})
    _keep(
        company,
        "TaxRate",
        1,
        {"Name": "State", "Description": "Sales tax", "Active": True, "RateValue": 8, "AgencyRef": {"value": "1"}},
    )
    rates = {"TaxRateDetail": [{"TaxRateRef": {"value": "1", "name": "State"}, "TaxTypeApplicable": "TaxOnAmount"}]}
    _keep(
        company,
        "TaxCode",
        2,
        {"Name": "State", "Active": True, "Taxable": True, "TaxGroup": True, "SalesTaxRateList": rates},
    )
    for code, taxable in (("NON", False), ("TAX", True)):
        _keep(company, "TaxCode", code, {"Name": code, "Active": True, "Taxable": taxable, "TaxGroup": False})


def _items(company: Company, accounts: dict[str, str]) -> None:
    services, products = accounts["Services"], accounts["Sales of Product Income"]
    for number, (name, income, price) in enumerate(
        (("Services", services, 0), ("Hours", services, 120), ("Leak repair", services, 180), ("Parts", products, 0)),
        start=1,
    ):
        _keep(
            company,
            "Item",
            number,
            {
                "Name": name,
                "FullyQualifiedName": name,
                "Active": True,
                "Type": "NonInventory" if name == "Parts" else "Service",
                "Taxable": name == "Parts",
                "UnitPrice": price,
                "IncomeAccountRef": {"value": income},
                "TrackQtyOnHand": False,
            },
        )
    _keep(
        company,
        "Item",
        5,
        {
            "Name": "Water heater",
            "FullyQualifiedName": "Water heater",
            "Active": True,
            "Type": "Inventory",
            "Taxable": True,
            "UnitPrice": 900,
            "QtyOnHand": 12,
            "InvStartDate": "2024-01-01",
            "IncomeAccountRef": {"value": products},
            "ExpenseAccountRef": {"value": accounts["Cost of Goods Sold"]},
            "AssetAccountRef": {"value": accounts["Inventory Asset"]},
            "TrackQtyOnHand": True,
        },
    )


def _keep(company: Company, entity: str, object_id: int | str, content: Wire) -> None:
    now = stamp(company.clock.now())
    stored = {
        **content,
        "domain": "QBO",
        "sparse": False,
        "Id": str(object_id),
        "SyncToken": "0",
        "MetaData": {"CreateTime": now, "LastUpdatedTime": now},
    }
    company.load(entity, stored, encode(stored))
