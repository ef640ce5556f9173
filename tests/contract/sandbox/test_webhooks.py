"""Webhooks: who is told what, how it is signed, and what happens until somebody answers (contract sheet 8)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from qbclean.sandbox.courier import BadSubscriptionError
from tests.contract.sandbox.caller import Caller
from tests.contract.sandbox.conftest import Opener

Wire = dict[str, Any]


class Receiver:
    """A subscriber on loopback. `answers` are the statuses it gives, then 200."""

    def __init__(self) -> None:
        self.received: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[int] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                receiver.received.append((dict(self.headers.items()), body))
                self.send_response(receiver.answers.pop(0) if receiver.answers else 200)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/hook?a=1"
        Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def bodies(self, count: int) -> list[Any]:
        """Return the bodies of the first notifications, once so many have come."""
        until(lambda: len(self.received) >= count)
        return [json.loads(body) for _, body in self.received]


def until(met: Callable[[], bool]) -> None:
    """Wait for what another thread does."""
    limit = time.monotonic() + 20
    while not met():
        assert time.monotonic() < limit
        time.sleep(0.01)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A subscriber that listens."""
    listening = Receiver()
    yield listening
    listening.server.shutdown()
    listening.server.server_close()


def _subscribe(caller: Caller, receiver: Receiver, **wanted: Any) -> Wire:
    answer = caller.admin("POST", "webhooks", {"url": receiver.url, **wanted})
    assert answer.status == 200, answer.text
    taken: Wire = answer.json
    return taken


def _told(entities: list[Wire]) -> list[tuple[str, str, str]]:
    return [(event["name"], event["id"], event["operation"]) for event in entities]


def test_a_write_is_told_as_a_signed_cloud_event(caller: Caller, receiver: Receiver) -> None:
    token = _subscribe(caller, receiver, entities=["Invoice"])["verifier_token"]
    invoice = caller.invoice("10.00")
    ((event,),) = receiver.bodies(1)
    assert {"specversion", "id", "source", "time"} < set(event)
    assert (event["type"], event["intuitentityid"], event["data"]) == ("qbo.invoice.created.v1", invoice["Id"], {})
    assert (event["intuitaccountid"], event["datacontenttype"]) == (caller.ready["realm_id"], "application/json")
    headers, body = receiver.received[0]
    signed = base64.b64encode(hmac.new(token.encode(), body, hashlib.sha256).digest()).decode()
    assert headers["intuit-signature"] == signed
    assert {"intuit-t-id", "intuit-created-time", "intuit-notification-schema-version"} <= set(headers)


def test_the_older_body_names_every_operation(caller: Caller, receiver: Receiver) -> None:
    wanted = {"format": "classic", "verifier_token": "a-token-of-ones-own", "entities": ["Invoice"]}
    assert _subscribe(caller, receiver, **wanted)["verifier_token"] == "a-token-of-ones-own"
    kept, gone = caller.invoice("10.00"), caller.invoice("20.00")
    caller.post(f"invoice/{kept['Id']}/send", raw=b"", sendTo="a@b.example")
    caller.void_invoice({**kept, "SyncToken": "1"})
    caller.post("invoice", {"Id": gone["Id"], "SyncToken": "0"}, operation="delete")
    until(lambda: len(_all_entities(receiver)) == 5)
    assert _told(_all_entities(receiver)) == [
        ("Invoice", kept["Id"], "Create"),
        ("Invoice", gone["Id"], "Create"),
        ("Invoice", kept["Id"], "Emailed"),
        ("Invoice", kept["Id"], "Void"),
        ("Invoice", gone["Id"], "Delete"),
    ]
    (notification,) = json.loads(receiver.received[0][1])["eventNotifications"]
    assert notification["realmId"] == caller.ready["realm_id"]


def _all_entities(receiver: Receiver) -> list[Wire]:
    bodies = [json.loads(body) for _, body in list(receiver.received)]
    return [event for body in bodies for event in body["eventNotifications"][0]["dataChangeEvent"]["entities"]]


def test_what_changes_along_with_a_payment_is_told_too_unless_by_quirk(caller: Caller, receiver: Receiver) -> None:
    invoice = caller.invoice("10.00")
    _subscribe(caller, receiver, format="classic")
    caller.payment("10.00", ("Invoice", invoice["Id"], "10.00"))
    until(lambda: len(_all_entities(receiver)) == 3)
    assert sorted(_told(_all_entities(receiver))) == [
        ("Customer", "1", "Update"),
        ("Invoice", invoice["Id"], "Update"),
        ("Payment", "2", "Create"),
    ]
    caller.admin("POST", "quirks", {"webhook_side_effects": "none"})
    other = caller.payment("5.00")
    until(lambda: len(receiver.received) >= 2)
    assert _told(_all_entities(receiver))[3:] == [("Payment", other["Id"], "Create")]


