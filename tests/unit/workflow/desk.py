"""A small company with one of each thing the executor does, and the ports to run it with.

Customer 58: duplicate invoice 302 of 301, with payment 410 hanging on the duplicate; invoice 303 open and payment 411
unapplied; credit memo 388 open. Customer 59: invoice 310 open and payment 420 unapplied.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from qbclean.model.action import Decision, PlannedAction, Target, Undo
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.fingerprint import content_hash
from qbclean.model.identity import planned_requests
from qbclean.model.journal import RunStart
from qbclean.model.locks import Locks
from qbclean.model.plan import BeforeAfter, Plan, PlanCompany, PlanSnapshot, PlanSummary
from qbclean.model.refs import DocumentRef
from qbclean.model.settings import CompanySettings
from qbclean.model.write import MINOR_VERSION, DocumentWrite
from qbclean.plan.approval import ApprovedPlan
from qbclean.plan.digest import sealed
from qbclean.plan.document_state import document_state
from qbclean.plan.placeholders import id_placeholder, token_placeholder
from qbclean.workflow.clearance import cleared
from qbclean.workflow.decide import approve_all
from qbclean.workflow.rollback import plan_rollback
from qbclean.workflow.run import RunBy, RunPorts
from tests.builders import REALM, a_credit_memo, a_line, a_payment, a_snapshot, an_invoice
from tests.fakes import FakeClock, FakeJournal, FakeQuickBooks, ManualStop, RecordingProgress
from tests.writes import a_body_line

SURVIVOR = DocumentRef("Invoice", "301")
DUPLICATE = DocumentRef("Invoice", "302")
OPEN = DocumentRef("Invoice", "303")
ON_DUPLICATE = DocumentRef("Payment", "410")
UNAPPLIED = DocumentRef("Payment", "411")
CREDIT = DocumentRef("CreditMemo", "388")
OTHER_INVOICE = DocumentRef("Invoice", "310")
OTHER_PAYMENT = DocumentRef("Payment", "420")

DAY = "2026-03-20"
SETTINGS = CompanySettings()
BY = RunBy(actor="Dana Reyes", host="desk", tool="qbclean test")
ANY_UNDO = Undo(class_="exact", how="by an update")


def messy_books() -> ReceivablesSnapshot:
    return a_snapshot(
        an_invoice("301", total="500.00", number="1042"),
        an_invoice("302", total="500.00", number="1042-B"),
        an_invoice("303", total="300.00", number="1043"),
        a_payment("410", total="500.00", pays={"302": "500.00"}),
        a_payment("411", total="200.00"),
        a_credit_memo("388", total="120.00"),
        an_invoice("310", total="80.00", number="2001", customer="59", lines=[a_line("80.00")]),
        a_payment("420", total="80.00", customer="59"),
    )


@dataclass(kw_only=True)
class Desk:
    """Everything a run needs, by hand."""

    books: ReceivablesSnapshot
    quickbooks: FakeQuickBooks
    journal: FakeJournal
    clock: FakeClock
    progress: RecordingProgress
    stop: ManualStop
    at_once: int = 1
    """One after the other, so that a test can say which send is which."""

    @property
    def ports(self) -> RunPorts:
        return RunPorts(
            gateway=self.quickbooks,
            journal=self.journal,
            clock=self.clock,
            progress=self.progress,
            stop=self.stop,
            at_once=self.at_once,
        )

    def start_run(self, id_: str = "R-1") -> RunStart:
        run = RunStart(
            id=id_,
            kind="apply",
            realm_id=REALM,
            plan_digest="d" * 64,
            plan="{}",
            at=datetime(2026, 4, 1, tzinfo=UTC),
            actor="Dana Reyes",
            host="desk",
            tool="qbclean test",
            rules="1",
        )
        self.journal.start_run(run)
        return run


def a_desk(books: ReceivablesSnapshot | None = None, **given: Any) -> Desk:
    books = books or messy_books()
    parts: dict[str, Any] = {
        "quickbooks": FakeQuickBooks(books),
        "journal": FakeJournal(),
        "clock": FakeClock(),
        "progress": RecordingProgress(),
        "stop": ManualStop(),
    }
    return Desk(books=books, **{**parts, **given})


# ------------------------------------------------------------------ actions
def an_action(
    books: ReceivablesSnapshot,
    id_: str,
    kind: Any,
    writes: Sequence[DocumentWrite],
    targets: Iterable[DocumentRef],
    *,
    depends_on: tuple[str, ...] = (),
    amount: str = "100.00",
) -> PlannedAction:
    """An approved action, its targets as the snapshot has them."""
    known = {ref: books.document(ref) for ref in targets}
    return PlannedAction(
        id=id_,
        kind=kind,
        tier="recommended",
        summary=f"{kind} {id_}",
        amount=Decimal(amount),
        targets=tuple(
            Target(
                role="target",
                kind=ref.kind,
                id=ref.id,
                doc_number=document.doc_number if document else None,
                sync_token=document.sync_token if document else "",
                content_hash=content_hash(document) if document else "",
            )
            for ref, document in known.items()
        ),
        before=tuple(document_state(document) for document in known.values() if document),
        depends_on=depends_on,
        requests=planned_requests(books.realm_id, books.id, id_, writes),
        undo=ANY_UNDO,
        decision=Decision(state="approved", by="Dana Reyes", at=books.taken_at.isoformat(), reason="checked"),
    )


def move_payment(books: ReceivablesSnapshot, id_: str = "A-move") -> PlannedAction:
    """Payment 410 off the duplicate, onto the surviving invoice."""
    body = _lines_of("410", "301", "500.00", customer="58")
    write = DocumentWrite(
        operation="update", kind="Payment", body=body, target=ON_DUPLICATE, changes=(DUPLICATE, SURVIVOR)
    )
    return an_action(books, id_, "move_payment", [write], [ON_DUPLICATE, DUPLICATE, SURVIVOR])


def void_duplicate(books: ReceivablesSnapshot, id_: str = "A-void", after: str = "A-move") -> PlannedAction:
    body = {"Id": "302", "SyncToken": token_placeholder(after)}
    write = DocumentWrite(operation="void", kind="Invoice", body=body, target=DUPLICATE)
    return an_action(books, id_, "void_invoice", [write], [DUPLICATE, SURVIVOR], depends_on=(after,))


def apply_payment(books: ReceivablesSnapshot, id_: str = "A-apply") -> PlannedAction:
    """200 of payment 411 onto invoice 303."""
    body = _lines_of("411", "303", "200.00", customer="58")
    write = DocumentWrite(operation="update", kind="Payment", body=body, target=UNAPPLIED, changes=(OPEN,))
    return an_action(books, id_, "apply_payment", [write], [UNAPPLIED, OPEN])


def apply_other(books: ReceivablesSnapshot, id_: str = "A-other") -> PlannedAction:
    """Customer 59: payment 420 onto invoice 310."""
    body = _lines_of("420", "310", "80.00", customer="59")
    write = DocumentWrite(operation="update", kind="Payment", body=body, target=OTHER_PAYMENT, changes=(OTHER_INVOICE,))
    return an_action(books, id_, "apply_payment", [write], [OTHER_PAYMENT, OTHER_INVOICE])


def apply_to(books: ReceivablesSnapshot, payment: str, invoice: str, amount: str = "10.00") -> PlannedAction:
    """The whole of one unapplied payment onto one invoice."""
    target, other = DocumentRef("Payment", payment), DocumentRef("Invoice", invoice)
    body = _lines_of(payment, invoice, amount, customer="58")
    write = DocumentWrite(operation="update", kind="Payment", body=body, target=target, changes=(other,))
    return an_action(books, f"A-{payment}", "apply_payment", [write], [target, other])


def create_invoice(books: ReceivablesSnapshot, id_: str = "A-new", number: str = "1050") -> PlannedAction:
    body = {
        "CustomerRef": {"value": "59"},
        "DocNumber": number,
        "TxnDate": DAY,
        "PrivateNote": f"From the CRM [qbclean {id_}]",
        "Line": [_labor("150.00")],
    }
    return an_action(books, id_, "create_invoice", [DocumentWrite(operation="create", kind="Invoice", body=body)], [])


def pay_new_invoice(books: ReceivablesSnapshot, id_: str = "A-pay", invoice_of: str = "A-new") -> PlannedAction:
    """Payment of 150 for the invoice that another action creates."""
    invoice = DocumentRef("Invoice", id_placeholder(invoice_of))
    body = {
        "CustomerRef": {"value": "59"},
        "TotalAmt": "150.00",
        "TxnDate": DAY,
        "PrivateNote": f"From the CRM [qbclean {id_}]",
        "Line": [a_body_line("Invoice", invoice.id, "150.00")],
    }
    write = DocumentWrite(operation="create", kind="Payment", body=body, changes=(invoice,))
    return an_action(books, id_, "record_payment", [write], [invoice], depends_on=(invoice_of,))


def credit_open_invoice(books: ReceivablesSnapshot, id_: str = "A-credit") -> PlannedAction:
    """A credit memo of 90 and the zero payment that applies it to invoice 303: two steps."""
    memo = DocumentRef("CreditMemo", id_placeholder(id_))
    credit = {
        "CustomerRef": {"value": "58"},
        "DocNumber": "CM-9",
        "TxnDate": DAY,
        "PrivateNote": f"Credit from the CRM [qbclean {id_}]",
        "Line": [_labor("90.00")],
    }
    joining = {
        "CustomerRef": {"value": "58"},
        "TotalAmt": "0.00",
        "TxnDate": DAY,
        "PrivateNote": f"Applies the credit [qbclean {id_}]",
        "Line": [a_body_line("Invoice", "303", "90.00"), a_body_line("CreditMemo", memo.id, "90.00")],
    }
    writes = [
        DocumentWrite(operation="create", kind="CreditMemo", body=credit),
        DocumentWrite(operation="create", kind="Payment", body=joining, changes=(OPEN, memo)),
    ]
    return an_action(books, id_, "create_credit_memo", writes, [OPEN])


def apply_credit(books: ReceivablesSnapshot, id_: str = "A-use") -> PlannedAction:
    """Credit memo 388 onto invoice 303 by a zero payment."""
    body = {
        "CustomerRef": {"value": "58"},
        "TotalAmt": "0.00",
        "TxnDate": DAY,
        "PrivateNote": f"Applies the credit [qbclean {id_}]",
        "Line": [a_body_line("Invoice", "303", "120.00"), a_body_line("CreditMemo", "388", "120.00")],
    }
    write = DocumentWrite(operation="create", kind="Payment", body=body, changes=(OPEN, CREDIT))
    return an_action(books, id_, "apply_credit", [write], [OPEN, CREDIT])


def complete_invoice(books: ReceivablesSnapshot, id_: str = "A-complete") -> PlannedAction:
    """Invoice 310 gets a second line; its payment is applied by nobody else."""
    body = {"Id": "310", "SyncToken": "0", "sparse": True, "Line": [_labor("80.00"), _labor("20.00")]}
    write = DocumentWrite(operation="update", kind="Invoice", body=body, target=OTHER_INVOICE)
    return an_action(books, id_, "complete_invoice", [write], [OTHER_INVOICE])


def whole_plan(books: ReceivablesSnapshot) -> tuple[PlannedAction, ...]:
    """Every kind of write, with dependencies between some."""
    return (
        move_payment(books),
        void_duplicate(books),
        apply_other(books),
        create_invoice(books),
        pay_new_invoice(books),
        credit_open_invoice(books),
        apply_payment(books),
    )


def _lines_of(payment: str, invoice: str, amount: str, *, customer: str) -> dict[str, Any]:
    """The update that puts the whole of a payment onto one invoice."""
    return {
        "Id": payment,
        "SyncToken": "0",
        "sparse": True,
        "CustomerRef": {"value": customer},
        "TotalAmt": amount,
        "Line": [a_body_line("Invoice", invoice, amount)],
    }


def _labor(amount: str) -> dict[str, Any]:
    return {
        "DetailType": "SalesItemLineDetail",
        "Amount": amount,
        "Description": "Labor",
        "SalesItemLineDetail": {"ItemRef": {"value": "12"}, "TaxCodeRef": {"value": "NON"}},
    }


# ------------------------------------------------------------------ plans
def a_plan(books: ReceivablesSnapshot, actions: Sequence[PlannedAction], settings: CompanySettings) -> Plan:
    """A sealed plan of these actions."""
    zero = Decimal("0.00")
    return sealed(
        Plan(
            tool="qbclean test",
            company=PlanCompany(realm_id=books.realm_id, name="Test Contracting", environment=books.environment),
            snapshot=PlanSnapshot(
                id=books.id,
                taken_at=books.taken_at,
                counts={"Invoice": len(books.invoices)},
                ar=Decimal("1760.00"),
                minor_version=MINOR_VERSION,
            ),
            crm=(),
            settings=settings,
            locks=Locks.of(books.preferences, settings),
            as_of=date(2026, 4, 1),
            summary=PlanSummary(findings={}, actions=(), ar=BeforeAfter(before=zero, after=zero), income=()),
            findings=(),
            actions=tuple(actions),
        )
    )


def approved(desk: Desk, actions: Sequence[PlannedAction], *, settings: CompanySettings = SETTINGS) -> ApprovedPlan:
    """Recorded and cleared."""
    return clear_for(desk, a_plan(desk.books, actions, settings))


def clear_for(desk: Desk, plan: Plan) -> ApprovedPlan:
    desk.journal.record_plan(plan.digest, made_at="2026-04-01", origin="test")
    return cleared(plan, gateway=desk.quickbooks, journal=desk.journal, clock=desk.clock, settings=plan.settings)


def rollback_of(desk: Desk, run_id: str, *, only: Sequence[str] = ()) -> Plan:
    """The inverse plan, everything in it that is not on hold approved."""
    plan = plan_rollback(run_id, books=desk.books, settings=SETTINGS, ports=desk.ports, tool="qbclean test", only=only)
    return approve_all(plan, by="Dana Reyes", at=desk.clock.now(), reason="take it back")
