"""An edit between reading and writing never leads to a wrong end that nobody is told of (S17).

The window is defined: what a write writes is read right before it, what is around it at most 20 seconds before. These
tests edit inside the window, at the latest moment there is: when the request is already on its way.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from qbclean.model.outcome import RunReport
from qbclean.model.refs import DocumentRef
from qbclean.model.write import PlannedRequest, WriteReceipt
from qbclean.workflow.apply import apply
from qbclean.workflow.lookahead import MAX_AGE
from tests import every_kind
from tests.fakes import FakeQuickBooks
from tests.unit.workflow.desk import BY, Desk, a_desk, approved

BOOKS = every_kind.company()
REVIEWED = {target.ref for action in every_kind.plan_of(BOOKS) for target in action.targets}
EDITS: dict[str, dict[str, Any]] = {
    "amount": {
        "Line": [
            {
                "Amount": Decimal("20.00"),
                "DetailType": "SalesItemLineDetail",
                "SalesItemLineDetail": {"ItemRef": {"value": "12"}, "TaxCodeRef": {"value": "NON"}},
            }
        ]
    },
    "customer": {"CustomerRef": {"value": "1004"}},
    "date": {"TxnDate": "2026-02-11"},
    "number": {"DocNumber": "X-77"},
    "memo": {"PrivateNote": "called them"},
}


class Edited(FakeQuickBooks):
    """Somebody edits one document in the instant before the `at`-th write reaches QuickBooks."""

    def prepare(self, at: int, ref: DocumentRef, change: dict[str, Any]) -> None:
        self._at, self._ref, self._change = at, ref, change
        self.edited = False

    def send(self, request: PlannedRequest) -> WriteReceipt:
        if len(self.sent) + 1 == self._at and self._ref in self.documents:
            self.edited = True
            fields = dict(self._change)
            if self._ref.kind == "Payment" and "Line" in fields:
                fields = {"TotalAmt": Decimal("250.00")}
            self.edit(self._ref, **fields)
            self._total(self._ref.kind, self.documents[self._ref])
            self._settle()
        return super().send(request)


def run_with(edit: str, ref: DocumentRef, at: int) -> tuple[Desk, RunReport]:
    quickbooks = Edited(BOOKS)
    quickbooks.prepare(at, ref, EDITS[edit])
    desk = a_desk(BOOKS, quickbooks=quickbooks)
    return desk, apply(approved(desk, every_kind.plan_of(BOOKS)), books=BOOKS, ports=desk.ports, by=BY)


@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_in_the_window_is_stale_refused_named_or_irrelevant(edit):
    """Every document × every write: 5 × 12 × 13 runs. An edit that matters is never silently overrun."""
    _, undisturbed = run_with(edit, DocumentRef("Invoice", "none"), 1)
    assert undisturbed.state == "done"
    for ref in sorted(document.ref for document in BOOKS.documents()):
        for at in range(1, every_kind.WRITES_PER_COPY + 1):
            desk, report = run_with(edit, ref, at)
            assert desk.quickbooks.edited  # type: ignore[attr-defined]
            assert desk.journal.in_doubt() == ()
            if report.state != "done":
                assert report.state in ("partial", "failed")
                told = report.message + " ".join(outcome.reason for outcome in report.outcomes)
                assert ref.id in told, (ref, at, told)
                continue
            assert edit == "memo" or ref not in REVIEWED, f"{ref} was edited at write {at} and nobody was told"


def test_the_window_is_no_longer_than_it_says():
    """What is around a write is read anew once the reading is older than the window."""
    assert MAX_AGE.total_seconds() <= 20
