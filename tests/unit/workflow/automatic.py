"""A customer with one open invoice, or with an older one beside it, and actions that credit it in a company whose
QuickBooks applies credits by itself (S09)."""

from __future__ import annotations

from datetime import date

import msgspec

from qbclean.model.action import PlannedAction
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.identity import planned_requests
from qbclean.model.write import DocumentWrite
from tests.builders import a_snapshot, an_invoice
from tests.unit.workflow.desk import credit_open_invoice


def credited_books(*, older: str = "") -> ReceivablesSnapshot:
    """Invoice 303 of 300.00 of customer 58; with `older` another one, 302, of that amount from the day before."""
    others = [an_invoice("302", total=older, number="1042", date=date(2026, 3, 1))] if older else []
    return a_snapshot(*others, an_invoice("303", total="300.00", number="1043"))


def self_applying(action: PlannedAction, books: ReceivablesSnapshot) -> PlannedAction:
    """The action as planned where credits are applied automatically."""
    writes = [
        DocumentWrite(
            operation=request.operation,
            kind=request.kind,
            body=request.body,
            changes=request.changes,
            applies_itself=True,
        )
        for request in action.requests
    ]
    return msgspec.structs.replace(action, requests=planned_requests(books.realm_id, books.id, action.id, writes))


def credit(books: ReceivablesSnapshot) -> PlannedAction:
    """90.00 for invoice 303: a credit memo, and the payment of 0.00 that joins the two."""
    return self_applying(credit_open_invoice(books), books)
