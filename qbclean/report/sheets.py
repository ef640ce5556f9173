"""Sheets of a workbook: texts written as texts whatever they begin with, amounts as numbers (R40).

A workbook holds binary floating point, which is exact to the cent far beyond any amount here; nothing is ever read back
from it. Rows stream to disk, so that size does not matter.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Final

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from qbclean.report.plain import plain

Cell = str | int | Decimal | date | None
"""A `datetime` is a date too; it is written as the UTC instant."""

_MOST_ROWS: Final = 1_048_576
"""What one sheet of XLSX can hold, the header included."""
_MOST_CHARACTERS: Final = 32_767
_CUT: Final = " … (cut: a cell holds no more)"


def new_workbook(path: Path, title: str) -> Workbook:
    """A workbook that is written to `path`, over what is there, when it is closed."""
    workbook = Workbook(str(path), {"constant_memory": True, "default_date_format": "yyyy-mm-dd"})
    workbook.set_properties({"title": title})
    return workbook


class Sheets:
    """Adds sheets whose columns are as wide as what is in them usually needs."""

    def __init__(self, workbook: Workbook) -> None:
        self._workbook = workbook
        self._head: Format = workbook.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self._amount: Format = workbook.add_format({"num_format": "#,##0.00;[Red]-#,##0.00"})
        self._day: Format = workbook.add_format({"num_format": "yyyy-mm-dd"})
        self._instant: Format = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})

    def add(
        self,
        name: str,
        columns: Sequence[tuple[str, int]],
        rows: Iterable[Sequence[Cell]],
        *,
        filtered: bool = True,
    ) -> None:
        """One sheet; `columns` are (title, width in characters). Rows that do not fit are counted in the last row."""
        sheet = self._workbook.add_worksheet(name)
        for place, (title, width) in enumerate(columns):
            sheet.set_column(place, place, width)
            sheet.write_string(0, place, title, self._head)
        sheet.freeze_panes(1, 0)
        last, left_out = 0, 0
        for number, row in enumerate(rows, start=1):
            if number >= _MOST_ROWS - 1:
                left_out += 1
                continue
            last = number
            for place, cell in enumerate(row):
                self._write(sheet, number, place, cell)
        if left_out:
            sheet.write_string(last + 1, 0, f"{left_out:,} more rows do not fit into a sheet")
        if filtered:
            sheet.autofilter(0, 0, max(last, 1), len(columns) - 1)

    def _write(self, sheet: Worksheet, row: int, place: int, cell: Cell) -> None:
        if isinstance(cell, str):
            text = plain(cell)
            fits = len(text) <= _MOST_CHARACTERS
            sheet.write_string(row, place, text if fits else text[: _MOST_CHARACTERS - len(_CUT)] + _CUT)
        elif isinstance(cell, Decimal):
            sheet.write_number(row, place, float(cell), self._amount)
        elif isinstance(cell, datetime):
            # Excel knows no time zones.
            sheet.write_datetime(row, place, cell.astimezone(UTC).replace(tzinfo=None), self._instant)
        elif isinstance(cell, date):
            sheet.write_datetime(row, place, datetime.combine(cell, time()), self._day)
        elif cell is not None:
            sheet.write_number(row, place, cell)
