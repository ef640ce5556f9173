"""A file read by one section of a profile: its rows, with header, totals and junk taken care of and nothing lost."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

from qbclean.crm.dialect import Dialect, dialect_of
from qbclean.crm.grids import Export, Grid
from qbclean.crm.headers import ColumnMap
from qbclean.crm.profile import Profile, Section
from qbclean.crm.refusals import refused
from qbclean.crm.rows import Readers, Row, RowError, compiled
from qbclean.crm.staging import Staging
from qbclean.crm.totals import Sums
from qbclean.errors import CrmFormatError
from qbclean.model.crm import RejectedRow
from qbclean.ports.ambient import Progress

_T = TypeVar("_T")
_STEP = 5_000
_TOO_MANY = 20_000
"""Rejected rows after which reading stops."""
_FOOTER = re.compile(
    r"(generated|exported|printed|downloaded|created|copyright|©|confidential|page \d|report (name|date)|as of|filter)",
    re.IGNORECASE,
)
"""How a line that a report puts below its rows begins; it stands alone in its row."""


@dataclass(kw_only=True)
class Table:
    """One grid under one section. Everything it cannot read goes to `rejected`; what it skipped is counted."""

    export: Export
    grid: Grid
    profile: Profile
    mapping: ColumnMap
    zone: str
    rejected: list[RejectedRow]
    currency: str = "USD"
    progress: Progress | None = None
    skipped: list[int] = field(default_factory=list)
    used: int = 0
    last: int = 0
    _last_used: int = -1

    @property
    def section(self) -> Section:
        return self.mapping.section

    @property
    def name(self) -> str:
        return self.grid.name

    @cached_property
    def dialect(self) -> Dialect:
        return dialect_of(self.mapping, lambda: (cells for _, cells in self._body()), self.zone)

    @cached_property
    def readers(self) -> Readers:
        return compiled(self.mapping, self.dialect, self.currency)

    @cached_property
    def sums(self) -> Sums:
        """Of the money columns, over all rows read so far; with the totals the file states."""
        return Sums(self.mapping, self.dialect)

    def rows(self) -> Iterator[Row]:
        """Every row that is not blank, junk or a total; a row whose cells do not fit the header is rejected."""
        width = len(self.mapping.header.names)
        readers, sums = self.readers, self.sums
        if self.progress is not None:
            self.progress.start(f"Reading {self.name}", self.grid.size)
        count = 0
        for count, (number, cells) in enumerate(self._body(), start=1):
            if self.progress is not None and count % _STEP == 0:
                self.progress.advance(_STEP)
            self.last = number
            if self._is_junk(number, cells):
                continue
            if len(cells) < width or any(cell.strip() for cell in cells[width:]):
                self.reject(number, None, None, f"has {len(cells)} cells where the header has {width}")
                sums.spoil()
                continue
            sums.add(cells)
            yield Row(self.name, number, cells, readers)
        if self.progress is not None:
            self.progress.advance(count % _STEP)
            self.progress.finish()

    def read(self, make: Callable[[Row], _T | None]) -> Iterator[_T]:
        """What `make` makes of each row, None left out; a row it cannot read goes to `rejected`."""
        for row in self.rows():
            made = self.made(row, make)
            if made is not None:
                yield made

    def made(self, row: Row, make: Callable[[Row], _T | None]) -> _T | None:
        """What `make` makes of `row`; None too when it is rejected."""
        try:
            made = make(row)
        except RowError as error:
            self.reject(row.number, error.column, error.cell, error.reason)
            return None
        self.used += row.number != self._last_used
        self._last_used = row.number
        return made

    def groups(self, stage: Staging, key_of: Callable[[Row], str]) -> Iterator[list[Row]]:
        """The rows that share a key, wherever in the file they stand; each group where its first row is."""
        pile = stage.pile(tuple[int, list[str]])
        for row in self.rows():
            try:
                pile.add((row.number, list(row.cells)), key_of(row))
            except RowError as error:
                self.reject(row.number, error.column, error.cell, error.reason)
        for group in pile.groups():
            yield [Row(self.name, number, cells, self.readers) for number, cells in group]

    def reject(self, number: int, column: str | None, cell: str | None, reason: str) -> None:
        """Raises CrmFormatError when there are so many that it is the file that is wrong, not its rows."""
        self.rejected.append(RejectedRow(file=self.name, row=number, column=column, cell=cell, reason=reason))
        if len(self.rejected) >= _TOO_MANY:
            raise refused(self.rejected, and_more=True)

    def _body(self) -> Iterator[tuple[int, Sequence[str]]]:
        """The rows below the header."""
        return ((number, cells) for number, cells in self.grid.rows() if number > self.mapping.header.number)

    def _is_junk(self, number: int, cells: Sequence[str]) -> bool:
        """Blank rows, the header again, what the profile skips, and totals, which are kept to be checked."""
        first = next((cell for cell in cells if cell and not cell.isspace()), None)
        if first is None:
            if self.mapping.header.number == 0:
                self.reject(number, None, None, "is empty")
            return True
        if self.mapping.header.names[0] == first.strip() and self.mapping.header.repeats(cells):
            self.skipped.append(number)
            return True
        if self._totals is not None and self._totals.fullmatch(first.strip()):
            self.sums.state(number, cells)
            return True
        alone = sum(1 for cell in cells if cell.strip()) == 1
        if (self._junk is not None and self._junk.search(first.strip())) or (alone and _FOOTER.match(first.strip())):
            self.skipped.append(number)
            return True
        return False

    @cached_property
    def _totals(self) -> re.Pattern[str] | None:
        return _any_of(self.section.totals)

    @cached_property
    def _junk(self) -> re.Pattern[str] | None:
        return _any_of(self.section.skip)

    def check_totals(self) -> None:
        """Once everything is read. Raises CrmFormatError when the file's own totals are not the sums of its rows.

        Where rows are rejected already, the total is rejected with them: they tell more about what is wrong.
        """
        for number, cells in self.grid.rows() if self.section.stated and self.export.document is None else ():
            if number >= self.mapping.header.number:
                break
            self.sums.state_before_header(number, cells, self.section.stated)
        wrong = self.sums.mismatches() if self.section.check_totals else []
        if any(row.file == self.name for row in self.rejected):
            for number, complaint in wrong:
                self.reject(number, None, None, complaint)
        elif wrong:
            complaints = "; ".join(f"row {number} {complaint}" for number, complaint in wrong)
            raise CrmFormatError(
                f"{self.name} does not add up: {complaints}.",
                why="A total of the file that its rows do not give means rows are missing or read the wrong way.",
                do="Export the file again; if the total counts something else, set check_totals = false in a profile.",
            )


def _any_of(patterns: Sequence[str]) -> re.Pattern[str] | None:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE) if patterns else None
