"""The sums of a file's money columns against the totals the file itself states (crm-formats.md 4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from qbclean.crm.dialect import Dialect
from qbclean.crm.fields import kind_of
from qbclean.crm.headers import ColumnMap
from qbclean.crm.values import CellError
from qbclean.model.money import ZERO


class _Stated(NamedTuple):
    """A total in the file: `since` is what the rows give between it and the total before, None above the header."""

    row: int
    place: int | None
    value: Decimal
    since: Decimal | None


class Sums:
    """Sums by place of column. `by_record` gets the sums in which a value repeated on every line counts once."""

    def __init__(self, mapping: ColumnMap, dialect: Dialect) -> None:
        self._mapping = mapping
        self._read: Callable[[str], Decimal | None] = dialect.amount
        self._fields = {
            places[0]: name
            for name, places in mapping.places.items()
            if kind_of(mapping.section.role, name) == "amount" and len(places) == 1
        }
        self.sums: dict[int, Decimal] = dict.fromkeys(self._fields, ZERO)
        self.by_record: dict[str, Decimal] = {}
        self.rows = 0
        self._unknown: set[int] = set()
        self._stated: list[_Stated] = []
        self._at_last_total: dict[int, Decimal] = {}

    def add(self, cells: Sequence[str]) -> None:
        """Count a row; a cell that is no amount leaves its column without a sum."""
        self.rows += 1
        for place in self._fields:
            try:
                value = self._read(cells[place])
            except CellError:
                self._unknown.add(place)
            else:
                if value:
                    self.sums[place] += value

    def spoil(self) -> None:
        """A row whose cells are not where they belong: no column has a sum any more."""
        self._unknown.update(self._fields)

    def state(self, number: int, cells: Sequence[str]) -> None:
        """A totals row: what it says of the columns that are read, of the whole file or of the rows since the last."""
        for place, now in self.sums.items():
            if place < len(cells):
                self._keep(number, place, cells[place], since=now - self._at_last_total.get(place, ZERO))
        self._at_last_total = dict(self.sums)

    def state_before_header(self, number: int, cells: Sequence[str], names: Mapping[str, str]) -> None:
        """`Total Transactions,5`: the value beside a text the profile knows."""
        filled = [cell.strip() for cell in cells if cell.strip()]
        meaning = names.get(filled[0].rstrip(":")) if len(filled) == 2 else None
        if meaning == "rows":
            self._keep(number, None, filled[1])
        elif meaning in self._mapping.places:
            self._keep(number, self._mapping.places[meaning][0], filled[1])

    def _keep(self, number: int, place: int | None, cell: str, since: Decimal | None = None) -> None:
        try:
            value = self._read(cell)
        except CellError:
            self._unknown.add(place if place is not None else -1)
            return
        if value is not None:
            self._stated.append(_Stated(number, place, value, since))

    def mismatches(self) -> list[tuple[int, str]]:
        """(row, complaint) of each total that is off. A column with an unreadable cell is not judged: its rows are
        rejected.
        """
        return [
            (
                one.row,
                f"says {self._shown(one.place, one.value)}, its rows give {self._shown(one.place, self._of(one))}",
            )
            for one in self._stated
            if one.place not in self._unknown and not self._agrees(one)
        ]

    def checked(self) -> list[tuple[str, Decimal, Decimal]]:
        """(column, stated, summed) of every total in the file."""
        return [(self._name(one.place), one.value, self._of(one)) for one in self._stated]

    def columns(self) -> list[tuple[str, Decimal | None]]:
        """(column, sum) of every money column; None where a cell cannot be read."""
        return [(self._name(place), None if place in self._unknown else value) for place, value in self.sums.items()]

    def _agrees(self, one: _Stated) -> bool:
        sums = [self._sum(one.place), one.since]
        if one.place is not None:
            sums.append(self.by_record.get(self._fields[one.place]))
        return one.value in sums

    def _of(self, one: _Stated) -> Decimal:
        """What the rows give that a total is about."""
        subtotal = one.since is not None and one.value == one.since
        return one.since if subtotal and one.since is not None else self._sum(one.place)

    def _sum(self, place: int | None) -> Decimal:
        return Decimal(self.rows) if place is None else self.sums[place]

    def _shown(self, place: int | None, value: Decimal) -> str:
        return f"{int(value):,} rows" if place is None else f"{value:,} for {self._name(place)}"

    def _name(self, place: int | None) -> str:
        return "rows" if place is None else self._mapping.header.names[place]