def test_what_is_refused_or_not_answered_is_sent_again_and_nothing_overtakes_it(
    caller: Caller, receiver: Receiver
) -> None:
    receiver.answers = [500, 503, 404]
    _subscribe(caller, receiver, entities=["Invoice"])
    caller.invoice("10.00")
    receiver.bodies(2)  # the first repetition comes at once
    caller.invoice("20.00")
    caller.admin("POST", "clock", {"advance": 9})
    time.sleep(0.3)
    assert len(receiver.received) == 2
    caller.admin("POST", "clock", {"advance": 2})
    receiver.bodies(3)
    caller.admin("POST", "clock", {"advance": 21})
    first, *repeated, second = receiver.bodies(5)
    assert repeated == [first] * 3
    assert (first[0]["intuitentityid"], second[0]["intuitentityid"]) == ("1", "2")
    until(lambda: all(sent["delivered"] for sent in caller.admin("GET", "webhooks").json["deliveries"]))
    delivery = caller.admin("GET", "webhooks").json["deliveries"][0]
    assert [attempt["answered"] for attempt in delivery["attempts"]] == ["500", "503", "404", "200"]


def test_events_are_collected_and_may_come_twice_and_out_of_order(caller: Caller, receiver: Receiver) -> None:
    caller.admin("POST", "quirks", {"webhook_events": "untidy"})
    _subscribe(caller, receiver, entities=["Invoice"], aggregate=60)
    made = [caller.invoice("1.00")["Id"] for _ in range(2)]
    assert caller.admin("GET", "webhooks").json["webhooks"][0]["waiting"] == 2
    caller.admin("POST", "clock", {"advance": 61})
    (events,) = receiver.bodies(1)
    assert [event["intuitentityid"] for event in events] == [made[1], made[1], made[0], made[0]]
    assert events[0]["id"] == events[1]["id"] != events[2]["id"]


def test_webhooks_go_to_this_machine_only(caller: Caller, open_sandbox: Opener) -> None:
    for url in ("http://books.example/hook", "https://127.0.0.1/hook", "http://10.0.0.1:80/", "nonsense"):
        refused = caller.admin("POST", "webhooks", {"url": url})
        assert (refused.status, "this machine only" in refused.json["error"]) == (400, True)
    refused = caller.admin("POST", "webhooks", {"url": "http://127.0.0.1:9/", "entities": ["Nonsense"]})
    assert "There are no webhooks for Nonsense" in refused.json["error"]
    assert caller.admin("POST", "webhooks", {"url": "http://127.0.0.1:9/", "format": "xml"}).status == 400
    assert caller.admin("GET", "webhooks").json == {"webhooks": [], "deliveries": []}
    with pytest.raises(BadSubscriptionError):
        open_sandbox(webhooks=("http://books.example/hook",))


def test_a_subscription_ends_on_request_and_outlives_a_restart(
    open_sandbox: Opener, tmp_path: Path, receiver: Receiver
) -> None:
    settings = {"state": tmp_path / "kept.db", "throttle": False, "webhooks": (receiver.url,)}
    running, caller = open_sandbox(**settings)
    token = running.ready["webhook_verifier_token"]
    running.stop()
    again, caller = open_sandbox(**settings)
    (known,) = caller.admin("GET", "webhooks").json["webhooks"]
    assert (known["url"], again.ready["webhook_verifier_token"]) == (receiver.url, token)
    caller.invoice("1.00")
    receiver.bodies(1)
    assert caller.admin("DELETE", f"webhooks/{known['id']}").json["webhooks"] == []
    caller.invoice("2.00")
    time.sleep(0.2)
    assert len(receiver.received) == 1
    assert "webhook_verifier_token" not in again.ready


def test_a_subscriber_that_is_gone_is_tried_again(caller: Caller) -> None:
    caller.admin("POST", "webhooks", {"url": "http://127.0.0.1:9/"})
    caller.invoice("1.00")
    until(lambda: bool(caller.admin("GET", "webhooks").json["deliveries"]))
    until(lambda: len(caller.admin("GET", "webhooks").json["deliveries"][0]["attempts"]) == 2)
    delivery = caller.admin("GET", "webhooks").json["deliveries"][0]
    assert delivery["attempts"][0]["answered"].startswith("no answer")
    assert not delivery["delivered"]
