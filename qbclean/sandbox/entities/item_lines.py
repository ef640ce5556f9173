"""One line that sells an item: which item, its class and tax code, and the amount that price and quantity make."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from qbclean.sandbox import refusals
from qbclean.sandbox.wire import ZERO, money

if TYPE_CHECKING:
    from qbclean.sandbox.edit import Edit

Wire = dict[str, Any]

US_LINE_TAX_CODES = ("TAX", "NON")
_CENT = Decimal("0.01")
_ROUNDING = {"half_up": ROUND_HALF_UP, "half_even": ROUND_HALF_EVEN}


def in_the_us(company_info: Mapping[str, Any]) -> bool:
    """Return whether the company is one of the United States: one tax code on the header, TAX or NON on lines."""
    return company_info.get("Country") in {None, "", "US", "USA", "United States"}


def item_of(line: Wire) -> str | None:
    """Return the id of the item or bundle a line sells, None where it names none."""
    detail = line.get("SalesItemLineDetail") or {}
    bundle = line.get("GroupLineDetail") or {}
    return (detail.get("ItemRef") or bundle.get("GroupItemRef") or {}).get("value")


def complete_item_line(edit: Edit, line: Wire, known_items: set[str | None]) -> None:
    """Fill in item, tax code and amount of a line; items the document sold before may be inactive by now.

    Raises 2500 and 610 for the item or class, 6070 for the amount, 6100 for the tax code.
    """
    detail: Wire = dict(line.get("SalesItemLineDetail") or {})
    line["SalesItemLineDetail"] = detail
    if "ItemRef" not in detail:
        standard = _standard_item(edit)
        if standard:
            detail["ItemRef"] = {"value": standard}
    name_item(edit, detail, "ItemRef", known_items)
    edit.referred("Class", detail, "ClassRef")
    _complete_amount(line, detail, edit.company.quirks["tie_rounding"])
    if not in_the_us(edit.company.company_info):
        edit.referred("TaxCode", detail, "TaxCodeRef")
        return
    code = detail.setdefault("TaxCodeRef", {"value": "NON"})["value"]
    if code not in US_LINE_TAX_CODES:
        raise refusals.ApiFault(
            "6100",
            "Invalid Tax Code",
            f"Line tax code must be TAX or NON for a US company. Supplied value:{code}",
            "TaxCodeRef",
        )


def name_item(edit: Edit, detail: Wire, name: str, known_items: set[str | None]) -> Wire | None:
    """Fill in the name of a line's item and return the item; one the document did not sell before must be active."""
    wanted = (detail.get(name) or {}).get("value")
    if wanted not in known_items:
        return edit.referred("Item", detail, name)
    item = edit.read("Item", wanted or "")
    if item is not None:
        detail[name] = {"value": item["Id"]}
        if edit.company.quirks["reference_names"] == "filled":
            detail[name]["name"] = item.get("FullyQualifiedName", item["Name"])
    return item


def _complete_amount(line: Wire, detail: Wire, tie_rounding: str) -> None:
    price, quantity = detail.get("UnitPrice"), detail.get("Qty")
    if not price and not quantity:
        detail.pop("UnitPrice", None)
        detail.pop("Qty", None)
    elif price is not None and quantity is not None:
        product = (Decimal(price) * Decimal(quantity)).quantize(_CENT, _ROUNDING[tie_rounding]) or ZERO
        if line.setdefault("Amount", product) != product:
            raise refusals.amount_differs(line["Amount"])
    elif price is not None and "Amount" not in line:
        line["Amount"] = money(Decimal(price))
    if "Amount" not in line:
        raise refusals.missing("Amount")


def _standard_item(edit: Edit) -> str | None:
    items = edit.company.tables["Item"]
    named = items.holders("Name", "services")
    if named:
        return named[0]
    return next((item["Id"] for item in items.objects() if item.get("Type") == "Service"), None)
