"""The lines of invoices, credit memos, receipts and estimates: items, amounts, discounts, the subtotal."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from qbclean.sandbox import refusals
from qbclean.sandbox.entities.parts import DETAILS
from qbclean.sandbox.wire import ZERO, amount_of, money

if TYPE_CHECKING:
    from qbclean.sandbox.edit import Edit

Wire = dict[str, Any]

US_LINE_TAX_CODES = ("TAX", "NON")
MOST_TAXABLE_LINES = 750
_HUNDRED = Decimal(100)
_CENT = Decimal("0.01")
_ROUNDING = {"half_up": ROUND_HALF_UP, "half_even": ROUND_HALF_EVEN}


def complete_lines(edit: Edit, new: Wire, old: Wire | None) -> None:
    """Check and number the lines, fill in items and amounts; the SubTotal line follows what is sold, discounts it.

    Raises 2020, 2500, 610, 6070 and 6100 as QuickBooks does.
    """
    kept = {line["Id"]: line for line in (old or {}).get("Line", ()) if "Id" in line}
    known_items = {_item_of(line) for line in kept.values()}
    next_id = max((int(number) for number in kept if number.isdigit()), default=0) + 1
    lines: list[Wire] = []
    used: set[str] = set()
    for given in new.get("Line") or ():
        line = dict(given)
        _name_detail(line)
        if line["DetailType"] == "SubTotalLineDetail":
            continue
        if line["DetailType"] == "SalesItemLineDetail":
            _complete_item_line(edit, line, known_items)
        elif line["DetailType"] == "GroupLineDetail":
            _complete_group_line(line)
        if line.get("Id") not in kept or line["Id"] in used:
            line["Id"] = str(next_id)
            next_id += 1
        used.add(line["Id"])
        line["LineNum"] = len(lines) + 1
        lines.append(line)
    subtotal = subtotal_of({"Line": lines})
    for line in lines:
        if is_discount(line):
            _complete_discount(edit, line, subtotal)
    if not lines:
        raise refusals.missing("Line")
    if len(lines) > MOST_TAXABLE_LINES and any(map(is_taxed, lines)):
        raise refusals.business(f"A taxable transaction may hold at most {MOST_TAXABLE_LINES} lines.", "Line")
    sold = [line for line in lines if not is_discount(line)]
    subtotal_line = {"Amount": money(subtotal), "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {}}
    new["Line"] = [*sold, subtotal_line, *(line for line in lines if is_discount(line))]


def own_lines(new: Wire) -> list[Wire]:
    """Return the lines without the SubTotal line."""
    return [line for line in new.get("Line") or () if line["DetailType"] != "SubTotalLineDetail"]


def subtotal_of(new: Wire) -> Decimal:
    """Return what is sold, before discounts and tax."""
    return sum((amount_of(line, "Amount") for line in own_lines(new) if not is_discount(line)), ZERO)


def discounts_of(new: Wire) -> Decimal:
    """Return what the discount lines take off."""
    return sum((amount_of(line, "Amount") for line in own_lines(new) if is_discount(line)), ZERO)


def is_discount(line: Wire) -> bool:
    """Return whether a line is a discount."""
    return bool(line["DetailType"] == "DiscountLineDetail")


def tax_code_of(line: Wire) -> str:
    """Return the tax code of an item's line, empty where it has none."""
    return str(((line.get("SalesItemLineDetail") or {}).get("TaxCodeRef") or {}).get("value") or "")


def is_taxed(line: Wire) -> bool:
    """Return whether a line of a US company is taxed."""
    return tax_code_of(line) not in {"", "NON"}


def in_the_us(company_info: Mapping[str, Any]) -> bool:
    """Return whether the company is one of the United States: one tax code on the header, TAX or NON on lines."""
    return company_info.get("Country") in {None, "", "US", "USA", "United States"}


def zero_lines(document: Wire) -> None:
    """Set every amount of a document to zero and take quantities and prices away, as a void does."""
    for line in document.get("Line") or ():
        if "Amount" in line:
            line["Amount"] = ZERO
        detail = line.get(line.get("DetailType", ""))
        if isinstance(detail, dict):
            for name in ("Qty", "UnitPrice", "DiscountPercent", "TaxInclusiveAmt"):
                detail.pop(name, None)
    tax = {name: kept for name, kept in (document.get("TxnTaxDetail") or {}).items() if name != "TaxLine"}
    document["TxnTaxDetail"] = {**tax, "TotalTax": ZERO}


def _name_detail(line: Wire) -> None:
    if "DetailType" not in line:
        present = [name for name in DETAILS if name in line]
        if len(present) != 1:
            raise refusals.missing("DetailType")
        line["DetailType"] = present[0]


def _item_of(line: Wire) -> str | None:
    detail = line.get("SalesItemLineDetail") or {}
    return (detail.get("ItemRef") or {}).get("value")


def _complete_item_line(edit: Edit, line: Wire, known_items: set[str | None]) -> None:
    detail: Wire = dict(line.get("SalesItemLineDetail") or {})
    line["SalesItemLineDetail"] = detail
    if "ItemRef" not in detail:
        standard = _standard_item(edit)
        if standard:
            detail["ItemRef"] = {"value": standard}
    if _item_of(line) not in known_items:
        edit.referred("Item", detail, "ItemRef")
    elif (item := edit.read("Item", _item_of(line) or "")) is not None:
        detail["ItemRef"] = {"value": item["Id"], "name": item.get("FullyQualifiedName", item["Name"])}
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


def _complete_group_line(line: Wire) -> None:
    inner = (line.get("GroupLineDetail") or {}).get("Line")
    if isinstance(inner, list) and "Amount" not in line:
        parts = (Decimal(str(part.get("Amount", 0))) for part in inner if isinstance(part, dict))
        line["Amount"] = money(sum(parts, ZERO))


def _complete_discount(edit: Edit, line: Wire, subtotal: Decimal) -> None:
    detail = line.get("DiscountLineDetail") or {}
    edit.referred("Account", detail, "DiscountAccountRef")
    if detail.get("PercentBased") and detail.get("DiscountPercent") is not None:
        line["Amount"] = money(subtotal * Decimal(detail["DiscountPercent"]) / _HUNDRED)
    if "Amount" not in line:
        raise refusals.missing("Amount")


def _standard_item(edit: Edit) -> str | None:
    items = edit.company.tables["Item"]
    named = items.holders("Name", "services")
    if named:
        return named[0]
    return next((item["Id"] for item in items.objects() if item.get("Type") == "Service"), None)
