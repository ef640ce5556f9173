"""Bundles: a line that holds the lines of its members; what is sold, taxed and posted are the members."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from qbclean.sandbox import refusals
from qbclean.sandbox.entities.item_lines import complete_item_line, name_item
from qbclean.sandbox.wire import ZERO, amount_of, money

if TYPE_CHECKING:
    from qbclean.sandbox.edit import Edit

Wire = dict[str, Any]


def members_of(line: Wire) -> list[Wire]:
    """Return the lines inside a bundle's line, none for any other."""
    return list((line.get("GroupLineDetail") or {}).get("Line") or ())


def sold_lines(lines: Iterable[Wire]) -> Iterator[Wire]:
    """Yield the lines, and in place of each bundle its members."""
    for line in lines:
        if line.get("DetailType") == "GroupLineDetail":
            yield from members_of(line)
        else:
            yield line


def complete_group_line(edit: Edit, line: Wire, known_items: set[str | None]) -> None:
    """Complete the members, those of the bundle's item where none are sent; the line comes to their sum.

    Raises 2020 without a bundle, and what the members' own lines raise.
    """
    detail: Wire = dict(line.get("GroupLineDetail") or {})
    bundle = name_item(edit, detail, "GroupItemRef", known_items)
    if bundle is None:
        raise refusals.missing("GroupItemRef")
    detail.setdefault("Quantity", 1)
    members = [dict(member) for member in detail.get("Line") or _members_by_item(edit, bundle, detail["Quantity"])]
    for place, member in enumerate(members, start=1):
        member.setdefault("DetailType", "SalesItemLineDetail")
        if member["DetailType"] == "SalesItemLineDetail":
            complete_item_line(edit, member, known_items)
        member["LineNum"] = place
    detail["Line"] = members
    line["GroupLineDetail"] = detail
    add_up_members(line)


def add_up_members(line: Wire) -> None:
    """Set the amount of a bundle's line to what its members come to."""
    line["Amount"] = money(sum((amount_of(member, "Amount") for member in members_of(line)), ZERO))


def number_members(lines: Iterable[Wire], next_id: int) -> None:
    """Give every member without an id, or with one that is taken, the next free one."""
    lines = list(lines)
    taken = {line.get("Id") for line in lines}
    for member in (member for line in lines for member in members_of(line)):
        if member.get("Id") in {None, *taken}:
            member["Id"] = str(next_id)
            next_id += 1
        taken.add(member["Id"])


def _members_by_item(edit: Edit, bundle: Wire, quantity: Any) -> Iterator[Wire]:
    for part in (bundle.get("ItemGroupDetail") or {}).get("ItemGroupLine") or ():
        if "ItemRef" not in part:
            continue
        item = edit.referred("Item", part, "ItemRef") or {}
        count, price = Decimal(part.get("Qty") or 1) * Decimal(quantity), amount_of(item, "UnitPrice")
        sold = {"ItemRef": {**part["ItemRef"]}, "Qty": count, "UnitPrice": price}
        yield {"DetailType": "SalesItemLineDetail", "Amount": money(count * price), "SalesItemLineDetail": sold}
