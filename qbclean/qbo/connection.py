"""One company's line to QuickBooks: access token, rate limit, transport and retries in one place.

Gateway and books source share a connection, and with it the run's call count, retry budget and rate limit.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from qbclean.model.books import Environment
from qbclean.model.refs import RealmId
from qbclean.model.write import PlannedRequest, body_bytes
from qbclean.ports.ambient import Clock
from qbclean.ports.tokens import TokenStore
from qbclean.qbo.auth import IntuitOAuth
from qbclean.qbo.client import Answer, QuickBooksTransport
from qbclean.qbo.faults import error_of
from qbclean.qbo.limiter import INTUIT, UNTHROTTLED, Limits, RateLimiter
from qbclean.qbo.retry import MOST_SENDS, TRIES, Result, RetryPolicy
from qbclean.qbo.session import AccessSession


class CompanyConnection:
    """Reads return the whole answer body; every failure is one of `qbclean.errors`."""

    def __init__(
        self, session: AccessSession, transport: QuickBooksTransport, limiter: RateLimiter, retry: RetryPolicy
    ) -> None:
        self._session, self._transport, self._limiter, self._retry = session, transport, limiter, retry
        self._count = threading.Lock()
        self._tries_of: dict[str, int] = {}
        self.calls = 0
        """Requests sent to the accounting API so far, repeats included."""

    @property
    def realm_id(self) -> RealmId:
        return self._session.tokens.realm_id

    @property
    def environment(self) -> Environment:
        return self._session.tokens.environment

    def query(self, statement: str, doing: str) -> bytes:
        """Answer to a query statement, sent by GET so that reading never looks like writing (R10)."""
        url = f"{self._transport.api_url}/company/{self.realm_id}/query"
        return self._read(lambda: self._transport.get(url, params={"query": statement}), doing)

    def single(self, entity: str, id_: str, doing: str) -> bytes:
        """Answer to a read by id. Raises DocumentNotFoundError when it is gone."""
        return self._read(lambda: self._transport.get_single_object(entity, id_), doing)

    def report(self, name: str, params: Mapping[str, str], doing: str) -> bytes:
        return self._read(lambda: self._transport.get_report(name, dict(params)), doing)

    def changes(self, entities: str, since: str, doing: str) -> bytes:
        """Answer of change data capture."""
        return self._read(lambda: self._transport.change_data_capture(entities, since), doing)

    def preferences(self, doing: str) -> bytes:
        url = f"{self._transport.api_url}/company/{self.realm_id}/preferences"
        return self._read(lambda: self._transport.get(url), doing)

    def write(self, request: PlannedRequest, doing: str) -> Result:
        """The successful result. Path and body travel exactly as planned, under the planned request id each time.

        Raises UnavailableError whenever a try had an unknown effect, even if a later one was refused (R20).
        """
        body = body_bytes(request.body)
        spent = self._tries_of.get(request.request_id, 0)
        result = self._run(lambda: self._transport.write(request.path, body), most=max(1, MOST_SENDS - spent))
        if result.verdict is None:
            return result
        self._tries_of[request.request_id] = spent + result.attempts
        if result.doubt is not None:
            raise error_of(result.doubt.verdict, result.doubt.answer, doing)
        raise error_of(result.verdict, result.answer, doing)

    def close(self) -> None:
        self._transport.close()

    def _read(self, send: Callable[[], Answer], doing: str) -> bytes:
        result = self._run(send)
        if result.verdict is not None:
            raise error_of(result.verdict, result.answer, doing)
        return result.answer.body

    def _run(self, send: Callable[[], Answer], *, most: int = TRIES) -> Result:
        used = ""

        def authorized() -> Answer:
            nonlocal used
            used = self._session.access_token()
            self._transport.authorize(used)
            with self._limiter.slot():
                with self._count:
                    self.calls += 1
                return send()

        return self._retry.run(authorized, lambda: self._session.renew(used), most=most)


def open_company(
    realm_id: RealmId,
    tokens: TokenStore,
    *,
    clock: Clock,
    rate_file: Path | None = None,
    limits: Limits | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> CompanyConnection:
    """A connection for a connected company; nothing is sent yet.

    `rate_file` is where all processes of this company count their requests; `limits` is for a local sandbox only.
    Raises AuthorizationError when the company is not connected, SettingsError when its stored address is not one its
    environment may use.
    """
    session = AccessSession(realm_id, tokens, IntuitOAuth(clock=clock).refresh, clock=clock)
    stored = session.tokens
    transport = QuickBooksTransport(realm_id=realm_id, environment=stored.environment, api_url=stored.api_url)
    if stored.environment != "local":
        limits = INTUIT
    elif limits is None:
        limits = INTUIT if stored.throttled else UNTHROTTLED
    return CompanyConnection(session, transport, RateLimiter(limits, rate_file, sleep=sleep), RetryPolicy(sleep=sleep))
