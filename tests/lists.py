"""The list entities every test company has: accounts, items, taxes, terms. Ids are those of the contract's samples."""

from __future__ import annotations

from decimal import Decimal

from qbclean.model.documents import Ref
from qbclean.model.lists import (
    Account,
    Item,
    PaymentMethod,
    Preferences,
    SalesFormsPrefs,
    TaxAgency,
    TaxCode,
    TaxPrefs,
    TaxRate,
    TaxRateDetail,
    TaxRateList,
    Term,
)

SERVICE_INCOME = "1"
UNDEPOSITED_FUNDS = "4"
CHECKING = "35"
MATERIALS_INCOME = "45"
BAD_DEBT = "60"
ACCOUNTS_RECEIVABLE = "84"
DISCOUNTS_GIVEN = "86"
SALES_TAX_PAYABLE = "90"
CUSTOMER_DEPOSITS = "91"
UNAPPLIED_CASH = "99"


def _account(id_: str, name: str, type_: str, sub_type: str | None = None) -> Account:
    return Account(id=id_, name=name, fully_qualified_name=name, account_type=type_, account_sub_type=sub_type)


ACCOUNTS = {
    account.id: account
    for account in (
        _account(SERVICE_INCOME, "Services", "Income", "ServiceFeeIncome"),
        _account(UNDEPOSITED_FUNDS, "Undeposited Funds", "Other Current Asset", "UndepositedFunds"),
        _account(CHECKING, "Checking", "Bank", "Checking"),
        _account(MATERIALS_INCOME, "Materials", "Income", "SalesOfProductIncome"),
        _account(BAD_DEBT, "Bad Debts", "Expense", "BadDebts"),
        _account(ACCOUNTS_RECEIVABLE, "Accounts Receivable (A/R)", "Accounts Receivable", "AccountsReceivable"),
        _account(DISCOUNTS_GIVEN, "Discounts given", "Income", "DiscountsRefundsGiven"),
        _account(SALES_TAX_PAYABLE, "Sales Tax Payable", "Other Current Liability", "SalesTaxPayable"),
        _account(CUSTOMER_DEPOSITS, "Customer Deposits", "Other Current Liability", "OtherCurrentLiabilities"),
        _account(UNAPPLIED_CASH, "Unapplied Cash Payment Income", "Income", "UnappliedCashPaymentIncome"),
    )
}

LABOR = "12"
MATERIALS = "13"
RETAINER = "14"
BAD_DEBT_ITEM = "15"


def _item(id_: str, name: str, account: str, *, taxable: bool = False) -> Item:
    return Item(
        id=id_,
        name=name,
        fully_qualified_name=name,
        type="Service",
        taxable=taxable,
        income_account_ref=Ref(account, ACCOUNTS[account].name),
    )


ITEMS = {
    item.id: item
    for item in (
        _item(LABOR, "Labor", SERVICE_INCOME),
        _item(MATERIALS, "Materials", MATERIALS_INCOME, taxable=True),
        _item(RETAINER, "Customer deposit", CUSTOMER_DEPOSITS),
        _item(BAD_DEBT_ITEM, "Bad debt", BAD_DEBT),
    )
}

TAX_CODE = "2"
STATE_RATE = "3"
CITY_RATE = "5"
STATE_AGENCY = "1"
CITY_AGENCY = "2"
TAX_AGENCIES = {
    STATE_AGENCY: TaxAgency(id=STATE_AGENCY, display_name="State Revenue"),
    CITY_AGENCY: TaxAgency(id=CITY_AGENCY, display_name="City Treasurer"),
}
TAX_RATES = {
    STATE_RATE: TaxRate(id=STATE_RATE, name="State 8%", rate_value=Decimal(8), agency_ref=Ref(STATE_AGENCY)),
    CITY_RATE: TaxRate(id=CITY_RATE, name="City 2%", rate_value=Decimal(2), agency_ref=Ref(CITY_AGENCY)),
}
TAX_CODES = {
    TAX_CODE: TaxCode(
        id=TAX_CODE,
        name="State",
        tax_group=True,
        sales_tax_rate_list=TaxRateList(tax_rate_detail=(TaxRateDetail(tax_rate_ref=Ref(STATE_RATE)),)),
    )
}
TERMS = {"3": Term(id="3", name="Net 30", due_days=30)}
PAYMENT_METHODS = {"1": PaymentMethod(id="1", name="Cash"), "2": PaymentMethod(id="2", name="Check")}
PREFERENCES = Preferences(
    sales_forms_prefs=SalesFormsPrefs(custom_txn_numbers=True), tax_prefs=TaxPrefs(using_sales_tax=True)
)
