"""CSV for spreadsheets: text that would start a formula is neutralised, amounts stay numbers (R40)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

from qbclean.model.journal import JournaledRun, JournaledWrite
from qbclean.report.images import figures_of

Cell = str | int | Decimal | date | None

_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\x00")
LOG_COLUMNS = (
    "run", "kind", "at", "actor", "action", "step", "operation", "document", "amount", "approved_by", "reason",
    "before", "after", "outcome", "message", "request_id", "intuit_tid",
)  # fmt: skip


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


def log_sheet(runs: Iterable[JournaledRun]) -> str:
    """One row per write and per skipped action, in the order of the journal."""
    return sheet(LOG_COLUMNS, (row for run in runs for row in _rows(run)))


def _rows(run: JournaledRun) -> Iterable[Sequence[Cell]]:
    start = run.start
    for write in run.writes:
        yield (start.id, start.kind, write.intent.at, start.actor, *_write(write))
    for skip in run.skipped:
        left = (skip.action_id, None, "skip", "", None, "", "", "", "", "skipped", skip.reason, "", "")
        yield (start.id, start.kind, skip.at, start.actor, *left)


def _write(write: JournaledWrite) -> Sequence[Cell]:
    intent, outcome = write.intent, write.outcome
    ref = (outcome.ref if outcome else None) or intent.target
    return (
        intent.action_id,
        intent.step,
        intent.operation,
        str(ref) if ref else intent.kind,
        intent.amount,
        intent.approved_by,
        intent.reason,
        "; ".join(figures_of(image) for image in intent.before),
        "; ".join(figures_of(image) for image in outcome.after) if outcome else "",
        outcome.state if outcome else "in doubt",
        outcome.message if outcome else "",
        intent.request_id,
        outcome.intuit_tid if outcome else "",
    )
