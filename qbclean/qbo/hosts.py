"""Which addresses the credentials of an environment may travel to, enforced on every request and every redirect.

Production and sandbox speak TLS with Intuit's hosts only (R42); plain http is for a loopback sandbox and nothing else,
so that credentials of one environment cannot reach another (S24).
"""

from __future__ import annotations

import ipaddress
from typing import Any
from urllib.parse import urlsplit

import requests

from qbclean.errors import SettingsError
from qbclean.model.books import Environment

CONNECT_SECONDS = 10.0
READ_SECONDS = 130.0
"""Intuit cuts a request off at 120 s (contract 8); ten more leave room for its answer to arrive (R23)."""

API_URLS: dict[Environment, str] = {
    "production": "https://quickbooks.api.intuit.com",
    "sandbox": "https://sandbox-quickbooks.api.intuit.com",
}
"""The root before `/v3` (contract 1.1)."""


def api_url(environment: Environment, stored: str) -> str:
    """The root to send to. Intuit's two are fixed; only a local sandbox says where it is.

    Raises SettingsError when `stored` is not an address `environment` may use.
    """
    expected = API_URLS.get(environment)
    if expected is None:
        require_allowed(environment, stored)
        return stored.rstrip("/")
    if stored and stored.rstrip("/") != expected:
        raise _not_allowed(environment, stored)
    return expected


def require_allowed(environment: Environment, url: str) -> None:
    """Raises SettingsError unless credentials of `environment` may be sent to `url`."""
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    if environment == "local":
        allowed = parts.scheme in ("http", "https") and _is_loopback(host)
    else:
        allowed = parts.scheme == "https" and host.endswith(".intuit.com") and parts.port in (None, 443)
    if not allowed:
        raise _not_allowed(environment, url)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _not_allowed(environment: Environment, url: str) -> SettingsError:
    parts = urlsplit(url)
    where = "a loopback address such as http://127.0.0.1:PORT" if environment == "local" else "https://….intuit.com"
    return SettingsError(
        f"Nothing was sent: {parts.scheme}://{parts.hostname or ''} may not receive {environment} credentials.",
        why=f"Environment {environment} talks only to {where}.",
        do="Run `qbclean connect` again with the right --environment.",
    )


class GuardedSession(requests.Session):
    """A requests session that checks the host of every hop and never waits without limit.

    `environment` is set before the base class is initialised, because intuit-oauth already makes a request there.
    """

    environment_allowed: Environment
    timeouts: tuple[float, float] = (CONNECT_SECONDS, READ_SECONDS)

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        require_allowed(self.environment_allowed, request.url or "")
        if kwargs.get("timeout") is None:
            kwargs["timeout"] = self.timeouts
        if self.environment_allowed == "local":
            kwargs["proxies"] = {}
        return super().send(request, **kwargs)


def keep_headers(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """To be a session's `auth`: without one, requests replaces our credentials by what a .netrc file says."""
    return request
