"""Stable names: the same work gets the same id in every plan, and every request an id that QuickBooks can remember.

Everything here is derived from content alone, never from a counter or the clock, so that a plan made twice is the same
plan (design.md 2) and a repeated request is recognised as the same request (R15).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from qbclean.model.action import ActionKind
from qbclean.model.finding import FindingKind
from qbclean.model.refs import RealmId
from qbclean.model.write import DocumentWrite, PlannedRequest, request_path

REQUEST_ID_LIMIT = 50
"""QBO refuses longer request ids with code 2130 (contract 13)."""


def action_id(kind: ActionKind, targets: Iterable[str]) -> str:
    """`A-` and 12 hex digits, from the kind and the targets (any order): the same in every later plan."""
    return "A-" + _hash(kind, sorted(targets))[:12]


def finding_id(kind: FindingKind, refs: Iterable[object]) -> str:
    """`F-` and 12 hex digits, from the kind and the documents and CRM records (any order) as text."""
    return "F-" + _hash(kind, sorted(str(ref) for ref in refs))[:12]


def request_id(realm: RealmId, snapshot_id: str, action: str, step: int, body: dict[str, Any]) -> str:
    """`qbc-` and 40 hex digits: never the same id for another body, company, snapshot, action or step (R15)."""
    return "qbc-" + _hash(realm, snapshot_id, action, step, body)[:40]


def planned_requests(
    realm_id: RealmId, snapshot_id: str, action: str, writes: Sequence[DocumentWrite], *, include: str = ""
) -> tuple[PlannedRequest, ...]:
    """The requests of one action, steps counted from 1, in the order they are to be sent.

    `include` is put on the creates only: `allowduplicatedocnum`, where a rollback must use a taken number again.
    """
    requests = []
    for step, write in enumerate(writes, start=1):
        name = request_id(realm_id, snapshot_id, action, step, write.body)
        path = request_path(realm_id, write, name, include if write.operation == "create" else "")
        requests.append(
            PlannedRequest(
                step=step,
                operation=write.operation,
                kind=write.kind,
                target=write.target,
                changes=write.changes,
                path=path,
                body=write.body,
                request_id=name,
                applies_itself=write.applies_itself,
            )
        )
    return tuple(requests)


def _hash(*parts: object) -> str:
    """SHA-256 over the parts as one JSON list: no separator in a part can make two different lists look alike."""
    return hashlib.sha256(msgspec.json.encode(parts, order="sorted")).hexdigest()
