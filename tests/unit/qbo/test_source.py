from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from qbclean.errors import UnavailableError
from qbclean.qbo.source import QboBooksSource
from tests.unit.qbo.parts import a_connection
from tests.unit.qbo.scripted_server import Scripted, ScriptedServer

NOW = "2026-11-20T09:20:00.001-08:00"
SINCE = datetime(2026, 11, 19, tzinfo=UTC)


def rows(entity: str, *objects: str) -> Scripted:
    listed = f'"{entity}": [{", ".join(objects)}], "startPosition": 1' if objects else ""
    return Scripted(f'{{"QueryResponse": {{{listed}}}, "time": "{NOW}"}}'.encode())


def changes(**entities: list[dict[str, Any]]) -> Scripted:
    parts = [{name: objects, "startPosition": 1, "maxResults": len(objects)} for name, objects in entities.items()]
    return Scripted(json.dumps({"CDCResponse": [{"QueryResponse": [*parts, {}]}], "time": NOW}).encode())


TIME = Scripted(f'{{"CompanyInfo": {{"Id": "1"}}, "time": "{NOW}"}}'.encode())


def statement(path: str) -> str:
    return parse_qs(urlsplit(path).query)["query"][0]


def test_every_object_is_kept_verbatim() -> None:
    raw = '{ "Id":"7",  "Balance": 100.00, "Name": "Gr\\u00fc\\u00dfe é", "x": [1.10, 1E2] }'
    with ScriptedServer(rows("Customer", raw, '{"Id":"8"}')).running() as server:
        (page,) = QboBooksSource(a_connection(server.url)).pages("Customer")
    assert page[0].raw == raw.encode()
    assert [(each.entity, each.id) for each in page] == [("Customer", "7"), ("Customer", "8")]


def test_pages_are_ordered_start_at_one_and_include_the_inactive() -> None:
    full = [f'{{"Id": "{number}"}}' for number in range(1000)]
    script = [rows("Customer", *full), rows("Customer", *full), rows("Customer", '{"Id": "x"}')]
    with ScriptedServer(*script).running() as server:
        pages = list(QboBooksSource(a_connection(server.url)).pages("Customer"))
        asked = [statement(received.path) for received in server.received]
    assert [len(page) for page in pages] == [1000, 1000, 1]
    assert asked == [
        f"SELECT * FROM Customer WHERE Active IN (true, false) ORDERBY Id STARTPOSITION {start} MAXRESULTS 1000"
        for start in (1, 1001, 2001)
    ]


def test_an_entity_without_objects_has_no_pages() -> None:
    with ScriptedServer(rows("Deposit")).running() as server:
        assert list(QboBooksSource(a_connection(server.url)).pages("Deposit")) == []
        assert "Active" not in server.received[0].path


def test_changes_hold_deleted_stubs_as_deleted() -> None:
    changed = changes(Invoice=[{"Id": "301", "SyncToken": "3"}, {"domain": "QBO", "status": "Deleted", "Id": "297"}])
    with ScriptedServer(TIME, changed).running() as server:
        told = QboBooksSource(a_connection(server.url)).changes(["Invoice"], SINCE)
        assert "changedSince=2026-11-19T00%3A00%3A00%2B00%3A00" in server.received[1].path
    assert told.complete
    assert [(each.id, each.deleted, bool(each.raw)) for each in told.objects] == [
        ("301", False, True),
        ("297", True, False),
    ]


def test_an_answer_at_the_cap_is_asked_for_again_in_halves() -> None:
    many = [{"Id": str(number)} for number in range(1000)]
    script = [TIME, changes(Invoice=many), changes(Invoice=many[:3]), changes(Payment=[{"Id": "9"}])]
    with ScriptedServer(*script).running() as server:
        told = QboBooksSource(a_connection(server.url)).changes(["Invoice", "Payment"], SINCE)
        assert len(server.received) == 4
    assert told.complete
    assert len(told.objects) == 4


def test_one_entity_at_the_cap_is_incomplete() -> None:
    many = [{"Id": str(number)} for number in range(1000)]
    with ScriptedServer(TIME, changes(Invoice=many)).running() as server:
        assert not QboBooksSource(a_connection(server.url)).changes(["Invoice"], SINCE).complete


def test_what_lies_beyond_thirty_days_is_not_asked_for() -> None:
    with ScriptedServer(TIME, changes()).running() as server:
        told = QboBooksSource(a_connection(server.url)).changes(["Invoice"], SINCE - timedelta(days=30))
        assert len(server.received) == 1
    assert not told.complete


@pytest.mark.parametrize(
    "body", [b'{"QueryResponse": {"Invoice": [{"DocNumber": "1"}]}}', b'{"QueryResponse": {"Invoice": {}}}', b"{}"]
)
def test_an_answer_of_another_form_is_an_error_without_its_content(body: bytes) -> None:
    with ScriptedServer(Scripted(body)).running() as server, pytest.raises(UnavailableError) as caught:
        list(QboBooksSource(a_connection(server.url)).pages("Invoice"))
    assert "Reading Invoice from position 1" in str(caught.value)
    assert "DocNumber" not in str(caught.value)


def test_the_servers_clock_keeps_its_offset() -> None:
    with ScriptedServer(TIME).running() as server:
        told = QboBooksSource(a_connection(server.url)).server_time()
    assert told.isoformat() == "2026-11-20T09:20:00.001000-08:00"
