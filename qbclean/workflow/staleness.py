"""Whether a document still is what was reviewed (S17, R2), and if not, what moved, in words."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from qbclean.model.action import DocumentState, PlannedAction, Target
from qbclean.model.documents import AnyDocument, Payment
from qbclean.model.fingerprint import content_hash, differences
from qbclean.model.refs import DocumentRef
from qbclean.model.write import PlannedRequest
from qbclean.plan.document_state import open_on
from qbclean.plan.placeholders import carries_token
from qbclean.ports.gateway import LiveDocument


def drift_from_review(action: PlannedAction, target: Target, live: LiveDocument | None) -> str:
    """What changed since the plan was made, or "". A document that is gone has changed."""
    if live is None:
        return f"{_named(target)} is no longer in QuickBooks"
    if content_hash(live.document) == target.content_hash:
        return ""
    reviewed = next((state for state in action.before if (state.kind, state.id) == (target.kind, target.id)), None)
    moved = _moved(reviewed, live.document) if reviewed else []
    what = ", ".join(moved) if moved else "its lines, tax, customer or links are not those that were reviewed"
    return f"{_named(target)} changed since the plan was made: {what}"


def drift_from_run(name: str, expected: AnyDocument | None, live: LiveDocument | None) -> str:
    """What changed since this run (or an earlier one of the same plan) wrote the document, or ""."""
    if live is None:
        return "" if expected is None else f"{name} is no longer in QuickBooks"
    if expected is None:
        return f"{name} is in QuickBooks although this plan deleted it"
    moved = differences(expected, live.document)
    if not moved:
        return ""
    return f"{name} changed since this plan wrote it: " + ", ".join(
        f"{field} then {then or 'empty'}, now {now or 'empty'}" for field, then, now in moved
    )


def drift_of_token(request: PlannedRequest, name: str, live: LiveDocument) -> str:
    """A body that carries the reviewed SyncToken cannot be sent once the document has another; "" while it is current.

    Nothing is re-based here: putting the live token into a reviewed body would hide that somebody saved the document
    after the review (accounting-rules 5).
    """
    reviewed = carries_token(request)
    if not reviewed or reviewed == live.document.sync_token:
        return ""
    return (
        f"{name} was saved by somebody else since the plan was made "
        f"(SyncToken then {reviewed}, now {live.document.sync_token})"
    )


def name_of(ref: DocumentRef, action: PlannedAction) -> str:
    """The document as its target names it, else kind and id."""
    target = next((target for target in action.targets if target.ref == ref), None)
    return _named(target) if target else str(ref)


def _named(target: Target) -> str:
    number = f" {target.doc_number}" if target.doc_number else ""
    customer = f"{target.customer}, " if target.customer else ""
    return f"{target.kind}{number} ({customer}id {target.id})"


def _moved(then: DocumentState, now: AnyDocument) -> list[str]:
    facts: Sequence[tuple[str, object, object]] = (
        ("number", then.doc_number or "none", now.doc_number or "none"),
        ("date", then.txn_date, now.txn_date),
        ("total", _cents(then.total), _cents(now.total_amt)),
        ("open", _cents(then.open), _cents(open_on(now))),
        ("void", _yes(then.voided), _yes(now.is_voided)),
        ("applied", _applied_then(then), _applied_now(now)),
    )
    return [f"{what} then {before}, now {after}" for what, before, after in facts if before != after]


def _applied_then(state: DocumentState) -> str:
    if state.kind != "Payment":
        return ""
    return _listed([(item.kind, item.id, item.amount) for item in state.applied])


def _applied_now(document: AnyDocument) -> str:
    if not isinstance(document, Payment):
        return ""
    return _listed([(ref.kind, ref.id, amount) for ref, amount in document.applications])


def _listed(applied: Sequence[tuple[str, str, Decimal]]) -> str:
    return " and ".join(f"{_cents(amount)} to {kind} {id_}" for kind, id_, amount in sorted(applied)) or "nothing"


def _cents(amount: Decimal) -> str:
    return f"{amount:.2f}"


def _yes(fact: bool) -> str:  # noqa: FBT001 - turns one fact into a word
    return "yes" if fact else "no"
