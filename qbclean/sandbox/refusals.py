"""The answers by which the server says no, with the codes and texts QuickBooks Online uses (contract sheet 7.13)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any


@dataclass
class ApiFault(Exception):  # noqa: N818 - "Fault" is the wire's own word
    """One refusal. `status` is the HTTP status, `code` QuickBooks' own; `element` names the field where known."""

    code: str
    message: str
    detail: str
    element: str | None = None
    status: int = 400
    type: str = "ValidationFault"
    headers: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.code} {self.message}: {self.detail}"

    def body(self) -> dict[str, Any]:
        """Return the `{"Fault": …}` object, without the time of the envelope."""
        error = {"Message": self.message, "Detail": self.detail, "code": self.code}
        if self.element is not None:
            error["element"] = self.element
        return {"Fault": {"Error": [error], "type": self.type}}


def unsupported_property(name: str, type_name: str, known: Collection[str]) -> ApiFault:
    """Return 2010 for a property that the schema does not have."""
    listed = ", ".join(f'"{known_name}"' for known_name in sorted(known))
    return ApiFault(
        "2010",
        "Request has invalid or unsupported property",
        f'Property Name:Unrecognized field "{name}" (class com.intuit.schema.finance.v3.{type_name}), '
        f"not marked as ignorable ({len(known)} known properties: {listed}) specified is unsupported or invalid",
        name,
    )


def unreadable(path: str, expected: str) -> ApiFault:
    """Return 2010 for a value of the wrong JSON type or an unknown enum word."""
    return ApiFault(
        "2010",
        "Request has invalid or unsupported property",
        f"Property Name:Failed to parse json object; the value of {path} must be {expected}"
        " specified is unsupported or invalid",
        path,
    )


def missing(name: str) -> ApiFault:
    """Return 2020 for a required parameter that was not sent."""
    return ApiFault(
        "2020",
        "Required param missing, need to supply the required value for the API",
        f"Required parameter {name} is missing in the request",
        name,
    )


def invalid_id(value: str) -> ApiFault:
    """Return 2030 for an id that is no number."""
    return ApiFault("2030", "Invalid ID", f"Id should be a valid number. Supplied value:{value}", "Id")


def too_long(name: str, limit: int, supplied: int) -> ApiFault:
    """Return 2050 for a text beyond its limit."""
    return ApiFault(
        "2050",
        "String length is either shorter or longer than supported by specification",
        f"Supplied {name} is out of bounds. Min:0 Max:{limit} supplied:{supplied}",
        name,
    )


def invalid_date(name: str, value: object) -> ApiFault:
    """Return 2060 for text that is no calendar date."""
    return ApiFault("2060", "Invalid Date", f"{name} must be a date as YYYY-MM-DD. Supplied value:{value}", name)


def invalid_number(name: str, value: object) -> ApiFault:
    """Return 2090 for text that is no number, or one out of range."""
    return ApiFault("2090", "Invalid Number", f"{name} must be a number. Supplied value:{value}", name)


def not_found(entity: str, object_id: str) -> ApiFault:
    """Return 610 for an object that is deleted, inactive or was never there."""
    return ApiFault(
        "610",
        "Object Not Found",
        f"Object Not Found : Something you're trying to use has been made inactive. "
        f"Check the fields with accounts, customers, items, vendors or employees. ({entity} {object_id})",
        "",
    )


def invalid_reference(name: str, value: str) -> ApiFault:
    """Return 2500 for a reference to an id that does not exist."""
    return ApiFault(
        "2500",
        "Invalid Reference Id",
        f"Invalid Reference Id : {name} element id {value} not found",
        name,
    )


def stale(entity: str, object_id: str) -> ApiFault:
    """Return 5010 for a SyncToken that is not the current one."""
    return ApiFault(
        "5010",
        "Stale Object Error",
        "Stale Object Error : You and Sandbox Bookkeeper were working on this at the same time. "
        f"Sandbox Bookkeeper finished before you did, so your work was not saved. ({entity} {object_id})",
        "",
    )


def closed_books(code: str, close_date: str) -> ApiFault:
    """Return 6200 or 6210 for a change that touches a date in the closed period."""
    message = "Account Period Closed, Cannot Update Through Services API"
    return ApiFault(
        code,
        message,
        "The account period has closed and the account books cannot be updated through the QuickBooks Online "
        f"Services API. Please use the QuickBooks Online website to make these changes. (closed through {close_date})",
        "",
    )


def business(detail: str, element: str = "") -> ApiFault:
    """Return 6000, the catch-all of business validation."""
    return ApiFault(
        "6000",
        "A business validation error has occurred while processing your request",
        f"Business Validation Error: {detail}",
        element,
    )


def deposited(payment_id: str, deposit_id: str) -> ApiFault:
    """Return 6540 for a change to money that sits in a deposit."""
    return ApiFault(
        "6540",
        "Deposited Transaction cannot be changed",
        "This transaction has been deposited. If you want to change or delete it, you must edit the deposit it "
        f"appears on and remove it first. (transaction {payment_id}, deposit {deposit_id})",
        "",
    )


def amount_differs(supplied: object) -> ApiFault:
    """Return 6070 for a line whose Amount is not UnitPrice × Qty."""
    return ApiFault(
        "6070",
        "Amount calculation incorrect in the request",
        f"Amount is not equal to UnitPrice * Qty. Supplied value:{supplied}",
        "Line.Amount",
    )


def duplicate_number(entity: str, number: str, holder: str) -> ApiFault:
    """Return 6140 for a document number that is taken."""
    return ApiFault(
        "6140",
        "Duplicate Document Number Error",
        "Duplicate Document Number Error : You must specify a different number. This number has already been used. "
        f"DocNumber={number} is assigned to TxnType={entity} with TxnId={holder}",
        "",
    )


def duplicate_name(holder: str) -> ApiFault:
    """Return 6240 for a name already borne by another customer, vendor, employee or list entry."""
    return ApiFault(
        "6240",
        "Duplicate Name Exists Error",
        f"The name supplied already exists. : Another {holder} is already using this name. Please use another name.",
        "",
    )


def unsupported_operation(what: str, element: str | None = None) -> ApiFault:
    """Return 500 for an operation or path that the API does not have (still HTTP 400)."""
    return ApiFault("500", "Unsupported Operation", f"Operation {what} is not supported.", element)


class NothingHappened(ApiFault):
    """An answer of HTTP 200 that neither does anything nor says so; seen for the void of a journal entry."""

    def body(self) -> dict[str, Any]:
        """Return an empty list of batch answers, as QuickBooks does."""
        return {"BatchItemResponse": []}


def void_as_observed(entity: str) -> ApiFault:
    """Return how QuickBooks was seen to answer the void of an entity that has none (contract sheet 1.6, 7.1)."""
    if entity == "Bill":
        message = "An application error has occurred while processing your request"
        return ApiFault("10000", message, "System Failure Error: void", "", status=200, type="SystemFault")
    if entity == "JournalEntry":
        return NothingHappened("500", "Unsupported Operation", "Operation void is not supported.", status=200)
    return unsupported_operation("void", "Operation")


def query_syntax(detail: str) -> ApiFault:
    """Return 4000 for a statement that does not parse."""
    return ApiFault("4000", "Error parsing query", f"QueryParserError: {detail}")


def query_meaning(detail: str) -> ApiFault:
    """Return 4001 for a statement that parses but cannot be meant."""
    return ApiFault("4001", "Invalid query", f"QueryValidationError: {detail}")
