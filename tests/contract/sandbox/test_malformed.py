"""Malformed anything is refused in QuickBooks' words, never with a 500 or a traceback."""

from __future__ import annotations

import json
import logging
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qbclean.sandbox.api import Request
from qbclean.sandbox.api import answer as answer_api
from qbclean.sandbox.checks import check_books
from qbclean.sandbox.entities import ENTITIES
from qbclean.sandbox.refusals import ApiFault
from qbclean.sandbox.sandbox import Sandbox, Settings
from tests.contract.sandbox.caller import Caller, a_line

BODIES = [
    b"",
    b"{",
    b"[]",
    b"null",
    b'"text"',
    b"{}",
    b'{"Id": {}}',
    b'{"Line": 5}',
    b'{"Line": [5]}',
    b'{"Line": [{"Amount": {}}]}',
    b'{"CustomerRef": "1", "Line": []}',
    b'{"CustomerRef": {"value": {}}}',
    b'{"CustomerRef": {"value": "1"}, "TotalAmt": "NaN"}',
    b'{"CustomerRef": {"value": "1"}, "TotalAmt": 1e400}',
    b'{"CustomerRef": {"value": "1"}, "TotalAmt": "1e999999999"}',
    b'{"Id": "1", "SyncToken": []}',
    b'{"Id": "999999999999999999999999", "SyncToken": "0"}',
    b'{"Id": -1, "SyncToken": "0"}',
    b'{"TxnDate": 5}',
    b"\xff\xfe",
    b"[" * 20_000,
    b'{"a":' * 5_000,
]


@pytest.mark.parametrize("body", BODIES, ids=lambda body: repr(body[:24]))
def test_no_body_brings_the_server_down(caller: Caller, body: bytes, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        for path in ("invoice", "payment", "creditmemo", "deposit", "journalentry", "customer", "batch", "attachable"):
            for operation in ("", "delete", "void"):
                answer = caller.post(path, raw=body, **({"operation": operation} if operation else {}))
                assert answer.status in {200, 400}, (path, operation, answer.text)
        caller.post("upload", raw=body)
        caller.admin("POST", "clock", {"advance": "x"})
    assert caplog.records == []


@pytest.mark.parametrize(
    "path",
    [
        "invoice/x",
        "invoice/%00",
        "invoice/1/pdf",
        "invoice/1/nonsense",
        "customer/1/pdf",
        "reports/Nonsense",
        "reports/CustomerBalance?report_date=never",
        "query?query=%FF",
        "query",
        "cdc",
        "%2e%2e/x",
        "invoice/" + "9" * 5000,
        "query?query=" + "select%20*%20from%20Invoice%20where%20Id%20in%20(" + "'1'," * 3000 + "'1')",
        "query?query=select%20*%20from%20Invoice%20startposition%2099999999999999999999999",
    ],
)
def test_no_path_brings_the_server_down(caller: Caller, path: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        answer = caller.get(path)
    assert answer.status in {200, 400}
    assert caplog.records == []


def test_other_methods_are_refused(caller: Caller) -> None:
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"):
        url = f"{caller.url}/v3/company/{caller.ready['realm_id']}/invoice"
        assert caller.session.request(method, url, timeout=30).status_code == 400


_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.text(max_size=8)
    | st.sampled_from(["1", "2", "0", "2026-11-20", "Invoice", "Payment", "10.00", "-3", "SalesItemLineDetail"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["value", "Amount", "Id"]), inner),
    max_leaves=6,
)
_NAMES = sorted({name for spec in ENTITIES for name in spec.shape if name != "sparse"})


@pytest.fixture(scope="module")
def sandbox() -> Sandbox:
    return Sandbox(Settings(today=date(2026, 11, 20), throttle=False, documents=False))


def _send(sandbox: Sandbox, path: str, body: Any, query: dict[str, str]) -> None:
    request = Request(
        method="POST", segments=(path,), query=query, headers={}, body=json.dumps(body, default=str).encode()
    )
    try:
        answer_api(sandbox.company, request)
    except ApiFault:
        return


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    path=st.sampled_from([spec.path for spec in ENTITIES]),
    body=st.dictionaries(st.sampled_from(_NAMES), _JSON, max_size=6),
    valid=st.booleans(),
    query=st.sampled_from([{}, {"operation": "delete"}, {"operation": "void"}, {"include": "void"}]),
)
def test_whatever_is_sent_is_stored_soundly_or_refused(
    sandbox: Sandbox, path: str, body: dict[str, Any], valid: bool, query: dict[str, str]
) -> None:
    """Only ApiFault may come out; and what was taken in leaves books that agree with themselves."""
    base = {"CustomerRef": {"value": "1"}, "TotalAmt": 1, "Line": [a_line("1.00")]} if valid else {}
    known = next(spec for spec in ENTITIES if spec.path == path).shape
    _send(sandbox, path, {**{name: value for name, value in base.items() if known.get(name)}, **body}, query)
    assert list(check_books(sandbox.company)) == []
