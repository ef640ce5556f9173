"""Which bill of a job an invoice is, by its number or its words, and how many bills the job has (S13).

"Draw 2 of 3" tells of two equal bills besides: as long as there are no more than three, none of them is a copy.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from qbclean.match.sales import Sale

DrawsLevel = Literal["two draws", "no more than told", "one more than told", "unknown"]

_DRAW = re.compile(r"\b(draw|billing|application|payment|phase|change order|co) (?:no )?(\d{1,2})(?: of (\d{1,2}))?\b")
_CHANGE_ORDERS = ("change order", "co")
_FIRST_HALF, _SECOND_HALF = frozenset({"deposit", "upfront"}), frozenset({"final", "balance", "completion"})


class _Draw(NamedTuple):
    """`place` in the order of the job's draws, or of its change orders; `of`: how many there are, 0 where not said."""

    is_change: bool
    place: int
    of: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Draws:
    """What some invoices at one total tell of their places. `count`: how many invoices; `of`: how many draws there are
    in all, 0 for unknown."""

    said: Mapping[str, _Draw]
    numbered: Mapping[str, _Draw]
    count: int
    of: int

    @classmethod
    def of_all(cls, sales: Sequence[Sale]) -> Draws:
        """The draws of invoices at one total; numbers count only where they agree with the words that go with them."""
        said = {sale.id: draw for sale in sales if (draw := _in_words(sale.words))}
        numbered = {sale.id: draw for sale in sales if (draw := _in_number(sale))}
        both = ((said[key], numbered[key]) for key in said.keys() & numbered.keys())
        if any(one.is_change == two.is_change and one.place != two.place for one, two in both):
            numbered = {}
        told = {draw.of for draw in said.values() if draw.of}
        return cls(said=said, numbered=numbered, count=len(sales), of=min(told) if len(told) == 1 else 0)

    def level(self, first: Sale, second: Sale) -> DrawsLevel:
        """Whether two of the invoices are two draws, or one of them is one draw too many."""
        one, two = self._draw(first), self._draw(second)
        if one and two and (first.id in self.said or second.id in self.said) and one.is_change == two.is_change:
            return "two draws" if one.place != two.place else "unknown"
        places = self._places
        if not self.of or len(set(places)) < len(places):
            return "unknown"
        if self.count <= self.of:
            return "no more than told"
        return "one more than told" if (one is None) != (two is None) and len(places) == self.of else "unknown"

    @property
    def are_all(self) -> bool:
        """True when the invoices are the draws of one job, each once, and none is missing."""
        return self.count == self.of == len(set(self._places))

    @property
    def _places(self) -> list[int]:
        return [draw.place for draw in {**self.numbered, **self.said}.values() if not draw.is_change]

    def _draw(self, sale: Sale) -> _Draw | None:
        return self.said.get(sale.id) or self.numbered.get(sale.id)


def _in_words(words: str) -> _Draw | None:
    if found := _DRAW.search(words):
        name, place, of = found.groups()
        return _Draw(name in _CHANGE_ORDERS, int(place), int(of or 0))
    said = set(words.split())
    if "50" in said and said & _FIRST_HALF | said & _SECOND_HALF:
        return _Draw(is_change=False, place=1 if said & _FIRST_HALF else 2, of=2)
    return None


def _in_number(sale: Sale) -> _Draw | None:
    suffix = sale.number.suffix if sale.number else ""
    place = suffix.removeprefix("CO-")
    return _Draw(place != suffix, int(place)) if place.isdigit() and len(place) <= 2 else None
