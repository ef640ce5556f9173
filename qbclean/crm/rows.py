"""One row of an export with its fields by name, and every complaint with its column and cell."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from typing import TypeVar

from qbclean.crm import values
from qbclean.crm.dialect import Dialect
from qbclean.crm.fields import kind_of
from qbclean.crm.headers import ColumnMap
from qbclean.crm.profile import Column
from qbclean.crm.values import CellError

_T = TypeVar("_T")
Cells = Sequence[str]
_Read = Callable[[str], _T | None]


class RowError(ValueError):
    """One row that cannot be read: `column` as the file names it, the cell as it stands, and why."""

    def __init__(self, column: str | None, cell: str | None, reason: str) -> None:
        super().__init__(reason)
        self.column, self.cell, self.reason = column, cell, reason


@dataclass(frozen=True, slots=True)
class Readers:
    """How to get each field out of a row's cells, compiled once per file. A field without column has no reader.

    `currency`: of the books, in which the money has to be.
    """

    mapping: ColumnMap
    currency: str = "USD"
    texts: dict[str, Callable[[Cells], str | None]] = field(default_factory=dict)
    lists: dict[str, Callable[[Cells], tuple[str, ...] | None]] = field(default_factory=dict)
    numbers: dict[str, Callable[[Cells], Decimal | None]] = field(default_factory=dict)
    days: dict[str, Callable[[Cells], dt.date | None]] = field(default_factory=dict)
    flags: dict[str, Callable[[Cells], bool | None]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Row:
    """`number` is 1-based as a spreadsheet shows it. Each getter gives None when blank or not in the file."""

    file: str
    number: int
    cells: Cells
    readers: Readers

    def text(self, name: str) -> str | None:
        read = self.readers.texts.get(name)
        return read(self.cells) if read else None

    def many(self, name: str) -> tuple[str, ...]:
        read = self.readers.lists.get(name)
        return (read(self.cells) or ()) if read else ()

    def number_of(self, name: str) -> Decimal | None:
        read = self.readers.numbers.get(name)
        return read(self.cells) if read else None

    def day(self, name: str) -> dt.date | None:
        read = self.readers.days.get(name)
        return read(self.cells) if read else None

    def yes(self, name: str) -> bool | None:
        read = self.readers.flags.get(name)
        return read(self.cells) if read else None

    def has(self, name: str) -> bool:
        """True when the file has a column for the field."""
        return name in self.readers.mapping.places

    def own_id(self) -> str | None:
        """The CRM's id of the record. Raises RowError where the profile requires it and the cell is blank."""
        found = self.text("crm_id")
        return self.needed("crm_id", found) if "crm_id" in self.readers.mapping.section.require else found

    def invoices(self) -> tuple[tuple[str, ...], bool]:
        """The invoices the row names, and whether by number (True) or by the CRM's id."""
        return (self.many("invoice_id"), False) if self.has("invoice_id") else (self.many("invoice"), True)

    def customer(self) -> str | None:
        """The customer's name where it is what tells who it is: in an export that gives no ids of customers."""
        return None if self.has("customer_id") else self.text("customer")

    def id_column(self) -> str:
        """The column a record is known by, as the file names it."""
        return self.readers.mapping.column("crm_id" if self.has("crm_id") else "number")

    def needed(self, name: str, value: _T | None) -> _T:
        """`value`, where blank will not do. Raises RowError."""
        if value is None:
            absent = "has no column in the file, or none is named for it under [file.columns] of the profile"
            raise RowError(self.readers.mapping.column(name), "", "is blank" if self.has(name) else absent)
        return value

    def complaint(self, name: str, reason: str) -> RowError:
        """The error for a readable cell that says something impossible."""
        places = self.readers.mapping.places.get(name)
        return RowError(self.readers.mapping.column(name), self.cells[places[0]] if places else None, reason)


def compiled(mapping: ColumnMap, dialect: Dialect, currency: str) -> Readers:
    """The readers of a section's fields over a file's columns, in the file's own way of writing."""
    readers = Readers(mapping, currency)
    empty = frozenset(word.casefold() for word in mapping.section.empty)
    for name, places in mapping.places.items():
        column = mapping.section.all_columns[name]
        label = mapping.header.names[places[0]]
        lead = mapping.header.place(column.source[0]) if isinstance(column, Column) and column.first else None
        reader = partial(_reader, places, lead, column, empty, label)
        match kind_of(mapping.section.role, name):
            case "text":
                readers.texts[name] = reader(values.text)
            case "id":
                readers.texts[name] = reader(values.identifier)
            case "ids":
                readers.lists[name] = reader(_several(column.split if isinstance(column, Column) else None))
            case "amount":
                readers.numbers[name] = reader(dialect.amount)
            case "number":
                readers.numbers[name] = reader(dialect.number)
            case "day":
                readers.days[name] = reader(dialect.day)
            case "yes_no":
                readers.flags[name] = reader(values.yes_no)
    return readers


def _reader(
    places: tuple[int, ...],
    lead: int | None,
    column: tuple[str, ...] | Column,
    empty: Collection[str],
    label: str,
    read: _Read[_T],
) -> Callable[[Cells], _T | None]:
    """`lead`: the column that counts alone where it is filled, before the others are joined.

    The plain case, one column and nothing to do before reading, is most cells of an export: it has its own path.
    """
    first, longest = places[0], max(map(len, empty), default=-1)

    def blanked(cell: str) -> str:
        return "" if len(cell) <= longest + 2 and cell.strip().casefold() in empty else cell

    def plain(cells: Cells) -> _T | None:
        cell = cells[first]
        if len(cell) <= longest + 2:
            cell = blanked(cell)
        try:
            return read(cell)
        except CellError as error:
            raise RowError(label, cell, str(error)) from error

    if not isinstance(column, Column):
        return plain
    pattern = re.compile(column.pattern) if column.pattern else None
    joint = column.join

    def combined(cells: Cells) -> _T | None:
        parts = [part for part in (blanked(cells[place]) for place in places) if part.strip()]
        if joint is None or (lead is not None and blanked(cells[lead]).strip()):
            cell = parts[0] if parts else ""
        else:
            cell = joint.join(parts)
        if pattern is not None:
            found = pattern.search(values.unwrapped(cell))
            cell = found["value"] if found else ""
        try:
            return read(cell)
        except CellError as error:
            raise RowError(label, cell, str(error)) from error

    return combined


def _several(split: str | None) -> Callable[[str], tuple[str, ...] | None]:
    def read(cell: str) -> tuple[str, ...] | None:
        whole = values.identifier(cell)
        if whole is None:
            return None
        parts = whole.split(split) if split else [whole]
        return tuple(dict.fromkeys(part for part in map(values.identifier, parts) if part))

    return read
