"""The reports endpoint: hands the parameters to `reports` and its answer back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from qbclean.sandbox import refusals
from qbclean.sandbox.company import Company
from qbclean.sandbox.refusals import ApiFault
from qbclean.sandbox.replies import Reply
from qbclean.sandbox.wire import encode

if TYPE_CHECKING:
    from qbclean.sandbox.ledger import Ledger


def answer_report(company: Company, name: str, params: Mapping[str, str]) -> Reply:
    """Return a report as an answer of the API. Raises 500 for an unknown one, 2010 for a bad parameter."""
    report = run(company, name, params)
    if company.quirks["report_cells"] != "unlimited" and _cells(report) > int(company.quirks["report_cells"]):
        raise ApiFault("10100", "Result too large", "The report is too large. Narrow its date range.", "")
    return Reply(body=encode(report))


def _cells(rows: Mapping[str, Any]) -> int:
    """Return how many cells a report or a section of it has."""
    own = sum(len((rows.get(part) or {}).get("ColData", ())) for part in ("Header", "Summary"))
    below = (rows.get("Rows") or {}).get("Row", ())
    return own + len(rows.get("ColData", ())) + sum(_cells(row) for row in below)


def run(company: Company, name: str, params: Mapping[str, str]) -> dict[str, Any]:
    """Return a report's JSON. Raises as `answer_report` does."""
    from qbclean.sandbox.reports import run_report  # noqa: PLC0415 - reports load when the first one is asked for
    from qbclean.sandbox.reports.errors import ReportParameterError, UnknownReport  # noqa: PLC0415

    try:
        with company.lock:
            return run_report(name, params, company, ledger_of(company))
    except UnknownReport as unknown:
        raise refusals.unsupported_operation(f"reports/{name}") from unknown
    except ReportParameterError as bad:
        raise ApiFault("2010", "Request has invalid or unsupported property", str(bad), "") from bad


def report_names() -> list[str]:
    """Return the names of all reports."""
    from qbclean.sandbox.reports import REPORTS  # noqa: PLC0415 - as above

    return sorted(REPORTS)


def ledger_of(company: Company) -> Ledger:
    """Return the company's ledger, computed anew only after a write or on another day."""
    from qbclean.sandbox.ledger import Ledger as Computed  # noqa: PLC0415 - as late as the reports

    known = company.ledger
    state = (company.version, company.today)
    if known is None or known[0] != state or not isinstance(known[1], Computed):
        known = company.ledger = (state, Computed(company))
    ledger: Ledger = known[1]
    return ledger
