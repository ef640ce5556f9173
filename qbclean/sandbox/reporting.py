"""The reports endpoint: hands the parameters to `reports` and its answer back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from qbclean.sandbox import refusals
from qbclean.sandbox.collector import collector_paused
from qbclean.sandbox.company import Company
from qbclean.sandbox.refusals import ApiFault
from qbclean.sandbox.replies import Reply
from qbclean.sandbox.snapshot import Snapshot
from qbclean.sandbox.wire import encode

if TYPE_CHECKING:
    from qbclean.sandbox.ledger import Ledger

MOST_CELLS = 400_000


def answer_report(company: Company, name: str, params: Mapping[str, str]) -> Reply:
    """Return a report as an answer of the API. Raises 500 for an unknown one, 2010 for a bad parameter."""
    report = run(company, name, params)
    if company.quirks["report_cells"] != "unlimited" and _cells(report) > MOST_CELLS:
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
        with company.reporting, collector_paused():
            ledger = ledger_of(company)
            return run_report(name, params, ledger.view, ledger)
    except UnknownReport as unknown:
        raise refusals.unsupported_operation(f"reports/{name}") from unknown
    except ReportParameterError as bad:
        raise ApiFault("2010", "Request has invalid or unsupported property", str(bad), "") from bad


def report_names() -> list[str]:
    """Return the names of all reports."""
    from qbclean.sandbox.reports import REPORTS  # noqa: PLC0415 - as above

    return sorted(REPORTS)


def ledger_of(company: Company) -> Ledger:
    """Return the ledger of the company as it is now; after a write only what it changed is computed anew.

    Works on a snapshot: writes go on meanwhile, and are in the next ledger.
    """
    from qbclean.sandbox.ledger import Ledger as Computed  # noqa: PLC0415 - as late as the reports

    with company.reporting:
        known: Ledger | None = company.ledger
        with company.lock:
            if known is not None and not company.unposted and known.view.today == company.today:
                return known
            snapshot = Snapshot(company)
            changed, company.unposted = company.unposted, set()
        company.ledger = None  # what fails below must not leave a ledger that misses these changes
        company.ledger = fresh = Computed(snapshot) if known is None else known.following(snapshot, changed)
    return fresh


def newest_balances(company: Company) -> dict[str, int] | None:
    """Return the account balances of the newest ledger if they have been computed; never waits."""
    known: Ledger | None = company.ledger
    return None if known is None else known.__dict__.get("account_balances")


def compute_balances(company: Company) -> dict[str, int]:
    """Return the account balances as of now, in cents."""
    with company.reporting, collector_paused():
        return ledger_of(company).account_balances
