"""Invoices of a party at one total: the rhythm they are billed in, whether their words tell them apart, their draws."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Literal

from qbclean.match.draws import Draws
from qbclean.match.sales import Sale

BeatLevel = Literal["one more than usual", "one a month", "unknown"]

_WEEKLY = 6
"""Days between bills that make a rhythm; copies of one sale lie closer together."""
_CROWD = 6
"""How many other equal bills it takes to tell that they come in crowds."""
_A_BEAT = 4
"""Days billed on, or months with one bill, that tell of a beat."""
_MONTHLY = (20, 45)
"""Days between bills of a monthly service, whatever day of the month they come on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """Whether most of some invoices can be told apart by their words, by the lots, units and months in them."""

    words_differ: bool
    marks_differ: bool

    @classmethod
    def of(cls, sales: Sequence[Sale]) -> Texts:
        return cls(
            words_differ=_mostly_differ([sale.words for sale in sales]),
            marks_differ=_mostly_differ([sale.marks for sale in sales if sale.marks]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """When a party is billed a total: the `days`, and how many of them more than once (`doubled`); the `gap` usual
    between two; `months`: how often in each."""

    days: Sequence[int]
    doubled: int
    gap: int
    months: Mapping[tuple[int, int], int]

    @classmethod
    def of(cls, alike: Sequence[Sale]) -> Rhythm:
        often = Counter(sale.day for sale in alike)
        days = sorted(often)
        gaps = sorted(later - earlier for earlier, later in pairwise(days))
        return cls(
            days=days,
            doubled=sum(count > 1 for count in often.values()),
            gap=gaps[len(gaps) // 2] if gaps else 0,
            months=Counter(_month(sale.day) for sale in alike),
        )

    def recurs(self, apart: int) -> bool:
        """True when the party is billed the total again and again, and `apart` days are no small part of a beat."""
        return len(self.days) > 2 and self.gap >= _WEEKLY and apart * 4 > self.gap

    def beat(self, one: int, two: int) -> BeatLevel:
        """What the beat in which the party is billed the total tells of invoices of two days."""
        if len(self.days) < _A_BEAT or self.gap < _WEEKLY:
            return "unknown"
        if _MONTHLY[0] <= self.gap <= _MONTHLY[1] and sum(count == 1 for count in self.months.values()) >= _A_BEAT:
            first, second = _month(one), _month(two)
            if first != second and self.months[first] == self.months[second] == 1:
                return "one a month"
            if first == second and self.months[first] == 2:
                return "one more than usual"
        slack = self.gap // 10
        steady = sum(abs(later - earlier - self.gap) <= slack for earlier, later in pairwise(self.days))
        kept = self._keeps_the_beat(one, without=two) != self._keeps_the_beat(two, without=one)
        return "one more than usual" if kept and steady * 2 >= len(self.days) - 1 else "unknown"

    def _keeps_the_beat(self, day: int, *, without: int) -> bool:
        """True when the total is billed one beat before and one after, but for the ends of the run."""
        slack = self.gap // 10
        others = [other for other in self.days if other not in (day, without)]
        return all(
            any(abs(other - beat) <= slack for other in others)
            for beat in (day - self.gap, day + self.gap)
            if others[0] - slack <= beat <= others[-1] + slack
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Invoices of a party at one total. `texts` of all of them, and of those of each customer or job; `nearest_at`: how
    many days each is from the next nearest of its customer or job, sorted; `often_at`: how many each has."""

    rhythm: Rhythm
    texts: Texts
    texts_at: Mapping[str, Texts]
    nearest_at: Mapping[str, Sequence[int]]
    often_at: Mapping[str, int]
    draws: Draws

    @classmethod
    def of(cls, alike: Sequence[Sale]) -> Run:
        places: dict[str, list[Sale]] = defaultdict(list)
        for sale in alike:
            places[sale.customer].append(sale)
        return cls(
            rhythm=Rhythm.of(alike),
            texts=Texts.of(alike),
            texts_at={place: Texts.of(sales) for place, sales in places.items()},
            nearest_at={place: _nearest(sorted(sale.day for sale in sales)) for place, sales in places.items()},
            often_at={place: len(sales) for place, sales in places.items()},
            draws=Draws.of_all(alike),
        )

    def texts_for(self, one: Sale, two: Sale) -> Texts:
        """What the texts of two invoices are held against: those of one job name its place all alike."""
        return self.texts_at[one.customer] if one.customer == two.customer else self.texts

    def is_odd_place(self, place: str) -> bool:
        """True for a customer billed the total once, where its jobs are billed it again and again."""
        return self.often_at[place] == 1 and sum(self.often_at.values()) > _A_BEAT

    def recurs_at(self, place: str) -> bool:
        """True for a customer or job that is billed the total again and again."""
        return self.often_at[place] >= _A_BEAT

    def is_crowded(self, place: str, apart: int) -> bool:
        """True when most of the other invoices of a customer or job lie within `apart` days of an equal one too: lots
        of one subdivision, units called at together. Copies alone do not make most of them."""
        nearest = self.nearest_at[place]
        others = len(nearest) - 2
        return others >= _CROWD and (bisect_right(nearest, apart) - 2) * 2 > others


def _nearest(days: Sequence[int]) -> Sequence[int]:
    gaps = [later - earlier for earlier, later in pairwise(days)]
    return sorted(map(min, [*gaps, *gaps[-1:]], [*gaps[:1], *gaps]))


def _month(day: int) -> tuple[int, int]:
    on = date.fromordinal(day)
    return on.year, on.month


def _mostly_differ(texts: Sequence[object]) -> bool:
    return len(texts) > 2 and len(set(texts)) * 2 > len(texts)
