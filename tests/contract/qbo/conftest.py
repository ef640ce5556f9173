"""The sandbox as the other side: started in this process, connected by its ready file."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest

from qbclean.model.refs import RealmId
from qbclean.qbo.auth import IntuitOAuth
from qbclean.qbo.client import QuickBooksTransport
from qbclean.qbo.connection import CompanyConnection
from qbclean.qbo.gateway import QboGateway
from qbclean.qbo.limiter import UNTHROTTLED, RateLimiter
from qbclean.qbo.retry import RetryPolicy, RunBudget
from qbclean.qbo.session import AccessSession
from qbclean.qbo.source import QboBooksSource
from qbclean.sandbox.mischief import FaultRule
from qbclean.sandbox.sandbox import Settings
from qbclean.sandbox.server import RunningSandbox, start
from qbclean.workflow.connect import connect_local
from tests.unit.qbo.parts import MemoryTokens, NoTime


class RealClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def today(self) -> date:
        return datetime.now(UTC).date()


@dataclass
class Line:
    """A sandbox and one connection to it; waits of the retry policy take no time."""

    running: RunningSandbox
    store: MemoryTokens
    connection: CompanyConnection
    time: NoTime

    @property
    def gateway(self) -> QboGateway:
        return QboGateway(self.connection)

    @property
    def source(self) -> QboBooksSource:
        return QboBooksSource(self.connection)

    @property
    def realm_id(self) -> RealmId:
        return self.connection.realm_id

    def fault(self, **rule: Any) -> None:
        self.running.sandbox.mischief.add([FaultRule(**rule)])

    def quirk(self, name: str, value: str) -> None:
        self.running.sandbox.company.quirks.choose(name, value)

    def requests(self) -> list[dict[str, Any]]:
        return list(self.running.sandbox.requests)


@pytest.fixture
def connect() -> Iterator[Callable[..., Line]]:
    """A function that starts a sandbox with these settings and connects to it."""
    started: list[Any] = []

    def open_line(budget: RunBudget | None = None, **settings: Any) -> Line:
        server = start(Settings(**{"throttle": False, "documents": False, **settings}))
        running = server.__enter__()
        started.append(server)
        store, oauth, time = MemoryTokens(), IntuitOAuth(clock=RealClock()), NoTime()
        tokens = connect_local(running.ready, oauth=oauth, store=store)
        transport = QuickBooksTransport(realm_id=tokens.realm_id, environment="local", api_url=tokens.api_url)
        session = AccessSession(tokens.realm_id, store, oauth.refresh, clock=RealClock())
        retry = RetryPolicy(
            budget or RunBudget(clock=time, floor=1000), sleep=time.sleep, clock=time, chance=random.Random(3)
        )
        limiter = RateLimiter(UNTHROTTLED, clock=time, sleep=time.sleep)
        connection = CompanyConnection(session, transport, limiter, retry)
        started.append(_Closing(connection))
        return Line(running, store, connection, time)

    try:
        yield open_line
    finally:
        for each in reversed(started):
            each.__exit__(None, None, None)


class _Closing:
    def __init__(self, connection: CompanyConnection) -> None:
        self._connection = connection

    def __exit__(self, *_: object) -> None:
        self._connection.close()


@pytest.fixture
def line(connect: Callable[..., Line]) -> Line:
    """A made-up small company without transactions."""
    return connect()
