"""What a batch holds in all, in which order it answers, and the length of its ids (contract sheet 1.4, 5)."""

from __future__ import annotations

from typing import Any

import pytest

from qbclean.sandbox.server import RunningSandbox
from qbclean.sandbox.wire import encode
from tests.contract.sandbox.caller import Caller, a_line
from tests.contract.sandbox.conftest import Opener

INVOICE = {"CustomerRef": {"value": "1"}, "Line": [a_line("1.00")]}
EVERY_TERM = "select * from Term where Active in (true, false) maxresults 1000"


def _answers(caller: Caller, items: list[dict[str, Any]], **params: Any) -> list[dict[str, Any]]:
    answers: list[dict[str, Any]] = caller.post("batch", {"BatchItemRequest": items}, **params).json[
        "BatchItemResponse"
    ]
    return answers


@pytest.fixture
def long_lists(open_sandbox: Opener) -> Caller:
    """A caller of a company with 700 terms."""
    running, caller = open_sandbox(throttle=False)
    _load_terms(running, range(1000, 1695))
    return caller


def _load_terms(running: RunningSandbox, ids: range) -> None:
    for number in ids:
        term = {"Id": str(number), "Name": f"Net {number}", "Active": True, "DueDays": number % 90, "SyncToken": "0"}
        running.sandbox.company.load("Term", term, encode(term))


def test_a_batch_answers_with_a_thousand_objects_in_all_its_writes_first(long_lists: Caller) -> None:
    queries = [{"bId": place, "Query": EVERY_TERM} for place in "ab"]
    count = {"bId": "c", "Query": "select count(*) from Term"}
    writes = [{"bId": f"w{number}", "operation": "create", "Invoice": INVOICE} for number in range(4)]
    first, second, counted, *written, last = _answers(
        long_lists, [*queries, count, *writes, {"bId": "z", "Query": EVERY_TERM}]
    )
    known = counted["QueryResponse"]["totalCount"]
    assert len(first["QueryResponse"]["Term"]) == first["QueryResponse"]["maxResults"] == known
    assert len(second["QueryResponse"]["Term"]) == second["QueryResponse"]["maxResults"] == 1000 - 4 - known
    assert last["QueryResponse"] == {}
    assert all("Invoice" in answer for answer in written)


def test_a_query_beyond_the_thousand_faults_by_quirk_and_the_others_do_not(long_lists: Caller) -> None:
    long_lists.admin("POST", "quirks", {"batch_objects": "refuse"})
    items = [{"bId": place, "Query": EVERY_TERM} for place in "ab"]
    few = {"bId": "c", "Query": "select * from Term maxresults 10"}
    first, second, third = _answers(long_lists, [*items, few])
    assert first["QueryResponse"]["maxResults"] > 600
    assert second["Fault"]["Error"][0]["code"] == "10100"
    assert third["QueryResponse"]["maxResults"] == 10


def test_one_bid_too_long_faults_every_item_and_nothing_is_done(caller: Caller) -> None:
    items = [{"bId": bid, "operation": "create", "Invoice": INVOICE} for bid in ("a", "x" * 11)]
    answers = _answers(caller, items, requestid="r" * 20)
    assert [(answer["bId"], answer["Fault"]["Error"][0]["code"]) for answer in answers] == [
        ("a", "6000"),
        ("x" * 11, "6000"),
    ]
    assert caller.rows("select * from Invoice") == []
    assert "Invoice" in _answers(caller, [{**items[0], "bId": "x" * 10}], requestid="r" * 36)[0]
    assert "Fault" in _answers(caller, items[:1], requestid="r" * 37)[0]


def test_the_order_of_a_batch_is_another_by_quirk(caller: Caller) -> None:
    items = [{"bId": bid, "operation": "create", "Invoice": INVOICE} for bid in "abc"]
    assert [answer["bId"] for answer in _answers(caller, items)] == ["a", "b", "c"]
    caller.admin("POST", "quirks", {"batch_order": "reversed"})
    assert [(answer["bId"], answer["Invoice"]["Id"]) for answer in _answers(caller, items)] == [
        ("c", "4"),
        ("b", "5"),
        ("a", "6"),
    ]
