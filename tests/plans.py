"""Plans for tests: sealed, consistent, and small enough to read; `an_action` compiles real writes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import msgspec

from qbclean.model.action import (
    AccountChange,
    AppliedTo,
    ArChange,
    Decision,
    DocumentState,
    Effect,
    PlannedAction,
    Target,
    Undo,
)
from qbclean.model.crm import CrmFile
from qbclean.model.documents import AnyDocument, CreditMemo, Invoice, Payment
from qbclean.model.evidence import Evidence, EvidenceFile
from qbclean.model.finding import Finding
from qbclean.model.fingerprint import content_hash
from qbclean.model.identity import planned_requests
from qbclean.model.locks import Locks
from qbclean.model.money import ZERO, money
from qbclean.model.plan import BeforeAfter, IncomeChange, KindCount, Plan, PlanCompany, PlanSnapshot, PlanSummary
from qbclean.model.refs import CrmRef
from qbclean.model.settings import CompanySettings
from qbclean.model.write import DocumentWrite
from qbclean.plan.digest import covered_text, sealed
from qbclean.plan.encoded import EncodedPlan
from tests.builders import REALM, a_payment, an_invoice
from tests.writes import a_body_line, a_write

SNAPSHOT = "S-20260401T000000Z"
TAKEN = datetime(2026, 4, 1, tzinfo=UTC)
APPROVED = Decision(state="approved", by="Dana Reyes", at="2026-04-01T09:00:00+00:00")
LOCKS = Locks(books_closed=date(2025, 12, 31))


def a_target(document: AnyDocument, role: str = "written") -> Target:
    return Target(
        role=role,
        kind=document.kind,
        id=document.id,
        doc_number=document.doc_number,
        customer_id=getattr(document, "customer_id", ""),
        customer="Harbor Lane Bakery",
        sync_token=document.sync_token,
        content_hash=content_hash(document),
    )


def a_state(document: AnyDocument) -> DocumentState:
    applied = document.applications if isinstance(document, Payment) else ()
    left = document.balance if isinstance(document, Invoice | CreditMemo) else ZERO
    return DocumentState(
        kind=document.kind,
        id=document.id,
        doc_number=document.doc_number,
        customer="Harbor Lane Bakery",
        txn_date=document.txn_date,
        total=document.total_amt,
        open=document.unapplied_amt if isinstance(document, Payment) else left,
        applied=tuple(AppliedTo(kind=ref.kind, id=ref.id, amount=amount) for ref, amount in applied),
        voided=document.is_voided,
    )


def an_action(
    kind: str,
    writes: Sequence[DocumentWrite],
    *,
    on: Sequence[AnyDocument] = (),
    id: str = "A-000000000001",  # noqa: A002
    decision: Decision = APPROVED,
    snapshot: str = SNAPSHOT,
    amount: str = "100.00",
    **fields: Any,
) -> PlannedAction:
    """An approved action that makes `writes` and relies on the documents `on`."""
    given: dict[str, Any] = {
        "id": id,
        "kind": kind,
        "tier": "recommended",
        "summary": f"{kind} for a test",
        "amount": money(amount),
        "targets": tuple(a_target(document) for document in on),
        "before": tuple(a_state(document) for document in on),
        "requests": planned_requests(REALM, snapshot, id, writes),
        "undo": Undo(class_="exact", how="the former lines are put back"),
        "decision": decision,
    }
    return PlannedAction(**{**given, **fields})


def a_void(invoice: Invoice | None = None, **fields: Any) -> PlannedAction:
    """A void of an open invoice."""
    of = invoice or an_invoice()
    write = a_write("void", "Invoice", {"Id": of.id, "SyncToken": of.sync_token}, of.id)
    return an_action("void_invoice", [write], **{"on": [of], "amount": str(of.total_amt), **fields})


def an_application(
    invoice: Invoice | None = None, payment: Payment | None = None, *, amount: str = "100.00", **fields: Any
) -> PlannedAction:
    """`amount` of an unapplied payment applied to an open invoice."""
    to, by = invoice or an_invoice("302"), payment or a_payment()
    body = {
        "Id": by.id,
        "SyncToken": by.sync_token,
        "sparse": True,
        "CustomerRef": {"value": by.customer_id},
        "TotalAmt": str(by.total_amt),
        "Line": [a_body_line("Invoice", to.id, amount)],
    }
    write = DocumentWrite(operation="update", kind="Payment", body=body, target=by.ref, changes=(to.ref,))
    return an_action("apply_payment", [write], **{"on": [by, to], "amount": amount, **fields})


def a_plan(*actions: PlannedAction, **fields: Any) -> Plan:
    """A sealed plan of `actions`, made under the closing date of `LOCKS`."""
    given: dict[str, Any] = {
        "tool": "qbclean 0.1.0",
        "company": PlanCompany(realm_id=REALM, name="Test Contracting", environment="local"),
        "snapshot": PlanSnapshot(
            id=SNAPSHOT,
            taken_at=TAKEN,
            counts={"Invoice": 3, "Payment": 1},
            ar=Decimal("1000.00"),
            minor_version="75",
        ),
        "crm": (CrmFile(profile="generic", file="crm/invoices.csv", sha256="0" * 64, records=3),),
        "settings": CompanySettings(),
        "locks": LOCKS,
        "as_of": date(2026, 4, 1),
        "summary": PlanSummary(
            findings={"duplicate_invoice": 1},
            actions=tuple(
                KindCount(kind=action.kind, tier=action.tier, actions=1, amount=action.amount) for action in actions
            ),
            ar=BeforeAfter(before=Decimal("1000.00"), after=Decimal("900.00")),
            income=(IncomeChange(basis="accrual", year=2026, before=Decimal("5000.00"), after=Decimal("4900.00")),),
        ),
        "findings": (),
        "actions": actions,
    }
    return sealed(Plan(**{**given, **fields}))


def as_text(plan: Plan) -> EncodedPlan:
    """A plan as it is kept, every finding and action a text of its own."""
    return EncodedPlan(
        head=msgspec.structs.replace(plan, findings=(), actions=()),
        findings=tuple(map(covered_text, plan.findings)),
        actions=tuple(map(covered_text, plan.actions)),
    )


def the_example() -> Plan:
    """The plan in `plans/examples/`: a duplicate to void and a payment to apply, nothing decided yet."""
    original, copy = an_invoice("301", total="450.00", number="1042"), an_invoice("307", total="450.00", number="1057")
    cheque = a_payment("410", total="450.00", reference="CHK 7714")
    why = EvidenceFile.of(
        (
            Evidence(feature="lines", points=30, words="all lines are the same"),
            Evidence(feature="crm", points=25, words="the CRM has one invoice, 1042, and it is paired with id 301"),
            Evidence(feature="number", points=-5, words="the numbers differ: 1042 and 1057"),
        )
    )
    void = a_void(
        copy,
        id="A-3f1c09ab52d7",
        summary="Void invoice 1057 of 450.00: it bills the same sale as invoice 1042",
        customer_id="58",
        customer="Harbor Lane Bakery",
        finding="F-77aa01be9c10",
        evidence=why,
        crm=(CrmRef("invoice", "C-8812"),),
        targets=(a_target(copy, "duplicate"), a_target(original, "survivor")),
        after=(msgspec.structs.replace(a_state(copy), total=ZERO, open=ZERO, voided=True),),
        effect=Effect(
            ar=money("-450.00"),
            ar_by_customer=(ArChange(customer_id="58", customer="Harbor Lane Bakery", amount=money("-450.00")),),
            income=(
                AccountChange(
                    basis="accrual", month="2026-03", account_id="1", account="Services", amount=money("-450.00")
                ),
            ),
        ),
        risks=("A void cannot be undone in QuickBooks itself; see undo.",),
        undo=Undo(
            class_="compensating",
            how="the lines are restored by an update of the same invoice",
            leaves="the void stays in QuickBooks' audit log",
        ),
        crm_step="In the CRM, make sure that no record points at QuickBooks invoice 307.",
        decision=Decision(),
    )
    apply = an_application(
        original,
        cheque,
        amount="450.00",
        id="A-9b20d1e4f866",
        after=(
            msgspec.structs.replace(
                a_state(cheque), open=ZERO, applied=(AppliedTo(kind="Invoice", id="301", amount=money("450.00")),)
            ),
            msgspec.structs.replace(a_state(original), open=ZERO),
        ),
        effect=Effect(
            income=(
                AccountChange(
                    basis="cash", month="2026-03", account_id="1", account="Services", amount=money("450.00")
                ),
                AccountChange(
                    basis="cash",
                    month="2026-03",
                    account_id="99",
                    account="Unapplied Cash Payment Income",
                    amount=money("-450.00"),
                ),
            )
        ),
        summary="Apply 450.00 of payment CHK 7714 (2026-03-02) to invoice 1042",
        customer_id="58",
        customer="Harbor Lane Bakery",
        finding="F-0c4417d2aa31",
        targets=(a_target(cheque, "payment"), a_target(original, "paid invoice")),
        undo=Undo(class_="exact", how="the payment's former lines are put back by an update"),
        decision=Decision(),
    )
    findings = (
        Finding(
            id="F-77aa01be9c10",
            kind="duplicate_invoice",
            summary="Invoices 1042 and 1057 bill the same sale",
            documents=(original.ref, copy.ref),
            customer_id="58",
            customer="Harbor Lane Bakery",
            amount=money("450.00"),
            evidence=why,
            root_cause="double_sync",
            prevention="Switch on the CRM's check for exported invoices.",
            actions=(void.id,),
        ),
        Finding(
            id="F-0c4417d2aa31",
            kind="unapplied_payment",
            summary="Payment CHK 7714 of 450.00 pays nothing, invoice 1042 is open",
            documents=(cheque.ref, original.ref),
            customer_id="58",
            customer="Harbor Lane Bakery",
            amount=money("450.00"),
            root_cause="payment_not_linked",
            actions=(apply.id,),
        ),
    )
    return a_plan(
        void,
        apply,
        findings=findings,
        summary=PlanSummary(
            findings={"duplicate_invoice": 1, "unapplied_payment": 1},
            actions=tuple(
                KindCount(kind=action.kind, tier=action.tier, actions=1, amount=action.amount)
                for action in (void, apply)
            ),
            ar=BeforeAfter(before=money("450.00"), after=ZERO),
            income=(IncomeChange(basis="accrual", year=2026, before=money("900.00"), after=money("450.00")),),
        ),
    )


if __name__ == "__main__":
    from pathlib import Path

    from qbclean.plan.codec import encode, schema

    plans = Path(__file__).parents[1] / "plans"
    (plans / "plan.schema.json").write_bytes(schema())
    (plans / "examples" / "two-actions.json").write_bytes(encode(the_example()))
