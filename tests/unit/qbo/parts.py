"""What most tests here need: a token store in memory, a clock that stands still, a connection without waiting."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

from qbclean.errors import AuthorizationError
from qbclean.model.books import Environment
from qbclean.model.refs import RealmId
from qbclean.model.write import DocumentWrite, PlannedRequest, request_path
from qbclean.ports.tokens import Tokens
from qbclean.qbo.client import QuickBooksTransport
from qbclean.qbo.connection import CompanyConnection
from qbclean.qbo.limiter import UNTHROTTLED, RateLimiter
from qbclean.qbo.retry import RetryPolicy, RunBudget
from qbclean.qbo.session import AccessSession

REALM = RealmId("9130350000000001")
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


class StandingClock:
    def __init__(self, now: datetime = NOON) -> None:
        self.time = now

    def now(self) -> datetime:
        return self.time

    def today(self) -> date:
        return self.time.date()


class MemoryTokens:
    """A TokenStore; `events` tells in which order things happened."""

    def __init__(self, *tokens: Tokens) -> None:
        self.kept = {each.realm_id: each for each in tokens}
        self.events: list[str] = []
        self._lock = threading.Lock()

    def load(self, realm_id: RealmId) -> Tokens:
        if realm_id not in self.kept:
            raise AuthorizationError("Not connected.", do="Run `qbclean connect`.")
        return self.kept[realm_id]

    def save(self, tokens: Tokens) -> None:
        self.events.append(f"saved {tokens.refresh_token}")
        self.kept[tokens.realm_id] = tokens

    def forget(self, realm_id: RealmId) -> None:
        self.kept.pop(realm_id, None)

    @contextmanager
    def refreshing(self, realm_id: RealmId) -> Iterator[None]:
        with self._lock:
            yield


def some_tokens(url: str = "http://127.0.0.1:1", *, environment: Environment = "local", access: str = "A1") -> Tokens:
    return Tokens(
        realm_id=REALM,
        environment=environment,
        api_url=url,
        discovery_url=f"{url}/discovery" if environment == "local" else "",
        client_id="client",
        client_secret="hush",
        redirect_uri="http://127.0.0.1/callback",
        refresh_token="R1",
        access_token=access,
        access_expires_at=NOON + timedelta(hours=1),
    )


class NoTime:
    """Clock and sleep in one: waiting takes no time and is written down."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.waits: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds


def a_connection(
    url: str,
    *,
    time: NoTime | None = None,
    store: MemoryTokens | None = None,
    refresh: Callable[[Tokens], Tokens] | None = None,
    budget: RunBudget | None = None,
) -> CompanyConnection:
    """A connection to a local server that never really waits."""
    time = time or NoTime()
    store = store or MemoryTokens(some_tokens(url))

    def no_refresh(tokens: Tokens) -> Tokens:
        raise AuthorizationError("No refresh in this test.")

    session = AccessSession(REALM, store, refresh or no_refresh, clock=StandingClock())
    transport = QuickBooksTransport(realm_id=REALM, environment="local", api_url=url)
    retry = RetryPolicy(budget or RunBudget(clock=time), sleep=time.sleep, clock=time, chance=random.Random(1))
    return CompanyConnection(session, transport, RateLimiter(UNTHROTTLED, clock=time, sleep=time.sleep), retry)


def a_request(write: DocumentWrite | None = None, request_id: str = "qb-1") -> PlannedRequest:
    write = write or DocumentWrite(
        operation="create",
        kind="Invoice",
        body={"CustomerRef": {"value": "58"}, "PrivateNote": "Grüße “é”", "Line": []},
    )
    return PlannedRequest(
        step=1,
        operation=write.operation,
        kind=write.kind,
        target=write.target,
        path=request_path(REALM, write, request_id),
        body=write.body,
        request_id=request_id,
    )
