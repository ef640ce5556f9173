"""The one fault table: what QuickBooks' answer means and whether repeating the request can help (contract 7.13, R22).

An answer is judged by HTTP status and fault code, never by the library's exception classes. A 200 with a Fault is a
fault; an answer that is neither the expected JSON nor a fault leaves the effect unknown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

import msgspec

from qbclean.errors import (
    AuthorizationError,
    BooksClosedError,
    DocumentNotFoundError,
    DuplicateDocNumberError,
    GatewayError,
    RefusedError,
    StaleDocumentError,
    ThrottledError,
    UnavailableError,
)
from qbclean.qbo.client import Answer


class Remedy(Enum):
    """What can help. A repeated write always carries the request id of the first try."""

    NEVER = "repeating cannot help"
    WAIT = "again after a minute or more"
    BACKOFF = "again after a moment, a few times"
    ONCE = "again, once"
    REFRESH = "again with a new access token, once"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """The first error of a fault. `message` is Intuit's, shortened and without values; `element` the field it names."""

    code: str
    message: str
    element: str
    text: str
    """Message and detail as they came, for telling faults apart; may hold names, so it is never shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Why an answer is not a success: the error to raise in the end, and what to try before."""

    error: type[GatewayError | AuthorizationError]
    remedy: Remedy
    why: str
    do: str


_LATER = "Wait a few minutes and try again; `qbclean recover` settles writes in doubt."
_REPLAN = "Run `qbclean pull` and `qbclean plan` again."
_RECONNECT = "Run `qbclean connect`."
_BY_HAND = "Nothing was saved. Correct the cause in QuickBooks, then run `qbclean pull` and `qbclean plan` again."


def _say(error: type[GatewayError | AuthorizationError], remedy: Remedy, why: str, do: str = _BY_HAND) -> Verdict:
    return Verdict(error=error, remedy=remedy, why=why, do=do)


_THROTTLED = _say(
    ThrottledError, Remedy.WAIT, "Too many requests in a minute, or the month's calls are used up.", _LATER
)
_EXPIRED = _say(AuthorizationError, Remedy.REFRESH, "QuickBooks no longer accepts the access token.", _RECONNECT)
_FORBIDDEN = _say(
    AuthorizationError,
    Remedy.NEVER,
    "The app is disconnected, or these tokens belong to another company or environment.",
    _RECONNECT,
)
_BUSY = _say(UnavailableError, Remedy.BACKOFF, "QuickBooks is locked, in maintenance or overloaded.", _LATER)
_INTERNAL = _say(UnavailableError, Remedy.ONCE, "QuickBooks had an internal error.", _LATER)
_REFUSED = _say(RefusedError, Remedy.NEVER, "QuickBooks does not allow it.")
_NO_ANSWER = _say(UnavailableError, Remedy.BACKOFF, "No answer arrived.", _LATER)
_UNREADABLE = _say(UnavailableError, Remedy.BACKOFF, "The answer was empty or not readable.", _LATER)

CLOSED_CODES = ("6200", "6210")
DETAIL_SPEAKS = ("2020", "6000")
"""Catch-all codes whose message says nothing; only the detail tells what was wrong."""
BY_CODE: dict[str, Verdict] = {
    "120": _FORBIDDEN,
    "130": _BUSY,
    "140": _BUSY,
    "150": _BUSY,
    "600": _say(UnavailableError, Remedy.NEVER, "QuickBooks has already seen this request id.", _LATER),
    "610": _say(DocumentNotFoundError, Remedy.NEVER, "It was deleted, is inactive or never existed.", _REPLAN),
    "3001": _THROTTLED,
    "3100": _FORBIDDEN,
    "3200": _EXPIRED,
    "5010": _say(StaleDocumentError, Remedy.NEVER, "Someone else changed it meanwhile; nothing was saved.", _REPLAN),
    "6140": _say(DuplicateDocNumberError, Remedy.NEVER, "The number is taken; nothing was saved.", _REPLAN),
    "6200": _say(BooksClosedError, Remedy.NEVER, "The date lies in a closed period; nothing was saved."),
    "6210": _say(BooksClosedError, Remedy.NEVER, "The date lies in a closed period; nothing was saved."),
    "6540": _say(RefusedError, Remedy.NEVER, "The payment is in a bank deposit; nothing was saved."),
    "10000": _INTERNAL,
}
"""Any other code is a refusal that repeating cannot change."""

BY_STATUS: dict[int, Verdict] = {
    0: _NO_ANSWER,
    401: _EXPIRED,
    403: _FORBIDDEN,
    404: _INTERNAL,  # sporadic HTML pages (contract 1.6, 7.13); a missing document is 400 with code 610
    408: _BUSY,
    429: _THROTTLED,
    500: _INTERNAL,
    502: _BUSY,
    503: _BUSY,
    504: _BUSY,
}
"""For answers without a fault we can read."""


