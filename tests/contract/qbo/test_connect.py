"""Connecting over the sandbox: consent in a browser, the loopback listener, refusals of the token service."""

from __future__ import annotations

import threading
from collections.abc import Callable
from urllib.parse import urlsplit

import msgspec
import pytest
import requests

from qbclean.errors import AuthorizationError, GatewayError, SettingsError
from qbclean.ports.tokens import Tokens
from qbclean.qbo.auth import IntuitOAuth
from qbclean.qbo.connection import open_company
from qbclean.qbo.gateway import QboGateway
from qbclean.qbo.redirect import LoopbackRedirect
from qbclean.workflow.connect import app_keys, begin_connect, connect_local
from tests.contract.qbo.conftest import Line, RealClock
from tests.unit.qbo.parts import MemoryTokens
from tests.unit.qbo.scripted_server import Scripted, ScriptedServer

CLOCK = RealClock()


def the_app(line: Line, redirect_uri: str) -> Tokens:
    ready = line.running.ready
    return app_keys(
        environment="local",
        client_id=ready["client_id"],
        client_secret=ready["client_secret"],
        redirect_uri=redirect_uri,
        api_url=ready["url"],
        discovery_url=ready["discovery_url"],
    )


def test_browser_and_loopback_redirect_connect_a_company(line: Line) -> None:
    """R36, R37."""
    oauth, store = IntuitOAuth(clock=CLOCK), MemoryTokens()
    with LoopbackRedirect() as redirect:
        attempt = begin_connect(the_app(line, redirect.uri), oauth=oauth, clock=CLOCK)
        assert "scope=com.intuit.quickbooks.accounting&" in f"{attempt.url}&", "the accounting scope and no other"
        browser = requests.get(f"{attempt.url}&consent={line.realm_id}", timeout=10)
        tokens = attempt.finish(redirect.wait(10), store)
    assert "go back to the terminal" in browser.text
    assert tokens.refresh_expires_at is not None
    connection = open_company(tokens.realm_id, store, clock=CLOCK)
    assert QboGateway(connection).company().company_name == "Made-up Plumbing & Heating"
    connection.close()


def test_the_redirected_address_may_be_pasted(line: Line) -> None:
    """R37: works with no browser on this machine."""
    oauth, store = IntuitOAuth(clock=CLOCK), MemoryTokens()
    attempt = begin_connect(the_app(line, "https://relay.example/cb"), oauth=oauth, clock=CLOCK)
    answer = requests.get(f"{attempt.url}&consent={line.realm_id}", allow_redirects=False, timeout=10)
    tokens = attempt.finish(answer.headers["Location"], store)
    assert store.load(line.realm_id) == tokens


def test_refused_consent_is_not_a_connection(line: Line) -> None:
    attempt = begin_connect(the_app(line, "https://relay.example/cb"), oauth=IntuitOAuth(clock=CLOCK), clock=CLOCK)
    answer = requests.get(f"{attempt.url}&consent=", allow_redirects=False, timeout=10)
    with pytest.raises(AuthorizationError, match="access_denied"):
        attempt.finish(answer.headers["Location"], MemoryTokens())


def test_the_ready_file_connects_as_often_as_one_likes(line: Line) -> None:
    for _ in range(2):
        connect_local(line.running.ready, oauth=IntuitOAuth(clock=CLOCK), store=line.store)
    assert line.gateway.company().company_name


@pytest.mark.parametrize("wrong", [{"refresh_token": "AB11-nonsense"}, {"client_secret": "nonsense"}])
def test_a_refusal_of_the_token_service_says_connect_and_shows_no_secret(line: Line, wrong: dict[str, str]) -> None:
    """P7, R35."""
    with pytest.raises(AuthorizationError, match="qbclean connect") as caught:
        connect_local({**line.running.ready, **wrong}, oauth=IntuitOAuth(clock=CLOCK), store=MemoryTokens())
    assert caught.value.__cause__ is None
    assert "nonsense" not in str(caught.value)
    assert "invalid_" in str(caught.value)


def test_revoked_tokens_are_dead(line: Line) -> None:
    """R44."""
    oauth = IntuitOAuth(clock=CLOCK)
    tokens = connect_local(line.running.ready, oauth=oauth, store=line.store)
    oauth.revoke(tokens)
    with pytest.raises(AuthorizationError):
        oauth.refresh(tokens)


@pytest.mark.parametrize(
    "script",
    [Scripted(b"<html>busy</html>", 503), Scripted(b"not json"), Scripted(b"{}"), Scripted(cut=-1)],
    ids=["503", "not json", "no endpoints", "reset"],
)
def test_a_token_service_that_is_away_is_not_a_refusal(connect: Callable[..., Line], script: Scripted) -> None:
    with ScriptedServer(script).running() as server:
        tokens = msgspec.structs.replace(
            app_keys(
                environment="local",
                client_id="c",
                client_secret="s",
                redirect_uri="",
                api_url=server.url,
                discovery_url=f"{server.url}/discovery",
            ),
            refresh_token="R1",
        )
        with pytest.raises(GatewayError, match="nothing was sent to the books"):
            IntuitOAuth(clock=CLOCK).refresh(tokens)


def test_a_discovery_document_cannot_lead_the_secret_away(line: Line) -> None:
    """S24, R42: the endpoints come from a document; they are checked like any other address."""
    stolen = b'{"issuer": "", "authorization_endpoint": "https://evil.example/a", "jwks_uri": "", '
    stolen += b'"token_endpoint": "https://evil.example/t", "revocation_endpoint": "", "userinfo_endpoint": ""}'
    with ScriptedServer(Scripted(stolen)).running() as server:
        ready = {**line.running.ready, "discovery_url": f"{server.url}/discovery"}
        with pytest.raises(SettingsError, match="may not receive local credentials"):
            connect_local(ready, oauth=IntuitOAuth(clock=CLOCK), store=MemoryTokens())


def test_the_listener_takes_the_first_answer_to_its_own_path_only() -> None:
    with LoopbackRedirect() as redirect:
        root = redirect.uri.removesuffix("/callback")
        assert urlsplit(root).hostname == "127.0.0.1"
        assert requests.get(f"{root}/favicon.ico", timeout=10).status_code == 404
        requests.get(f"{redirect.uri}?code=first&state=s", timeout=10)
        requests.get(f"{redirect.uri}?code=second&state=s", timeout=10)
        assert redirect.wait(1) == f"{redirect.uri}?code=first&state=s"


def test_a_browser_that_never_comes_back_is_not_waited_for_without_end() -> None:
    with LoopbackRedirect() as redirect, pytest.raises(AuthorizationError, match="--manual"):
        redirect.wait(0.05)
    assert threading.active_count() < 50
