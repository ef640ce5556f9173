"""Currencies: a customer has one, and so have its transactions; home amounts follow from the rate of the day."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from qbclean.sandbox import refusals
from qbclean.sandbox.wire import amount_of, money

if TYPE_CHECKING:
    from qbclean.sandbox.edit import Edit

Wire = dict[str, Any]

_HOME_AMOUNTS = {"HomeTotalAmt": "TotalAmt", "HomeBalance": "Balance"}


def complete_currency(edit: Edit, new: Wire) -> None:
    """Check a transaction's currency against its customer's (2020, 6000) and fill in the rate.

    In a company of one currency only the reference is filled in.
    """
    home = _home(edit)
    if not _many(edit):
        new.setdefault("CurrencyRef", home)
        return
    if "CurrencyRef" not in new:
        raise refusals.missing("CurrencyRef")
    customer = edit.read("Customer", (new.get("CustomerRef") or {}).get("value", ""))
    of_customer = (customer or {}).get("CurrencyRef") or home
    if customer is not None and of_customer["value"] != new["CurrencyRef"]["value"]:
        raise refusals.business("The currency of a transaction must be its customer's.", "CurrencyRef")
    new.setdefault("ExchangeRate", _rate_of_the_day(edit, new))


def show_home_amounts(edit: Edit, new: Wire) -> None:
    """Fill in what the amounts are worth in the company's own currency, where it has others too."""
    if _many(edit):
        rate = amount_of(new, "ExchangeRate") or Decimal(1)
        for shown, source in _HOME_AMOUNTS.items():
            if source in new:
                new[shown] = money(amount_of(new, source) * rate)


def check_fixed(edit: Edit, customer: Wire, old: Wire) -> None:
    """Refuse another currency for a customer who has transactions (6000)."""
    if not _many(edit) or customer.get("CurrencyRef") in (None, old.get("CurrencyRef")):
        return
    same = customer["CurrencyRef"]["value"] == (old.get("CurrencyRef") or _home(edit))["value"]
    tables = edit.company.tables
    if not same and any(
        tables[kind].holders("CustomerRef", old["Id"]) for kind in ("Invoice", "Payment", "CreditMemo")
    ):
        raise refusals.business("The currency of a customer with transactions cannot be changed.", "CurrencyRef")


def _many(edit: Edit) -> bool:
    return bool((edit.company.preferences.get("CurrencyPrefs") or {}).get("MultiCurrencyEnabled"))


def _home(edit: Edit) -> Wire:
    home = (edit.company.preferences.get("CurrencyPrefs") or {}).get("HomeCurrency") or {}
    code = home.get("value") or "USD"
    return {"value": code, "name": "United States Dollar" if code == "USD" else home.get("name", code)}


def _rate_of_the_day(edit: Edit, new: Wire) -> Decimal:
    """Return the newest known rate on the transaction's date, 1 for the home currency and where none is known."""
    known = [
        rate
        for rate in edit.company.tables["ExchangeRate"].objects()
        if rate.get("SourceCurrencyCode") == new["CurrencyRef"]["value"]
        and str(rate.get("AsOfDate", "")) <= str(new["TxnDate"])
    ]
    newest = max(known, key=lambda rate: str(rate.get("AsOfDate", "")), default=None)
    home = new["CurrencyRef"]["value"] == _home(edit)["value"]
    return Decimal(1) if newest is None or home else amount_of(newest, "Rate")
