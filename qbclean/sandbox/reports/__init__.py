"""QuickBooks' reports, computed from the ledger and written in QuickBooks' shape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qbclean.sandbox.ledger import Ledger
from qbclean.sandbox.reports.errors import ReportError, ReportParameterError, UnknownReport
from qbclean.sandbox.reports.parameters import Parameters
from qbclean.sandbox.reports.registry import REPORTS
from qbclean.sandbox.view import BooksView

__all__ = ["REPORTS", "ReportError", "ReportParameterError", "UnknownReport", "run_report"]


def run_report(name: str, params: Mapping[str, str], books: BooksView, ledger: Ledger | None = None) -> dict[str, Any]:
    """Return the report's JSON as the wire carries it.

    A caller that knows the books unchanged since an earlier call may hand in that call's ledger and saves its
    computation. Raises `UnknownReport` and `ReportParameterError`.
    """
    run = REPORTS.get(name)
    if run is None:
        raise UnknownReport(name)
    return run(ledger or Ledger(books), Parameters(params, books))
