"""The lines of invoices, credit memos, receipts and estimates: items, amounts, discounts, the subtotal."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from qbclean.sandbox import refusals
from qbclean.sandbox.entities.group_lines import complete_group_line, members_of, number_members, sold_lines
from qbclean.sandbox.entities.item_lines import complete_item_line, item_of
from qbclean.sandbox.entities.parts import DETAILS
from qbclean.sandbox.wire import ZERO, amount_of, money

if TYPE_CHECKING:
    from qbclean.sandbox.edit import Edit

Wire = dict[str, Any]

MOST_TAXABLE_LINES = 750
_HUNDRED = Decimal(100)


def complete_lines(edit: Edit, new: Wire, old: Wire | None) -> None:
    """Check and number the lines, fill in items and amounts; the SubTotal line follows what is sold, discounts it.

    Raises 2020, 2500, 610, 6070 and 6100 as QuickBooks does.
    """
    kept = {line["Id"]: line for line in (old or {}).get("Line", ()) if "Id" in line}
    inner = [member for line in kept.values() for member in members_of(line)]
    known_items = {item_of(line) for line in (*kept.values(), *inner)}
    numbers = (str(line.get("Id")) for line in (*kept.values(), *inner))
    next_id = max((int(number) for number in numbers if number.isdigit()), default=0) + 1
    lines: list[Wire] = []
    used: set[str] = set()
    for given in new.get("Line") or ():
        line = dict(given)
        _name_detail(line)
        if line["DetailType"] == "SubTotalLineDetail":
            continue
        if line["DetailType"] == "SalesItemLineDetail":
            complete_item_line(edit, line, known_items)
        elif line["DetailType"] == "GroupLineDetail":
            complete_group_line(edit, line, known_items)
        if line.get("Id") not in kept or line["Id"] in used:
            line["Id"] = str(next_id)
            next_id += 1
        used.add(line["Id"])
        line["LineNum"] = len(lines) + 1
        lines.append(line)
    number_members(lines, next_id)
    subtotal = subtotal_of({"Line": lines})
    for line in lines:
        if is_discount(line):
            _complete_discount(edit, line, subtotal)
    if not lines:
        raise refusals.missing("Line")
    if len(lines) > MOST_TAXABLE_LINES and any(map(is_taxed, sold_lines(lines))):
        raise refusals.business(f"A taxable transaction may hold at most {MOST_TAXABLE_LINES} lines.", "Line")
    sold = [line for line in lines if not is_discount(line)]
    subtotal_line = {"Amount": money(subtotal), "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {}}
    new["Line"] = [*sold, subtotal_line, *(line for line in lines if is_discount(line))]


def own_lines(new: Wire) -> list[Wire]:
    """Return the lines without the SubTotal line, bundles by their members."""
    return [line for line in sold_lines(new.get("Line") or ()) if line.get("DetailType") != "SubTotalLineDetail"]


def subtotal_of(new: Wire) -> Decimal:
    """Return what is sold, before discounts and tax."""
    return sum((amount_of(line, "Amount") for line in own_lines(new) if not is_discount(line)), ZERO)


def discounts_of(new: Wire) -> Decimal:
    """Return what the discount lines take off."""
    return sum((amount_of(line, "Amount") for line in own_lines(new) if is_discount(line)), ZERO)


def is_discount(line: Wire) -> bool:
    """Return whether a line is a discount."""
    return line.get("DetailType") == "DiscountLineDetail"


def tax_code_of(line: Wire) -> str:
    """Return the tax code of an item's line, empty where it has none."""
    return str(((line.get("SalesItemLineDetail") or {}).get("TaxCodeRef") or {}).get("value") or "")


def is_taxed(line: Wire) -> bool:
    """Return whether a line of a US company is taxed."""
    return tax_code_of(line) not in {"", "NON"}


def zero_lines(document: Wire) -> None:
    """Set every amount of a document to zero and take quantities and prices away, as a void does."""
    for line in document.get("Line") or ():
        for part in (line, *members_of(line)):
            _zero_line(part)
    tax = {name: kept for name, kept in (document.get("TxnTaxDetail") or {}).items() if name != "TaxLine"}
    document["TxnTaxDetail"] = {**tax, "TotalTax": ZERO}


def _zero_line(line: Wire) -> None:
    if "Amount" in line:
        line["Amount"] = ZERO
    detail = line.get(line.get("DetailType", ""))
    if isinstance(detail, dict):
        for name in ("Qty", "UnitPrice", "DiscountPercent", "TaxInclusiveAmt"):
            detail.pop(name, None)


def _name_detail(line: Wire) -> None:
    if "DetailType" not in line:
        present = [name for name in DETAILS if name in line]
        if len(present) != 1:
            raise refusals.missing("DetailType")
        line["DetailType"] = present[0]


def _complete_discount(edit: Edit, line: Wire, subtotal: Decimal) -> None:
    detail = line.get("DiscountLineDetail") or {}
    edit.referred("Account", detail, "DiscountAccountRef")
    if detail.get("PercentBased") and detail.get("DiscountPercent") is not None:
        line["Amount"] = money(subtotal * Decimal(detail["DiscountPercent"]) / _HUNDRED)
    if "Amount" not in line:
        raise refusals.missing("Amount")
