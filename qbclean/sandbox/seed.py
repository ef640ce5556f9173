"""Makes up a small company, so that a sandbox without a folder has lists to work with, and documents of each kind."""

from __future__ import annotations

from typing import Any

from qbclean.sandbox.company import Company
from qbclean.sandbox.entities.account_types import CLASSIFICATIONS
from qbclean.sandbox.entities.item_lines import in_the_us
from qbclean.sandbox.seed_values import (
    ACCOUNTS,
    COMPANY_INFO,
    CURRENCIES,
    CUSTOMERS,
    ITEMS,
    METHODS,
    PREFERENCES,
    TERMS,
)
from qbclean.sandbox.wire import encode, stamp

Wire = dict[str, Any]

PSEUDO_CODES = (("NON", False), ("TAX", True), ("CustomSalesTax", True))
"""Tax codes every US company answers with though nobody made them."""


def seed_lists(company: Company) -> None:
    """Fill an empty company with its lists and names; there are no transactions yet."""
    _keep(company, "CompanyInfo", 1, COMPANY_INFO)
    _keep(company, "Preferences", 1, PREFERENCES)
    for number, name, kind, subtype in ACCOUNTS:
        _keep(company, "Account", number, {**_named(name), **_account(kind, subtype)})
    for number, (name, days) in enumerate(TERMS, start=1):
        _keep(company, "Term", number, {"Name": name, "Active": True, "Type": "STANDARD", "DueDays": days})
    for number, (name, kind) in enumerate(METHODS, start=1):
        _keep(company, "PaymentMethod", number, {"Name": name, "Active": True, "Type": kind})
    for number, (code, name) in enumerate(CURRENCIES, start=1):
        _keep(company, "CompanyCurrency", number, {"Code": code, "Name": name, "Active": True})
        rate = {"SourceCurrencyCode": code, "TargetCurrencyCode": "USD", "Rate": 1, "AsOfDate": "2026-01-01"}
        _keep(company, "ExchangeRate", number, rate)
    _taxes(company)
    for item in ITEMS:
        number, name = int(item["Id"]), str(item["Name"])
        _keep(company, "Item", number, {**_named(name), "TrackQtyOnHand": False, **item})
    for number, name in enumerate(CUSTOMERS, start=1):
        balance = {"Balance": 0, "BalanceWithJobs": 0}
        kept = {**_person(name), **balance, "Job": False, "BillWithParent": False, "Taxable": True}
        _keep(company, "Customer", number, kept)
    _keep(company, "Vendor", 4, {**_person("Pacific Pipe Supply"), "Balance": 0})
    _keep(company, "Employee", 5, {**_person("Dana Reyes"), "GivenName": "Dana", "FamilyName": "Reyes"})
    _keep(company, "CustomerType", 1, {"Name": "Residential", "Active": True})
    _keep(company, "Department", 1, _named("Main shop"))
    _keep(company, "Class", 1, _named("Service calls"))


def add_pseudo_codes(company: Company) -> None:
    """Add the pseudo tax codes that the folder of a US company has left out."""
    if not in_the_us(company.company_info):
        return
    for code, taxable in PSEUDO_CODES:
        if code not in company.tables["TaxCode"]:
            _keep(company, "TaxCode", code, {"Name": code, "Active": True, "Taxable": taxable, "TaxGroup": False})


def _taxes(company: Company) -> None:
    agency = {"DisplayName": "State Board of Equalization", "TaxTrackedOnSales": True, "TaxTrackedOnPurchases": False}
    _keep(company, "TaxAgency", 1, agency)
    rate = {"Description": "Sales tax", "RateValue": 8, "AgencyRef": {"value": "1"}, "SpecialTaxType": "NONE"}
    _keep(company, "TaxRate", 1, {"Name": "State", "Active": True, **rate})
    rates = [{"TaxRateRef": {"value": "1", "name": "State"}, "TaxTypeApplicable": "TaxOnAmount", "TaxOrder": 0}]
    code = {"Name": "State", "Active": True, "Taxable": True, "TaxGroup": True}
    _keep(company, "TaxCode", 2, {**code, "SalesTaxRateList": {"TaxRateDetail": rates}})
    add_pseudo_codes(company)


def _named(name: str) -> Wire:
    return {"Name": name, "FullyQualifiedName": name, "Active": True}


def _person(name: str) -> Wire:
    return {"DisplayName": name, "FullyQualifiedName": name, "PrintOnCheckName": name, "Active": True}


def _account(kind: str, subtype: str) -> Wire:
    return {
        "SubAccount": False,
        "Classification": CLASSIFICATIONS[kind],
        "AccountType": kind,
        "AccountSubType": subtype,
        "CurrentBalance": 0,
        "CurrentBalanceWithSubAccounts": 0,
    }


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
