"""Approved actions against each other: order, dependencies, and money that can be used only once (S03, S07, S18)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from qbclean.model.action import PlannedAction
from qbclean.model.money import ZERO
from qbclean.model.refs import DocumentRef
from qbclean.model.write import PlannedRequest
from qbclean.plan.case import Case, Violation, amount_in, linked_in, state_before
from qbclean.plan.placeholders import maker_of


def voided_invoices_are_free(case: Case) -> Iterator[Violation]:
    """S03: an invoice with money on it is voided only after approved actions took all of it off."""
    for action in case.actions:
        for request in action.requests:
            if (request.operation, request.kind) != ("void", "Invoice") or request.target is None:
                continue
            state = state_before(action, request.target)
            if state and state.total - state.open > _freed(case, action, request.target):
                yield Violation(
                    action.id,
                    f"{state.total - state.open} is applied to invoice {state.doc_number or state.id}, and no approved "
                    "action it depends on moves that off (S03)",
                )


def dependencies_come_first(case: Case) -> Iterator[Violation]:
    """S18: what an action depends on is in the plan before it; what it stands in for is made by one of those."""
    for action in case.actions:
        for needed in action.depends_on:
            if case.position.get(needed, len(case.position)) >= case.position[action.id]:
                yield Violation(action.id, f"it depends on {needed}, which does not come before it (S18)")
        for request in action.requests:
            for maker in sorted(_makers((request.body, request.target, request.changes))):
                if maker != action.id and not (maker in case.approved and case.is_before(maker, action.id)):
                    yield Violation(action.id, f"it uses what {maker} makes, and does not depend on it (S18)")


def documents_are_written_in_order(case: Case) -> Iterator[Violation]:
    """S18: two approved actions that write one document, or of which one voids what the other changes, are ordered."""
    touched: dict[DocumentRef, list[tuple[PlannedAction, bool]]] = defaultdict(list)
    for action in case.actions:
        weights: dict[DocumentRef, bool] = {}
        for request in action.requests:
            for ref in request.changes:
                weights.setdefault(ref, False)
            if request.target:
                weights[request.target] = True
        for ref, writes in weights.items():
            touched[ref].append((action, writes))
    for ref, actions in touched.items():
        for place, (then, writes) in enumerate(actions):
            for first, wrote in actions[:place]:
                if (writes or wrote) and not case.is_before(first.id, then.id):
                    yield Violation(then.id, f"it and {first.id} both change {ref}, in no given order (S18)")


def money_is_applied_once(case: Case) -> Iterator[Violation]:
    """S07: all approved actions together apply no more to an invoice, or of a credit, than was open on it."""
    open_on: dict[DocumentRef, Decimal] = {}
    applied: dict[DocumentRef, Decimal] = defaultdict(lambda: ZERO)
    users: dict[DocumentRef, str] = {}
    rewritten = {request.target for action in case.actions for request in action.requests if request.kind != "Payment"}
    for action in case.actions:
        for state in action.before:
            open_on.setdefault(DocumentRef(state.kind, state.id), state.open)
        for request in action.requests:
            for ref, amount in _newly_applied(action, request):
                applied[ref] += amount
                users[ref] = action.id
    for ref, amount in applied.items():
        if ref in open_on and ref not in rewritten and amount > open_on[ref]:
            yield Violation(users[ref], f"{amount} would be applied to {ref}, of which {open_on[ref]} is open (S07)")


def _freed(case: Case, action: PlannedAction, invoice: DocumentRef) -> Decimal:
    """How much approved actions that `action` depends on take off `invoice`."""
    return -sum(
        (
            amount
            for other in case.actions
            if case.is_before(other.id, action.id)
            for request in other.requests
            for ref, amount in _newly_applied(other, request)
            if ref == invoice
        ),
        ZERO,
    )


def _newly_applied(action: PlannedAction, request: PlannedRequest) -> Iterator[tuple[DocumentRef, Decimal]]:
    """(document, amount) a payment's write applies to it (+) or takes off it (−) against how it was reviewed."""
    if request.kind != "Payment":
        return
    if request.operation in ("void", "delete") or "Line" in request.body:
        state = state_before(action, request.target) if request.target else None
        for part in state.applied if state else ():
            yield DocumentRef(part.kind, part.id), -part.amount  # type: ignore[arg-type]
        for ref, amount in linked_in(request.body):
            yield ref, amount_in(amount) or ZERO


def _makers(value: Any) -> set[str]:
    """The actions named by placeholders anywhere in `value`."""
    if isinstance(value, str):
        return {maker} if (maker := maker_of(value)) else set()
    if isinstance(value, DocumentRef):
        return _makers(value.id)
    if isinstance(value, dict):
        return _makers(list(value.values()))
    return set().union(*map(_makers, value)) if isinstance(value, list | tuple) else set()
