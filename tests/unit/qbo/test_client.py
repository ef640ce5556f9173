from __future__ import annotations

import gzip
import logging
import time
from pathlib import Path

import pytest
from quickbooks.client import QuickBooks

from qbclean.errors import SettingsError
from qbclean.model.write import body_bytes
from qbclean.qbo import hosts
from qbclean.qbo.client import Answer, QuickBooksTransport
from tests.unit.qbo.parts import REALM, a_request
from tests.unit.qbo.scripted_server import Scripted, ScriptedServer


def a_transport(url: str) -> QuickBooksTransport:
    transport = QuickBooksTransport(realm_id=REALM, environment="local", api_url=url)
    transport.authorize("secret-access-token")
    return transport


def test_a_write_arrives_byte_for_byte_as_planned() -> None:
    request = a_request(request_id="qb-3f9c.1")
    with ScriptedServer().running() as server:
        a_transport(server.url).write(request.path, body_bytes(request.body))
    (received,) = server.received
    assert (received.method, received.path) == ("POST", request.path)
    assert received.path.endswith("?minorversion=75&requestid=qb-3f9c.1")
    assert received.body == body_bytes(request.body)
    assert received.headers["Authorization"] == "Bearer secret-access-token"
    assert received.headers["Accept"] == received.headers["Content-Type"] == "application/json"


def test_the_librarys_reads_are_gets_with_the_minor_version() -> None:
    with ScriptedServer().running() as server:
        transport = a_transport(server.url)
        transport.get_single_object("Invoice", "301")
        transport.get_report("CustomerBalance", {"report_date": "2026-11-20"})
        transport.change_data_capture("Invoice,Payment", "2026-11-01T00:00:00+00:00")
    root = f"/v3/company/{REALM}"
    assert [received.path for received in server.received] == [
        f"{root}/invoice/301?minorversion=75",
        f"{root}/reports/CustomerBalance?report_date=2026-11-20&minorversion=75",
        f"{root}/cdc?entities=Invoice%2CPayment&changedSince=2026-11-01T00%3A00%3A00%2B00%3A00&minorversion=75",
    ]
    assert {received.method for received in server.received} == {"GET"}


def test_the_librarys_own_writes_are_closed() -> None:
    transport = a_transport("http://127.0.0.1:1")
    with pytest.raises(NotImplementedError):
        transport.delete_object("Invoice", "{}")
    with pytest.raises(NotImplementedError):
        transport.query("SELECT * FROM Invoice")


def test_status_headers_and_bytes_are_kept() -> None:
    script = Scripted(
        b"<html>busy</html>", 503, {"Content-Type": "text/html", "intuit_tid": "1-5f73", "Retry-After": "90"}
    )
    with ScriptedServer(script).running() as server:
        answer = a_transport(server.url).get(f"{server.url}/v3/x")
    assert answer == Answer(
        status=503, body=b"<html>busy</html>", content_type="text/html", intuit_tid="1-5f73", retry_after=90.0
    )


def test_no_client_is_shared_between_companies() -> None:
    """P6: the library can keep one global instance."""
    one, other = a_transport("http://127.0.0.1:1"), a_transport("http://127.0.0.1:2")
    other.authorize("another")
    assert one.session.access_token == "secret-access-token"
    assert (one.api_url, other.api_url) == ("http://127.0.0.1:1/v3", "http://127.0.0.1:2/v3")
    assert isinstance(one, QuickBooks)


@pytest.mark.parametrize("script", [Scripted(hold=30), Scripted(b"{" + b" " * 100, drip=0.05)])
def test_a_silent_or_dripping_server_does_not_hold_us_longer_than_allowed(
    script: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R23, P1: with the limits scaled down from 130 s."""
    monkeypatch.setattr(hosts, "READ_SECONDS", 0.3)
    monkeypatch.setattr(hosts.GuardedSession, "timeouts", (1.0, 0.3))
    with ScriptedServer(script).running() as server:
        began = time.monotonic()
        answer = a_transport(server.url).get(f"{server.url}/v3/x")
        took = time.monotonic() - began
    assert answer.status == 0
    assert answer.broken.startswith("no answer within")
    assert took < 1.5


def test_every_request_has_the_two_time_outs(monkeypatch: pytest.MonkeyPatch) -> None:
    """R23: connect 10 s, read 130 s."""
    seen: list[object] = []

    def note(_session: object, _request: object, **kwargs: object) -> None:
        seen.append(kwargs["timeout"])
        raise OSError("far enough")

    monkeypatch.setattr("requests.Session.send", note)
    transport = a_transport("http://127.0.0.1:1")
    transport.get_single_object("Invoice", "1")
    transport.write("/v3/company/1/invoice", b"{}")
    assert seen == [(10.0, 130.0)] * 2


@pytest.mark.parametrize("cut", [-1, 10])
def test_a_connection_that_breaks_off_is_no_answer(cut: int) -> None:
    with ScriptedServer(Scripted(b'{"Invoice": {"Id": "1"}}', cut=cut)).running() as server:
        answer = a_transport(server.url).get(f"{server.url}/v3/x")
    assert (answer.status, answer.body) == (0, b"")
    assert answer.broken


def test_a_compressed_answer_is_unpacked() -> None:
    body = b'{"QueryResponse": {}}' * 5000
    script = Scripted(gzip.compress(body), headers={"Content-Encoding": "gzip"})
    with ScriptedServer(script).running() as server:
        assert a_transport(server.url).get(f"{server.url}/v3/x").body == body


def test_a_netrc_file_does_not_replace_the_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login mallory password guess\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    with ScriptedServer().running() as server:
        a_transport(server.url).get(f"{server.url}/v3/x")
    assert server.received[0].headers["Authorization"] == "Bearer secret-access-token"


def test_a_redirect_is_not_followed() -> None:
    """S24: an access token must not travel where an answer points to."""
    with ScriptedServer().running() as elsewhere:
        script = Scripted(b"", 302, {"Location": f"{elsewhere.url}/v3/x"})
        with ScriptedServer(script).running() as server:
            answer = a_transport(server.url).get(f"{server.url}/v3/x")
        assert answer.status == 302
        assert elsewhere.received == []


def test_nothing_secret_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """R35: at DEBUG, the library's usual session would log the token and the whole body."""
    request = a_request()
    caplog.set_level(logging.DEBUG, logger="qbclean")
    with caplog.at_level(logging.DEBUG), ScriptedServer().running() as server:
        transport = a_transport(server.url)
        transport.write(request.path, body_bytes(request.body))
        transport.get(f"{transport.api_url}/company/{REALM}/query", params={"query": "SELECT Harbor"})
    ours = "\n".join(record.getMessage() for record in caplog.records if not record.name.startswith("urllib3"))
    assert "POST invoice: 200" in ours
    assert "GET query: 200" in ours
    assert "secret-access-token" not in caplog.text
    assert "Grüße" not in caplog.text
    assert "Harbor" not in ours


@pytest.mark.parametrize("environment", ["production", "sandbox"])
def test_a_live_environment_has_one_address(environment: str) -> None:
    """R42."""
    transport = QuickBooksTransport(realm_id=REALM, environment=environment, api_url="")  # type: ignore[arg-type]
    assert transport.api_url.startswith("https://")
    with pytest.raises(SettingsError):
        QuickBooksTransport(realm_id=REALM, environment=environment, api_url="https://evil.example")  # type: ignore[arg-type]
