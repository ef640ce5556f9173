"""Which QuickBooks item a CRM line belongs on: by name, else by how paired invoices were booked before."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from qbclean.match.invoices import InvoiceMatches
from qbclean.match.normalize import plain
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.crm import CrmRecords
from qbclean.model.lists import Item


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemMap:
    """`by_name`: plain item name → id of a usable item. `by_use`: plain CRM item name → id learned from pairs."""

    by_name: Mapping[str, str]
    by_use: Mapping[str, str]

    def find(self, name: str | None) -> str | None:
        return self.by_name.get(plain(name)) if name else None

    def learned(self, name: str | None) -> str | None:
        return self.by_use.get(plain(name)) if name else None


def map_items(books: ReceivablesSnapshot, crm: CrmRecords, invoices: InvoiceMatches) -> ItemMap:
    """Only active items sold for income, and no inventory, are usable (S15, S27). A name two items share is not."""
    usable = {item.id: item for item in books.items.values() if _is_usable(item)}
    names = Counter(plain(item.name) for item in usable.values())
    by_name = {plain(item.name): item.id for item in usable.values() if names[plain(item.name)] == 1}
    by_name |= {plain(item.fully_qualified_name): item.id for item in usable.values() if item.fully_qualified_name}
    seen: dict[str, Counter[str]] = defaultdict(Counter)
    for crm_id, qbo_id in invoices.pairs.items():
        record, booked = crm.invoices_by_id[crm_id], books.invoices[qbo_id]
        lines = [line for line in booked.item_lines if line.sales_item_line_detail]
        for ours, theirs in zip(record.lines or (), lines, strict=False):
            item = theirs.sales_item_line_detail.item_ref if theirs.sales_item_line_detail else None
            if ours.item and item and ours.amount == theirs.amount and item.value in usable:
                seen[plain(ours.item)][item.value] += 1
    by_use = {name: next(iter(counts)) for name, counts in seen.items() if len(counts) == 1}
    return ItemMap(by_name=by_name, by_use=by_use)


def _is_usable(item: Item) -> bool:
    return item.active and item.income_account_ref is not None and item.type not in ("Inventory", "Category", "Group")
