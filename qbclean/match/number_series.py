"""Whether two invoice numbers were drawn from one series or from two: the CRM counts on its own, QuickBooks on its own.

A series is told by its neighbours: the numbers given at about the same time lie around one of its own, and between the
tracks of two series there are none. Where QuickBooks numbers all invoices, a copy has the next number like any other
invoice, and that two are of one series says nothing.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from qbclean.match.sales import Sale, sale_key
from qbclean.model.documents import Invoice, SalesReceipt

Relation = Literal["two series", "a rare series", "one series", "in a row", "one count", "unknown"]
_NEIGHBOURS = 15
_WIDELY = 60
_RARE = 10
"""One in so many, or fewer."""
_LONGEST = 9
_ONE_COUNT = 20
"""One in so many numbers, or fewer, do not count on from the last: a first number, one typed in by hand."""
_SKIPPED = 3
"""How far a count goes on at once: deleted invoices leave gaps."""
_FAR = 8
"""How many times the usual distance within a series makes a gap between two series."""


def serial(number: str) -> int | None:
    """The part of a number that counts up, its largest: 1042 of `INV-1042`, `26-1042` and `1042-2`. None without."""
    found = [int(digits) for digits in re.findall(r"\d+", number) if len(digits) <= _LONGEST]
    return max(found, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberSeries:
    """All numbers in the order in which they were given. `place`: invoice id → its position. `blanks_are_rare`: next to
    every invoice has a number. `one_count`: next to every invoice, whoever entered it, has the number after the last
    one's, so QuickBooks gives them."""

    line: array[int]
    place: Mapping[str, int]
    blanks_are_rare: bool
    one_count: bool

    @classmethod
    def of(cls, sales: Iterable[Invoice | SalesReceipt]) -> NumberSeries:
        """The series of a company's invoices and sales receipts."""
        sales = tuple(sales)
        numbered = [
            (int(sale.meta_data.create_time.timestamp()), sale.id.zfill(20), sale_key(sale), found)
            for sale in sales
            if (found := serial(sale.doc_number or ""))
        ]
        numbered.sort()
        of_receipts = {sale_key(sale) for sale in sales if isinstance(sale, SalesReceipt)}
        return cls(
            line=array("q", (entry[3] for entry in numbered)),
            place={entry[2]: place for place, entry in enumerate(numbered)},
            blanks_are_rare=(len(sales) - len(numbered)) * _RARE <= len(sales),
            one_count=_is_one_count([entry[3] for entry in numbered if entry[2] not in of_receipts]),
        )

    def of_some(self, keys: Iterable[str]) -> NumberSeries:
        """The same for asking about some invoices only (`sale_key`)."""
        return replace(self, place={key: self.place[key] for key in keys if key in self.place})

    def relation(self, first: Sale, second: Sale) -> Relation:
        """How the numbers of two invoices are related; unknown when one has none."""
        one, two = self.place.get(first.id), self.place.get(second.id)
        if one is None or two is None:
            return "unknown"
        low, high = sorted((self.line[one], self.line[two]))
        if high - low <= 1:
            return "one count" if self.one_count else "in a row"
        around = (*self._around(one), *self._around(two))
        margin = (high - low) // 4
        between = sum(low + margin <= number <= high - margin for number in around)
        step = min(self._reach(one), self._reach(two))
        if between > 1 or high - low <= _FAR * step:
            return "one count" if self.one_count else "one series"
        return "a rare series" if self._is_one_rare(one, two) else "two series"

    def _is_one_rare(self, one: int, two: int) -> bool:
        """True when hardly any of the numbers given around the two are nearer to the one than to the other."""
        middle = (self.line[one] + self.line[two]) // 2
        around = (*self._around(one, _WIDELY), *self._around(two, _WIDELY))
        above = sum(number > middle for number in around)
        return min(above, len(around) - above) * _RARE <= len(around)

    def _reach(self, place: int) -> int:
        """How far a number is from the fifth nearest of those given at about the same time."""
        return sorted(abs(number - self.line[place]) for number in self._around(place))[:6][-1]

    def _around(self, place: int, reach: int = _NEIGHBOURS) -> Sequence[int]:
        return self.line[max(0, place - reach) : place + reach + 1]


def _is_one_count(line: Sequence[int]) -> bool:
    """True when next to all numbers go on from the last. A CRM's do not: a sync brings its invoices late, in an order
    of its own and not all, and what is typed in between has QuickBooks' numbers."""
    breaks = sum(not 0 < later - earlier <= _SKIPPED for earlier, later in pairwise(line))
    return len(line) > _ONE_COUNT and breaks * _ONE_COUNT <= len(line)
