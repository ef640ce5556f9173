from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from qbclean.errors import AuthorizationError, SettingsError, UnavailableError
from qbclean.model.refs import DocumentRef
from qbclean.model.write import DocumentWrite
from qbclean.qbo.connection import CompanyConnection, open_company
from qbclean.qbo.limiter import UNLIMITED, Limits
from qbclean.qbo.retry import RunBudget
from tests.unit.qbo.parts import NOON, REALM, MemoryTokens, NoTime, StandingClock, a_connection, a_request, some_tokens
from tests.unit.qbo.scripted_server import Scripted, ScriptedServer


def test_opening_a_company_sends_nothing() -> None:
    with ScriptedServer().running() as server:
        connection = open_company(REALM, MemoryTokens(some_tokens(server.url)), clock=StandingClock())
        connection.close()
        assert server.received == []
    assert (connection.realm_id, connection.environment, connection.calls) == (REALM, "local", 0)


def test_a_company_that_is_not_connected_is_told_so() -> None:
    with pytest.raises(AuthorizationError):
        open_company(REALM, MemoryTokens(), clock=StandingClock())


def test_tokens_stored_with_a_foreign_address_are_not_used() -> None:
    """S24."""
    store = MemoryTokens(some_tokens("https://quickbooks.api.intuit.com", environment="sandbox"))
    with pytest.raises(SettingsError):
        open_company(REALM, store, clock=StandingClock())


@pytest.mark.parametrize(("throttled", "before_a_wait"), [(True, 1), (False, 450)])
def test_r24_a_local_sandbox_is_paced_as_quickbooks_is_unless_it_counts_no_requests(
    throttled: bool, before_a_wait: int, tmp_path: Path
) -> None:
    with ScriptedServer().running() as server:
        connection = _opened(server.url, tmp_path, throttled=throttled)
        assert _calls_before_a_wait(connection) == before_a_wait
        connection.close()


def test_the_limits_may_be_lifted_for_a_local_sandbox(tmp_path: Path) -> None:
    with ScriptedServer().running() as server:
        connection = _opened(server.url, tmp_path, throttled=True, limits=UNLIMITED)
        assert _calls_before_a_wait(connection) == 500
        connection.close()


def _calls_before_a_wait(connection: CompanyConnection) -> int:
    """How many of 500 calls go out at once."""
    with suppress(_StoppedError):
        for _ in range(500):
            connection.preferences("Reading preferences")
    return connection.calls


def _opened(url: str, folder: Path, *, throttled: bool, limits: Limits | None = None) -> CompanyConnection:
    """A connection that does not wait: where it would have to, _StoppedError."""
    tokens = msgspec.structs.replace(some_tokens(url), throttled=throttled)
    return open_company(
        REALM,
        MemoryTokens(tokens),
        clock=StandingClock(),
        rate_file=folder / "rate",
        limits=limits,
        sleep=lambda seconds: _stop(NoTime(), seconds),
    )


class _StoppedError(Exception):
    """The limiter wanted to wait."""


def _stop(time: NoTime, seconds: float) -> None:
    time.sleep(seconds)
    raise _StoppedError


def test_calls_count_repeats_too() -> None:
    with ScriptedServer(Scripted(b"", 503), Scripted()).running() as server:
        connection = a_connection(server.url)
        connection.query("SELECT COUNT(*) FROM Invoice", "Counting")
    assert connection.calls == 2


def test_a_clock_beyond_the_tokens_end_means_a_refresh_first() -> None:
    refreshed = []

    def refresh(tokens):  # type: ignore[no-untyped-def]
        refreshed.append(tokens.refresh_token)
        raise AuthorizationError("Connect again.", do="Run `qbclean connect`.")

    tokens = msgspec.structs.replace(some_tokens(), access_expires_at=NOON - timedelta(hours=2))
    store = MemoryTokens(tokens)
    with pytest.raises(AuthorizationError):
        a_connection("http://127.0.0.1:1", store=store, refresh=refresh).preferences("Reading preferences")
    assert refreshed == ["R1"]


def test_no_write_is_sent_more_than_five_times_by_one_process_r22() -> None:
    """Four tries, and when those are used up, one more to settle what became of it."""
    request = a_request(
        DocumentWrite(
            operation="void", kind="Invoice", body={"Id": "1", "SyncToken": "0"}, target=DocumentRef("Invoice", "1")
        )
    )
    with ScriptedServer(*[Scripted(b"", 503)] * 9).running() as server:
        connection = a_connection(server.url, budget=RunBudget(floor=99, breaker=99))
        for _ in range(2):
            with pytest.raises(UnavailableError):
                connection.write(request, "Voiding")
        assert len(server.received) == 5
