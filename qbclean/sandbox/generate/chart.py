"""The lists of the made-up company: accounts, items, terms, methods, classes, sales tax, preferences."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from qbclean.sandbox.generate.catalogue import ITEMS, TAX_PERCENT
from qbclean.sandbox.generate.money import ZERO

Wire = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Account:
    """One account; `kind` and `subtype` are QuickBooks' AccountType and AccountSubType."""

    id: str
    name: str
    kind: str
    subtype: str
    classification: str


_LIABILITY = "Other Current Liability"

ACCOUNTS: dict[str, Account] = {
    key: Account(str(place), *rest)
    for place, (key, *rest) in enumerate(
        (
            ("receivable", "Accounts Receivable (A/R)", "Accounts Receivable", "AccountsReceivable", "Asset"),
            ("checking", "Checking", "Bank", "Checking", "Asset"),
            ("savings", "Savings", "Bank", "Savings", "Asset"),
            ("undeposited", "Undeposited Funds", "Other Current Asset", "UndepositedFunds", "Asset"),
            ("retainage_receivable", "Retainage Receivable", "Other Current Asset", "OtherCurrentAssets", "Asset"),
            ("customer_deposits", "Customer Deposits", _LIABILITY, "OtherCurrentLiabilities", "Liability"),
            ("sales_tax", "Sales Tax Payable", _LIABILITY, "SalesTaxPayable", "Liability"),
            ("equity", "Opening Balance Equity", "Equity", "OpeningBalanceEquity", "Equity"),
            ("retained", "Retained Earnings", "Equity", "RetainedEarnings", "Equity"),
            ("service_income", "Services", "Income", "ServiceFeeIncome", "Revenue"),
            ("contract_income", "Contract Income", "Income", "ServiceFeeIncome", "Revenue"),
            ("materials_income", "Materials Income", "Income", "SalesOfProductIncome", "Revenue"),
            ("plan_income", "Maintenance Plan Income", "Income", "ServiceFeeIncome", "Revenue"),
            ("unapplied_income", "Unapplied Cash Payment Income", "Income", "UnappliedCashPaymentIncome", "Revenue"),
            ("discounts", "Discounts Given", "Income", "DiscountsRefundsGiven", "Revenue"),
            ("other_income", "Late Fee Income", "Other Income", "OtherMiscellaneousIncome", "Revenue"),
            ("bad_debt", "Bad Debt", "Expense", "BadDebts", "Expense"),
            ("merchant_fees", "Merchant Fees", "Expense", "BankCharges", "Expense"),
            ("bank_fees", "Bank Charges", "Expense", "BankCharges", "Expense"),
        ),
        1,
    )
}  # fmt: skip

METHODS = {"check": ("1", "Check"), "ach": ("2", "ACH"), "card": ("3", "Credit Card"), "cash": ("4", "Cash")}
TERMS = {0: ("1", "Due on receipt"), 15: ("2", "Net 15"), 30: ("3", "Net 30"), 45: ("4", "Net 45")}
CLASSES = {"residential": ("1", "Residential"), "commercial": ("2", "Commercial")}
TAX_CODE, TAX_RATE, TAX_AGENCY = (
    ("2", "Cedar State"),
    ("1", "Cedar State sales tax"),
    ("1", "Cedar State Department of Revenue"),
)
USD = {"value": "USD", "name": "United States Dollar"}


def ref(pair: tuple[str, str]) -> Wire:
    """A reference as answers show it."""
    return {"value": pair[0], "name": pair[1]}


def account_ref(key: str) -> Wire:
    """A reference to an account by its key."""
    return {"value": ACCOUNTS[key].id, "name": ACCOUNTS[key].name}


