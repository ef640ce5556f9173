"""A company and an approved plan with every kind of repair, in as many copies as asked for, each of other customers.

Per copy there are ten actions of thirteen writes. Only what belongs together shares a customer: the payment that is
moved off a duplicate and the void of the duplicate, the invoice that is created and its payment.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec

from qbclean.model.action import PlannedAction
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.documents import AnyDocument
from qbclean.model.lists import Customer
from qbclean.model.refs import DocumentKind, DocumentRef
from qbclean.model.write import DocumentWrite, WriteOperation
from qbclean.plan.placeholders import id_placeholder, token_placeholder
from tests.builders import a_credit_memo, a_customer, a_payment, a_snapshot, an_invoice
from tests.unit.workflow.desk import DAY, an_action
from tests.writes import a_body_line

KINDS = (
    "move_payment",
    "void_invoice",
    "credit_duplicate",
    "complete_invoice",
    "create_invoice",
    "record_payment",
    "create_credit_memo",
    "apply_credit",
    "apply_payment",
    "write_off_invoice",
)
"""In the order of the plan."""

WRITES_PER_COPY = 13


def company(copies: int = 1) -> ReceivablesSnapshot:
    """The books, with something to do for every kind."""
    all_of_them = [_Copy(number) for number in range(copies)]
    return a_snapshot(
        *(document for copy in all_of_them for document in copy.documents()),
        customers=[copy.new_customer() for copy in all_of_them],
    )


def plan_of(books: ReceivablesSnapshot, copies: int = 1) -> tuple[PlannedAction, ...]:
    """Every kind in every copy, kind by kind. `books` are those of `company`, as made or as pulled."""
    return tuple(_Copy(copy).action(books, kind) for kind in KINDS for copy in range(copies))


@dataclass(frozen=True)
class _Copy:
    number: int

    def _id(self, position: int) -> str:
        return str(1000 + 100 * self.number + position)

    def _customer(self, kind: str) -> str:
        shared = {"void_invoice": "move_payment", "record_payment": "create_invoice"}
        return self._id(KINDS.index(shared.get(kind, kind)))

    def _action_id(self, kind: str) -> str:
        return f"A-{kind.replace('_', '-')}-{self.number}"

    def new_customer(self) -> Customer:
        """The one of whom the books know nothing yet."""
        id_ = self._customer("create_invoice")
        return a_customer(id_, f"Customer {id_}")

    def documents(self) -> Iterable[AnyDocument]:
        def invoice(position: int, kind: str, total: str = "100.00") -> AnyDocument:
            id_ = self._id(position)
            return an_invoice(id_, total=total, number=f"N{id_}", customer=self._customer(kind))

        yield invoice(20, "move_payment")
        yield invoice(21, "move_payment")
        yield a_payment(
            self._id(22), total="100.00", pays={self._id(21): "100.00"}, customer=self._customer("move_payment")
        )
        yield invoice(30, "credit_duplicate")
        yield invoice(31, "credit_duplicate")
        yield invoice(40, "complete_invoice")
        yield invoice(50, "create_credit_memo")
        yield invoice(60, "apply_credit")
        yield a_credit_memo(
            self._id(61), total="40.00", number=f"C{self._id(61)}", customer=self._customer("apply_credit")
        )
        yield invoice(70, "apply_payment")
        yield a_payment(self._id(71), total="60.00", customer=self._customer("apply_payment"))
        yield invoice(80, "write_off_invoice")

    # ------------------------------------------------------------------ the actions
    def action(self, books: ReceivablesSnapshot, kind: str) -> PlannedAction:
        targets, writes, depends_on = getattr(self, f"_{kind}")(self._action_id(kind), self._customer(kind))
        writes = [_as_it_stands(books, write) for write in writes]
        action = an_action(books, self._action_id(kind), kind, writes, targets, depends_on=depends_on)
        return msgspec.structs.replace(action, customer_id=self._customer(kind))

    def _move_payment(self, _id: str, customer: str) -> Any:
        survivor, duplicate, payment = self._ref("Invoice", 20), self._ref("Invoice", 21), self._ref("Payment", 22)
        write = _update(payment, _onto(customer, survivor, "100.00"), changes=(duplicate, survivor))
        return [payment, duplicate, survivor], [write], ()

    def _void_invoice(self, _id: str, _customer: str) -> Any:
        survivor, duplicate, after = self._ref("Invoice", 20), self._ref("Invoice", 21), self._action_id("move_payment")
        body = {"Id": duplicate.id, "SyncToken": token_placeholder(after)}
        write = DocumentWrite(operation="void", kind="Invoice", body=body, target=duplicate)
        return [duplicate, survivor], [write], (after,)

    def _credit_duplicate(self, id_: str, customer: str) -> Any:
        return (
            [self._ref("Invoice", 31), self._ref("Invoice", 30)],
            self._credit(id_, customer, self._ref("Invoice", 31), "100.00"),
            (),
        )

    def _complete_invoice(self, _id: str, _customer: str) -> Any:
        invoice = self._ref("Invoice", 40)
        write = _update(invoice, {"Line": [_labor("100.00"), _labor("20.00")]})
        return [invoice], [write], ()

    def _create_invoice(self, id_: str, customer: str) -> Any:
        body = _new(id_, customer, DocNumber=f"R{self._id(0)}", Line=[_labor("150.00")])
        return [], [DocumentWrite(operation="create", kind="Invoice", body=body)], ()

    def _record_payment(self, id_: str, customer: str) -> Any:
        invoice = DocumentRef("Invoice", id_placeholder(self._action_id("create_invoice")))
        # Only a part, so that nothing but a request id keeps QuickBooks from taking it twice.
        body = _new(id_, customer, TotalAmt="60.00", Line=[a_body_line("Invoice", invoice.id, "60.00")])
        write = DocumentWrite(operation="create", kind="Payment", body=body, changes=(invoice,))
        return [invoice], [write], (self._action_id("create_invoice"),)

    def _create_credit_memo(self, id_: str, customer: str) -> Any:
        invoice = self._ref("Invoice", 50)
        return [invoice], self._credit(id_, customer, invoice, "30.00"), ()

    def _apply_credit(self, id_: str, customer: str) -> Any:
        invoice, memo = self._ref("Invoice", 60), self._ref("CreditMemo", 61)
        return [invoice, memo], [_joining(id_, customer, invoice, memo, "40.00")], ()

    def _apply_payment(self, _id: str, customer: str) -> Any:
        invoice, payment = self._ref("Invoice", 70), self._ref("Payment", 71)
        return [payment, invoice], [_update(payment, _onto(customer, invoice, "60.00"), changes=(invoice,))], ()

    def _write_off_invoice(self, id_: str, customer: str) -> Any:
        invoice = self._ref("Invoice", 80)
        return [invoice], self._credit(id_, customer, invoice, "100.00"), ()

    def _credit(self, id_: str, customer: str, invoice: DocumentRef, amount: str) -> list[DocumentWrite]:
        """A credit memo and the zero payment that applies it: two steps."""
        memo = DocumentRef("CreditMemo", id_placeholder(id_))
        body = _new(id_, customer, DocNumber=f"M{invoice.id}", Line=[_labor(amount)])
        return [
            DocumentWrite(operation="create", kind="CreditMemo", body=body),
            _joining(id_, customer, invoice, memo, amount),
        ]

    def _ref(self, kind: DocumentKind, position: int) -> DocumentRef:
        return DocumentRef(kind, self._id(position))


def _as_it_stands(books: ReceivablesSnapshot, write: DocumentWrite) -> DocumentWrite:
    """`write` with the SyncToken that its document has in `books`."""
    document = books.document(write.target) if write.target else None
    if document is None or write.operation == "void":
        return write
    return msgspec.structs.replace(write, body={**write.body, "SyncToken": document.sync_token})


def _update(target: DocumentRef, fields: dict[str, Any], changes: tuple[DocumentRef, ...] = ()) -> DocumentWrite:
    operation: WriteOperation = "update"
    body = {"Id": target.id, "SyncToken": "0", "sparse": True, **fields}
    return DocumentWrite(operation=operation, kind=target.kind, body=body, target=target, changes=changes)


def _onto(customer: str, invoice: DocumentRef, amount: str) -> dict[str, Any]:
    lines = [a_body_line("Invoice", invoice.id, amount)]
    return {"CustomerRef": {"value": customer}, "TotalAmt": amount, "Line": lines}


def _joining(id_: str, customer: str, invoice: DocumentRef, memo: DocumentRef, amount: str) -> DocumentWrite:
    lines = [a_body_line("Invoice", invoice.id, amount), a_body_line("CreditMemo", memo.id, amount)]
    body = _new(id_, customer, TotalAmt="0.00", Line=lines)
    return DocumentWrite(operation="create", kind="Payment", body=body, changes=(invoice, memo))


def _new(id_: str, customer: str, **fields: Any) -> dict[str, Any]:
    """The body of a new document, marked so that a lost reply can be settled."""
    note = f"From the CRM [qbclean {id_}]"
    return {"CustomerRef": {"value": customer}, "TxnDate": DAY, "PrivateNote": note, **fields}


def _labor(amount: str) -> dict[str, Any]:
    return {
        "DetailType": "SalesItemLineDetail",
        "Amount": amount,
        "Description": "Labor",
        "SalesItemLineDetail": {"ItemRef": {"value": "12"}, "TaxCodeRef": {"value": "NON"}},
    }
