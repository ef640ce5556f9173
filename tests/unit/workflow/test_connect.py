from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, quote, urlsplit

import msgspec
import pytest

from qbclean.errors import AuthorizationError, SettingsError
from qbclean.model.refs import RealmId
from qbclean.ports.tokens import Tokens
from qbclean.workflow.connect import app_keys, begin_connect, connect_local
from tests.fakes import FakeClock
from tests.unit.qbo.parts import MemoryTokens

APP = app_keys(
    environment="production", client_id="client", client_secret="hush", redirect_uri="https://relay.example/cb"
)
REALM = RealmId("9130350000000001")
READY = {
    "url": "http://127.0.0.1:8080",
    "realm_id": REALM,
    "client_id": "client",
    "client_secret": "hush",
    "refresh_token": "R1",
    "discovery_url": "http://127.0.0.1:8080/discovery",
}


class FakeOAuth:
    def __init__(self) -> None:
        self.codes: list[str] = []

    def authorization_url(self, app: Tokens, state: str) -> str:
        return f"https://appcenter.example/connect?redirect_uri={quote(app.redirect_uri)}&state={quote(state)}"

    def exchange(self, app: Tokens, code: str, realm_id: RealmId) -> Tokens:
        self.codes.append(code)
        return msgspec.structs.replace(app, realm_id=realm_id, refresh_token=f"from {code}", access_token="A")

    def refresh(self, tokens: Tokens) -> Tokens:
        if tokens.refresh_token != "R1":
            raise AuthorizationError("invalid_grant")
        return msgspec.structs.replace(tokens, refresh_token="R2", access_token="A")


def the_answer(url: str, **changes: str) -> str:
    state = parse_qs(urlsplit(url).query)["state"][0]
    answer = {"code": "L01", "state": state, "realmId": REALM, **changes}
    return "https://relay.example/cb?" + "&".join(f"{key}={quote(value)}" for key, value in answer.items())


def test_a_local_sandbox_is_connected_by_its_ready_file() -> None:
    store = MemoryTokens()
    tokens = connect_local(READY, oauth=FakeOAuth(), store=store)
    assert store.load(REALM) == tokens
    assert (tokens.environment, tokens.api_url, tokens.refresh_token) == ("local", "http://127.0.0.1:8080", "R2")


@pytest.mark.parametrize("key", sorted(READY))
def test_a_ready_file_that_lacks_something_says_what(key: str) -> None:
    with pytest.raises(SettingsError, match=key):
        connect_local({**READY, key: ""}, oauth=FakeOAuth(), store=MemoryTokens())


def test_a_sandbox_that_refuses_leaves_nothing_stored() -> None:
    store = MemoryTokens()
    with pytest.raises(AuthorizationError):
        connect_local({**READY, "refresh_token": "old"}, oauth=FakeOAuth(), store=store)
    assert store.kept == {}


def test_the_redirected_address_becomes_stored_tokens() -> None:
    store, oauth = MemoryTokens(), FakeOAuth()
    attempt = begin_connect(APP, oauth=oauth, clock=FakeClock())
    tokens = attempt.finish(f"  {the_answer(attempt.url)}\n", store)
    assert (tokens.realm_id, tokens.refresh_token, store.load(REALM)) == (REALM, "from L01", tokens)


def test_the_state_is_long_and_never_the_same() -> None:
    """R36: at least 128 bits from `secrets`."""
    states = {
        parse_qs(urlsplit(begin_connect(APP, oauth=FakeOAuth(), clock=FakeClock()).url).query)["state"][0]
        for _ in range(100)
    }
    assert len(states) == 100
    assert min(map(len, states)) >= 43, "256 bits in base 64"


@pytest.mark.parametrize(
    "changes",
    [
        {"state": "forged"},
        {"state": ""},
        {"state": "é"},
        {"error": "access_denied"},
        {"code": ""},
        {"realmId": ""},
        {"realmId": "../../other"},
    ],
)
def test_a_forged_or_refused_answer_is_not_exchanged(changes: dict[str, str]) -> None:
    """R36."""
    store, oauth = MemoryTokens(), FakeOAuth()
    attempt = begin_connect(APP, oauth=oauth, clock=FakeClock())
    with pytest.raises(AuthorizationError, match="was not connected"):
        attempt.finish(the_answer(attempt.url, **changes), store)
    assert (oauth.codes, store.kept) == ([], {})


def test_the_answer_to_another_request_is_refused() -> None:
    """R36: a state of our own, but not this one."""
    oauth = FakeOAuth()
    one, other = (begin_connect(APP, oauth=oauth, clock=FakeClock()) for _ in range(2))
    with pytest.raises(AuthorizationError):
        one.finish(the_answer(other.url), MemoryTokens())


def test_an_attempt_is_good_once_even_after_a_forgery() -> None:
    """R36: one use."""
    attempt = begin_connect(APP, oauth=FakeOAuth(), clock=FakeClock())
    attempt.finish(the_answer(attempt.url), MemoryTokens())
    with pytest.raises(AuthorizationError, match="already used"):
        attempt.finish(the_answer(attempt.url), MemoryTokens())
    attempt = begin_connect(APP, oauth=FakeOAuth(), clock=FakeClock())
    with pytest.raises(AuthorizationError):
        attempt.finish(the_answer(attempt.url, state="forged"), MemoryTokens())
    with pytest.raises(AuthorizationError, match="already used"):
        attempt.finish(the_answer(attempt.url), MemoryTokens())


def test_a_late_answer_is_refused() -> None:
    """R36: ten minutes."""
    clock = FakeClock(datetime(2026, 11, 20, 12, tzinfo=UTC))
    attempt = begin_connect(APP, oauth=FakeOAuth(), clock=clock)
    clock.advance(timedelta(minutes=11))
    with pytest.raises(AuthorizationError, match="older than ten minutes"):
        attempt.finish(the_answer(attempt.url), MemoryTokens())


def test_an_error_word_from_outside_is_not_echoed_when_it_is_no_word() -> None:
    attempt = begin_connect(APP, oauth=FakeOAuth(), clock=FakeClock())
    with pytest.raises(AuthorizationError, match="Intuit answered an error"):
        attempt.finish(the_answer(attempt.url, error="\x1b[31mboo"), MemoryTokens())
