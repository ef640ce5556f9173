"""A customer with one open invoice, or with an older one beside it, and actions that credit it in a company whose
QuickBooks applies credits by itself (S09)."""

from __future__ import annotations

from datetime import date

import msgspec

from qbclean.model.action import PlannedAction
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.identity import planned_requests
from qbclean.model.write import DocumentWrite
from tests.builders import a_payment, a_snapshot, an_invoice
from tests.unit.workflow.desk import OPEN, an_action, credit_open_invoice


def credited_books(*, older: str = "", money: str = "") -> ReceivablesSnapshot:
    """Invoice 303 of 300.00 of customer 58; with `older` another one, 302, of that amount from the day before, with
    `money` payment 430 of that amount and 431 of 10.00, unapplied."""
    others = [an_invoice("302", total=older, number="1042", date=date(2026, 3, 1))] if older else []
    unapplied = [a_payment("430", total=money), a_payment("431", total="10.00")] if money else []
    return a_snapshot(*others, *unapplied, an_invoice("303", total="300.00", number="1043"))


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


def recorded_and_applied(books: ReceivablesSnapshot, number: int) -> tuple[PlannedAction, PlannedAction]:
    """The same in two actions, as for a credit of the CRM: one makes credit memo `CM-<number>`, one applies it."""
    memo, joining = credit_open_invoice(books, f"A-memo-{number}").requests
    made = DocumentWrite(
        operation="create", kind="CreditMemo", body={**memo.body, "DocNumber": f"CM-{number}"}, applies_itself=True
    )
    applies = DocumentWrite(
        operation="create", kind="Payment", body=joining.body, changes=joining.changes, applies_itself=True
    )
    create = an_action(books, f"A-memo-{number}", "create_credit_memo", [made], [OPEN])
    use = an_action(books, f"A-use-{number}", "apply_credit", [applies], [OPEN], depends_on=(create.id,))
    return create, use
