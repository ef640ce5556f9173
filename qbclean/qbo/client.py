"""python-quickbooks' client as the transport for raw JSON: bytes in, bytes and HTTP facts out, nothing interpreted.

What the library would lose is kept here (style.md 2.5, P1–P6): time-outs, request ids on every write, the HTTP status,
`intuit_tid` and Retry-After, and answers that are not JSON. What an answer means is decided in `faults.py`.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import Any, Self

import requests
from quickbooks.client import QuickBooks
from urllib3.exceptions import HTTPError as TransportError

from qbclean.model.books import Environment
from qbclean.model.refs import RealmId
from qbclean.model.write import MINOR_VERSION
from qbclean.qbo import hosts

LOG = logging.getLogger(__name__)
_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back. `status` 0 means nothing usable came: `broken` then says how the connection failed."""

    status: int
    body: bytes = b""
    content_type: str = ""
    intuit_tid: str = ""
    retry_after: float | None = None
    """Seconds, when the server named them."""
    broken: str = ""


class ApiSession(hosts.GuardedSession):
    """What QuickBooks.process_request needs of a session: `request` and `access_token`.

    It stands in for requests_oauthlib's session, which logs tokens and whole bodies at DEBUG and refuses plain http
    even to a loopback sandbox, unless TLS checks are switched off for the whole process.
    """

    def __init__(self, environment: Environment) -> None:
        self.environment_allowed = environment
        super().__init__()
        self.access_token = ""
        self.auth = hosts.keep_headers

    def request(self, method: str | bytes, url: str | bytes, *args: Any, **kwargs: Any) -> requests.Response:
        kwargs.update(allow_redirects=False, stream=True)
        return super().request(method, url, *args, **kwargs)


class QuickBooksTransport(QuickBooks):  # type: ignore[misc] # the library is untyped
    """The library's client for one company. Its own calls (`query`, `get_report`, …) come back as `Answer` too."""

    def __new__(cls, *, realm_id: RealmId, **_: str) -> Self:
        """The library does its set-up here; without `auth_client` it neither asks for tokens nor opens a session."""
        client: Self = super().__new__(cls, company_id=realm_id, minorversion=int(MINOR_VERSION))
        return client

    def __init__(self, *, realm_id: RealmId, environment: Environment, api_url: str) -> None:
        self.company_id = realm_id
        self._root = hosts.api_url(environment, api_url)
        self.session = ApiSession(environment)

    @property
    def api_url(self) -> str:
        return f"{self._root}/v3"

    def authorize(self, access_token: str) -> None:
        """Use this access token from the next request on."""
        self.session.access_token = access_token

    def write(self, path: str, body: bytes) -> Answer:
        """POST `body` to `path`, both exactly as given: the planned path already holds query string and request id."""
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        return self._exchange("POST", self._root + path, headers, {}, body)

    def make_request(
        self, request_type: str, url: str, *unused: object, params: dict[str, str] | None = None, **more: object
    ) -> Answer:
        """The library's one way out, for its reads; writes go through `write`, so that nothing is added to them."""
        if request_type != "GET" or any(unused) or more:
            raise NotImplementedError("only plain reads go through the library's own calls")
        query = {**(params or {}), "minorversion": MINOR_VERSION}
        return self._exchange(request_type, url, {"Accept": "application/json"}, query, None)

    def _exchange(
        self, method: str, url: str, headers: dict[str, str], params: dict[str, str], body: bytes | None
    ) -> Answer:
        headers["User-Agent"] = "qbclean"
        until = time.monotonic() + hosts.READ_SECONDS
        try:
            response: requests.Response = self.process_request(method, url, headers=headers, params=params, data=body)
            with response:
                answer = _answer(response, until)
        except (requests.RequestException, TransportError, OSError) as error:
            answer = Answer(status=0, broken=_how(error))
        entity = url.removeprefix(f"{self.api_url}/company/{self.company_id}/").split("?")[0]
        LOG.debug("%s %s: %s %s %s", method, entity, answer.status, answer.broken, answer.intuit_tid)
        return answer

    def close(self) -> None:
        self.session.close()


def _answer(response: requests.Response, until: float) -> Answer:
    """Read the body piece by piece, so that a server that drips bytes cannot outlast the time limit (R23)."""
    pieces = []
    while piece := response.raw.read1(_CHUNK, decode_content=True):
        pieces.append(piece)
        if time.monotonic() > until:
            raise requests.ReadTimeout("the answer was not complete in time")
    return Answer(
        status=response.status_code,
        body=b"".join(pieces),
        content_type=response.headers.get("Content-Type", ""),
        intuit_tid=response.headers.get("intuit_tid", ""),
        retry_after=_seconds(response.headers.get("Retry-After", "")),
    )


def _seconds(retry_after: str) -> float | None:
    """Retry-After in seconds; its date form is not used by Intuit and counts as absent."""
    return float(retry_after) if retry_after.strip().isdecimal() else None


def _how(error: Exception) -> str:
    """The failure in words of our own: library texts may carry the URL, and with it what was searched for."""
    if isinstance(error, requests.ConnectTimeout):
        return f"no connection within {hosts.CONNECT_SECONDS:.0f} s"
    if isinstance(error, requests.Timeout) or "timed out" in str(error).lower():
        return f"no answer within {hosts.READ_SECONDS:.0f} s"
    if isinstance(error, requests.exceptions.SSLError):
        return "the server's TLS certificate was not accepted"
    if isinstance(
        error, requests.ConnectionError | requests.exceptions.ChunkedEncodingError | TransportError | OSError
    ):
        return "the connection was refused, reset or ended early"
    return type(error).__name__
