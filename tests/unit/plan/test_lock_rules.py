"""S01 asked of the document as it is now, by the executor just before the write."""

from __future__ import annotations

from datetime import date

from qbclean.model.documents import AnyDocument
from qbclean.model.locks import Locks
from qbclean.model.write import PlannedRequest
from qbclean.plan.lock_rules import breaks_lock
from tests.builders import a_payment, an_invoice
from tests.plans import LOCKS, a_void, an_application

CLOSED_DAY = date(2025, 12, 31)


def broken(request: PlannedRequest, live: AnyDocument, locks: Locks = LOCKS) -> str:
    return breaks_lock(request, live, locks)


def test_s01_a_void_stops_when_the_live_document_is_of_a_closed_period() -> None:
    request = a_void().requests[0]
    assert broken(request, an_invoice()) == ""
    assert broken(request, an_invoice(date=CLOSED_DAY)) == (
        "Invoice 301 is of 2025-12-31, closed through 2025-12-31 (S01)"
    )


def test_s01_the_live_document_tells_whether_sales_tax_locks_it() -> None:
    filed = Locks(sales_tax_filed=date(2026, 3, 31))
    request = a_void().requests[0]
    assert broken(request, an_invoice(), filed) == ""
    assert "S01" in broken(request, an_invoice(total="108.00", tax="8.00"), filed)


def test_applying_an_old_payment_is_left_to_quickbooks_and_the_planner() -> None:
    assert broken(an_application().requests[0], a_payment(date=CLOSED_DAY)) == ""
