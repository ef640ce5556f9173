"""Copies by QuickBooks' own evidence, for companies without a CRM export.

Without a second story to pair with, equal invoices may just be equal sales. So an amount a customer is billed again and
again says little, and what tells copies apart from repeats counts instead: the number, the seconds between two entries,
the lots and months in the words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from qbclean.match.sale_levels import SalesContext, compare_sales
from qbclean.match.sales import Sale
from qbclean.match.weights import Levels, points

TWIN = 21
"""What two invoices need to be called copies without a CRM to say so."""
_WINDOW_DAYS = 46


@dataclass(frozen=True, slots=True, kw_only=True)
class Twins:
    """Two or more invoices that seem to bill one sale; `levels` of each against the first."""

    ids: tuple[str, ...]
    levels: Mapping[str, Levels]


def find_twins(sales: Iterable[Sale], context: SalesContext, *, settled: Callable[[str], bool]) -> tuple[Twins, ...]:
    """Sets of copies per customer group, in id order of their first member. `settled`: nothing is open on it."""
    by_group: dict[str, list[Sale]] = defaultdict(list)
    for sale in sales:
        if sale.status == "live" and sale.total > 0:
            by_group[sale.group].append(sale)
    found: list[Twins] = []
    for group in by_group.values():
        for alike in _alike(group, context.rounding_cents):
            found += _sets(alike, context, settled)
    return tuple(sorted(found, key=lambda twins: twins.ids))


def _alike(group: Sequence[Sale], rounding: int) -> Iterator[list[Sale]]:
    """Invoices of a party whose totals agree but for the rounding of tax, oldest entry first."""
    run: list[Sale] = []
    for sale in sorted(group, key=lambda item: item.total):
        if run and sale.total - run[-1].total > rounding:
            yield sorted(run, key=_entered)
            run = []
        run.append(sale)
    yield sorted(run, key=_entered)


def _entered(sale: Sale) -> tuple[int, str]:
    return (sale.created, sale.id.zfill(20))


def _sets(alike: Sequence[Sale], context: SalesContext, settled: Callable[[str], bool]) -> Iterator[Twins]:
    """Each later invoice joins the earlier one it resembles most, if any clearly enough."""
    rhythm = _Rhythm.of(alike)
    home: dict[str, str] = {}
    levels: dict[str, dict[str, Levels]] = defaultdict(dict)
    for place, sale in enumerate(alike):
        best: tuple[int, str, Levels] | None = None
        for earlier in alike[:place]:
            if abs(earlier.day - sale.day) > _WINDOW_DAYS or earlier.id in home:
                continue
            seen = compare_twins(earlier, sale, context, rhythm)
            seen["paid"] = _PAID[settled(earlier.id) + settled(sale.id)]
            worth = points(seen)
            if worth >= TWIN and (best is None or worth > best[0]):
                best = (worth, earlier.id, seen)
        if best is not None:
            home[sale.id] = best[1]
            levels[best[1]][sale.id] = best[2]
    for first, others in levels.items():
        yield Twins(ids=(first, *others), levels=others)


_PAID = ("neither", "one of them", "both")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rhythm:
    """How often the party is billed an amount: on how many days, and how many days usually lie between two."""

    days: int
    gap: int

    @classmethod
    def of(cls, alike: Sequence[Sale]) -> _Rhythm:
        days = sorted({sale.day for sale in alike})
        gaps = sorted(later - earlier for earlier, later in pairwise(days))
        return cls(days=len(days), gap=gaps[len(gaps) // 2] if gaps else 0)

    def total_level(self, apart: int) -> str:
        """What an equal total says: little in a series, unless the two fall within one beat of it."""
        if self.days <= 2 or apart * 4 <= self.gap:
            return "same"
        return "same, recurring" if self.days <= 4 else "same, series"


def compare_twins(first: Sale, second: Sale, context: SalesContext, rhythm: _Rhythm) -> dict[str, str]:
    """The levels of two QuickBooks invoices against each other."""
    levels = dict(compare_sales(first, second, context))
    levels["number"] = _number(first, second)
    levels["CRM id"] = "unknown"
    if levels["total"] == "same":
        levels["total"] = rhythm.total_level(abs(first.day - second.day))
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
