"""Export files as rows of text cells, whatever their format; which row is the header is not decided here."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatch
from functools import partial
from itertools import islice
from pathlib import Path

from qbclean.crm.csv_text import delimiter_of, records, text_file
from qbclean.crm.file_kinds import is_workbook, refuse_other_kinds
from qbclean.crm.json_dump import find_records, is_json, parsed_json, record_rows
from qbclean.crm.profile import Profile, Section
from qbclean.crm.workbooks import sheets_of
from qbclean.errors import CrmFormatError

Cells = Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """One sheet, CSV file or list of JSON records.

    `rows` starts anew each time and yields (number, cells), blank rows too: the number a spreadsheet shows, or which
    record it is; the header of JSON records has number 0. `part`: where in a JSON document the records stand. `size`:
    about how many rows there are.
    """

    path: Path
    sheet: str = ""
    one_of_many: bool = False
    part: str = ""
    size: int | None = None
    rows: Callable[[], Iterator[tuple[int, Cells]]] = field(repr=False)

    @property
    def name(self) -> str:
        """Without folders: plans and reports must not depend on where the file lay."""
        return f"{self.path.name} [{self.sheet}]" if self.one_of_many else self.path.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """An opened file: its `grids`, or the JSON `document` from which each section cuts its own."""

    path: Path
    sha256: str
    encoding: str = ""
    grids: tuple[Grid, ...] = ()
    document: object = field(default=None, repr=False)

    @property
    def name(self) -> str:
        return self.path.name

    def for_section(self, section: Section) -> Iterator[Grid]:
        """The grids that a section could describe."""
        if section.format == "table":
            yield from (grid for grid in self.grids if fnmatch(grid.sheet.casefold(), section.sheet.casefold()))
        elif self.document is not None:
            found = find_records(self.document, section.records)
            if found is not None:
                part, records = found
                yield Grid(path=self.path, part=part, rows=lambda: record_rows(records, section))

    def is_empty_for(self, profiles: Sequence[Profile]) -> bool:
        """True for an API's answer in which the list of records is there, and empty."""
        lists = [
            find_records(self.document, section.records)
            for profile in profiles
            for section in profile.file
            if section.format == "json" and self.document is not None
        ]
        found = [records for one in lists if one is not None for records in (one[1],)]
        return bool(found) and not any(found)

    def widest(self) -> Cells:
        """The fullest of the first rows, which is the header if anything is."""
        rows = [cells for grid in self.grids for _, cells in islice(grid.rows(), 30)]
        filled = [[cell.strip() for cell in cells if cell.strip()] for cells in rows]
        return max(filled, key=len, default=[])

    def start(self) -> str:
        """The first rows as text, to tell what a file is that no profile describes."""
        return "\n".join(",".join(cells) for grid in self.grids for _, cells in islice(grid.rows(), 30))


def open_export(path: Path) -> Export:
    """Raises CrmFormatError when the file is no text, workbook or JSON, or holds nothing."""
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            file.seek(0)
            start = file.read(1_000)
        refuse_other_kinds(path, start)
        text = None if is_workbook(start) else text_file(path)
    except OSError as error:
        raise CrmFormatError(f"{path} cannot be opened: {error.strerror}.", do="Check the path.") from error
    if text is None:
        sheets = sheets_of(path)
        many = len(sheets) > 1
        grids = tuple(
            Grid(path=path, sheet=name, one_of_many=many, rows=partial(_numbered, rows)) for name, rows in sheets
        )
        return Export(path=path, sha256=digest, grids=grids)
    if text.blank:
        raise CrmFormatError(f"{path} is empty or has no header row.", do="Export it again, with column names.")
    if is_json(text.start):
        whole = path.read_text(encoding=text.encoding)
        return Export(path=path, sha256=digest, encoding=text.encoding, document=parsed_json(whole, path))
    rows = partial(_numbered, partial(records, text, delimiter_of(text.start)))
    grid = Grid(path=path, rows=rows, size=text.lines)
    return Export(path=path, sha256=digest, encoding=text.encoding, grids=(grid,))


def _numbered(rows: Callable[[], Iterator[Cells]]) -> Iterator[tuple[int, Cells]]:
    return enumerate(rows(), start=1)
