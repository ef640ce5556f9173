"""intuit-oauth as our OAuth client: code exchange, refresh and revoke, bounded in time and to the environment's hosts.

The library's client fetches the discovery document when it is constructed (P7); here it is constructed only when a
token is needed, and that request has a time-out like every other.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from typing import TypeVar

import msgspec
import requests
from intuitlib.client import AuthClient
from intuitlib.enums import Scopes
from intuitlib.exceptions import AuthClientError

from qbclean.errors import AuthorizationError, GatewayError
from qbclean.model.books import Environment
from qbclean.model.refs import RealmId
from qbclean.ports.ambient import Clock
from qbclean.ports.tokens import Tokens
from qbclean.qbo import hosts

_T = TypeVar("_T")


class _BoundedAuthClient(hosts.GuardedSession, AuthClient):  # type: ignore[misc] # the library is untyped
    timeouts = (hosts.CONNECT_SECONDS, 30.0)

    def __init__(self, tokens: Tokens) -> None:
        self.environment_allowed: Environment = tokens.environment
        AuthClient.__init__(
            self,
            tokens.client_id,
            tokens.client_secret,
            tokens.redirect_uri,
            tokens.discovery_url or tokens.environment,
            realm_id=tokens.realm_id,
        )
        self.auth = hosts.keep_headers


class IntuitOAuth:
    """Stateless: every call takes and returns `Tokens`; where they are kept is the caller's business.

    Every method raises AuthorizationError when Intuit says no, and GatewayError when it cannot be reached.
    """

    def __init__(self, *, clock: Clock) -> None:
        self._clock = clock

    def authorization_url(self, app: Tokens, state: str) -> str:
        """Where the browser goes to ask for consent; `state` comes back with the answer."""
        return self._with_client(app, lambda client: str(client.get_authorization_url([Scopes.ACCOUNTING], state)))

    def exchange(self, app: Tokens, code: str, realm_id: RealmId) -> Tokens:
        """The first tokens of a company, for the code that came with the redirect."""

        def exchange(client: _BoundedAuthClient) -> Tokens:
            client.get_bearer_token(code, realm_id)
            company = msgspec.structs.replace(
                app, realm_id=realm_id, api_url=hosts.api_url(app.environment, app.api_url)
            )
            return self._received(client, company)

        return self._with_client(app, exchange)

    def refresh(self, tokens: Tokens) -> Tokens:
        """New access token, and the refresh token to keep from now on: it may be another (contract 2.4)."""

        def refresh(client: _BoundedAuthClient) -> Tokens:
            client.refresh(tokens.refresh_token)
            return self._received(client, tokens)

        return self._with_client(tokens, refresh)

    def revoke(self, tokens: Tokens) -> None:
        """End the connection at Intuit; both tokens are dead afterwards."""
        self._with_client(tokens, lambda client: client.revoke(tokens.refresh_token))

    def _with_client(self, tokens: Tokens, act: Callable[[_BoundedAuthClient], _T]) -> _T:
        try:
            with closing(_BoundedAuthClient(tokens)) as client:
                return act(client)
        except AuthClientError as error:
            raise _refusal(error, tokens) from None  # its text holds the body (P7)
        except requests.RequestException as error:
            raise _unreachable(type(error).__name__) from None  # its text may hold the address with its query
        except (KeyError, TypeError, ValueError) as error:
            raise _unreachable(f"an answer that is not understood, {type(error).__name__}") from None

    def _received(self, client: _BoundedAuthClient, tokens: Tokens) -> Tokens:
        if not client.access_token or not client.refresh_token:
            raise _unreachable("an answer without tokens")
        now = self._clock.now()
        return msgspec.structs.replace(
            tokens,
            access_token=str(client.access_token),
            access_expires_at=_after(now, client.expires_in),
            refresh_token=str(client.refresh_token),
            refresh_expires_at=_after(now, client.x_refresh_token_expires_in),
        )


def _after(now: datetime, seconds: object) -> datetime | None:
    return now + timedelta(seconds=int(seconds)) if isinstance(seconds, int | str) else None


def _refusal(error: AuthClientError, tokens: Tokens) -> AuthorizationError | GatewayError:
    status = int(error.status_code)
    if status in (400, 401, 403):
        reason = _word(error.content)
        return AuthorizationError(
            f"QuickBooks no longer accepts the connection to company {tokens.realm_id or '(not yet known)'}.",
            why=f"Intuit answered {reason or status}: the tokens were replaced, revoked, have expired, or the "
            "client id and secret do not belong to them.",
            do="Run `qbclean connect`.",
        )
    return _unreachable(f"HTTP {status}", status=status, intuit_tid=str(error.intuit_tid or ""))


def _word(content: bytes) -> str:
    """The OAuth error word (`invalid_grant`), and nothing else of the body."""
    try:
        word = msgspec.json.decode(content, type=dict[str, msgspec.Raw]).get("error", msgspec.Raw(b'""'))
        text = msgspec.json.decode(word, type=str)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""
    return text if text.replace("_", "").isalpha() and len(text) < 40 else ""


def _unreachable(how: str, *, status: int = 0, intuit_tid: str = "") -> GatewayError:
    return GatewayError(
        "No access token could be got from Intuit; nothing was sent to the books.",
        why=f"The token service failed: {how}.",
        do="Check the network and try again in a few minutes.",
        status=status,
        intuit_tid=intuit_tid,
    )
