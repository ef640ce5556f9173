"""Delivers webhooks: one notification after the other for each subscriber, again and again until it answers 200."""

from __future__ import annotations

import http.client
import ipaddress
import threading
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec

from qbclean.sandbox.clock import Clock
from qbclean.sandbox.notifications import NOTIFIED, Event, Form, body_of, events_of, headers_of
from qbclean.sandbox.quirks import Quirks
from qbclean.sandbox.wire import stamp

if TYPE_CHECKING:
    from qbclean.sandbox.company import Change

RETRY_AFTER = (0, 10, 20, 30, 300, 1200, 7200, 14_400, 21_600)
"""Seconds before each repetition of an unanswered notification; the last goes for all that follow (Intuit, 2025)."""

_ANSWER_SECONDS = 3.0
_GLANCE_SECONDS = 0.1
_MOST_KEPT = 1_000


class BadSubscriptionError(ValueError):
    """A subscription that cannot be taken; the message says why."""


class Subscription(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where notifications go, how they are signed and written, and of what they tell (nothing named: everything).

    `aggregate` is how many seconds events are collected before they go out together; Intuit's sandbox takes none.
    """

    url: str
    verifier_token: str = ""
    format: Form = "cloudevents"
    entities: tuple[str, ...] = ()
    aggregate: int = 0
    id: str = ""


@dataclass
class Delivery:
    """One notification: its body, when it is due (seconds since 1970), and how each attempt was answered."""

    subscription: Subscription
    body: bytes
    events: int
    due: float
    attempts: list[dict[str, Any]] = field(default_factory=list)
    delivered: bool = False


@dataclass
class _Line:
    """What waits for one subscriber. Nothing overtakes `sending`, the notification not yet acknowledged."""

    subscription: Subscription
    waiting: list[Event] = field(default_factory=list)
    sending: Delivery | None = None


class Courier:
    """Knows the subscriptions of one company. Delivers in a thread of its own, by the sandbox's clock."""

    def __init__(self, realm_id: str, clock: Clock, quirks: Quirks) -> None:
        self._realm_id = realm_id
        self._clock = clock
        self._quirks = quirks
        self._lines: dict[str, _Line] = {}
        self._deliveries: deque[Delivery] = deque(maxlen=_MOST_KEPT)
        self._news = threading.Condition()
        self._thread: threading.Thread | None = None
        self._closed = False

    def subscriptions(self) -> list[Subscription]:
        """Return who is notified."""
        return [line.subscription for line in self._lines.values()]

    def subscribe(self, wanted: Subscription) -> None:
        """Notify this address from now on. Raises BadSubscriptionError: only this machine is ever called."""
        checked(wanted)
        with self._news:
            self._lines[wanted.id] = _Line(wanted)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="qbclean-webhooks", daemon=True)
                self._thread.start()

    def cancel(self, subscription_id: str | None = None) -> None:
        """Notify one subscriber no more, or none (None); what waits for it is dropped."""
        with self._news:
            gone = [subscription_id] if subscription_id is not None else list(self._lines)
            for known in gone:
                self._lines.pop(known, None)

    def note(self, change: Change) -> None:
        """Take in what a write has changed."""
        if not self._lines:
            return
        along = self._quirks["webhook_side_effects"] == "update"
        events = list(events_of(change, self._clock.now(), along=along))
        with self._news:
            for line in self._lines.values():
                told = line.subscription.entities or NOTIFIED
                line.waiting += [event for event in events if event.entity in told]
            self._news.notify()

    def status(self) -> dict[str, Any]:
        """Return the subscriptions, how many events wait for each, and the notifications sent."""
        with self._news:
            lines = [
                {**msgspec.to_builtins(line.subscription), "waiting": len(line.waiting)}
                for line in self._lines.values()
            ]
            return {"webhooks": lines, "deliveries": [_told(delivery) for delivery in self._deliveries]}

    def close(self) -> None:
        """Stop delivering."""
        with self._news:
            self._closed = True
            self._news.notify()
        if self._thread is not None:
            self._thread.join(timeout=2 * _ANSWER_SECONDS)

    def _run(self) -> None:
        while True:
            with self._news:
                if self._closed:
                    return
                due = [delivery for line in self._lines.values() if (delivery := self._due(line)) is not None]
                if not due:
                    idle = not any(line.waiting or line.sending for line in self._lines.values())
                    self._news.wait(None if idle else _GLANCE_SECONDS)
            for delivery in due:
                self._attempt(delivery)

    def _due(self, line: _Line) -> Delivery | None:
        """Return the notification to send now, made from what waits where none is under way."""
        now = self._clock.seconds()
        collected = line.waiting and now >= line.waiting[0].at.timestamp() + line.subscription.aggregate
        if line.sending is None and collected:
            events = line.waiting if self._quirks["webhook_events"] == "once" else _untidy(line.waiting)
            body = body_of(events, self._realm_id, line.subscription.format)
            line.sending = Delivery(line.subscription, body, len(events), now)
            line.waiting = []
            self._deliveries.append(line.sending)
        return line.sending if line.sending is not None and line.sending.due <= now else None

    def _attempt(self, delivery: Delivery) -> None:
        now = self._clock.now()
        answered = _post(
            delivery.subscription, delivery.body, headers_of(delivery.body, delivery.subscription.verifier_token, now)
        )
        with self._news:
            delivery.attempts.append({"at": stamp(now), "answered": answered})
            delivery.delivered = answered == "200"
            line = self._lines.get(delivery.subscription.id)
            if delivery.delivered and line is not None:
                line.sending = None
            pause = RETRY_AFTER[min(len(delivery.attempts), len(RETRY_AFTER)) - 1]
            delivery.due = self._clock.seconds() + pause


def checked(wanted: Subscription) -> Subscription:
    """Return a subscription that can be taken. Raises BadSubscriptionError."""
    address = urlsplit(wanted.url)
    if address.scheme != "http" or not _is_loopback(address.hostname or ""):
        raise BadSubscriptionError("A webhook goes to this machine only: give an http:// address on 127.0.0.1.")
    unknown = sorted(set(wanted.entities) - NOTIFIED)
    if unknown:
        raise BadSubscriptionError(f"There are no webhooks for {', '.join(unknown)}. Known: {', '.join(NOTIFIED)}.")
    if not wanted.verifier_token or wanted.aggregate < 0:
        raise BadSubscriptionError("A webhook needs a verifier token, and collects for no less than 0 seconds.")
    return wanted


def _is_loopback(host: str) -> bool:
    with suppress(ValueError):
        return ipaddress.ip_address("127.0.0.1" if host == "localhost" else host).is_loopback
    return False


def _untidy(events: Iterable[Event]) -> list[Event]:
    """Return the events out of order, each of them twice."""
    return [event for event in reversed(list(events)) for _ in range(2)]


def _post(subscription: Subscription, body: bytes, headers: dict[str, str]) -> str:
    """Send a notification. Returns the status of the answer, or in words why there was none."""
    address = urlsplit(subscription.url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port or 80, timeout=_ANSWER_SECONDS)
    target = f"{address.path or '/'}?{address.query}" if address.query else address.path or "/"
    try:
        connection.request("POST", target, body, headers)
        return str(connection.getresponse().status)
    except (OSError, http.client.HTTPException) as failed:
        return f"no answer: {failed!r}"
    finally:
        connection.close()


def _told(delivery: Delivery) -> dict[str, Any]:
    return {
        "webhook": delivery.subscription.id,
        "events": delivery.events,
        "delivered": delivery.delivered,
        "attempts": list(delivery.attempts),
        "body": delivery.body.decode(),
    }
