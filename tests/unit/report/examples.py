"""A small plan, a run and a journal to render, with names as nasty as the test asks for."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO

from rich.console import Console, RenderableType

from qbclean.model.action import (
    AccountChange,
    AppliedTo,
    ArChange,
    DocumentState,
    Effect,
    PlannedAction,
    Target,
    Undo,
)
from qbclean.model.crm import CrmFile
from qbclean.model.evidence import Evidence, EvidenceFile
from qbclean.model.finding import Finding
from qbclean.model.journal import (
    ActionSkipped,
    Image,
    JournaledRun,
    JournaledWrite,
    RunEnd,
    RunStart,
    WriteIntent,
    WriteOutcome,
)
from qbclean.model.locks import Locks
from qbclean.model.outcome import ActionOutcome, Proof, ProofRow, RunReport
from qbclean.model.plan import BeforeAfter, IncomeChange, KindCount, Plan, PlanCompany, PlanSnapshot, PlanSummary
from qbclean.model.refs import DocumentRef, RealmId
from qbclean.model.settings import CompanySettings
from qbclean.model.write import PlannedRequest

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
REALM = RealmId("9130347798120106")


def a_request(note: str = "") -> PlannedRequest:
    return PlannedRequest(
        step=1,
        operation="void",
        kind="Invoice",
        target=DocumentRef("Invoice", "231"),
        path=f"/v3/company/{REALM}/invoice?operation=void&minorversion=75&requestid=qbc-1",
        body={"Id": "231", "SyncToken": "3", "sparse": True, "PrivateNote": note},
        request_id="qbc-1",
    )


def an_action(action_id: str = "A-1", *, customer: str = "Acme Roofing", note: str = "") -> PlannedAction:
    state = DocumentState(
        kind="Invoice",
        id="231",
        doc_number="1042",
        customer=customer,
        txn_date=date(2026, 2, 3),
        total=Decimal("1200.00"),
        open=Decimal("1200.00"),
        applied=(AppliedTo(kind="Payment", id="88", amount=Decimal("0.50")),),
    )
    return PlannedAction(
        id=action_id,
        kind="void_invoice",
        tier="recommended",
        summary=f"Void invoice 1042 of {customer}: it was entered twice.",
        amount=Decimal("1200.00"),
        customer_id="7",
        customer=customer,
        finding="F-1",
        evidence=EvidenceFile(
            confidence=25,
            supports=(Evidence(feature="lines", points=30, words=f"all lines equal those of 1041 of {customer}"),),
            against=(Evidence(feature="date", points=-5, words="dated 3 days later"),),
        ),
        targets=(Target(role="duplicate", kind="Invoice", id="231", doc_number="1042", customer=customer),),
        before=(state,),
        after=(
            DocumentState(kind="Invoice", id="231", doc_number="1042", total=Decimal(0), open=Decimal(0), voided=True),
        ),
        effect=Effect(
            ar=Decimal("-1200.00"),
            ar_by_customer=(ArChange(customer_id="7", customer=customer, amount=Decimal("-1200.00")),),
            income=(
                AccountChange(
                    basis="accrual", month="2026-02", account_id="1", account="Roofing", amount=Decimal("-1200.00")
                ),
            ),
        ),
        risks=("QuickBooks cannot un-void an invoice.",),
        requests=(a_request(note),),
        undo=Undo(
            class_="compensating", how="The lines are restored by an update.", leaves="the void in the audit log"
        ),
        crm_step="Mark invoice 1042 as exported.",
    )


def a_plan(*, customer: str = "Acme Roofing", actions: tuple[PlannedAction, ...] | None = None) -> Plan:
    actions = (an_action(customer=customer),) if actions is None else actions
    finding = Finding(
        id="F-1",
        kind="duplicate_invoice",
        summary=f"Invoice 1042 of {customer} is a second copy of 1041.",
        customer_id="7",
        customer=customer,
        amount=Decimal("1200.00"),
        root_cause="double_sync",
        prevention="Turn off the second sync.",
        actions=("A-1",),
    )
    return Plan(
        tool="qbclean test",
        company=PlanCompany(realm_id=REALM, name="Ridge & Gutter Co.", environment="local"),
        snapshot=PlanSnapshot(
            id="S-1", taken_at=NOON, counts={"Invoice": 2}, ar=Decimal("2400.00"), minor_version="75"
        ),
        crm=(CrmFile(profile="generic", file="invoices.csv", sha256="ab" * 32, records=1),),
        settings=CompanySettings(),
        locks=Locks(books_closed=date(2025, 12, 31)),
        as_of=date(2026, 3, 1),
        summary=PlanSummary(
            findings={"duplicate_invoice": 1},
            actions=(KindCount(kind="void_invoice", tier="recommended", actions=1, amount=Decimal("1200.00")),),
            ar=BeforeAfter(before=Decimal("2400.00"), after=Decimal("1200.00")),
            income=(
                IncomeChange(basis="accrual", year=2026, before=Decimal("2400.00"), after=Decimal("1200.00")),
                IncomeChange(basis="cash", year=2026, before=Decimal("10.00"), after=Decimal("10.00")),
            ),
        ),
        findings=(finding,),
        actions=actions,
        digest="d1" * 32,
    )


def a_run(*, dry_run: bool = False, actual: str = "1200.00", message: str = "") -> RunReport:
    return RunReport(
        run_id="R-1",
        kind="apply",
        dry_run=dry_run,
        state="done",
        outcomes=(
            ActionOutcome(
                action_id="A-1",
                kind="void_invoice",
                state="would run" if dry_run else "done",
                amount=Decimal("1200.00"),
                summary="Void invoice 1042 of Acme Roofing: it was entered twice.",
                requests=(a_request(),),
            ),
            ActionOutcome(
                action_id="A-2",
                kind="apply_payment",
                state="stale",
                amount=Decimal("5.00"),
                summary="Apply payment 9.",
                reason="Payment 9 changed in QuickBooks.",
            ),
        ),
        proof=None
        if dry_run
        else Proof(
            rows=(
                ProofRow(
                    what="A/R",
                    scope="Acme Roofing",
                    before=Decimal("2400.00"),
                    predicted=Decimal("1200.00"),
                    actual=Decimal(actual),
                ),
                ProofRow(what="A/R", scope="Quiet Ltd", before=Decimal(9), predicted=Decimal(9), actual=Decimal(9)),
            )
        ),
        message=message,
    )


def a_journaled_run(*, reason: str = "entered twice", answered: bool = True) -> JournaledRun:
    raw = '{"Id":"231","DocNumber":"1042","TxnDate":"2026-02-03","TotalAmt":1200.0,"Balance":1200.0}'
    ref = DocumentRef("Invoice", "231")
    intent = WriteIntent(
        run_id="R-1",
        action_id="A-1",
        step=1,
        request_id="qbc-1",
        operation="void",
        kind="Invoice",
        target=ref,
        method="POST",
        path=a_request().path,
        body=a_request().body,
        body_sha256="00",
        before=(Image(ref=ref, raw=raw),),
        approved_by="Dana Reyes",
        reason=reason,
        amount=Decimal("-1200.00"),
        at=NOON,
    )
    outcome = WriteOutcome(
        run_id="R-1",
        request_id="qbc-1",
        state="done",
        ref=ref,
        sync_token="4",
        after=(Image(ref=ref, raw=raw.replace("1200.0", "0")),),
        intuit_tid="1-abc",
        at=NOON,
    )
    return JournaledRun(
        start=RunStart(
            id="R-1",
            kind="apply",
            realm_id=REALM,
            plan_digest="d1" * 32,
            plan="{}",
            at=NOON,
            actor="dana",
            host="ledger-pc",
            tool="qbclean test",
            rules="1",
        ),
        end=RunEnd(run_id="R-1", state="done", at=NOON) if answered else None,
        writes=(JournaledWrite(intent=intent, outcome=outcome if answered else None),),
        skipped=(ActionSkipped(run_id="R-1", action_id="A-2", reason="Payment 9 changed.", at=NOON),),
    )


def shown(part: RenderableType, *, width: int = 120, terminal: bool = False) -> str:
    """The part as a terminal of that width would show it."""
    file = StringIO()
    Console(
        file=file, width=width, markup=False, highlight=False, emoji=False, force_terminal=terminal, no_color=True
    ).print(part, crop=False)
    return file.getvalue()
