"""Everything a run needs with nothing faked: gateway, journal on disk, pull, and the sandbox on the other side."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.refs import DocumentRef
from qbclean.qbo.auth import IntuitOAuth
from qbclean.qbo.client import QuickBooksTransport
from qbclean.qbo.connection import CompanyConnection
from qbclean.qbo.gateway import QboGateway
from qbclean.qbo.limiter import UNLIMITED, Limits, RateLimiter
from qbclean.qbo.retry import RetryPolicy
from qbclean.qbo.session import AccessSession
from qbclean.qbo.source import QboBooksSource
from qbclean.sandbox.mischief import FaultRule
from qbclean.sandbox.sandbox import Settings
from qbclean.sandbox.server import RunningSandbox, start
from qbclean.store.books import SqliteBooks
from qbclean.store.journal import SqliteJournal
from qbclean.workflow.connect import connect_local
from qbclean.workflow.pull import pull
from tests.fakes import ManualStop, RecordingProgress
from tests.sandbox_company import company_folder
from tests.unit.qbo.parts import MemoryTokens
from tests.unit.workflow.desk import Desk

KEY = b"k" * 32


class RealClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def today(self) -> date:
        return datetime.now(UTC).date()


class RealDesk(Desk):
    running: RunningSandbox
    connection: CompanyConnection

    def documents(self) -> dict[DocumentRef, Any]:
        """What the sandbox holds, without tokens and times."""
        held = self.quickbooks.read([*self.created, *(document.ref for document in self.books.documents())])
        skipped = ("SyncToken", "MetaData", "PrivateNote", "sparse", "domain")
        return {
            ref: {key: value for key, value in json.loads(live.raw).items() if key not in skipped}
            for ref, live in held.items()
        }

    @property
    def created(self) -> list[DocumentRef]:
        return [
            write.outcome.ref
            for listed in self.journal.runs()
            if (run := self.journal.run(listed.start.id))
            for write in run.writes
            if write.outcome and write.outcome.ref and write.intent.operation == "create"
        ]

    def fault(self, **rule: Any) -> None:
        self.running.sandbox.mischief.add([FaultRule(**rule)])

    def honest(self) -> None:
        """From now on every answer is right again."""
        self.running.sandbox.mischief.clear()

    @property
    def writes(self) -> list[dict[str, Any]]:
        return [
            entry
            for entry in self.running.sandbox.requests
            if entry["method"] == "POST" and "/v3/company/" in entry["path"]
        ]


@contextmanager
def real_desk(
    folder: Path,
    books: ReceivablesSnapshot,
    *,
    limits: Limits = UNLIMITED,
    sleep: Callable[[float], None] = lambda _seconds: None,
    at_once: int = 1,
    throttle: bool = False,
    **settings: Any,
) -> Iterator[RealDesk]:
    """A desk over a sandbox that holds `books`, pulled. Waits are skipped unless `sleep` is given."""
    folder.mkdir()
    with ExitStack() as closing:
        running = closing.enter_context(
            start(Settings(company=company_folder(folder, books), throttle=throttle, **settings))
        )
        tokens = MemoryTokens()
        connected = connect_local(running.ready, oauth=IntuitOAuth(clock=RealClock()), store=tokens)
        access = AccessSession(connected.realm_id, tokens, IntuitOAuth(clock=RealClock()).refresh, clock=RealClock())
        transport = QuickBooksTransport(realm_id=connected.realm_id, environment="local", api_url=running.url)
        # One stands in for the other only while nobody waits: a pause of the breaker is over at once then.
        clock = time.monotonic if sleep is time.sleep else _Skipping()
        connection = CompanyConnection(
            access, transport, RateLimiter(limits, sleep=sleep), RetryPolicy(sleep=sleep, clock=clock)
        )
        closing.callback(connection.close)
        store = closing.enter_context(SqliteBooks(folder / "books.db"))
        pull(QboBooksSource(connection), store, RecordingProgress())
        desk = RealDesk(
            books=store.load(),
            quickbooks=QboGateway(connection),  # type: ignore[arg-type]
            journal=closing.enter_context(SqliteJournal.writing(folder / "journal.db", KEY)),  # type: ignore[arg-type]
            clock=RealClock(),  # type: ignore[arg-type]
            progress=RecordingProgress(),
            stop=ManualStop(),
            at_once=at_once,
        )
        desk.running, desk.connection = running, connection
        yield desk


class _Skipping:
    """A monotonic clock on which a minute passes at every look, as it would if the waits were waited for."""

    def __init__(self) -> None:
        self._now = 0.0

    def __call__(self) -> float:
        self._now += 0.5
        return self._now
