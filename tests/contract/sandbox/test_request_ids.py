"""Request ids, batch and change data capture (contract sheet 1.4, 4, 5; rules R15, R20)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.contract.sandbox.caller import Answer, Caller, a_line

INVOICE = {"CustomerRef": {"value": "1"}, "Line": [a_line("10.00")]}


def test_a_known_request_id_gets_the_first_answer_and_does_nothing(caller: Caller) -> None:
    first = caller.post("invoice", INVOICE, requestid="r-1")["Invoice"]
    again = caller.post("invoice", {**INVOICE, "PrivateNote": "other"}, requestid="r-1")["Invoice"]
    assert again == first
    assert len(caller.rows("select * from Invoice")) == 1
    assert caller.post("invoice", INVOICE, requestid="r-2")["Invoice"]["Id"] == "2"


def test_a_refusal_is_not_remembered(caller: Caller) -> None:
    assert caller.post("invoice", {**INVOICE, "CustomerRef": {"value": "9"}}, requestid="r").code == "2500"
    assert caller.post("invoice", INVOICE, requestid="r").code is None


def test_a_void_and_a_delete_are_replayed_too(caller: Caller) -> None:
    invoice = caller.invoice("10.00")
    voided = [caller.void_invoice(invoice, requestid="v")["Invoice"] for _ in range(2)]
    assert voided[0] == voided[1]
    body = {"Id": invoice["Id"], "SyncToken": "1"}
    deleted = [caller.post("invoice", body, operation="delete", requestid="d")["Invoice"] for _ in range(2)]
    assert deleted[0] == deleted[1]


@pytest.mark.parametrize(
    ("quirks", "body", "code", "invoices"),
    [
        ({"replay": "forget"}, INVOICE, None, 2),
        ({"replay": "600"}, INVOICE, "600", 1),
        ({"replay_other_body": "refuse"}, {**INVOICE, "PrivateNote": "x"}, "600", 1),
        ({"replay_other_body": "refuse"}, INVOICE, None, 1),
    ],
)
def test_the_quirks_of_replay(
    caller: Caller, quirks: dict[str, str], body: object, code: str | None, invoices: int
) -> None:
    caller.post("invoice", INVOICE, requestid="r")
    caller.admin("POST", "quirks", quirks)
    assert caller.post("invoice", body, requestid="r").code == code
    assert len(caller.rows("select * from Invoice")) == invoices


def test_errors_can_be_remembered_by_quirk(caller: Caller) -> None:
    caller.admin("POST", "quirks", {"replay_errors": "stored"})
    assert caller.post("invoice", {**INVOICE, "CustomerRef": {"value": "9"}}, requestid="r").code == "2500"
    assert caller.post("invoice", INVOICE, requestid="r").code == "2500"


def test_a_request_id_over_fifty_characters_is_refused(caller: Caller) -> None:
    assert caller.post("invoice", INVOICE, requestid="x" * 51).code == "2130"
    assert caller.post("invoice", INVOICE, requestid="x" * 50).code is None
    assert len(caller.rows("select * from Invoice")) == 1


def test_ten_threads_with_one_request_id_make_one_document(caller: Caller) -> None:
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: caller.post("invoice", INVOICE, requestid="same"), range(10)))
    assert {answer["Invoice"]["Id"] for answer in answers} == {"1"}
    assert len(caller.rows("select * from Invoice")) == 1


def test_ten_threads_on_one_invoice_have_one_winner_per_sync_token(caller: Caller) -> None:
    invoice = caller.invoice("10.00")

    def write(number: int) -> Answer:
        body = {"Id": invoice["Id"], "SyncToken": "0", "sparse": True, "PrivateNote": str(number)}
        return caller.post("invoice", body)

    with ThreadPoolExecutor(10) as pool:
        codes = [answer.code for answer in pool.map(write, range(10))]
    assert sorted(codes, key=str) == ["5010"] * 9 + [None]
    assert caller.read("Invoice", invoice["Id"])["SyncToken"] == "1"


def test_a_batch_answers_each_item_by_itself(caller: Caller) -> None:
    invoice = caller.invoice("10.00")
    payment = caller.payment("5.00")
    items = [
        {"bId": "a", "operation": "create", "Invoice": INVOICE},
        {"bId": "b", "operation": "update", "Invoice": {"Id": invoice["Id"], "SyncToken": "9", "sparse": True}},
        {"bId": "c", "Query": "select count(*) from Customer"},
        {"bId": "d", "operation": "void", "Invoice": {"Id": invoice["Id"], "SyncToken": "0"}},
        {
            "bId": "e",
            "operation": "update",
            "optionsData": "void",
            "Payment": {"Id": payment["Id"], "SyncToken": "0", "sparse": True},
        },
        {"bId": "f", "operation": "void", "Payment": {"Id": payment["Id"], "SyncToken": "1"}},
        {"bId": "g", "operation": "delete", "Invoice": {"Id": invoice["Id"], "SyncToken": "1"}},
    ]
    answer = caller.post("batch", {"BatchItemRequest": items})
    by_id = {item["bId"]: item for item in answer.json["BatchItemResponse"]}
    assert answer.status == 200
    assert by_id["a"]["Invoice"]["SyncToken"] == "0"
    assert by_id["b"]["Fault"]["Error"][0]["code"] == "5010"
    assert by_id["c"]["QueryResponse"] == {"totalCount": 3}
    assert by_id["d"]["Invoice"]["TotalAmt"] == 0
    assert by_id["e"]["Payment"]["PrivateNote"] == "Voided"
    assert by_id["f"]["Fault"]["Error"][0]["code"] == "500"
    assert by_id["g"]["Invoice"]["status"] == "Deleted"


def test_a_batch_replay_needs_the_same_request_id_and_bid(caller: Caller) -> None:
    def send(bid: str) -> str:
        item = {"bId": bid, "operation": "create", "Invoice": INVOICE}
        answer = caller.post("batch", {"BatchItemRequest": [item]}, requestid="batch-1")
        (only,) = answer.json["BatchItemResponse"]
        return str(only["Invoice"]["Id"])

    assert [send("a"), send("a"), send("b")] == ["1", "1", "2"]


def test_batches_hold_thirty_items_and_short_ids(caller: Caller) -> None:
    item = {"operation": "create", "Invoice": INVOICE}
    many = [{"bId": str(number), **item} for number in range(31)]
    assert caller.post("batch", {"BatchItemRequest": many}).code == "1040"
    answer = caller.post("batch", {"BatchItemRequest": [{"bId": "x" * 36, **item}]}, requestid="r" * 32)
    assert answer.json["BatchItemResponse"][0]["Fault"]["Error"][0]["code"] == "6000"
    assert caller.rows("select * from Invoice") == []
    answer = caller.post("batch", {"BatchItemRequest": [{"bId": "x" * 36, **item}]})
    assert "Invoice" in answer.json["BatchItemResponse"][0]


def test_changes_since_hold_objects_and_stubs_in_order(caller: Caller) -> None:
    first = caller.invoice("10.00")
    caller.admin("POST", "clock", {"advance": 600})
    since = caller.admin("GET", "clock").json["now"]
    second = caller.invoice("20.00")
    caller.admin("POST", "clock", {"advance": 5})
    caller.post("invoice", {"Id": first["Id"], "SyncToken": "0"}, operation="delete")
    answer = caller.get("cdc", entities="Invoice,Payment,Customer", changedSince=since)
    invoices, payments, customers = answer.json["CDCResponse"][0]["QueryResponse"]
    assert [row["Id"] for row in invoices["Invoice"]] == [second["Id"], first["Id"]]
    assert invoices["Invoice"][1]["status"] == "Deleted"
    assert set(invoices["Invoice"][1]) == {"domain", "status", "Id", "MetaData"}
    assert (invoices["totalCount"], payments) == (2, {})
    assert customers["Customer"][0]["Balance"] == 20


def test_changes_refuse_what_has_none(caller: Caller) -> None:
    assert caller.get("cdc", entities="TaxCode", changedSince="2026-11-01").code == "4001"
    assert caller.get("cdc", entities="Invoice", changedSince="yesterday").code == "2060"
    assert caller.get("cdc", entities="Invoice").code == "2020"
    caller.admin("POST", "quirks", {"cdc_old": "refuse"})
    assert caller.get("cdc", entities="Invoice", changedSince="2020-01-01").code == "4001"
