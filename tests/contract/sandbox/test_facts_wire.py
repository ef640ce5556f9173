"""The wire itself: parameters, envelopes, headers and refusals that hold for every entity (contract sheet 1, 5)."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.contract.sandbox.caller import Caller, Wire, a_line
from tests.contract.sandbox.conftest import Opener

SECONDS = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d-0[78]:00"


@pytest.mark.parametrize("version", ["1", "74", "75", "99", "nonsense"])
def test_any_minor_version_is_75(caller: Caller, version: str) -> None:
    assert (
        "AllowOnlineACHPayment"
        in caller.post("invoice", {"CustomerRef": {"value": "1"}, "Line": [a_line("1.00")]}, minorversion=version)[
            "Invoice"
        ]
    )


def test_times_have_no_milliseconds_inside_and_some_on_the_envelope(caller: Caller) -> None:
    answer = caller.post("invoice", {"CustomerRef": {"value": "1"}, "Line": [a_line("1.00")]})
    assert re.fullmatch(SECONDS, answer["Invoice"]["MetaData"]["CreateTime"])
    assert re.fullmatch(SECONDS.replace("-0[78]", r"\.\d{3}-0[78]"), answer.json["time"])
    assert answer.headers["content-type"] == "application/json;charset=utf-8"


def test_an_error_has_its_envelope_and_content_type(caller: Caller) -> None:
    answer = caller.get("invoice/4711")
    assert answer.headers["content-type"] == "application/json"
    (error,) = answer.json["Fault"]["Error"]
    assert {"Message", "Detail", "code"} <= set(error)
    assert isinstance(error["code"], str)
    assert set(answer.json) == {"Fault", "time"}


def test_an_unknown_property_is_2010_and_lists_those_that_are_known(caller: Caller) -> None:
    body = {"CustomerRef": {"value": "1"}, "Line": [a_line("1.00")], "Foo": 1}
    answer = caller.post("invoice", body)
    assert (answer.status, answer.code) == (400, "2010")
    (error,) = answer.json["Fault"]["Error"]
    assert error["Message"] == "Request has invalid or unsupported property"
    assert re.search(
        r'^Property Name:Unrecognized field "Foo" \(class com\.intuit\.schema\.finance\.v3\.Invoice\), not marked as'
        r' ignorable \(\d+ known properties: .*"DocNumber".*\) specified is unsupported or invalid$',
        error["Detail"],
    )
    body = {"CustomerRef": {"value": "1"}, "Line": [{**a_line("1.00"), "Bar": 1}]}
    assert 'Unrecognized field "Bar"' in caller.post("invoice", body).json["Fault"]["Error"][0]["Detail"]


@pytest.mark.parametrize(
    "change",
    [{"PrintStatus": "Maybe"}, {"EmailStatus": 7}, {"GlobalTaxCalculation": "TaxExclusive"}, {"Line": "none"}],
)
def test_an_illegal_value_is_2010_about_parsing(caller: Caller, change: Wire) -> None:
    answer = caller.post("invoice", {"CustomerRef": {"value": "1"}, "Line": [a_line("1.00")], **change})
    assert (answer.status, answer.code) == (400, "2010")
    assert "parse json object" in answer.text.casefold()


def test_malformed_json_is_2010_and_bytes_that_are_no_utf8_are_500(caller: Caller) -> None:
    assert caller.post("invoice", raw=b'{"CustomerRef": {').code == "2010"
    answer = caller.post("invoice", raw=b'{"PrivateNote": "\xff"}')
    assert (answer.status, answer.code) == (400, "500")
    assert "malformed" in answer.text
    assert "UTF-8 byte sequence" in answer.text


def test_a_document_has_at_most_three_custom_fields(caller: Caller) -> None:
    fields = [{"DefinitionId": str(number), "Type": "StringType", "StringValue": "x"} for number in range(1, 5)]
    assert len(caller.invoice("1.00", CustomField=fields[:3])["CustomField"]) == 3
    body = {"CustomerRef": {"value": "1"}, "Line": [a_line("1.00")], "CustomField": fields}
    assert caller.post("invoice", body).code == "6000"


def test_an_update_may_say_so_and_then_needs_an_id(caller: Caller) -> None:
    invoice = caller.invoice("1.00")
    body = {"Id": invoice["Id"], "SyncToken": "0", "sparse": True, "PrivateNote": "n"}
    assert caller.post("invoice", body, operation="update")["Invoice"]["PrivateNote"] == "n"
    refused = caller.post("invoice", {"PrivateNote": "n"}, operation="update")
    assert refused.json["Fault"]["Error"][0]["element"] == "Id"
    assert caller.post("invoice", {"Id": "1.5", "SyncToken": "0"}).code == "2030"
    assert (
        caller.post("invoice", {"Id": invoice["Id"], "PrivateNote": "n"}).json["Fault"]["Error"][0]["element"]
        == "SyncToken"
    )


def test_the_request_id_header_of_node_quickbooks_is_no_request_id(caller: Caller) -> None:
    caller.session.headers["Request-Id"] = "same"
    assert caller.invoice("1.00")["Id"] != caller.invoice("1.00")["Id"]


def test_strings_for_amounts_and_empty_strings_are_taken(caller: Caller) -> None:
    body = {
        "CustomerRef": {"value": "1"},
        "TxnDate": "",
        "DueDate": "",
        "TotalAmt": "",
        "DocNumber": "",
        "Line": [{**a_line("12.50", Qty="2", UnitPrice="6.25"), "Description": ""}],
        "SyncToken": 0,
        "LinkedTxn": [],
        "Balance": 0,
        "ExchangeRate": 1,
    }
    invoice = caller.post("invoice", body)["Invoice"]
    assert (invoice["TotalAmt"], invoice["TxnDate"]) == (12.5, "2026-11-20")
    assert "DocNumber" not in invoice
    assert caller.credit_memo("1.00", ExchangeRate=0)["TotalAmt"] == 1


def test_only_the_value_of_a_reference_counts(caller: Caller) -> None:
    invoice = caller.invoice("1.00", CustomerRef={"value": "2", "name": "Somebody else"})
    assert invoice["CustomerRef"] == {"value": "2", "name": "Cedar Ridge Homes"}


@pytest.mark.parametrize("entity", ["invoice", "creditmemo", "salesreceipt", "estimate"])
def test_texts_have_their_limits(caller: Caller, entity: str) -> None:
    for field, limit in (("DocNumber", 21), ("PrivateNote", 4000)):
        body: Wire = {"CustomerRef": {"value": "1"}, "Line": [a_line("1.00")]}
        assert caller.post(entity, {**body, field: "x" * limit}).status == 200
        refused = caller.post(entity, {**body, field: "y" * (limit + 1)})
        assert refused.code == "2050"
        assert f"Max:{limit} supplied:{limit + 1}" in refused.text
    body = {"CustomerRef": {"value": "1"}, "Line": [{**a_line("1.00"), "Description": "x" * 4001}]}
    assert caller.post(entity, body).code == "2050"
    assert caller.post(entity, {**body, "Line": [a_line("1.00")], "CustomerMemo": {"value": "x" * 1001}}).code == "2050"


def _batch(caller: Caller, *items: Wire, **params: str) -> dict[str, Any]:
    answers = caller.post("batch", {"BatchItemRequest": list(items)}, **params)["BatchItemResponse"]
    return {item["bId"]: item for item in answers}


def test_a_void_in_a_batch_takes_each_entitys_own_form(caller: Caller) -> None:
    invoice, payment = caller.invoice("5.00"), caller.payment("3.00")
    ids = {"Id": payment["Id"], "SyncToken": "0", "sparse": True}
    answers = _batch(
        caller,
        {"bId": "v1", "operation": "void", "Invoice": {"Id": invoice["Id"], "SyncToken": "0"}},
        {"bId": "v2", "operation": "void", "Payment": ids},
        {"bId": "v3", "operation": "update", "optionsData": "void", "Payment": ids},
    )
    assert answers["v1"]["Invoice"]["TotalAmt"] == 0
    assert answers["v2"]["Fault"]["Error"][0]["code"] == "500"
    assert answers["v3"]["Payment"]["TotalAmt"] == 0
    caller.admin("POST", "quirks", {"batch_void": "refuse"})
    again = caller.invoice("5.00")
    item = {"bId": "v4", "operation": "void", "Invoice": {"Id": again["Id"], "SyncToken": "0"}}
    assert _batch(caller, item)["v4"]["Fault"]["Error"][0]["code"] == "500"


def test_options_data_of_a_batch_item_is_what_include_is_elsewhere(caller: Caller) -> None:
    caller.invoice("1.00", DocNumber="B-1")
    body = {"CustomerRef": {"value": "1"}, "DocNumber": "B-1", "Line": [a_line("1.00")]}
    answers = _batch(
        caller,
        {"bId": "a", "operation": "create", "Invoice": body},
        {"bId": "b", "operation": "create", "optionsData": "x,allowduplicatedocnum", "Invoice": body},
        {"bId": "c", "Invoice": {**body, "DocNumber": "B-2"}},
        {"bId": "d", "operation": "create", "Nonsense": body},
        {"bId": "e", "operation": "revert", "Invoice": body},
    )
    assert answers["a"]["Fault"]["Error"][0]["code"] == "6140"
    assert answers["b"]["Invoice"]["DocNumber"] == "B-1"
    assert answers["c"]["Invoice"]["DocNumber"] == "B-2"
    assert [answers[place]["Fault"]["Error"][0]["code"] for place in "de"] == ["2010", "500"]


def test_long_bids_are_taken_only_without_a_request_id(caller: Caller) -> None:
    item = {"bId": "x" * 36, "Query": "select * from Term"}
    assert "QueryResponse" in _batch(caller, item)["x" * 36]
    told = _batch(caller, item, requestid="r" * 30)["x" * 36]["Fault"]["Error"][0]
    assert told["code"] == "6000"
    assert "You cannot enter more than 50 characters in the request_id field" in told["Detail"]


def test_a_request_id_is_forgotten_after_a_day_by_quirk(open_sandbox: Opener) -> None:
    caller = open_sandbox(quirks={"replay_memory": "day"}, throttle=False)[1]
    body = {"CustomerRef": {"value": "1"}, "Line": [a_line("1.00")]}
    first = [caller.post("invoice", body, requestid="r")["Invoice"]["Id"] for _ in range(2)]
    caller.admin("POST", "clock", {"advance": 90_000})
    caller.sign_in()
    assert first[0] == first[1] != caller.post("invoice", body, requestid="r")["Invoice"]["Id"]


def test_time_activity_is_captured_by_quirk_only(caller: Caller) -> None:
    since = {"changedSince": "2026-11-01"}
    for entity in ("TimeActivity", "TaxAgency", "TaxCode", "TaxRate", "JournalCode"):
        assert caller.get("cdc", entities=entity, **since).status == 400, entity
    caller.admin("POST", "quirks", {"cdc_time_activity": "accept"})
    caller.post("timeactivity", {"NameOf": "Employee", "EmployeeRef": {"value": "5"}})
    (answer,) = caller.get("cdc", entities="TimeActivity,Invoice", **since)["CDCResponse"]
    assert len(answer["QueryResponse"][0]["TimeActivity"]) == 1
    assert answer["QueryResponse"][1] == {}
