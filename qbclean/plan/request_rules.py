"""Requests against their action: what each kind may send, so that a write cannot be smuggled in under another name.

A digest proves that a plan is the one that was sealed, not that it was honest. These checks read the requests alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from qbclean.model.action import ActionKind, PlannedAction
from qbclean.model.identity import request_id
from qbclean.model.refs import DocumentKind, DocumentRef
from qbclean.model.write import DocumentWrite, PlannedRequest, WriteOperation, request_path
from qbclean.plan.case import Case, Violation, amount_in, linked_in, state_before
from qbclean.plan.placeholders import is_placeholder

Shape = tuple[WriteOperation, DocumentKind]
_CREDITING: frozenset[Shape] = frozenset({("create", "CreditMemo"), ("create", "Payment")})
_REPAIRED: tuple[DocumentKind, ...] = ("Invoice", "Payment", "CreditMemo")
_OPERATIONS: tuple[WriteOperation, ...] = ("create", "update", "void", "delete")
SHAPES: Mapping[ActionKind, frozenset[Shape]] = {
    "void_invoice": frozenset({("void", "Invoice")}),
    "credit_duplicate": _CREDITING,
    "apply_payment": frozenset({("update", "Payment")}),
    "move_payment": frozenset({("update", "Payment")}),
    "apply_credit": frozenset({("create", "Payment")}),
    "create_credit_memo": _CREDITING,
    "create_invoice": frozenset({("create", "Invoice")}),
    "complete_invoice": frozenset({("update", "Invoice")}),
    "record_payment": frozenset({("create", "Payment")}),
    "write_off_invoice": _CREDITING,
    "undo": frozenset((operation, kind) for operation in _OPERATIONS for kind in _REPAIRED),
}
"""What each kind may send. Nothing deletes except an undo, and nothing touches deposits or journals (S05, S12)."""
_NO_MONEY: frozenset[ActionKind] = frozenset(
    {"credit_duplicate", "apply_credit", "create_credit_memo", "write_off_invoice"}
)
"""Kinds whose payments only join a credit to an invoice."""


def requests_fit_their_kind(case: Case) -> Iterator[Violation]:
    """Operation and entity of every request are among those of the action's kind, steps count from 1."""
    for action in case.actions:
        if not action.requests:
            yield Violation(action.id, "it is approved and has no request")
        if [request.step for request in action.requests] != list(range(1, len(action.requests) + 1)):
            yield Violation(action.id, "its steps are not numbered 1, 2, …")
        for request in action.requests:
            if (request.operation, request.kind) not in SHAPES[action.kind]:
                yield Violation(action.id, f"a {action.kind} does not {request.operation} a {request.kind}")


def requests_carry_their_own_ids(case: Case) -> Iterator[Violation]:
    """Request ids are unique and derived from what is sent; the path is that of the company and the operation (R15)."""
    seen: dict[str, str] = {}
    plan = case.plan
    for action in case.actions:
        for request in action.requests:
            derived = request_id(plan.company.realm_id, plan.snapshot.id, action.id, request.step, request.body)
            if request.request_id != derived:
                yield Violation(action.id, f"the request id of step {request.step} is not the one of its body")
            if request.request_id in seen:
                yield Violation(action.id, f"it shares a request id with {seen[request.request_id]}")
            seen[request.request_id] = action.id
            if request.path not in _paths(case, action, request):
                yield Violation(
                    action.id, f"step {request.step} goes to {request.path.partition('?')[0]} or another query"
                )


def requests_write_their_targets(case: Case) -> Iterator[Violation]:
    """A body names the document reviewed, under the SyncToken reviewed, and links only documents reviewed (S17)."""
    for action in case.actions:
        reviewed = {target.ref: target for target in action.targets}
        for request in action.requests:
            linked = [ref for ref, _ in linked_in(request.body) if not is_placeholder(ref.id)]
            known = set(reviewed) | _applied_before(action, request.target)
            for ref in linked:
                if ref not in known:
                    yield Violation(action.id, f"step {request.step} links {ref}, which was not reviewed")
            if request.operation == "create":
                if request.target is not None or "Id" in request.body or "SyncToken" in request.body:
                    yield Violation(action.id, f"step {request.step} creates and yet names a document")
                continue
            yield from _names_its_target(action, request)


def money_stays_as_it_was(case: Case) -> Iterator[Violation]:
    """A payment that is only applied keeps its amount and date; one that joins a credit brings no money (S05, S21)."""
    for action in case.actions:
        for request in action.requests:
            if request.kind != "Payment" or "TotalAmt" not in request.body:
                continue
            said = amount_in(request.body["TotalAmt"])
            was = state_before(action, request.target) if request.target else None
            if said is None:
                yield Violation(action.id, f"step {request.step} has no readable TotalAmt")
            elif request.operation == "create" and action.kind in _NO_MONEY and said != 0:
                yield Violation(action.id, f"step {request.step} would record {said} of money beside the credit")
            elif action.kind in ("apply_payment", "move_payment") and was:
                day = request.body.get("TxnDate", was.txn_date.isoformat() if was.txn_date else "")
                if said != was.total or (was.txn_date and day != was.txn_date.isoformat()):
                    yield Violation(action.id, f"step {request.step} would change amount or date of the payment")


def _names_its_target(action: PlannedAction, request: PlannedRequest) -> Iterator[Violation]:
    target = request.target
    reviewed = next((one for one in action.targets if target and one.ref == target), None)
    if target is None or reviewed is None or target.kind != request.kind:
        yield Violation(
            action.id, f"step {request.step} writes {target or 'nothing'}, which is no target of the action"
        )
    elif str(request.body.get("Id")) != target.id:
        yield Violation(action.id, f"step {request.step} is for {target} and its body for id {request.body.get('Id')}")
    else:
        token = str(request.body.get("SyncToken", ""))
        if token != reviewed.sync_token and not is_placeholder(token):
            yield Violation(action.id, f"step {request.step} has SyncToken {token}, reviewed was {reviewed.sync_token}")


def _paths(case: Case, action: PlannedAction, request: PlannedRequest) -> tuple[str, ...]:
    """The paths this request may have; only an undo may create under a number that is taken."""
    write = DocumentWrite(operation=request.operation, kind=request.kind, body=request.body)
    realm = case.plan.company.realm_id
    plain = request_path(realm, write, request.request_id)
    if action.kind == "undo" and request.operation == "create":
        return plain, request_path(realm, write, request.request_id, "allowduplicatedocnum")
    return (plain,)


def _applied_before(action: PlannedAction, payment: DocumentRef | None) -> set[DocumentRef]:
    state = state_before(action, payment) if payment else None
    return {DocumentRef(part.kind, part.id) for part in state.applied} if state else set()  # type: ignore[arg-type]
