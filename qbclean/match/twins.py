"""Copies by QuickBooks' own evidence, for companies without a CRM export.

Without a second story to pair with, equal invoices may just be equal sales. So an amount a customer is billed again and
again says little, and what tells copies apart from repeats counts instead: the number, the seconds between two entries,
the lots and months in the words.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from qbclean.match.sales import Sale, SalesContext, compare_sales
from qbclean.match.weights import Levels, points

TWIN = 22
"""What two invoices need to be called copies without a CRM to say so."""
_WINDOW_DAYS = 46


@dataclass(frozen=True, slots=True, kw_only=True)
class Twins:
    """Two or more invoices that seem to bill one sale; `levels` of each against the first."""

    ids: tuple[str, ...]
    levels: Mapping[str, Levels]


def find_twins(sales: Iterable[Sale], context: SalesContext) -> tuple[Twins, ...]:
    """Sets of copies per customer group, in id order of their first member."""
    by_amount: dict[tuple[str, int], list[Sale]] = defaultdict(list)
    for sale in sales:
        if sale.status == "live" and sale.total > 0:
            by_amount[sale.group, sale.total].append(sale)
    found: list[Twins] = []
    for alike in by_amount.values():
        if len(alike) > 1:
            found += _sets(sorted(alike, key=lambda sale: (sale.created, sale.id.zfill(20))), context)
    return tuple(sorted(found, key=lambda twins: twins.ids))


def _sets(alike: Sequence[Sale], context: SalesContext) -> Iterable[Twins]:
    """Each later invoice joins the earlier one it resembles most, if any clearly enough."""
    repeats = _repeats(alike)
    home: dict[str, str] = {}
    levels: dict[str, dict[str, Levels]] = defaultdict(dict)
    for place, sale in enumerate(alike):
        best: tuple[int, str, Levels] | None = None
        for earlier in alike[:place]:
            if abs(earlier.day - sale.day) > _WINDOW_DAYS or earlier.id in home:
                continue
            seen = compare_twins(earlier, sale, context, repeats=repeats)
            worth = points(seen)
            if worth >= TWIN and (best is None or worth > best[0]):
                best = (worth, earlier.id, seen)
        if best is not None:
            home[sale.id] = best[1]
            levels[best[1]][sale.id] = best[2]
    for first, others in levels.items():
        yield Twins(ids=(first, *others), levels=others)


def _repeats(alike: Sequence[Sale]) -> int:
    """On how many different days the party was billed this amount."""
    return len(Counter(sale.day for sale in alike))


def compare_twins(first: Sale, second: Sale, context: SalesContext, *, repeats: int) -> Levels:
    """The levels of two QuickBooks invoices against each other."""
    levels = dict(compare_sales(first, second, context))
    levels["number"] = _number(first, second)
    levels["CRM id"] = "unknown"
    if repeats > 2:
        levels["total"] = "same, recurring" if repeats <= 4 else "same, series"
    levels["created"] = created_level(first, second)
    return levels


def created_level(one: Sale, two: Sale) -> str:
    """How far apart two invoices were entered."""
    apart = abs(one.created - two.created)
    return "seconds apart" if apart <= 180 else "same hour" if apart <= 3600 else "apart"


def _number(first: Sale, second: Sale) -> str:
    one, two = first.number, second.number
    if one is None or two is None:
        return "unknown"
    if one.body == two.body:
        return "same" if one.prefix == two.prefix or not one.prefix or not two.prefix else "same, other series"
    if one.base == two.base and one.suffix and two.suffix:
        return "other draw"
    return "same base" if one.base == two.base else "other"
