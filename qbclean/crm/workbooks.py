"""Workbooks (XLSX, XLS, ODS) as rows of text cells, by python-calamine.

Its traps are absorbed here: whole numbers come as float, a cell that shows an error comes as "".
"""

from __future__ import annotations

import datetime as dt
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

from qbclean.errors import CrmFormatError

Value = int | float | str | bool | dt.time | dt.date | dt.datetime | dt.timedelta
Rows = Callable[[], Iterator[list[str]]]
_ERROR_CELL = re.compile(rb'<c r="([A-Z]+[0-9]+)"[^>]*\st="e"')
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError, struct.error)
"""What the standard library says of an archive with wrong bytes in it."""
_PIECE = 1 << 20
_LARGEST = 1 << 30
"""Bytes of one unpacked sheet; more is a damaged or hostile file, not a CRM's export."""


def sheets_of(path: Path) -> list[tuple[str, Rows]]:
    """Name and rows of every visible sheet that holds anything. Raises CrmFormatError when none can be read."""
    _refuse_error_cells(path)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(path.read_bytes()))
        visible = [sheet.name for sheet in book.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible]
        sheets = [book.get_sheet_by_name(name) for name in visible]
    except CalamineError as error:
        raise CrmFormatError(
            f"{path} cannot be read as a workbook: {error}.",
            why="It may be damaged, or protected by a password.",
            do="Export it again without a password, or save it as CSV (UTF-8).",
        ) from error
    filled = [sheet for sheet in sheets if sheet.start is not None]
    if not filled:
        raise CrmFormatError(f"{path} is empty or has no header row.", do="Export it again, with column names.")

    def rows_of(sheet: object) -> Rows:
        return lambda: ([as_text(value) for value in row] for row in sheet.iter_rows())  # type: ignore[attr-defined]

    return [(sheet.name, rows_of(sheet)) for sheet in filled]


def as_text(value: Value) -> str:
    """The cell as a CSV export of the sheet would write it, without loss.

    A number has the 15 digits a spreadsheet keeps; beyond, the digits of an id are gone and it is written `4.6E+17`,
    which no id is read from. Exactly three decimals get a fourth, so that `1.234` is never
    taken for 1234 in a comma country.
    """
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int() | float():
            return _number(value)
        case dt.datetime():
            return value.date().isoformat() if value.time() == dt.time() else value.isoformat()
        case _:
            return str(value)


def _number(value: float) -> str:
    if abs(value) < 1e15 and value == int(value):
        return str(int(value))
    written = f"{value:.15g}"
    whole, _, fraction = written.partition(".")
    return f"{whole}.{fraction}0" if len(fraction) == 3 else written


def _refuse_error_cells(path: Path) -> None:
    """A cell that shows #REF! would be read as blank; in XLSX it can be told apart."""
    if not zipfile.is_zipfile(path):
        return
    try:
        with zipfile.ZipFile(path) as archive:
            sheets = [entry for entry in archive.infolist() if entry.filename.startswith("xl/worksheets/sheet")]
            if any(entry.file_size > _LARGEST for entry in sheets):
                raise CrmFormatError(
                    f"{path} unpacks to more than a workbook may hold.", do="Export fewer rows at a time."
                )
            places = [place for entry in sheets for place in _error_cells(archive, entry)]
    except _DAMAGED as error:
        raise CrmFormatError(f"{path} is damaged: {error}.", do="Export it again.") from error
    if places:
        more = f" and {len(places) - 5} more" if len(places) > 5 else ""
        raise CrmFormatError(
            f"{path} has cells that show an error instead of a value: {', '.join(places[:5])}{more}.",
            why="What should stand there is not in the file.",
            do="Correct the formulas, or export the file again.",
        )


def _error_cells(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[str]:
    """Their places. The sheet is unpacked piece by piece; a cell that two pieces share is looked at with the second."""
    rest = b""
    with archive.open(entry) as sheet:
        while piece := sheet.read(_PIECE):
            rest += piece
            cut = max(rest.rfind(b"<c "), 0)
            yield from (place.decode() for place in _ERROR_CELL.findall(rest, 0, cut))
            rest = rest[cut:]
    yield from (place.decode() for place in _ERROR_CELL.findall(rest))
