from __future__ import annotations

import threading
from datetime import timedelta

import msgspec
import pytest

from qbclean.errors import AuthorizationError, StoreError
from qbclean.ports.tokens import Tokens
from qbclean.qbo.session import AccessSession
from tests.unit.qbo.parts import NOON, REALM, MemoryTokens, StandingClock, some_tokens


class Issuer:
    """A token service: every refresh gives the next pair and makes the old refresh token worthless."""

    def __init__(self, store: MemoryTokens) -> None:
        self.store = store
        self.refreshes = 0
        self.valid = "R1"

    def __call__(self, tokens: Tokens) -> Tokens:
        if tokens.refresh_token != self.valid:
            raise AuthorizationError("invalid_grant")
        self.refreshes += 1
        self.valid = f"R{self.refreshes + 1}"
        self.store.events.append(f"issued {self.valid}")
        return msgspec.structs.replace(
            tokens,
            refresh_token=self.valid,
            access_token=f"A{self.refreshes + 1}",
            access_expires_at=NOON + timedelta(hours=1),
        )


def a_session(store: MemoryTokens, issuer: Issuer, clock: StandingClock | None = None) -> AccessSession:
    return AccessSession(REALM, store, issuer, clock=clock or StandingClock())


def test_a_valid_token_is_used_without_asking() -> None:
    store = MemoryTokens(some_tokens())
    issuer = Issuer(store)
    assert a_session(store, issuer).access_token() == "A1"
    assert issuer.refreshes == 0


@pytest.mark.parametrize("left", [timedelta(minutes=2), timedelta(0), timedelta(hours=-5)])
def test_a_token_about_to_expire_is_renewed_before_use(left: timedelta) -> None:
    store = MemoryTokens(some_tokens())
    issuer = Issuer(store)
    session = a_session(store, issuer, StandingClock(NOON + timedelta(hours=1) - left))
    assert session.access_token() == "A2"


def test_the_new_refresh_token_is_safe_before_the_new_access_token_is_used() -> None:
    """R25."""
    store = MemoryTokens(some_tokens(access=""))
    session = a_session(store, Issuer(store))
    store.events.append(f"used {session.access_token()}")
    assert store.events == ["issued R2", "saved R2", "used A2"]


def test_a_token_that_could_not_be_saved_is_not_used() -> None:
    """R25."""

    class FullDisk(MemoryTokens):
        def save(self, tokens: Tokens) -> None:
            raise StoreError("No space left.")

    store = FullDisk(some_tokens(access=""))
    session = a_session(store, Issuer(store))
    with pytest.raises(StoreError):
        session.access_token()
    assert session.tokens.access_token == ""


def test_many_callers_make_one_refresh() -> None:
    """R25: single flight, in one process."""
    store = MemoryTokens(some_tokens(access=""))
    issuer = Issuer(store)
    session = a_session(store, issuer)
    got: list[str] = []
    threads = [threading.Thread(target=lambda: got.append(session.access_token())) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == ["A2"] * 16
    assert issuer.refreshes == 1


def test_two_processes_make_one_refresh_and_none_is_locked_out() -> None:
    """R25: whoever comes second finds the new tokens in the store."""
    store = MemoryTokens(some_tokens())
    issuer = Issuer(store)
    one, other = a_session(store, issuer), a_session(store, issuer)
    one.renew("A1")
    other.renew("A1")
    assert (one.access_token(), other.access_token()) == ("A2", "A2")
    assert issuer.refreshes == 1


def test_a_company_that_is_not_connected_is_told_so() -> None:
    with pytest.raises(AuthorizationError):
        a_session(MemoryTokens(), Issuer(MemoryTokens()))
