"""Which QuickBooks item a CRM line belongs on: by name, else by how the same sales were booked before."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from qbclean.match.homes import Homes
from qbclean.match.normalize import plain
from qbclean.model.crm import CrmInvoice
from qbclean.model.documents import Invoice
from qbclean.model.lists import Item

SalePair = tuple[str, str]
"""Ids of a CRM invoice and of the QuickBooks invoice of the same sale."""
InFull = Callable[[Sequence[SalePair]], Iterable[tuple[CrmInvoice, Invoice]]]
"""Reads such pairs with their lines."""

_SEVERAL = ""
"""Stands for the ids of sales that are not alone."""
_ENOUGH = 2_000
"""So many sales tell how a company books its items."""


@dataclass(frozen=True, kw_only=True)
class ItemMap:
    """`by_name`: plain item name → id of a usable item. `by_use`: plain CRM item name → id learned from pairs."""

    by_name: Mapping[str, str]
    by_use: Mapping[str, str]

    def find(self, name: str | None) -> str | None:
        return self.by_name.get(plain(name)) if name else None

    def learned(self, name: str | None) -> str | None:
        return self.by_use.get(plain(name)) if name else None


def map_items(homes: Homes, in_full: InFull) -> ItemMap:
    """Only active items sold for income, and no inventory, are usable (S15, S27). A name two items share is not."""
    usable = {item.id: item for item in homes.books.items.values() if _is_usable(item)}
    names = Counter(plain(item.name) for item in usable.values())
    by_name = {plain(item.name): item.id for item in usable.values() if names[plain(item.name)] == 1}
    by_name |= {plain(item.fully_qualified_name): item.id for item in usable.values() if item.fully_qualified_name}
    seen: dict[str, Counter[str]] = defaultdict(Counter)
    pairs = _sure_pairs(homes)
    for record, booked in in_full(pairs[:: len(pairs) // _ENOUGH + 1]):
        lines = [line for line in booked.item_lines if line.sales_item_line_detail]
        for ours, theirs in zip(record.lines or (), lines, strict=False):
            item = theirs.sales_item_line_detail.item_ref if theirs.sales_item_line_detail else None
            if ours.item and item and ours.amount == theirs.amount and item.value in usable:
                seen[plain(ours.item)][item.value] += 1
    by_use = {name: next(iter(counts)) for name, counts in seen.items() if len(counts) == 1}
    return ItemMap(by_name=by_name, by_use=by_use)


def _sure_pairs(homes: Homes) -> list[SalePair]:
    """Sales of one party, day and total of which there is only one on each side, by the CRM's id."""
    ours: dict[object, str] = {}
    for record, home in zip(homes.crm.invoices, homes.of_records, strict=True):
        if record.is_final and record.total:
            sale = home, record.date, record.total
            ours[sale] = _SEVERAL if sale in ours else record.crm_id
    theirs: dict[object, str] = {}
    for invoice, home in zip(homes.books.invoices.values(), homes.of_invoices, strict=True):
        booked = home, invoice.txn_date, invoice.total_amt
        if booked in ours:
            theirs[booked] = _SEVERAL if booked in theirs else invoice.id
    pairs = ((ours[sale], qbo_id) for sale, qbo_id in theirs.items())
    return sorted(pair for pair in pairs if _SEVERAL not in pair)


def _is_usable(item: Item) -> bool:
    return item.active and item.income_account_ref is not None and item.type not in ("Inventory", "Category", "Group")
