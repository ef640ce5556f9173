"""What goes back over HTTP: status, body and the headers QuickBooks sends with it."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from qbclean.sandbox.refusals import ApiFault
from qbclean.sandbox.wire import encode, envelope_time

JSON = "application/json;charset=utf-8"
JSON_FAULT = "application/json"
HTML = "text/html;charset=utf-8"
XML = "application/xml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One HTTP answer."""

    status: int = 200
    body: bytes = b""
    content_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)

    def with_trace(self, now: datetime) -> Reply:
        """Return the answer with the tracing and caching headers of every QuickBooks answer."""
        trace = {
            "intuit_tid": f"1-{int(now.timestamp()):08x}-{secrets.token_hex(12)}",
            "x-spanid": str(uuid.uuid4()),
            "qbo-version": "1988.128",
            "service-time": "total=12, db=4",
            "cache-control": "max-age=0, no-cache, no-store, must-revalidate, private",
            "expires": "0",
        }
        return replace(self, headers={**trace, **self.headers})


def enveloped(content: bytes, now: datetime) -> bytes:
    """Return a JSON object's text with the envelope's time added at its end."""
    separator = b"," if len(content) > 2 else b""
    return content[:-1] + separator + b'"time":' + encode(envelope_time(now)) + b"}"


def fault_reply(fault: ApiFault, now: datetime, *, timed: bool = True) -> Reply:
    """Return a refusal as an answer, with the envelope's time or without."""
    body = encode(fault.body())
    return Reply(
        status=fault.status,
        body=enveloped(body, now) if timed else body,
        content_type=JSON_FAULT,
        headers=fault.headers,
    )


def gateway_fault(status: int, message: str, detail: str, code: str, kind: str, now: datetime) -> Reply:
    """Return a refusal of the gateway in front of QuickBooks: lower-case keys, numeric time."""
    body: dict[str, Any] = {
        "warnings": None,
        "intuitObject": None,
        "fault": {
            "error": [{"message": message, "detail": detail, "code": code, "element": None}],
            "type": kind,
        },
        "report": None,
        "queryResponse": None,
        "batchItemResponse": [],
        "attachableResponse": [],
        "syncErrorResponse": None,
        "requestId": None,
        "time": int(now.timestamp() * 1000),
        "status": None,
        "cdcresponse": [],
    }
    headers = {"www-authenticate": 'Bearer realm="Intuit", error="invalid_token"'} if status == 401 else {}
    return Reply(status=status, body=encode(body), content_type=JSON_FAULT, headers=headers)


def unauthenticated(detail: str, now: datetime) -> Reply:
    """Return the 401 for a token that is missing, malformed, expired or revoked."""
    message = "message=AuthenticationFailed; errorCode=003200; statusCode=401"
    return gateway_fault(401, message, detail, "3200", "AUTHENTICATION", now)


def unauthorized(detail: str, now: datetime, kind: str = "SERVICE") -> Reply:
    """Return the 403 for a token that is good, but not for this company. `kind` is the fault's type."""
    message = "message=ApplicationAuthorizationFailed; errorCode=003100; statusCode=403"
    return gateway_fault(403, message, detail, "3100", kind, now)


def throttled(form: str, now: datetime) -> Reply:
    """Return a 429 in one of its three known forms: `json`, `lowercase`, `xml`."""
    message = "message=ThrottleExceeded; errorCode=003001; statusCode=429"
    detail = "The request limit was reached.  Try again later"
    if form == "lowercase":
        return gateway_fault(429, message, detail, "3001", "SERVICE", now)
    if form == "xml":
        text = (
            '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
            f'<IntuitResponse time="{envelope_time(now)}" xmlns="http://schema.intuit.com/finance/v3">'
            f'<Fault type="SERVICE"><Error code="3001"><Message>{message}</Message><Detail>{detail}</Detail></Error>'
            "</Fault></IntuitResponse>"
        )
        return Reply(status=429, body=text.encode(), content_type=XML)
    return fault_reply(ApiFault("3001", message, detail, status=429, type="SERVICE"), now)
