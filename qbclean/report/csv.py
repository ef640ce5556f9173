"""CSV for spreadsheets: text that would start a formula is neutralised, amounts stay numbers (R40)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

from qbclean.report.audit import AuditRow
from qbclean.report.audit_columns import LOG_COLUMNS, Cell, log_cells

_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\x00")


def sheet(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """CSV text (RFC 4180, CRLF) with a byte order mark, so that Excel reads it as UTF-8."""
    text = io.StringIO()
    text.write("\ufeff")
    writer = csv.writer(text)
    writer.writerow([safe_cell(name) for name in columns])
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return text.getvalue()


def safe_cell(cell: Cell) -> str:
    """Numbers and dates as they are; text that a spreadsheet would compute gets a leading apostrophe."""
    if cell is None:
        return ""
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    if isinstance(cell, int):
        return str(cell)
    text = cell.replace("\x00", "")
    return f"'{text}" if cell.startswith(_STARTS_A_FORMULA) else text


def log_sheet(rows: Iterable[AuditRow]) -> str:
    """One row per attempt, in the order of the journal (R28)."""
    return sheet([title for title, _ in LOG_COLUMNS], map(log_cells, rows))
