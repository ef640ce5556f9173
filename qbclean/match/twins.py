"""Copies by QuickBooks' own evidence, for companies without a CRM export.

Without a second story to pair with, equal invoices may just be equal sales. So an amount a customer is billed again and
again says little, and what tells copies apart from repeats counts instead: the number, the seconds between two entries,
the lots and months in the words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from qbclean.match.runs import Run
from qbclean.match.sale_levels import ROUNDED_OFF
from qbclean.match.sales import Sale
from qbclean.match.twin_levels import TwinContext, compare_twins
from qbclean.match.weights import Levels, points

TWIN = 24
"""What two invoices need to be called copies without a CRM to say so."""
_TOGETHER = 14
"""What any two of a set must be worth, where they can be compared: copies of one sale look alike among themselves."""
_WINDOW_DAYS = 46


@dataclass(frozen=True, slots=True, kw_only=True)
class Twins:
    """Two or more invoices that seem to bill one sale; `levels` of each two of them, where they can be compared."""

    ids: tuple[str, ...]
    levels: Mapping[tuple[str, str], Levels]

    def between(self, one: str, two: str) -> Levels | None:
        """What the two show; None where they lie too far apart to be compared."""
        return self.levels.get((one, two)) or self.levels.get((two, one))

    def likest(self, one: str) -> Levels:
        """What puts one of them into the set: its levels with the one it resembles most."""
        return max((seen for pair, seen in self.levels.items() if one in pair), key=points)


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
    """What resembles each other most is put together first, as long as any two of a set look alike."""
    if len(alike) < 2:
        return
    run = Run.of(alike)
    likeness = {
        (one, two): seen
        for two, later in enumerate(alike)
        for one, earlier in enumerate(alike[:two])
        if abs(earlier.day - later.day) <= _WINDOW_DAYS and (seen := compare_twins(earlier, later, run, context))
    }
    worth = {pair: points(seen) for pair, seen in likeness.items()}
    sets = {place: [place] for place in range(len(alike))}
    for pair in sorted((pair for pair in worth if worth[pair] >= TWIN), key=lambda pair: (-worth[pair], pair)):
        mine, theirs = (sets[place] for place in pair)
        joined = sorted((*mine, *theirs))
        if mine is not theirs and all(worth.get(two, _TOGETHER) >= _TOGETHER for two in combinations(joined, 2)):
            sets |= dict.fromkeys(joined, joined)
    for first, joined in sets.items():
        if joined[0] == first and len(joined) > 1:
            pairs = [pair for pair in combinations(joined, 2) if pair in likeness]
            yield Twins(
                ids=tuple(alike[place].id for place in joined),
                levels={(alike[one].id, alike[two].id): likeness[one, two] for one, two in pairs},
            )
