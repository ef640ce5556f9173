"""The journal for an auditor: one row per attempt, with all that R28 asks for beside each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from qbclean.model.action import PlannedAction
from qbclean.model.approval import DecisionRecord, decisions_on
from qbclean.model.books import Environment
from qbclean.model.journal import Image, LoggedEvent, RunStart
from qbclean.model.plan import PlanCompany
from qbclean.model.refs import DocumentRef
from qbclean.report.links import document_url

_decode = msgspec.json.Decoder(float_hook=Decimal).decode


class Concerned(msgspec.Struct, frozen=True, order=True):
    """A document and the number people know it by."""

    ref: DocumentRef
    number: str = ""


class AuditRow(msgspec.Struct, frozen=True, kw_only=True):
    """Who did what when, by whose approval, with which result. "" and None: not known, or does not apply.

    `row` is that of the journal. `actor`, `host` and `tool` are those of the attempt. `approval` names the recorded
    decision. `before` and `after` are the documents verbatim, the written one and those it changed.
    """

    row: int
    at: datetime
    monotonic_ns: int | None
    result: str
    """done, refused, failed, unknown, in doubt or skipped"""
    operation: str
    document: str
    number: str
    customer: str
    amount: Decimal | None
    reason: str
    message: str
    settled_by: str
    approved_by: str
    approved_at: str
    approval: str
    second_by: str
    second_at: str
    second_approval: str
    actor: str
    host: str
    tool: str
    rules: str
    environment: str
    company: str
    realm_id: str
    run: str
    run_kind: str
    undoes: str
    plan_digest: str
    action: str
    action_kind: str
    action_summary: str
    step: int | None
    request_id: str
    intuit_tid: str
    status: int
    code: str
    attempts: int
    sync_token_before: str
    sync_token_after: str
    before: tuple[Image, ...]
    after: tuple[Image, ...]
    link: str
    about: tuple[Concerned, ...]
    """Every document the attempt wrote, changed or relied on."""


class _PlanView(msgspec.Struct, frozen=True):
    """As much of a journaled plan as a row needs."""

    company: PlanCompany
    actions: tuple[PlannedAction, ...] = ()


class _Run:
    """What the rows of one run have in common."""

    def __init__(self, start: RunStart) -> None:
        try:
            plan: _PlanView | None = msgspec.json.decode(start.plan, type=_PlanView)
        except (msgspec.DecodeError, msgspec.ValidationError):
            plan = None  # written by another version; what the rows themselves say is shown all the same
        self.environment: Environment | None = plan.company.environment if plan else None
        self.company = plan.company.name if plan else ""
        self.actions = {action.id: action for action in plan.actions} if plan else {}

    def decisions(self, action: PlannedAction | None, digest: str) -> dict[str, DecisionRecord]:
        found = decisions_on(action, digest, "plan file") if action else ()
        return {decision.role: decision for decision in found}


def audit_rows(events: Iterable[LoggedEvent], *, local: str = "") -> Iterator[AuditRow]:
    """One row per event, in their order; `local` is the address of a sandbox of our own, for links."""
    runs: dict[str, _Run] = {}
    for event in events:
        start = event.start
        if start.id not in runs:
            runs[start.id] = _Run(start)
        yield _row(event, runs[start.id], local)


def _number_of(image: Image) -> str:
    """The number people know a document by: that of an invoice, or the reference of a payment."""
    raw = _parsed(image)
    return str(raw.get("DocNumber") or raw.get("PaymentRefNum") or "")


def _row(event: LoggedEvent, run: _Run, local: str) -> AuditRow:
    intent, outcome, skipped, start = event.intent, event.outcome, event.skipped, event.start
    action_id = intent.action_id if intent else skipped.action_id if skipped else ""
    action = run.actions.get(action_id)
    decided = run.decisions(action, start.plan_digest)
    first, second = decided.get("first"), decided.get("second")
    before = intent.before if intent else ()
    after = outcome.after if outcome else ()
    ref = (outcome.ref if outcome else None) or (intent.target if intent else None)
    told = skipped or outcome or intent
    return AuditRow(
        row=event.stamp.seq,
        at=told.at if told else start.at,
        monotonic_ns=event.stamp.monotonic_ns,
        result="skipped" if skipped else outcome.state if outcome else "in doubt",
        operation=intent.operation if intent else "",
        document=str(ref) if ref else intent.kind if intent else "",
        number=next((_number_of(image) for image in (*after, *before) if image.ref == ref), ""),
        customer=action.customer if action else "",
        amount=intent.amount if intent else action.amount if action else None,
        reason=intent.reason if intent else action.summary if action else "",
        message=skipped.reason if skipped else outcome.message if outcome else "",
        settled_by=outcome.settled_by if outcome else "",
        approved_by=intent.approved_by if intent else first.by if first else "",
        approved_at=first.at if first else "",
        approval=first.id if first else "",
        second_by=second.by if second else "",
        second_at=second.at if second else "",
        second_approval=second.id if second else "",
        actor=event.stamp.actor or start.actor,
        host=event.stamp.host or start.host,
        tool=event.stamp.tool or start.tool,
        rules=start.rules,
        environment=run.environment or "",
        company=run.company,
        realm_id=start.realm_id,
        run=start.id,
        run_kind=start.kind,
        undoes=start.undoes,
        plan_digest=start.plan_digest,
        action=action_id,
        action_kind=action.kind if action else "",
        action_summary=action.summary if action else "",
        step=intent.step if intent else None,
        request_id=intent.request_id if intent else "",
        intuit_tid=outcome.intuit_tid if outcome else "",
        status=outcome.status if outcome else 0,
        code=outcome.code if outcome else "",
        attempts=outcome.attempts if outcome else 0,
        sync_token_before=next((_token(image) for image in before if image.ref == ref), ""),
        sync_token_after=outcome.sync_token if outcome else "",
        before=before,
        after=after,
        link=document_url(ref, run.environment, local) if ref and run.environment else "",
        about=_about(event, action),
    )


def _about(event: LoggedEvent, action: PlannedAction | None) -> tuple[Concerned, ...]:
    intent, outcome = event.intent, event.outcome
    images = (*(intent.before if intent else ()), *(outcome.after if outcome else ()))
    named = (*(intent.changes if intent else ()), intent.target if intent else None, outcome.ref if outcome else None)
    numbers = {ref: "" for ref in named if ref}
    if event.skipped and action:
        numbers |= {target.ref: target.doc_number or "" for target in action.targets}
    numbers |= {image.ref: _number_of(image) for image in images}
    return tuple(sorted(Concerned(ref, number) for ref, number in numbers.items()))


def _token(image: Image) -> str:
    return str(_parsed(image).get("SyncToken", ""))


def _parsed(image: Image) -> dict[str, Any]:
    try:
        raw = _decode(image.raw)
    except msgspec.DecodeError:
        return {}
    return raw if isinstance(raw, dict) else {}
