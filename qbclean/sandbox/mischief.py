"""Faults on purpose: the twelve ways of R47 in which an answer goes wrong, at the n-th request or by seeded chance."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, get_args

import msgspec

from qbclean.sandbox.refusals import ApiFault
from qbclean.sandbox.replies import HTML, JSON, Reply, fault_reply, throttled, unauthenticated

FaultName = Literal[
    "refuse",
    "reset",
    "slow",
    "half_body",
    "empty_200",
    "bad_json",
    "429_json",
    "429_lowercase",
    "429_xml",
    "500",
    "502",
    "503_html",
    "504",
    "404_html",
    "fault_200",
    "401",
    "fault",
]

FAULT_NAMES: tuple[str, ...] = get_args(FaultName)
CUTTING = ("refuse", "reset", "half_body")
"""Faults that break the connection instead of answering."""


class FaultRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which requests go wrong, and how.

    `path` is a part of the URL path, `entity` its entity segment, `contains` a part of query or body. Of the matching
    requests the `nth` (from 1) and the following ones up to `times` fail, or each with `probability`. `when="after"`
    lets the effect happen first. `latency` waits that many seconds. `fault="fault"` answers `status`, `code`,
    `message`, `detail`.
    """

    fault: FaultName = "slow"
    path: str = ""
    entity: str = ""
    method: str = ""
    contains: str = ""
    nth: int = 1
    times: int | None = None
    probability: float | None = None
    seed: int = 0
    when: Literal["before", "after"] = "before"
    latency: float = 0.0
    status: int = 400
    code: str = "6000"
    message: str = "A business validation error has occurred while processing your request"
    detail: str = "Business Validation Error: fault on purpose"


class BadFaultRuleError(ValueError):
    """A fault rule that cannot be read; the message says where."""


def read_rules(body: bytes) -> list[FaultRule]:
    """Return one rule or a list of rules from JSON. Raises BadFaultRuleError."""
    try:
        given = msgspec.json.decode(body)
        rules = msgspec.convert(given if isinstance(given, list) else [given], type=list[FaultRule])
    except (msgspec.MsgspecError, RecursionError) as unreadable:
        raise BadFaultRuleError(f"{unreadable}. Faults: {', '.join(FAULT_NAMES)}.") from unreadable
    named = given if isinstance(given, list) else [given]
    for rule, told in zip(rules, named, strict=True):
        if "fault" not in told and not rule.latency:
            raise BadFaultRuleError(f"A rule needs a fault (or a latency). Faults: {', '.join(FAULT_NAMES)}.")
        if rule.probability is not None and not 0 <= rule.probability <= 1:
            raise BadFaultRuleError("probability is 0 to 1.")
        if rule.nth < 1 or rule.latency < 0 or rule.latency > 600:
            raise BadFaultRuleError("nth starts at 1, latency is 0 to 600 seconds.")
    return rules


class Mischief:
    """The rules in force and how often each has matched."""

    def __init__(self) -> None:
        self._rules: list[tuple[FaultRule, random.Random]] = []
        self._seen: list[int] = []
        self._fired: list[int] = []

    def add(self, rules: list[FaultRule]) -> None:
        """Put rules in force."""
        for rule in rules:
            self._rules.append((rule, random.Random(rule.seed)))  # noqa: S311 - repeatable chance is the point
            self._seen.append(0)
            self._fired.append(0)

    def clear(self) -> None:
        """Take every rule out of force."""
        self._rules.clear()
        self._seen.clear()
        self._fired.clear()

    def status(self) -> list[dict[str, Any]]:
        """Return each rule with how many requests matched it and how often it struck."""
        return [
            {**msgspec.to_builtins(rule), "seen": self._seen[place], "fired": self._fired[place]}
            for place, (rule, _) in enumerate(self._rules)
        ]

    def strike(self, method: str, path: str, text: str) -> FaultRule | None:
        """Count a request and return the first rule that strikes it, or None. `text` is query and body."""
        struck: FaultRule | None = None
        for place, (rule, chance) in enumerate(self._rules):
            if not _matches(rule, method, path, text):
                continue
            self._seen[place] += 1
            if struck is None and self._due(place, rule, chance):
                self._fired[place] += 1
                struck = rule
        return struck

    def _due(self, place: int, rule: FaultRule, chance: random.Random) -> bool:
        if rule.probability is not None:
            limit = rule.times is None or self._fired[place] < rule.times
            return chance.random() < rule.probability and limit
        return rule.nth <= self._seen[place] < rule.nth + (1 if rule.times is None else rule.times)


def _matches(rule: FaultRule, method: str, path: str, text: str) -> bool:
    segments = path.casefold().strip("/").split("/")
    return (
        (not rule.method or rule.method.upper() == method)
        and (not rule.path or rule.path in path)
        and (not rule.entity or rule.entity.casefold() in segments)
        and (not rule.contains or rule.contains in text)
    )


def spoiled(rule: FaultRule, honest: Reply | None, now: datetime) -> Reply:  # noqa: PLR0911 - one line per fault
    """Return the answer a rule gives instead of the honest one (None: the request was not carried out)."""
    match rule.fault:
        case "empty_200":
            return Reply(body=b"")
        case "bad_json":
            return Reply(body=b'{"Invoice": {"Id": "301", "SyncTok')
        case "429_json" | "429_lowercase" | "429_xml":
            return throttled(rule.fault.removeprefix("429_"), now)
        case "500":
            fault = ApiFault("10000", "An application error has occurred", "System Failure Error", None, 500)
            fault.type = "SystemFault"
            return fault_reply(fault, now)
        case "502" | "503_html" | "504" | "404_html":
            return _page(int(rule.fault[:3]))
        case "fault_200":
            fault = ApiFault("10000", "An application error has occurred", "System Failure Error", None, 200)
            fault.type = "SystemFault"
            return fault_reply(fault, now)
        case "401":
            return unauthenticated("Token expired: fault on purpose", now)
        case "fault":
            return fault_reply(ApiFault(rule.code, rule.message, rule.detail, "", rule.status), now)
        case _:
            return honest or Reply(body=b"{}", content_type=JSON)


def _page(status: int) -> Reply:
    title = {404: "404 Not Found", 502: "502 Bad Gateway", 503: "503 Service Unavailable", 504: "504 Gateway Time-out"}
    text = f"<html><head><title>{title[status]}</title></head><body><h1>{title[status]}</h1></body></html>"
    return Reply(status=status, body=text.encode(), content_type=HTML)


def describe(rule: FaultRule | None) -> Mapping[str, str] | None:
    """Return what the request log says about a strike."""
    return None if rule is None else {"fault": rule.fault, "when": rule.when}
