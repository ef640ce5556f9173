"""Connect: from an app's keys and a person's consent to stored tokens of one company.

No browser and no terminal here: the caller shows the URL and brings back where the browser ended up, be it through a
loopback listener or by paste (`--manual`).
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Protocol
from urllib.parse import parse_qs, urlsplit

from qbclean.errors import AuthorizationError, SettingsError
from qbclean.model.books import Environment
from qbclean.model.refs import RealmId
from qbclean.ports.ambient import Clock
from qbclean.ports.tokens import Tokens, TokenStore

CONSENT_TIME = timedelta(minutes=10)
_READY_KEYS = ("url", "realm_id", "client_id", "client_secret", "refresh_token", "discovery_url")


class OAuth(Protocol):
    """Intuit's authorization server. Raises AuthorizationError when it says no, GatewayError when it is away."""

    def authorization_url(self, app: Tokens, state: str) -> str: ...

    def exchange(self, app: Tokens, code: str, realm_id: RealmId) -> Tokens: ...

    def refresh(self, tokens: Tokens) -> Tokens: ...


def connect_local(ready: Mapping[str, object], *, oauth: OAuth, store: TokenStore) -> Tokens:
    """Connect to a running local sandbox by its ready file (design.md 5); the tokens are stored and returned.

    The refresh proves that the sandbox takes them. Raises SettingsError when the file is not a ready file.
    """
    missing = [key for key in _READY_KEYS if not isinstance(ready.get(key), str) or not ready[key]]
    if missing:
        raise SettingsError(
            f"The ready file lacks {', '.join(missing)}.",
            why="It is not one that `qbclean sandbox serve` has written, or not completely.",
            do="Wait until the sandbox listens, and give the file named by its --ready-file.",
        )
    value = {key: str(ready[key]) for key in _READY_KEYS}
    tokens = Tokens(
        realm_id=RealmId(value["realm_id"]),
        environment="local",
        api_url=value["url"],
        discovery_url=value["discovery_url"],
        throttled=ready.get("throttle") != "off",
        client_id=value["client_id"],
        client_secret=value["client_secret"],
        refresh_token=value["refresh_token"],
    )
    fresh = oauth.refresh(tokens)
    store.save(fresh)
    return fresh


class ConnectAttempt:
    """One request for consent: `url` for the browser, `finish` with where it ended up. Good once, for ten minutes."""

    def __init__(self, app: Tokens, oauth: OAuth, clock: Clock) -> None:
        self._app, self._oauth, self._clock = app, oauth, clock
        self._state = secrets.token_urlsafe(32)
        self._until: datetime = clock.now() + CONSENT_TIME
        self._used = False
        self.url = oauth.authorization_url(app, self._state)

    def finish(self, redirected: str, store: TokenStore) -> Tokens:
        """Exchange the code in the redirected URL, store the tokens and return them. The caller shows the company and
        has it confirmed (R36).

        Raises AuthorizationError when the URL is not the answer to this request (R36), and when consent was refused.
        """
        if self._used or self._clock.now() > self._until:
            raise _refused("This request for consent was already used, or is older than ten minutes.")
        self._used = True
        answer = {key: values[0] for key, values in parse_qs(urlsplit(redirected.strip()).query).items()}
        if not secrets.compare_digest(answer.get("state", "").encode(), self._state.encode()):
            raise _refused("The answer does not carry the state of this request; it may be a forgery.")
        if "error" in answer:
            raise _refused(f"Intuit answered {_word(answer['error'])}.")
        code, realm_id = answer.get("code", ""), answer.get("realmId", "")
        if not code or not realm_id.isdecimal():
            raise _refused("The address holds no code or no company.")
        tokens = self._oauth.exchange(self._app, code, RealmId(realm_id))
        store.save(tokens)
        return tokens


def begin_connect(app: Tokens, *, oauth: OAuth, clock: Clock) -> ConnectAttempt:
    """Start asking for consent.

    `app` comes from `app_keys`: realm and tokens are still empty in it.
    """
    return ConnectAttempt(app, oauth, clock)


def app_keys(
    *,
    environment: Environment,
    client_id: str,
    client_secret: str,
    redirect_uri: str,
    api_url: str = "",
    discovery_url: str = "",
) -> Tokens:
    """An app that no company has consented to yet. The two addresses are for a local sandbox only."""
    return Tokens(
        realm_id=RealmId(""),
        environment=environment,
        api_url=api_url,
        discovery_url=discovery_url,
        client_id=client_id,
        client_secret=client_secret,
        redirect_uri=redirect_uri,
        refresh_token="",
    )


def _word(text: str) -> str:
    return text if text.replace("_", "").isalpha() and len(text) < 40 else "an error"


def _refused(why: str) -> AuthorizationError:
    return AuthorizationError("The company was not connected.", why=why, do="Run `qbclean connect` again.")
