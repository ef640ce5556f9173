"""Batch: up to 30 writes and queries in one call, each with its own result or fault; 1,000 objects in all."""

from __future__ import annotations

from typing import Any

from qbclean.sandbox import refusals
from qbclean.sandbox.company import Company
from qbclean.sandbox.entities import BY_CASE
from qbclean.sandbox.entities.spec import Options
from qbclean.sandbox.query import run_query
from qbclean.sandbox.refusals import ApiFault
from qbclean.sandbox.wire import Raw, decode, encode
from qbclean.sandbox.writes import Write, operation_of, perform

MOST_ITEMS = 30
MOST_OBJECTS = 1000
_LONGEST_REQUEST_ID = 36
_LONGEST_BATCH_ID = 10


def run_batch(company: Company, body: Any, request_id: str | None, who: str = "") -> dict[str, Any]:
    """Return `{"BatchItemResponse": […]}`. Raises 2010 and 1040 for the batch as a whole."""
    items = body.get("BatchItemRequest") if isinstance(body, dict) else None
    if not isinstance(items, list):
        raise refusals.missing("BatchItemRequest")
    if len(items) > MOST_ITEMS:
        raise ApiFault(
            "1040",
            "Batch too large",
            f"The maximum number of batch items is {MOST_ITEMS}. Supplied: {len(items)}",
            "BatchItemRequest",
        )
    unfit = _too_long(items, request_id)
    if unfit:
        return {"BatchItemResponse": [{**unfit.body(), **_batch_id(item)} for item in items]}
    room = MOST_OBJECTS - sum(1 for item in items if not _is_query(item))
    answers = []
    for item in items if company.quirks["batch_order"] == "given" else reversed(items):
        answer = _answer(company, item, request_id, who, room)
        room -= answer.get("QueryResponse", {}).get("maxResults", 0)
        answers.append(answer)
    return {"BatchItemResponse": answers}


def _is_query(item: Any) -> bool:
    return isinstance(item, dict) and "Query" in item


def _answer(company: Company, item: Any, request_id: str | None, who: str, room: int) -> dict[str, Any]:
    try:
        if not isinstance(item, dict):
            raise refusals.unreadable("BatchItemRequest", "a list of objects")
        if _is_query(item):
            answer = {"QueryResponse": _query(company, item["Query"], room)}
        else:
            answer = _run(company, item, _key(company, request_id, item.get("bId")), who)
    except ApiFault as refused:
        answer = refused.body()
    return {**answer, **_batch_id(item)}


def _batch_id(item: Any) -> dict[str, Any]:
    given = item.get("bId") if isinstance(item, dict) else None
    return {} if given is None else {"bId": given}


def _too_long(items: list[Any], request_id: str | None) -> ApiFault | None:
    """Return the fault of every item where a request id and a bId come to more than QuickBooks' joint key holds."""
    if request_id is None:
        return None
    longest = max((len(str(_batch_id(item).get("bId"))) for item in items), default=0)
    fits = len(request_id) <= _LONGEST_REQUEST_ID and longest <= _LONGEST_BATCH_ID
    return None if fits else refusals.business("You cannot enter more than 50 characters in the request_id field.")


def _key(company: Company, request_id: str | None, batch_id: Any) -> str | None:
    """Return the item's own request id, which joins both."""
    if request_id is None:
        return None
    key = f"{request_id}\n{batch_id}"
    if key in company.replies and company.quirks["batch_replay"] == "6000":
        raise refusals.business("An unexpected error occurred while accessing or saving your data. Please try again.")
    return key


def _query(company: Company, statement: Any, room: int) -> dict[str, Any]:
    """Run a query of which `room` rows still fit into the answer (quirk `batch_objects`: what happens to the rest)."""
    if not isinstance(statement, str):
        raise refusals.query_syntax("Query must be text")
    if company.quirks["batch_objects"] == "cut":
        return run_query(company, statement, room)
    found = run_query(company, statement)
    if found.get("maxResults", 0) > room:
        told = f"A batch answers with at most {MOST_OBJECTS} objects; {room} were left for this query."
        raise ApiFault("10100", "Result too large", told, "")
    return found


def _run(company: Company, item: dict[str, Any], key: str | None, who: str) -> dict[str, Any]:
    named = [name for name in item if name not in {"bId", "operation", "optionsData"}]
    if len(named) != 1:
        raise refusals.missing("entity")
    spec = BY_CASE.get(named[0].casefold())
    body = item[named[0]]
    if spec is None:
        raise refusals.unsupported_property(named[0], "BatchItemRequest", [known.name for known in BY_CASE.values()])
    if not isinstance(body, dict):
        raise refusals.unreadable(named[0], "an object")
    asked = item.get("operation") or ""  # left out by node-quickbooks' own tests: then the body's Id decides
    if not isinstance(asked, str):
        raise refusals.unreadable("operation", "text")
    options = Options.parse(str(item.get("optionsData") or ""))
    operation = operation_of(spec, asked, options)
    if operation == "void" and company.quirks["batch_void"] == "refuse":
        raise refusals.unsupported_operation("void", "Operation")
    if operation == "save" and asked.casefold() == "update" and not body.get("Id"):
        raise refusals.missing("Id")
    answer = perform(company, Write(operation=operation, spec=spec, body=body, options=options, key=key, who=who))
    return {name: Raw(encode(value)) for name, value in decode(answer).items()}
