"""The four writes everything compiles to, and the exact requests they become.

Executor, gateway and journal know only these. A text `${ACTION.Id}` in a body stands for the Id of the document that an
earlier action created; `${ACTION.SyncToken}` for the SyncToken that the request's own target has after that action.
Nothing else of a reviewed request may differ when it is sent (design.md 7).
"""

from __future__ import annotations

import re
from typing import Any, Final, Literal

import msgspec

from qbclean.model.refs import DocumentKind, DocumentRef, RealmId

WriteOperation = Literal["create", "update", "void", "delete"]
MINOR_VERSION = "75"
MARKER = "qbclean"
"""Starts the mark `[qbclean ACTION]` in the PrivateNote of what we create; by it a lost reply is settled."""
MARK: Final = re.compile(rf"\[{MARKER} ([^\[\]]+)\]")
"""The mark in a PrivateNote; its group is the id of the action."""


class DocumentWrite(msgspec.Struct, frozen=True, kw_only=True):
    """One write. `body` is wire JSON with amounts as decimal strings; `target` is None for a create.

    `changes` names every other document whose links or balance QBO will move as a side effect. `applies_itself`: the
    company applies credits automatically (contract 7.4), so that the credit this creates may come back used already,
    and what this would apply may be applied before it is sent; it is looked for first and then not sent (S09).
    """

    operation: WriteOperation
    kind: DocumentKind
    body: dict[str, Any]
    target: DocumentRef | None = None
    changes: tuple[DocumentRef, ...] = ()
    applies_itself: bool = False


class PlannedRequest(msgspec.Struct, frozen=True, kw_only=True):
    """One request exactly as it will be sent: `path` holds the whole query string, the request id included."""

    step: int
    operation: WriteOperation
    kind: DocumentKind
    target: DocumentRef | None
    changes: tuple[DocumentRef, ...] = ()
    method: Literal["POST"] = "POST"
    path: str
    body: dict[str, Any]
    request_id: str
    applies_itself: bool = False


_VOID_BY_UPDATE = ("Payment", "SalesReceipt")


def request_path(realm_id: RealmId, write: DocumentWrite, request_id: str, include: str = "") -> str:
    """Path and query of `write` (contract 1.1, 7.1): void differs per entity; create and update share one URL."""
    query = ""
    if write.operation == "delete":
        query = "operation=delete&"
    elif write.operation == "void":
        query = "operation=update&include=void&" if write.kind in _VOID_BY_UPDATE else "operation=void&"
    if include:
        query += f"include={include}&"
    entity = write.kind.lower()
    return f"/v3/company/{realm_id}/{entity}?{query}minorversion={MINOR_VERSION}&requestid={request_id}"


def body_bytes(body: dict[str, Any]) -> bytes:
    """The body as it goes over the wire: compact UTF-8 JSON, keys in the order given."""
    return msgspec.json.encode(body)


class WriteReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """QuickBooks' answer to a write that was done. `after` is the verbatim JSON of the written object."""

    ref: DocumentRef
    sync_token: str
    after: bytes
    status: int = 200
    intuit_tid: str = ""
    attempts: int = 1
