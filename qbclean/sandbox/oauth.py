"""OAuth 2 as Intuit does it: codes, access tokens of an hour, refresh tokens that change their value."""

from __future__ import annotations

import math
import secrets
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from qbclean.sandbox.clock import Clock
from qbclean.sandbox.store import Store
from qbclean.sandbox.wire import encode

SCOPE = "com.intuit.quickbooks.accounting"
REFRESH_LIFE = 8_726_400
_DAY = 86_400
_CODE_LIFE = 600
HARD_LIFE = 5 * 365 * _DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A code, access token or refresh token. Times are seconds since 1970."""

    kind: Literal["code", "access", "refresh"]
    realm_id: str
    issued: float
    expires: float
    consented: float
    redirect_uri: str = ""
    scope: str = SCOPE
    client_id: str = ""


class OAuthError(Exception):
    """A refusal of the token endpoint: HTTP status, error word, description."""

    def __init__(self, status: int, error: str, description: str = "") -> None:
        super().__init__(description or error)
        self.status = status
        self.body = {"error": error, **({"error_description": description} if description else {})}


class Authority:
    """Knows the apps (client id → secret; the first is the ready file's), issues and checks their tokens."""

    def __init__(self, clock: Clock, store: Store, *, access_life: int = 3600, clients: dict[str, str]) -> None:
        self.clock = clock
        self.store = store
        self.access_life = access_life
        self.clients = clients
        self.client_id, self.client_secret = next(iter(clients.items()))
        self.tokens: dict[str, Token] = {}

    def add_client(self) -> tuple[str, str]:
        """Register another app and return its client id and secret."""
        client_id, secret = new_client()
        self.clients[client_id] = secret
        self.store.keep_setting("clients", encode(self.clients).decode())
        return client_id, secret

    def restore(self, value: str, body: bytes) -> None:
        """Take back a token kept by an earlier process."""
        self.tokens[value] = msgspec.json.decode(body, type=Token)

    def issue_code(self, realm_id: str, redirect_uri: str, scope: str, *, client_id: str = "") -> str:
        """Return a single-use authorization code for an app to which a company has consented."""
        now = self.clock.seconds()
        token = Token(
            kind="code",
            realm_id=realm_id,
            issued=now,
            expires=now + _CODE_LIFE,
            consented=now,
            redirect_uri=redirect_uri,
            scope=scope,
            client_id=client_id or self.client_id,
        )
        return self._keep("AB11" + secrets.token_urlsafe(30), token)

    def issue_refresh(
        self, realm_id: str, *, consented: float | None = None, scope: str = SCOPE, client_id: str = ""
    ) -> str:
        """Return a new refresh token of an app."""
        now = self.clock.seconds()
        token = Token(
            kind="refresh",
            realm_id=realm_id,
            issued=now,
            expires=now + REFRESH_LIFE,
            consented=now if consented is None else consented,
            scope=scope,
            client_id=client_id or self.client_id,
        )
        return self._keep("AB11" + secrets.token_urlsafe(45), token)

    def exchange(self, form: dict[str, str], *, client_id: str, every_refresh: bool) -> dict[str, Any]:
        """Answer an app at the token endpoint. Raises OAuthError.

        `every_refresh` says whether each refresh rotates (quirk `rotate_refresh`).
        """
        grant = form.get("grant_type")
        if grant == "authorization_code":
            return self._from_code(form, client_id)
        if grant == "refresh_token":
            return self._from_refresh(form.get("refresh_token", ""), client_id, every_refresh=every_refresh)
        raise OAuthError(400, "unsupported_grant_type", f"grant_type {grant!r} is not supported")

    def check_client(self, client_id: str, client_secret: str) -> str:
        """Return the client id of a known app. Refuses wrong credentials with 401."""
        known = self.clients.get(client_id)
        if known is None or not secrets.compare_digest(client_secret.encode(), known.encode()):
            raise OAuthError(401, "invalid_client")
        return client_id

    def bearer(self, value: str) -> Token | None:
        """Return a live access token, None where it is unknown, revoked or expired."""
        token = self.tokens.get(value)
        if token is None or token.kind != "access" or token.expires <= self.clock.seconds():
            return None
        return token

    def revoke(self, value: str) -> bool:
        """Forget a token and all others of its company's consent. Returns whether it was known."""
        token = self.tokens.get(value)
        if token is None:
            return False
        for other, held in list(self.tokens.items()):
            if (held.realm_id, held.client_id, held.consented) == (token.realm_id, token.client_id, token.consented):
                self._forget(other)
        return True

    def expire_access_tokens(self) -> None:
        """Forget every access token, as if an hour had passed."""
        for value, token in list(self.tokens.items()):
            if token.kind == "access":
                self._forget(value)

    def _from_code(self, form: dict[str, str], client_id: str) -> dict[str, Any]:
        value = form.get("code", "")
        token = self.tokens.get(value)
        if token is None or token.kind != "code" or token.expires <= self.clock.seconds():
            raise OAuthError(400, "invalid_grant", "Invalid authorization code")
        self._check_owner(token, client_id)
        self._forget(value)
        if form.get("redirect_uri", "") != token.redirect_uri:
            raise OAuthError(400, "invalid_grant", "Invalid redirect_uri")
        refresh = self._renewed(token)
        return self._answer(refresh)

    def _renewed(self, token: Token) -> str:
        """Return a new refresh token under the same consent."""
        return self.issue_refresh(
            token.realm_id, consented=token.consented, scope=token.scope, client_id=token.client_id
        )

    def _check_owner(self, token: Token, client_id: str) -> None:
        if (token.client_id or self.client_id) != client_id:
            raise OAuthError(400, "invalid_grant", "Incorrect Token type or clientID")

    def _from_refresh(self, value: str, client_id: str, *, every_refresh: bool) -> dict[str, Any]:
        token = self.tokens.get(value)
        now = self.clock.seconds()
        if token is None or token.kind != "refresh" or token.expires <= now:
            raise OAuthError(400, "invalid_grant", "Incorrect or invalid refresh token")
        self._check_owner(token, client_id)
        if token.consented + HARD_LIFE <= now:
            raise OAuthError(400, "invalid_grant", "Token expired; the company has to connect again")
        if every_refresh or now - token.issued >= _DAY:
            fresh = self._renewed(token)
            self._forget(value)
            value = fresh
        return self._answer(value)

    def _answer(self, refresh: str) -> dict[str, Any]:
        token = self.tokens[refresh]
        now = self.clock.seconds()
        access = Token(
            kind="access",
            realm_id=token.realm_id,
            issued=now,
            expires=now + self.access_life,
            consented=token.consented,
            scope=token.scope,
            client_id=token.client_id or self.client_id,
        )
        self._drop_expired(now)
        return {
            "token_type": "bearer",
            "access_token": self._keep("eyJ" + secrets.token_urlsafe(60), access),
            "expires_in": self.access_life,
            "refresh_token": refresh,
            "x_refresh_token_expires_in": math.ceil(token.expires - now),
        }

    def _drop_expired(self, now: float) -> None:
        for value, token in list(self.tokens.items()):
            if token.kind != "refresh" and token.expires <= now:
                self._forget(value)

    def _keep(self, value: str, token: Token) -> str:
        self.store.keep_token(value, encode({name: getattr(token, name) for name in Token.__slots__}))
        self.tokens[value] = token
        return value

    def _forget(self, value: str) -> None:
        self.store.keep_token(value, None)
        del self.tokens[value]


def new_client() -> tuple[str, str]:
    """Return the client id and secret of an app, in the form Intuit's have."""
    return f"AB{secrets.token_hex(20)}", secrets.token_hex(20)
