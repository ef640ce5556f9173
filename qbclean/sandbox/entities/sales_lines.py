"""Lines, sales tax and totals of invoices, credit memos, receipts and estimates."""

from __future__ import annotations

from decimal import Decimal
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
    subtotal = sum((amount_of(line, "Amount") for line in lines if not _is_discount(line)), ZERO)
    for line in lines:
        if _is_discount(line):
            _complete_discount(edit, line, subtotal)
    if not lines:
        raise refusals.missing("Line")
    if len(lines) > MOST_TAXABLE_LINES and any(map(_is_taxed, lines)):
        raise refusals.business(f"A taxable transaction may hold at most {MOST_TAXABLE_LINES} lines.", "Line")
    sold = [line for line in lines if not _is_discount(line)]
    subtotal_line = {"Amount": money(subtotal), "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {}}
    new["Line"] = [*sold, subtotal_line, *(line for line in lines if _is_discount(line))]


def total_of(new: Wire) -> Decimal:
    """Return the document's total: lines less discounts plus tax. Raises 2290 below zero."""
    total = money(_subtotal(new) - _discounts(new) + amount_of(new.get("TxnTaxDetail") or {}, "TotalTax"))
    if total < 0:
        raise refusals.ApiFault(
            "2290", "Negative Amount", f"Transaction amount must be 0 or greater. Supplied value:{total}", "TotalAmt"
        )
    return total


def complete_tax(edit: Edit, new: Wire, *, supplied: bool) -> None:
    """Compute sales tax from the header's code, or else the rates of its tax lines.

    An amount supplied with the request stands as it is, and so does a bare one that no rate explains.
    """
    preferences = edit.company.preferences
    detail: Wire = dict(new.get("TxnTaxDetail") or {})
    if not (preferences.get("TaxPrefs") or {}).get("UsingSalesTax"):
        new["TxnTaxDetail"] = {"TotalTax": ZERO}
        return
    stands = supplied and (amount_of(detail, "TotalTax") or detail.get("TaxLine"))
    if stands:
        detail["TotalTax"] = money(amount_of(detail, "TotalTax")) or _tax_lines_total(detail)
        new["TxnTaxDetail"] = detail
        return
    code = edit.referred("TaxCode", detail, "TxnTaxCodeRef")
    taxable = _taxable(new)
    known = detail.pop("TaxLine", None) or []
    if code is None and not known:
        detail["TotalTax"] = money(amount_of(detail, "TotalTax"))
        new["TxnTaxDetail"] = detail
        return
    rates = _rates(code) if code else [rate for line in known if (rate := _rate_of(line))]
    tax_lines = [_tax_line(edit, rate, taxable) for rate in rates] if taxable else []
    if tax_lines:
        detail["TaxLine"] = tax_lines
    detail["TotalTax"] = money(sum((line["Amount"] for line in tax_lines), ZERO))
    new["TxnTaxDetail"] = detail


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
    _complete_amount(line, detail)
    code = detail.setdefault("TaxCodeRef", {"value": "NON"})["value"]
    if code not in US_LINE_TAX_CODES and _is_us(edit):
        raise refusals.ApiFault(
            "6100",
            "Invalid Tax Code",
            f"Line tax code must be TAX or NON for a US company. Supplied value:{code}",
            "TaxCodeRef",
        )


def _complete_amount(line: Wire, detail: Wire) -> None:
    price, quantity = detail.get("UnitPrice"), detail.get("Qty")
    if not price and not quantity:
        detail.pop("UnitPrice", None)
        detail.pop("Qty", None)
    elif price is not None and quantity is not None:
        product = money(Decimal(price) * Decimal(quantity))
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


def _is_discount(line: Wire) -> bool:
    return bool(line["DetailType"] == "DiscountLineDetail")


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


def _is_us(edit: Edit) -> bool:
    return edit.company.company_info.get("Country", "US") in {"US", "USA"}


def _subtotal(new: Wire) -> Decimal:
    return sum((amount_of(line, "Amount") for line in _own(new) if not _is_discount(line)), ZERO)


def _discounts(new: Wire) -> Decimal:
    return sum((amount_of(line, "Amount") for line in _own(new) if _is_discount(line)), ZERO)


def _own(new: Wire) -> list[Wire]:
    return [line for line in new.get("Line") or () if line["DetailType"] != "SubTotalLineDetail"]


def _is_taxed(line: Wire) -> bool:
    return ((line.get("SalesItemLineDetail") or {}).get("TaxCodeRef") or {}).get("value") not in {None, "NON"}


def _taxable(new: Wire) -> Decimal:
    taxed = sum((amount_of(line, "Amount") for line in _own(new) if _is_taxed(line)), ZERO)
    subtotal = _subtotal(new)
    if new.get("ApplyTaxAfterDiscount") and subtotal:
        taxed -= taxed * _discounts(new) / subtotal
    return money(taxed)


def _rates(code: Wire) -> list[str]:
    details = (code.get("SalesTaxRateList") or {}).get("TaxRateDetail") or ()
    return [detail["TaxRateRef"]["value"] for detail in details if detail.get("TaxRateRef")]


def _rate_of(tax_line: Wire) -> str | None:
    detail = tax_line.get("TaxLineDetail") or {}
    return (detail.get("TaxRateRef") or {}).get("value")


def _tax_line(edit: Edit, rate_id: str, taxable: Decimal) -> Wire:
    rate = edit.find("TaxRate", rate_id)
    percent = amount_of(rate, "RateValue")
    return {
        "Amount": money(taxable * percent / _HUNDRED),
        "DetailType": "TaxLineDetail",
        "TaxLineDetail": {
            "TaxRateRef": {"value": rate_id},
            "PercentBased": True,
            "TaxPercent": percent,
            "NetAmountTaxable": taxable,
        },
    }


def _tax_lines_total(detail: Wire) -> Decimal:
    return money(sum((amount_of(line, "Amount") for line in detail.get("TaxLine") or ()), ZERO))
