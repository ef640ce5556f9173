"""Batch: up to 30 writes and queries in one call, each with its own result or fault."""

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
_LONGEST_KEY = 50


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
    return {"BatchItemResponse": [_answer(company, item, request_id, who) for item in items]}


def _answer(company: Company, item: Any, request_id: str | None, who: str) -> dict[str, Any]:
    batch_id = item.get("bId") if isinstance(item, dict) else None
    try:
        if not isinstance(item, dict):
            raise refusals.unreadable("BatchItemRequest", "a list of objects")
        answer = _run(company, item, _key(company, request_id, batch_id), who)
    except ApiFault as refused:
        answer = refused.body()
    return {**answer, **({} if batch_id is None else {"bId": batch_id})}


def _key(company: Company, request_id: str | None, batch_id: Any) -> str | None:
    """Return the item's own request id: QuickBooks joins both and holds the result to 50 characters."""
    if request_id is None:
        return None
    if len(request_id) > 36 or len(str(batch_id)) > 10 or len(f"{request_id}{batch_id}") > _LONGEST_KEY:
        raise refusals.business("You cannot enter more than 50 characters in the request_id field.")
    key = f"{request_id}\n{batch_id}"
    if key in company.replies and company.quirks["batch_replay"] == "6000":
        raise refusals.business("An unexpected error occurred while accessing or saving your data. Please try again.")
    return key


def _run(company: Company, item: dict[str, Any], key: str | None, who: str) -> dict[str, Any]:
    if "Query" in item:
        if not isinstance(item["Query"], str):
            raise refusals.query_syntax("Query must be text")
        return {"QueryResponse": run_query(company, item["Query"])}
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
