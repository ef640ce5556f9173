"""Rows of both databases ⇄ the model. Money is integer cents in columns; structs are JSON text beside them."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

from qbclean.errors import StoreError
from qbclean.model.approval import DecisionRecord
from qbclean.model.journal import ActionSkipped, RunEnd, RunStart, WriteIntent, WriteOutcome
from qbclean.model.money import cents
from qbclean.model.refs import DocumentRef

Row = dict[str, Any]
_T = TypeVar("_T")
_LARGEST_INTEGER = 2**63 - 1


def id_number(object_id: str) -> int:
    """QBO's ids are digits; anything else sorts before them by its text."""
    number = int(object_id) if object_id.isascii() and object_id.isdigit() else 0
    return number if number <= _LARGEST_INTEGER else 0


def plan_row(digest: str, made_at: str, origin: str) -> Row:
    return {"digest": digest, "made_at": made_at, "origin": origin}


def decision_row(decision: DecisionRecord) -> Row:
    return {
        "decision_id": decision.id,
        "plan_digest": decision.plan_digest,
        "action_id": decision.action_id,
        "role": decision.role,
        "state": decision.state,
        "by": decision.by,
        "at": decision.at,
        "amount_cents": cents(decision.amount),
        "record": as_text(decision),
    }


def start_row(run: RunStart) -> Row:
    return {
        "event": "start",
        "run_id": run.id,
        "plan_digest": run.plan_digest,
        "state": "",
        "at": run.at.isoformat(),
        "record": as_text(run),
    }


def end_row(end: RunEnd) -> Row:
    return {
        "event": "end",
        "run_id": end.run_id,
        "plan_digest": "",
        "state": end.state,
        "at": end.at.isoformat(),
        "record": as_text(end),
    }


def intent_row(intent: WriteIntent) -> Row:
    return {
        "event": "intent",
        "run_id": intent.run_id,
        "action_id": intent.action_id,
        "step": intent.step,
        "request_id": intent.request_id,
        "operation": intent.operation,
        "document": _document(intent.target) or intent.kind,
        "amount_cents": cents(intent.amount),
        "state": "",
        "at": intent.at.isoformat(),
        "record": as_text(intent),
    }


def outcome_row(outcome: WriteOutcome) -> Row:
    return {
        "event": "outcome",
        "run_id": outcome.run_id,
        "action_id": "",
        "step": 0,
        "request_id": outcome.request_id,
        "operation": "",
        "document": _document(outcome.ref),
        "amount_cents": None,
        "state": outcome.state,
        "at": outcome.at.isoformat(),
        "record": as_text(outcome),
    }


def skip_row(skipped: ActionSkipped) -> Row:
    return {
        "event": "skip",
        "run_id": skipped.run_id,
        "action_id": skipped.action_id,
        "step": 0,
        "request_id": "",
        "operation": "",
        "document": "",
        "amount_cents": None,
        "state": "skipped",
        "at": skipped.at.isoformat(),
        "record": as_text(skipped),
    }


def as_text(record: object) -> str:
    """JSON with keys in the order given: a request's body must come back byte for byte to be sent again."""
    return msgspec.json.encode(record).decode()


def from_json(encoded: str | bytes, as_type: type[_T], where: str) -> _T:
    """Decode a record. Raises StoreError naming `where` it lies when it does not fit the type."""
    try:
        return msgspec.json.decode(encoded, type=as_type)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise StoreError(
            f"{where} cannot be read: {error}.",
            why="It was written by another version of qbclean, or was changed by hand.",
            do="For the books: `qbclean pull --full`. For the journal: `qbclean log verify`.",
        ) from error


def _document(ref: DocumentRef | None) -> str:
    return str(ref) if ref else ""
