"""What a webhook tells: the events of a write, and the signed body in which they go out (contract sheet 8)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import uuid
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from qbclean.sandbox.wire import encode

if TYPE_CHECKING:
    from qbclean.sandbox.company import Change

Form = Literal["cloudevents", "classic"]
Operation = Literal["Create", "Update", "Delete", "Void", "Emailed"]

NOTIFIED = frozenset((
    "Account", "Bill", "BillPayment", "Budget", "Class", "CompanyCurrency", "CreditMemo", "Customer",
    "Department", "Deposit", "Employee", "Estimate", "Invoice", "Item", "JournalCode", "JournalEntry",
    "Payment", "PaymentMethod", "Preferences", "Purchase", "PurchaseOrder", "RefundReceipt", "SalesReceipt",
    "TaxAgency", "Term", "TimeActivity", "Transfer", "Vendor", "VendorCredit",
))  # fmt: skip
"""The entities Intuit notifies about."""

_OPERATIONS: dict[str, Operation] = {
    "created": "Create",
    "changed": "Update",
    "deleted": "Delete",
    "voided": "Void",
    "e-mailed": "Emailed",
}
_PAST: dict[Operation, str] = {
    "Create": "created",
    "Update": "updated",
    "Delete": "deleted",
    "Void": "voided",
    "Emailed": "emailed",
}


class Event(NamedTuple):
    """One change of one object. `key` is the same when it is told twice."""

    key: str
    entity: str
    id: str
    operation: Operation
    at: datetime


def events_of(change: Change, now: datetime, *, along: bool) -> Iterator[Event]:
    """Yield an event for each object a write has changed; `along`: also for those that changed only with another."""
    for entry in change.audit:
        if entry.entity not in NOTIFIED or (entry.by and not along):
            continue
        made_along = entry.by and (entry.entity, entry.id) in change.created
        operation = "Create" if made_along else _OPERATIONS.get(entry.what, "Update")
        yield Event(str(uuid.uuid4()), entry.entity, entry.id, operation, now)


def body_of(events: Iterable[Event], realm_id: str, form: Form) -> bytes:
    """Return the body of one notification: an array of CloudEvents, or the older `eventNotifications`."""
    if form == "cloudevents":
        return encode([_cloud_event(event, realm_id) for event in events])
    entities = [
        {"name": event.entity, "id": event.id, "operation": event.operation, "lastUpdated": _instant(event.at)}
        for event in events
    ]
    return encode({"eventNotifications": [{"realmId": realm_id, "dataChangeEvent": {"entities": entities}}]})


def headers_of(body: bytes, verifier_token: str, now: datetime) -> dict[str, str]:
    """Return the headers: the signature is the base64 of HMAC-SHA256 over the body with the verifier token."""
    signature = hmac.new(verifier_token.encode(), body, hashlib.sha256).digest()
    return {
        "content-type": "application/json",
        "intuit-signature": base64.b64encode(signature).decode(),
        "intuit-t-id": f"1-{int(now.timestamp()):08x}-{secrets.token_hex(12)}",
        "intuit-created-time": _instant(now),
        "intuit-notification-schema-version": "0.1",
    }


def _cloud_event(event: Event, realm_id: str) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": event.key,
        "source": f"intuit.{base64.b64encode(hashlib.sha256(realm_id.encode()).digest()).decode()}",
        "type": f"qbo.{event.entity.lower()}.{_PAST[event.operation]}.v1",
        "datacontenttype": "application/json",
        "time": _instant(event.at),
        "intuitentityid": event.id,
        "intuitaccountid": realm_id,
        "data": {},
    }


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
