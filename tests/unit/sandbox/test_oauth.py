"""Tokens over time: lifetimes, rotation, the hard limit of five years (contract sheet 2.4)."""

from __future__ import annotations

import pytest

from qbclean.sandbox.clock import Clock
from qbclean.sandbox.oauth import Authority, OAuthError
from qbclean.sandbox.store import MemoryStore

DAY = 86_400


@pytest.fixture
def authority() -> Authority:
    return Authority(Clock(), MemoryStore(), clients={"id": "secret"})


def _refresh(authority: Authority, token: str) -> str:
    form = {"grant_type": "refresh_token", "refresh_token": token}
    return str(authority.exchange(form, client_id="id", every_refresh=False)["refresh_token"])


def test_a_refresh_token_dies_after_a_hundred_and_one_days(authority: Authority) -> None:
    token = authority.issue_refresh("1")
    authority.clock.advance(8_726_400)
    with pytest.raises(OAuthError):
        _refresh(authority, token)


def test_consent_ends_after_five_years_however_often_it_is_refreshed(authority: Authority) -> None:
    token = authority.issue_refresh("1")
    for _ in range(20):
        authority.clock.advance(90 * DAY)
        token = _refresh(authority, token)
    authority.clock.advance(30 * DAY)
    with pytest.raises(OAuthError, match="connect again"):
        _refresh(authority, token)


def test_a_code_is_bound_to_its_redirect_and_lives_ten_minutes(authority: Authority) -> None:
    form = {"grant_type": "authorization_code", "redirect_uri": "http://b"}
    code = authority.issue_code("1", "http://a", "s")
    with pytest.raises(OAuthError):
        authority.exchange({**form, "code": code}, client_id="id", every_refresh=False)
    late = authority.issue_code("1", "http://b", "s")
    authority.clock.advance(601)
    with pytest.raises(OAuthError):
        authority.exchange({**form, "code": late}, client_id="id", every_refresh=False)


def test_revoking_ends_only_its_own_consent(authority: Authority) -> None:
    first = authority.issue_refresh("1")
    authority.clock.advance(5)
    second = authority.issue_refresh("1")
    assert authority.revoke(first)
    assert not authority.revoke(first)
    assert _refresh(authority, second) == second


def test_expired_access_tokens_are_swept_up(authority: Authority) -> None:
    token = authority.issue_refresh("1")
    for _ in range(5):
        _refresh(authority, token)
        authority.clock.advance(3601)
    _refresh(authority, token)
    assert sum(1 for held in authority.tokens.values() if held.kind == "access") == 1
