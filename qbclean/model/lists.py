"""QuickBooks list entities and the company itself, as typed views of the wire JSON (qbo-contract.md 6.2, 6.6, 6.7)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from qbclean.model.documents import MetaData, Ref, Wire
from qbclean.model.money import ZERO


class ListEntity(Wire, frozen=True, kw_only=True):
    id: str
    sync_token: str = "0"  # noqa: S105 - QBO's version counter
    meta_data: MetaData | None = None
    active: bool = True


class EmailAddress(Wire, frozen=True, kw_only=True):
    address: str | None = None


class Phone(Wire, frozen=True, kw_only=True):
    free_form_number: str | None = None


class Address(Wire, frozen=True, kw_only=True):
    line1: str | None = None
    line2: str | None = None
    line3: str | None = None
    city: str | None = None
    country_sub_division_code: str | None = None
    postal_code: str | None = None


class Customer(ListEntity, frozen=True, kw_only=True):
    """A customer or, with `parent_ref`, a job. `balance` is this customer's own, without jobs."""

    display_name: str = ""
    fully_qualified_name: str | None = None
    company_name: str | None = None
    given_name: str | None = None
    middle_name: str | None = None
    family_name: str | None = None
    suffix: str | None = None
    primary_email_addr: EmailAddress | None = None
    primary_phone: Phone | None = None
    mobile: Phone | None = None
    bill_addr: Address | None = None
    ship_addr: Address | None = None
    parent_ref: Ref | None = None
    job: bool = False
    is_project: bool = False
    bill_with_parent: bool = False
    balance: Decimal = ZERO
    balance_with_jobs: Decimal = ZERO
    currency_ref: Ref | None = None
    notes: str | None = None

    @property
    def full_name(self) -> str:
        """`Parent:Job`, as reports show it."""
        return self.fully_qualified_name or self.display_name


class Item(ListEntity, frozen=True, kw_only=True):
    name: str = ""
    fully_qualified_name: str | None = None
    type: str | None = None
    description: str | None = None
    unit_price: Decimal | None = None
    taxable: bool = False
    income_account_ref: Ref | None = None


class Account(ListEntity, frozen=True, kw_only=True):
    name: str = ""
    fully_qualified_name: str | None = None
    account_type: str = ""
    account_sub_type: str | None = None


class Term(ListEntity, frozen=True, kw_only=True):
    name: str = ""
    due_days: int | None = None


class PaymentMethod(ListEntity, frozen=True, kw_only=True):
    name: str = ""


class TaxRate(ListEntity, frozen=True, kw_only=True):
    name: str = ""
    rate_value: Decimal = ZERO
    agency_ref: Ref | None = None


class TaxAgency(ListEntity, frozen=True, kw_only=True):
    display_name: str = ""


class TaxRateDetail(Wire, frozen=True, kw_only=True):
    tax_rate_ref: Ref


class TaxRateList(Wire, frozen=True, kw_only=True):
    tax_rate_detail: tuple[TaxRateDetail, ...] = ()


class TaxCode(ListEntity, frozen=True, kw_only=True):
    name: str = ""
    taxable: bool = True
    tax_group: bool = False
    sales_tax_rate_list: TaxRateList = TaxRateList()


class CompanyInfo(Wire, frozen=True, kw_only=True):
    company_name: str = ""
    country: str | None = None
    company_start_date: date | None = None
    fiscal_year_start_month: str | None = None


class AccountingInfoPrefs(Wire, frozen=True, kw_only=True):
    book_close_date: date | None = None


class SalesFormsPrefs(Wire, frozen=True, kw_only=True):
    custom_txn_numbers: bool = False
    auto_apply_credit: bool = False


class CurrencyPrefs(Wire, frozen=True, kw_only=True):
    multi_currency_enabled: bool = False
    home_currency: Ref | None = None


class TaxPrefs(Wire, frozen=True, kw_only=True):
    using_sales_tax: bool = False
    partner_tax_enabled: bool = False


class Preferences(Wire, frozen=True, kw_only=True):
    accounting_info_prefs: AccountingInfoPrefs = AccountingInfoPrefs()
    sales_forms_prefs: SalesFormsPrefs = SalesFormsPrefs()
    currency_prefs: CurrencyPrefs = CurrencyPrefs()
    tax_prefs: TaxPrefs = TaxPrefs()
