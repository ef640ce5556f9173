"""S01 at the door: what lies in a closed or filed period is not voided, deleted, re-dated or changed in amount.

Asked twice: of the plan before a run, and by the executor of each document as it is just before its write.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from qbclean.model.action import PlannedAction
from qbclean.model.documents import AnyDocument, SalesDocument
from qbclean.model.locks import Locks
from qbclean.model.write import PlannedRequest
from qbclean.plan.case import Case, Violation, day_in, state_before
from qbclean.plan.placeholders import is_placeholder

_MONEY_FIELDS = frozenset({"Line", "TxnTaxDetail", "TotalAmt", "Deposit", "TxnDate"})
"""Sending one of these may change amount or date; a full update always may."""


def closed_periods_are_left_alone(case: Case) -> Iterator[Violation]:
    """S01: nothing dated on or before L is voided, deleted, re-dated or changed in amount, and nothing is put there."""
    for action in case.actions:
        taxed = bool(action.effect.tax) or any(_is_taxed(request) for request in action.requests)
        for request in action.requests:
            for day in _days_moved(action, request):
                if day is None:
                    yield Violation(
                        action.id, f"it does not say of what day {request.target} is, so S01 cannot be checked"
                    )
                elif case.locks.is_locked(day, taxed=taxed):
                    lock = case.locks.lock_date(taxed=taxed)
                    yield Violation(
                        action.id,
                        f"it would {request.operation} a {request.kind} of {day}, closed through {lock} (S01)",
                    )


def breaks_lock(request: PlannedRequest, live: AnyDocument, locks: Locks) -> str:
    """S01 against the document as it is now: why `request` may not be sent, or "". `live` is its target."""
    if not may_move_money(request):
        return ""
    taxed = (isinstance(live, SalesDocument) and live.total_tax != 0) or _is_taxed(request)
    if not locks.is_locked(live.txn_date, taxed=taxed):
        return ""
    return f"{live.ref} is of {live.txn_date}, closed through {locks.lock_date(taxed=taxed)} (S01)"


def may_move_money(request: PlannedRequest) -> bool:
    """True when the write may change amount or date of its document; applying a payment does not (S01)."""
    if request.operation != "update":
        return True
    if request.kind == "Payment":
        return "TxnDate" in request.body or not request.body.get("sparse")
    return bool(_MONEY_FIELDS & request.body.keys()) or not request.body.get("sparse")


def _days_moved(action: PlannedAction, request: PlannedRequest) -> Iterator[date | None]:
    """The days whose books the request may move: those of its document before and after. None: not told."""
    said = request.body.get("TxnDate")
    if said is not None:
        yield day_in(said)
    if request.operation == "create":
        if said is None:
            yield None
    elif may_move_money(request) and request.target and not is_placeholder(request.target.id):
        state = state_before(action, request.target)
        yield state.txn_date if state else None


def _is_taxed(request: PlannedRequest) -> bool:
    detail = request.body.get("TxnTaxDetail")
    tax = detail.get("TotalTax", "0") if isinstance(detail, dict) else "0"
    return str(tax).strip("0.") != ""