def judge(answer: Answer) -> Verdict | None:
    """What is wrong with `answer`, or None when it is a success."""
    fault = fault_of(answer)
    if answer.status == 429:
        return _THROTTLED
    if fault is not None:
        return _by_fault(fault, answer.status)
    if answer.status == 200:
        return None if _is_object(answer.body) else _UNREADABLE
    if answer.status in BY_STATUS:
        return BY_STATUS[answer.status]
    return _BUSY if answer.status > 504 else _UNREADABLE if answer.status < 400 else _REFUSED


def _by_fault(fault: Fault, status: int) -> Verdict:
    if fault.code in CLOSED_CODES and "period" not in fault.text.lower():
        return _REFUSED  # 6210 once meant a duplicate number (contract 7.7)
    if fault.code == "6000" and "unexpected error" in fault.text.lower():
        return _INTERNAL
    if fault.code in BY_CODE:
        return BY_CODE[fault.code]
    if status in (401, 403) or status >= 501:
        return BY_STATUS.get(status, _BUSY)
    return _REFUSED


def error_of(verdict: Verdict, answer: Answer, doing: str) -> GatewayError | AuthorizationError:
    """The error to raise. `doing` names the request in a user's words: "Reading Invoice 301"."""
    fault = fault_of(answer)
    why = verdict.why
    if fault is not None:
        said = ": ".join(part for part in (fault.code, fault.message) if part)
        why = f"{why} QuickBooks said {said}{f' ({fault.element})' if fault.element else ''}."
    elif answer.broken:
        why = f"{why[:-1]}: {answer.broken}."
    elif answer.status != 200:
        why = f"{why} (HTTP {answer.status})"
    if issubclass(verdict.error, AuthorizationError):
        return verdict.error(f"{doing} failed.", why=why, do=verdict.do)
    code = fault.code if fault else ""
    return verdict.error(
        f"{doing} failed.", why=why, do=verdict.do, status=answer.status, code=code, intuit_tid=answer.intuit_tid
    )


# ------------------------------------------------------------------ reading faults
class _Error(msgspec.Struct, rename="pascal"):
    message: str | None = ""
    detail: str | None = ""
    code: str | int | None = msgspec.field(default="", name="code")
    element: str | None = msgspec.field(default="", name="element")


class _LowerError(msgspec.Struct):
    message: str | None = ""
    detail: str | None = ""
    code: str | int | None = ""
    element: str | None = ""


class _Fault(msgspec.Struct):
    errors: list[_Error] = msgspec.field(default_factory=list, name="Error")


class _LowerFault(msgspec.Struct):
    error: list[_LowerError] = []


class _Envelope(msgspec.Struct):
    """Accounting faults are capitalised, those of the gateway in front of it are not (contract 1.6, 2.5)."""

    upper: _Fault | None = msgspec.field(default=None, name="Fault")
    lower: _LowerFault | None = msgspec.field(default=None, name="fault")


_ENVELOPE = msgspec.json.Decoder(_Envelope)
_XML_CODE = re.compile(rb'<Error\b[^>]*\bcode="0*(\d+)"')
_XML_MESSAGE = re.compile(rb"<Message>([^<]*)</Message>")


def fault_of(answer: Answer) -> Fault | None:
    """The fault in the body, whichever of the three shapes it has; None when there is none to be read."""
    try:
        envelope = _ENVELOPE.decode(answer.body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _xml_fault(answer.body)
    if envelope.upper is not None:
        return _fault(envelope.upper.errors[0] if envelope.upper.errors else _Error())
    if envelope.lower is not None:
        return _fault(envelope.lower.error[0] if envelope.lower.error else _LowerError())
    return None


def _fault(error: _Error | _LowerError) -> Fault:
    code, message, detail = str(error.code or "").lstrip("0"), error.message or "", error.detail or ""
    speaking = detail.removeprefix("Business Validation Error:") if code in DETAIL_SPEAKS else message
    return Fault(
        code=code,
        message=_without_values(speaking),
        element=_without_values(error.element or ""),
        text=f"{message} {detail}",
    )


def _xml_fault(body: bytes) -> Fault | None:
    """Throttling is answered in XML even where JSON was asked for (P9). A pattern is enough, and cannot be attacked."""
    if (code := _XML_CODE.search(body)) is None:
        return None
    found = _XML_MESSAGE.search(body)
    message = found[1].decode("utf-8", "replace") if found else ""
    return Fault(code=code[1].decode(), message=_without_values(message), element="", text=message)


_VALUES = re.compile(r"""(["'“‘`]).*?["'”’`]|\S+@\S+|(?<![\w.])[$€£]?-?\d[\d.,/-]*""")


def _without_values(text: str) -> str:
    """Intuit's general message without what may be a customer's: quoted text, addresses, amounts, numbers (P4).

    The detail is left out for other codes than DETAIL_SPEAKS: it names people, customers and documents.
    """
    first = re.split("Supplied value|\n", text, maxsplit=1)[0]
    return _VALUES.sub("…", first).strip(" .:")[:120]


def _is_object(body: bytes) -> bool:
    try:
        _ENVELOPE.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False
    return True
