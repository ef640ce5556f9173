"""Reads a CSV file into rows of named cells, keeping row and column for every complaint.

Its own header handling instead of csv.DictReader, which silently keeps only the last of two columns of one name.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from qbclean.crm.csv_text import decoded, delimiter_of, records
from qbclean.crm.values import CellError
from qbclean.errors import CrmFormatError
from qbclean.model.crm import RejectedRow

_T = TypeVar("_T")
_NOT_ALPHANUMERIC = re.compile(r"[\W_]+")


class RowError(ValueError):
    """One row that cannot be read: `column` as the file names it, the cell as it stands, and why."""

    def __init__(self, column: str | None, cell: str | None, reason: str) -> None:
        super().__init__(reason)
        self.column, self.cell, self.reason = column, cell, reason


@dataclass(frozen=True, slots=True)
class Row:
    """One row. `number` is 1-based with the header as row 1, blank rows counted: the row a spreadsheet shows."""

    file: str
    number: int
    cells: tuple[str, ...]
    columns: dict[str, int]
    header: tuple[str, ...]

    def optional(self, column: str, read: Callable[[str], _T | None]) -> _T | None:
        """What `read` makes of the cell; None when it is blank or the file has no such column. Raises RowError."""
        index = self.columns.get(column)
        if index is None:
            return None
        try:
            return read(self.cells[index])
        except CellError as error:
            raise RowError(self.header[index], self.cells[index], str(error)) from error

    def required(self, column: str, read: Callable[[str], _T | None]) -> _T:
        """The same where blank will not do. Raises RowError."""
        value = self.optional(column, read)
        if value is None:
            index = self.columns.get(column)
            raise RowError(self.header[index] if index is not None else column, "", "is blank")
        return value

    def complaint(self, column: str, reason: str) -> RowError:
        """The error for a readable cell that says something impossible."""
        index = self.columns.get(column)
        return (
            RowError(column, None, reason) if index is None else RowError(self.header[index], self.cells[index], reason)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvFile:
    """A file's text, read once. `columns` maps the normalised name (`#2` for the second of a name) to its place."""

    path: Path
    sha256: str
    encoding: str
    delimiter: str
    header: tuple[str, ...]
    columns: dict[str, int]
    content: str = field(repr=False)

    @property
    def name(self) -> str:
        """Without folders: plans and reports must not depend on where the file lay."""
        return self.path.name

    def rows(self, rejected: list[RejectedRow]) -> Iterator[Row]:
        """Every row that is not blank, after the header; a row whose cells do not fit the header is rejected."""
        width = len(self.header)
        for number, cells in enumerate(records(self.content, self.delimiter, self.path), start=1):
            if number == 1 or not any(cell.strip() for cell in cells):
                continue
            if len(cells) < width or any(cell.strip() for cell in cells[width:]):
                reason = f"has {len(cells)} cells where the header has {width}"
                rejected.append(RejectedRow(file=self.name, row=number, column=None, cell=None, reason=reason))
                continue
            yield Row(self.name, number, tuple(cells[:width]), self.columns, self.header)

    def read(self, make: Callable[[Row], _T], rejected: list[RejectedRow]) -> Iterator[_T]:
        """What `make` makes of each row; a RowError goes to `rejected` with file and row, and the row is left out."""
        for row in self.rows(rejected):
            try:
                yield make(row)
            except RowError as error:
                rejected.append(
                    RejectedRow(
                        file=self.name, row=row.number, column=error.column, cell=error.cell, reason=error.reason
                    )
                )


def read_csv(path: Path) -> CsvFile:
    """The file with its header understood. Raises CrmFormatError when it is not a text file with a header."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CrmFormatError(f"{path} cannot be opened: {error.strerror}.", do="Check the path.") from error
    text, encoding = decoded(content, path)
    delimiter = delimiter_of(text)
    header = tuple(cell.strip() for cell in next(records(text, delimiter, path), ()))
    if not any(header):
        raise CrmFormatError(f"{path} is empty or has no header row.", do="Export it again, with column names.")
    return CsvFile(
        path=path,
        sha256=hashlib.sha256(content).hexdigest(),
        encoding=encoding,
        delimiter=delimiter,
        header=header,
        columns=_columns(header),
        content=text,
    )


def normalised(name: str) -> str:
    """`Invoice ID` → `invoice_id`."""
    return _NOT_ALPHANUMERIC.sub("_", name.casefold()).strip("_")


def _columns(header: tuple[str, ...]) -> dict[str, int]:
    columns: dict[str, int] = {}
    seen: dict[str, int] = {}
    for index, name in enumerate(map(normalised, header)):
        if name:
            seen[name] = seen.get(name, 0) + 1
            columns[name if seen[name] == 1 else f"{name}#{seen[name]}"] = index
    return columns
