"""How one file writes amounts and dates: decided once per file from cells that leave no doubt, never cell by cell."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
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
    """`days`: the patterns that count where the file had to decide between 02/03 and 03/02; `turned`: it decided for
    the order the profile lists last.
    """

    decimal: str
    parse: Parse
    zone: str
    days: tuple[str, ...]
    turned: bool = False

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

    @property
    def day(self) -> Callable[[str], dt.date | None]:
        """Reads a date. Raises CellError."""
        return partial(values.day, patterns=self.days, zone=self.zone, midnight_is_day=self.parse.midnight_is_day)


def dialect_of(mapping: ColumnMap, rows: Callable[[], Iterable[Sequence[str]]], zone: str) -> Dialect:
    """One pass over `rows`, and none when the profile leaves nothing open.

    A decimal comma is taken only when some amount proves it and none proves the point; then cells of the other kind are
    refused where they stand. The order of day and month is one for all dates of the file: the first listed that fits
    every one of them, else the first listed.
    """
    parse = mapping.section.parse
    kinds = {name: kind_of(mapping.section.role, name) for name in mapping.places}
    money = [place for name, kind in kinds.items() if kind == "amount" for place in mapping.places[name]]
    money = money if parse.decimal == "auto" and parse.unit != "cents" else []
    orders = _orders(parse.date)
    fitting = list(orders)
    dates = [place for name, kind in kinds.items() if kind == "day" and orders for place in mapping.places[name]]
    commas, points = 0, 0
    for cells in rows() if money or dates else ():
        for place in money:
            cell = cells[place] if place < len(cells) else ""
            if "," in cell and _COMMA.search(cell):
                commas += 1
            elif "." in cell and not points and _POINT.search(cell):
                points += 1
        for place in dates:
            cell = cells[place] if place < len(cells) else ""
            fitting = [patterns for patterns in fitting if _reads(cell, patterns)]
    decimal = ("," if commas and not points else ".") if parse.decimal == "auto" else parse.decimal
    days = (fitting or orders or [parse.date])[0]
    return Dialect(decimal=decimal, parse=parse, zone=zone, days=days, turned=bool(orders) and days != orders[0])


def _orders(patterns: tuple[str, ...]) -> list[tuple[str, ...]]:
    """The patterns without those of the other order, month first or day first; [] when the profile lists one only."""
    month = tuple(pattern for pattern in patterns if re.match(r"%m[/-]%d", pattern))
    day = tuple(pattern for pattern in patterns if re.match(r"%d[/-]%m", pattern))
    if not month or not day:
        return []
    listed_first = sorted((month, day), key=lambda order: patterns.index(order[0]))
    return [tuple(pattern for pattern in patterns if pattern not in other) for other in reversed(listed_first)]


def _reads(cell: str, patterns: tuple[str, ...]) -> bool:
    try:
        values.day(cell, patterns=patterns)
    except CellError:
        return False
    return True
