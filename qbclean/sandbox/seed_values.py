"""The lists of the made-up company: accounts of the usual types, items, and what client libraries' tests look for."""

from __future__ import annotations

from typing import Any

Wire = dict[str, Any]

ACCOUNTS = (
    (1, "Checking", "Bank", "Checking"),
    (2, "Savings", "Bank", "Savings"),
    (3, "Accounts Receivable (A/R)", "Accounts Receivable", "AccountsReceivable"),
    (4, "Undeposited Funds", "Other Current Asset", "UndepositedFunds"),
    (5, "Inventory Asset", "Other Current Asset", "Inventory"),
    (6, "Accounts Payable (A/P)", "Accounts Payable", "AccountsPayable"),
    (7, "Mastercard", "Credit Card", "CreditCard"),
    (8, "Sales Tax Payable", "Other Current Liability", "SalesTaxPayable"),
    (9, "Customer Deposits", "Other Current Liability", "OtherCurrentLiabilities"),
    (10, "Opening Balance Equity", "Equity", "OpeningBalanceEquity"),
    (11, "Retained Earnings", "Equity", "RetainedEarnings"),
    (12, "Services", "Income", "ServiceFeeIncome"),
    (13, "Sales of Product Income", "Income", "SalesOfProductIncome"),
    (15, "Unapplied Cash Payment Income", "Income", "UnappliedCashPaymentIncome"),
    (16, "Cost of Goods Sold", "Cost of Goods Sold", "SuppliesMaterialsCogs"),
    (17, "Job Expenses", "Expense", "SuppliesMaterials"),
    (18, "Bad debts", "Expense", "BadDebts"),
    (19, "Truck", "Fixed Asset", "Vehicles"),
    (20, "Notes Payable", "Long Term Liability", "NotesPayable"),
    (21, "Interest Earned", "Other Income", "InterestEarned"),
    (22, "Miscellaneous", "Other Expense", "OtherMiscellaneousExpense"),
    (23, "Security Deposits", "Other Asset", "SecurityDeposits"),
    (24, "Travel", "Expense", "Travel"),
    (25, "Office Expenses", "Expense", "OfficeGeneralAdministrativeExpenses"),
    (42, "Visa", "Credit Card", "CreditCard"),
    (86, "Discounts given", "Income", "DiscountsRefundsGiven"),
)
TERMS = (("Due on receipt", 0), ("Net 15", 15), ("Net 30", 30), ("Net 60", 60))
METHODS = (("Cash", "NON_CREDIT_CARD"), ("Check", "NON_CREDIT_CARD"), ("Visa", "CREDIT_CARD"))
CURRENCIES = (("CAD", "Canadian Dollar"), ("EUR", "Euro"))
CUSTOMERS = ("Harbor Lane Bakery", "Cedar Ridge Homes", "Maple Court HOA")

_SERVICES: Wire = {"Type": "Service", "Taxable": False, "IncomeAccountRef": {"value": "12", "name": "Services"}}
_PRODUCTS: Wire = {"Taxable": True, "IncomeAccountRef": {"value": "13", "name": "Sales of Product Income"}}
ITEMS: tuple[Wire, ...] = (
    {**_SERVICES, "Id": "1", "Name": "Services", "UnitPrice": 0},
    {**_SERVICES, "Id": "2", "Name": "Hours", "UnitPrice": 120},
    {**_SERVICES, "Id": "3", "Name": "Leak repair", "UnitPrice": 180},
    {**_PRODUCTS, "Id": "4", "Name": "Parts", "UnitPrice": 0, "Type": "NonInventory"},
    {
        **_PRODUCTS,
        "Id": "5",
        "Name": "Water heater",
        "UnitPrice": 900,
        "Type": "Inventory",
        "QtyOnHand": 12,
        "InvStartDate": "2024-01-01",
        "ExpenseAccountRef": {"value": "16", "name": "Cost of Goods Sold"},
        "AssetAccountRef": {"value": "5", "name": "Inventory Asset"},
        "TrackQtyOnHand": True,
    },
    {**_SERVICES, "Id": "10", "Name": "Pest Control", "UnitPrice": 35},
)
COMPANY_INFO: Wire = {
    "CompanyName": "Made-up Plumbing & Heating",
    "LegalName": "Made-up Plumbing & Heating",
    "CompanyAddr": {"Line1": "12 Harbor Lane", "City": "Bayside", "CountrySubDivisionCode": "CA"},
    "Country": "US",
    "Email": {"Address": "office@made-up-plumbing.example"},
    "FiscalYearStartMonth": "January",
    "CompanyStartDate": "2024-01-01",
    "SupportedLanguages": "en",
    "NameValue": [{"Name": "OfferingSku", "Value": "QuickBooks Online Plus"}],
}
PREFERENCES: Wire = {
    "AccountingInfoPrefs": {
        "FirstMonthOfFiscalYear": "January",
        "TaxYearMonth": "January",
        "UseAccountNumbers": False,
        "ClassTrackingPerTxn": False,
        "ClassTrackingPerTxnLine": True,
        "TrackDepartments": True,
        "CustomerTerminology": "Customers",
    },
    "ProductAndServicesPrefs": {
        "ForSales": True,
        "ForPurchase": True,
        "QuantityWithPriceAndRate": True,
        "QuantityOnHand": True,
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
    "EmailMessagesPrefs": {
        "InvoiceMessage": {"Subject": "Your invoice", "Message": "Here is your invoice."},
        "EstimateMessage": {"Subject": "Your estimate", "Message": "Here is your estimate."},
    },
    "VendorAndPurchasesPrefs": {"TrackingByCustomer": True, "BillableExpenseTracking": True},
    "TimeTrackingPrefs": {"UseServices": True, "BillCustomers": True, "WorkWeekStartDate": "Monday"},
    "TaxPrefs": {"UsingSalesTax": True},
    "CurrencyPrefs": {"MultiCurrencyEnabled": False, "HomeCurrency": {"value": "USD"}},
    "ReportPrefs": {"ReportBasis": "Accrual"},
    "OtherPrefs": {"NameValue": [{"Name": "SalesFormsPrefs.DefaultCustomerMessage", "Value": "Thank you!"}]},
}
