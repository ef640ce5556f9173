"""The audit log as a workbook: one row per attempt, and what the log as a whole says of itself."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from qbclean.model.journal import ChainReport
from qbclean.report.audit import AuditRow
from qbclean.report.audit_columns import LOG_COLUMNS, log_cells
from qbclean.report.sheets import Sheets, new_workbook


def write_log_workbook(path: Path, rows: Iterable[AuditRow], chain: ChainReport) -> None:
    """Write the workbook to `path`, over what is there. What no cell can hold is cut; the JSON lines have it all."""
    with new_workbook(path, "What qbclean wrote") as workbook:
        sheets = Sheets(workbook)
        sheets.add("Log", LOG_COLUMNS, map(log_cells, rows))
        whole = chain.problem or "every row is chained to the one before it"
        about = (("rows", chain.head.rows), ("head", chain.head.hash), ("the log", whole))
        sheets.add("Chain", (("", 12), ("", 70)), about, filtered=False)
