"""The audit log as columns, for CSV and workbook alike: first what people ask for, then what proves it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from qbclean.model.journal import Image
from qbclean.report.audit import AuditRow
from qbclean.report.images import figures_of

Cell = str | int | Decimal | date | None

_FIELDS: Final = (
    ("row", 7), ("at", 18), ("run", 24), ("run_kind", 10), ("result", 10), ("operation", 10), ("document", 16),
    ("number", 12), ("customer", 28), ("amount", 12), ("reason", 40), ("message", 40), ("settled_by", 10),
    ("approved_by", 18), ("approved_at", 22), ("approval", 20), ("second_by", 18), ("second_at", 22),
    ("second_approval", 20), ("actor", 14), ("host", 14), ("tool", 14), ("rules", 6), ("environment", 11),
    ("company", 24), ("realm_id", 18), ("undoes", 24), ("plan_digest", 24), ("action", 16), ("action_kind", 18),
    ("action_summary", 40), ("step", 6), ("request_id", 24), ("intuit_tid", 24), ("status", 7), ("code", 7),
    ("attempts", 8), ("sync_token_before", 10), ("sync_token_after", 10), ("monotonic_ns", 18), ("link", 40),
)  # fmt: skip
LOG_COLUMNS: Final = (*_FIELDS, ("was", 40), ("is", 40), ("before", 60), ("after", 60))
"""(title, width in a workbook). `was` and `is` are in words, `before` and `after` the documents verbatim."""


def log_cells(row: AuditRow) -> Sequence[Cell]:
    """One cell per column. A count of nanoseconds is text: a spreadsheet rounds numbers of that length."""
    cells: list[Cell] = [getattr(row, name) for name, _ in _FIELDS]
    cells[_MONOTONIC] = "" if row.monotonic_ns is None else str(row.monotonic_ns)
    return (*cells, _in_words(row.before), _in_words(row.after), _verbatim(row.before), _verbatim(row.after))


_MONOTONIC: Final = [name for name, _ in _FIELDS].index("monotonic_ns")


def _in_words(images: Sequence[Image]) -> str:
    return "; ".join(figures_of(image) for image in images)


def _verbatim(images: Sequence[Image]) -> str:
    return "\n".join(f"{image.ref}: {image.raw}" for image in images)
