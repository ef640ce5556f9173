"""QuickBooks' reports, computed from the ledger and written in QuickBooks' shape."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
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
    with _collector_paused():
        return run(ledger or Ledger(books), Parameters(params, books))


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Keep Python from looking for cycles among millions of new tuples that have none: it doubles the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
