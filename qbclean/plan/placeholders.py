"""Filling in what a reviewed request could not know: the Id of a document made earlier, a SyncToken after a write.

`${ACTION.Id}` and `${ACTION.SyncToken}` count only where they are a whole text; nothing else of a request is touched
(design.md 7).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from qbclean.errors import UnsafePlanError
from qbclean.model.refs import DocumentRef
from qbclean.model.write import PlannedRequest

_PLACEHOLDER = re.compile(r"\$\{([^{}]+)\.(Id|SyncToken)\}")


def id_placeholder(action_id: str) -> str:
    """What stands for the Id of the document that the first create of `action_id` makes."""
    return f"${{{action_id}.Id}}"


def token_placeholder(action_id: str) -> str:
    """What stands for the SyncToken that a request's own target has after `action_id`."""
    return f"${{{action_id}.SyncToken}}"


def maker_of(text: str) -> str:
    """The action that `${ACTION.Id}` or `${ACTION.SyncToken}` names; "" for any other text."""
    found = _PLACEHOLDER.fullmatch(text)
    return found[1] if found else ""


def is_placeholder(text: str) -> bool:
    """True for what only the run can fill in."""
    return maker_of(text) != ""


def creator_of(text: str) -> str:
    """The action whose document `text` stands for; "" when it is no placeholder of an Id."""
    found = _PLACEHOLDER.fullmatch(text)
    return found[1] if found and found[2] == "Id" else ""


def filled_ref(ref: DocumentRef, created: Mapping[str, str]) -> DocumentRef:
    """`ref` with the Id filled in; `created` maps an action to the Id of what it made. Raises UnsafePlanError."""
    return DocumentRef(ref.kind, _id(ref.id, created))


def with_ids(request: PlannedRequest, created: Mapping[str, str]) -> PlannedRequest:
    """`request` with every Id filled in; SyncTokens still to come. Raises UnsafePlanError for one nobody made."""
    return msgspec.structs.replace(
        request,
        target=request.target and filled_ref(request.target, created),
        changes=tuple(filled_ref(ref, created) for ref in request.changes),
        body=_map(request.body, lambda text: _id(text, created)),
    )


def with_token(request: PlannedRequest, token: str) -> PlannedRequest:
    """`request` with the SyncToken of its target filled in where one was left open."""
    return msgspec.structs.replace(
        request,
        body=_map(request.body, lambda text: token if _leaves_token_open(text) else text),
    )


def carries_token(request: PlannedRequest) -> str:
    """The SyncToken the body was reviewed with; "" when it has none, or leaves it open."""
    token = str(request.body.get("SyncToken", ""))
    return "" if _leaves_token_open(token) else token


def _leaves_token_open(text: str) -> bool:
    found = _PLACEHOLDER.fullmatch(text)
    return bool(found and found[2] == "SyncToken")


def _id(text: str, created: Mapping[str, str]) -> str:
    creator = creator_of(text)
    if not creator:
        return text
    if creator not in created:
        raise UnsafePlanError(
            f"The request names a document of action {creator}.",
            why="That action has made none in this run.",
            do="Make a new plan with `qbclean plan`.",
        )
    return created[creator]


def _map(value: Any, fill: Any) -> Any:
    if isinstance(value, str):
        return fill(value)
    if isinstance(value, dict):
        return {key: _map(item, fill) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_map(item, fill) for item in value]
    return value
