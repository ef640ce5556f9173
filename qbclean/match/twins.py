"""Copies by QuickBooks' own evidence, for companies without a CRM export.

Without a second story to pair with, equal invoices may just be equal sales. So an amount a customer is billed again and
again says little, and what tells copies apart from repeats counts instead: the number, the seconds between two entries,
the lots and months in the words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from qbclean.match.sale_levels import ROUNDED_OFF
from qbclean.match.sales import Sale
from qbclean.match.twin_levels import Run, TwinContext, compare_twins
from qbclean.match.weights import Levels, points

TWIN = 24
"""What two invoices need to be called copies without a CRM to say so."""
_WINDOW_DAYS = 46


@dataclass(frozen=True, slots=True, kw_only=True)
class Twins:
    """Two or more invoices that seem to bill one sale; `levels` of each against the first."""

    ids: tuple[str, ...]
    levels: Mapping[str, Levels]


def find_twins(sales: Iterable[Sale], context: TwinContext) -> tuple[Twins, ...]:
    """Sets of copies per customer group, in id order of their first member."""
    by_group: dict[str, list[Sale]] = defaultdict(list)
    for sale in sales:
        if sale.status == "live" and sale.total > 0:
            by_group[sale.group].append(sale)
    found: list[Twins] = []
    for group in by_group.values():
        for alike in _alike(group):
            found += _sets(alike, context)
    return tuple(sorted(found, key=lambda twins: twins.ids))


def _alike(group: Sequence[Sale]) -> Iterator[list[Sale]]:
    """Invoices of a party whose totals agree but for rounding, oldest entry first."""
    run: list[Sale] = []
    for sale in sorted(group, key=lambda item: item.total):
        if run and sale.total - run[-1].total > ROUNDED_OFF:
            yield sorted(run, key=_entered)
            run = []
        run.append(sale)
    yield sorted(run, key=_entered)


def _entered(sale: Sale) -> tuple[int, str]:
    return (sale.created, sale.id.zfill(20))


def _sets(alike: Sequence[Sale], context: TwinContext) -> Iterator[Twins]:
    """Each later invoice joins the earlier one it resembles most, if any clearly enough."""
    run = Run.of(alike)
    home: dict[str, str] = {}
    levels: dict[str, dict[str, Levels]] = defaultdict(dict)
    for place, sale in enumerate(alike):
        best: tuple[int, str, Levels] | None = None
        for earlier in alike[:place]:
            if abs(earlier.day - sale.day) > _WINDOW_DAYS or earlier.id in home:
                continue
            seen = compare_twins(earlier, sale, run, context)
            if not seen:
                continue
            worth = points(seen)
            if worth >= TWIN and (best is None or worth > best[0]):
                best = (worth, earlier.id, seen)
        if best is not None:
            home[sale.id] = best[1]
            levels[best[1]][sale.id] = best[2]
    for first, others in levels.items():
        yield Twins(ids=(first, *others), levels=others)