def lists(times: Wire) -> dict[str, list[Wire]]:
    """The list entities by name; `times` is the MetaData of all of them."""
    return {
        "Account": [
            _entry(account.id, times)
            | {
                "Name": account.name,
                "FullyQualifiedName": account.name,
                "SubAccount": False,
                "Active": True,
                "Classification": account.classification,
                "AccountType": account.kind,
                "AccountSubType": account.subtype,
                "CurrencyRef": USD,
            }
            for account in ACCOUNTS.values()
        ],
        "Item": [
            _entry(item.id, times)
            | {
                "Name": item.name,
                "FullyQualifiedName": item.name,
                "Active": True,
                "Taxable": item.taxable,
                "UnitPrice": ZERO,
                "Type": item.kind,
                "IncomeAccountRef": account_ref(item.account),
                "TrackQtyOnHand": False,
            }
            for item in ITEMS.values()
        ],
        "Term": [
            _entry(identity, times) | {"Name": name, "Active": True, "Type": "STANDARD", "DueDays": days}
            for days, (identity, name) in TERMS.items()
        ],
        "PaymentMethod": [
            _entry(identity, times)
            | {"Name": name, "Active": True, "Type": "CREDIT_CARD" if key == "card" else "NON_CREDIT_CARD"}
            for key, (identity, name) in METHODS.items()
        ],
        "Class": [
            _entry(identity, times) | {"Name": name, "SubClass": False, "FullyQualifiedName": name, "Active": True}
            for identity, name in CLASSES.values()
        ],
        **_sales_tax(times),
    }


def _sales_tax(times: Wire) -> dict[str, list[Wire]]:
    detail = {"TaxRateRef": ref(TAX_RATE), "TaxTypeApplicable": "TaxOnAmount", "TaxOrder": 0}
    return {
        "TaxAgency": [_entry(TAX_AGENCY[0], times) | {"DisplayName": TAX_AGENCY[1], "TaxTrackedOnSales": True}],
        "TaxRate": [
            _entry(TAX_RATE[0], times)
            | {
                "Name": TAX_RATE[1],
                "Description": TAX_RATE[1],
                "Active": True,
                "RateValue": TAX_PERCENT,
                "AgencyRef": ref(TAX_AGENCY),
                "SpecialTaxType": "NONE",
                "DisplayType": "ReadOnly",
            }
        ],
        "TaxCode": [
            _entry(TAX_CODE[0], times)
            | {
                "Name": TAX_CODE[1],
                "Description": TAX_CODE[1],
                "Active": True,
                "Hidden": False,
                "Taxable": True,
                "TaxGroup": True,
                "SalesTaxRateList": {"TaxRateDetail": [detail]},
                "PurchaseTaxRateList": {"TaxRateDetail": []},
            }
        ],
    }


def company_info(start: date, times: Wire) -> Wire:
    """The bare CompanyInfo object."""
    return _entry("1", times) | {
        "CompanyName": "Copperline Home Services",
        "LegalName": "Copperline Home Services LLC",
        "CompanyAddr": {"Line1": "48 Foundry St", "City": "Cedar Falls", "PostalCode": "00101", "Country": "US"},
        "CompanyStartDate": start.isoformat(),
        "FiscalYearStartMonth": "January",
        "Country": "US",
        "Email": {"Address": "office@copperline.example"},
        "SupportedLanguages": "en",
        "NameValue": [{"Name": "OfferingSku", "Value": "QuickBooks Online Plus"}],
    }


def preferences(close_date: date | None, times: Wire) -> Wire:
    """The bare Preferences object; without a closing date the key is absent (contract 6.7)."""
    accounting: Wire = {
        "TrackDepartments": False,
        "ClassTrackingPerTxn": False,
        "ClassTrackingPerTxnLine": True,
        "CustomerTerminology": "Customers",
    }
    if close_date is not None:
        accounting["BookCloseDate"] = close_date.isoformat()
    return _entry("1", times) | {
        "AccountingInfoPrefs": accounting,
        "SalesFormsPrefs": {
            "CustomTxnNumbers": True,
            "AllowDeposit": True,
            "AllowDiscount": True,
            "AutoApplyCredit": False,
            "AutoApplyPayments": False,
            "AllowEstimates": True,
            "DefaultTerms": {"value": "3"},
            "CustomField": [],
        },
        "CurrencyPrefs": {"MultiCurrencyEnabled": False, "HomeCurrency": {"value": "USD"}},
        "TaxPrefs": {"UsingSalesTax": True, "TaxGroupCodeRef": {"value": TAX_CODE[0]}},
        "ReportPrefs": {"ReportBasis": "Accrual"},
    }


def _entry(identity: str, times: Wire) -> Wire:
    return {"domain": "QBO", "sparse": False, "Id": identity, "SyncToken": "0", "MetaData": times}
