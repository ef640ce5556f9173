"""How one file writes amounts and dates: decided once per file from cells that leave no doubt, never cell by cell."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial

from qbclean.crm import values
from qbclean.crm.fields import kind_of
from qbclean.crm.headers import ColumnMap
from qbclean.crm.profile import Parse
from qbclean.crm.values import CellError

_COMMA = re.compile(r"\d,\d{1,2}(?!\d)[^\d,.]*$|\.\d{3},\d")
_POINT = re.compile(r"\d?\.\d{1,2}(?!\d)[^\d,.]*$|,\d{3}\.\d")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """`days`: patterns of single date columns where the file had to decide between 02/03 and 03/02."""

    decimal: str
    parse: Parse
    zone: str
    days: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def amount(self) -> Callable[[str], Decimal | None]:
        """Reads money to the cent, in currency units. Raises CellError."""
        if self.parse.unit == "cents":
            return values.whole_cents
        return values.amount if self.decimal == "." else partial(values.amount, decimal=",", group=".")

    @property
    def number(self) -> Callable[[str], Decimal | None]:
        """Reads a quantity, or a price in currency units. Raises CellError."""
        return values.number if self.decimal == "." else partial(values.number, decimal=",", group=".")

    def day_of(self, name: str) -> Callable[[str], dt.date | None]:
        """The reader of the date field `name`."""
        patterns = self.days.get(name, self.parse.date)
        return partial(values.day, patterns=patterns, zone=self.zone, midnight_is_day=self.parse.midnight_is_day)


def dialect_of(mapping: ColumnMap, rows: Callable[[], Iterable[Sequence[str]]], zone: str) -> Dialect:
    """One pass over `rows`, and none when the profile leaves nothing open.

    A decimal comma is taken only when some amount proves it and none proves the point; then cells of the other kind are
    refused where they stand.
    """
    section = mapping.section
    kinds = {name: kind_of(section.role, name) for name in mapping.places}
    money = [place for name, kind in kinds.items() if kind == "amount" for place in mapping.places[name]]
    orders = _orders(section.parse.date)
    dates = {name: mapping.places[name] for name, kind in kinds.items() if kind == "day" and orders}
    decimal = "." if section.parse.decimal == "auto" else section.parse.decimal
    if (section.parse.decimal != "auto" or section.parse.unit == "cents" or not money) and not dates:
        return Dialect(decimal=decimal, parse=section.parse, zone=zone)
    commas, points = 0, 0
    seen: dict[str, set[str]] = {name: set() for name in dates}
    for cells in rows():
        for place in money:
            cell = cells[place] if place < len(cells) else ""
            if "," in cell and _COMMA.search(cell):
                commas += 1
            elif "." in cell and not points and _POINT.search(cell):
                points += 1
        for name, places in dates.items():
            seen[name].update(cells[place].strip() for place in places if place < len(cells))
    if section.parse.decimal == "auto" and commas and not points:
        decimal = ","
    days = {name: _settled(section.parse.date, orders, cells) for name, cells in seen.items()}
    return Dialect(decimal=decimal, parse=section.parse, zone=zone, days=days)


def _orders(patterns: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """The patterns that contradict each other, month first and day first; () when the profile lists one order only."""
    month = tuple(pattern for pattern in patterns if re.match(r"%m/%d", pattern))
    day = tuple(pattern for pattern in patterns if re.match(r"%d/%m", pattern))
    both = sorted((order for order in (month, day) if order), key=lambda order: patterns.index(order[0]))
    return tuple(both) if len(both) == 2 else ()


def _settled(patterns: tuple[str, ...], orders: tuple[tuple[str, ...], ...], cells: set[str]) -> tuple[str, ...]:
    """Without the order that does not fit every cell of the column; the first listed stays when neither does."""
    for order in orders:
        others = {pattern for other in orders if other is not order for pattern in other}
        kept = tuple(pattern for pattern in patterns if pattern not in others)
        if all(_reads(cell, kept) for cell in cells):
            return kept
    return tuple(pattern for pattern in patterns if pattern not in orders[1])


def _reads(cell: str, patterns: tuple[str, ...]) -> bool:
    try:
        values.day(cell, patterns=patterns)
    except CellError:
        return False
    return True
