"""Each switch for what is not documented takes the outcome it is set to (contract sheet 1 to 8, 11 and 13)."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from qbclean.sandbox.wire import encode
from tests.contract.sandbox.caller import Caller, Wire, a_line, a_link
from tests.contract.sandbox.conftest import Opener


def _set(caller: Caller, **quirks: str) -> None:
    assert caller.admin("POST", "quirks", quirks).status == 200


def _update(document: Wire, **fields: Any) -> Wire:
    return {"Id": document["Id"], "SyncToken": document["SyncToken"], "sparse": True, **fields}


# ---------------------------------------------------------------- sign-in and envelopes


def test_a_refused_grant_may_say_no_more_than_its_word(caller: Caller) -> None:
    _set(caller, invalid_grant="bare")
    assert caller.tokens(grant_type="refresh_token", refresh_token="no-such").json == {"error": "invalid_grant"}


def test_a_403_has_one_type_or_the_other(caller: Caller) -> None:
    def kind() -> str:
        answer = caller.session.get(f"{caller.url}/v3/company/1/term/1", timeout=30)
        assert answer.status_code == 403
        return str(answer.json()["fault"]["type"])

    assert kind() == "SERVICE"
    _set(caller, forbidden_type="AUTHORIZATION")
    assert kind() == "AUTHORIZATION"


def test_a_refusal_may_come_without_its_time(caller: Caller) -> None:
    assert "time" in caller.get("term/999").json
    _set(caller, fault_time="absent")
    assert set(caller.get("term/999").json) == {"Fault"}


def test_whoever_takes_anything_gets_json_or_xml(caller: Caller) -> None:
    caller.session.headers["Accept"] = "*/*"
    assert caller.get("term/1").headers["content-type"].startswith("application/json")
    _set(caller, accept_any="xml")
    assert caller.get("term/1").headers["content-type"].startswith("application/xml")


def test_a_long_request_id_has_one_code_or_the_other(caller: Caller) -> None:
    body = {"CustomerRef": {"value": "1"}, "Line": [a_line("1.00")]}
    assert caller.post("invoice", body, requestid="r" * 51).code == "2130"
    _set(caller, long_request_id="6000")
    assert caller.post("invoice", body, requestid="r" * 51).code == "6000"
    assert caller.rows("select * from Invoice") == []


def test_an_echoed_line_ex_may_be_refused(caller: Caller) -> None:
    invoice = caller.invoice("5.00")
    payment = caller.payment("5.00", ("Invoice", invoice["Id"], "5.00"))
    assert "LineEx" in payment["Line"][0]
    again = caller.post("payment", _update(payment, Line=payment["Line"]))["Payment"]
    _set(caller, line_ex="refuse")
    assert caller.post("payment", _update(again, Line=payment["Line"])).code == "2010"


# ---------------------------------------------------------------- queries and changes


def test_a_page_may_tell_how_many_there_are_in_all(caller: Caller) -> None:
    _set(caller, total_count="present")
    answer = caller.query("select * from Customer maxresults 2")["QueryResponse"]
    assert (answer["maxResults"], answer["totalCount"]) == (2, 3)


def test_more_than_a_thousand_rows_are_cut_or_refused(caller: Caller) -> None:
    assert caller.query("select * from Term maxresults 1001").code is None
    _set(caller, max_results="refuse")
    assert caller.query("select * from Term maxresults 1001").code == "4001"
    assert caller.query("select * from Term maxresults 1000").code is None


def test_ids_may_be_compared_only_by_equality_and_sorted_as_text(caller: Caller) -> None:
    ids = [caller.invoice("1.00")["Id"] for _ in range(11)]
    assert [row["Id"] for row in caller.rows("select * from Invoice where Id > '9' orderby Id")] == ["10", "11"]
    _set(caller, id_compare="refuse", id_order="text")
    assert caller.query("select * from Invoice where Id > '9'").code == "4001"
    assert len(caller.rows("select * from Invoice where Id in ('9', '10')")) == 2
    assert [row["Id"] for row in caller.rows("select * from Invoice orderby Id")] == sorted(ids)
    assert [row["Id"] for row in caller.rows("select * from Invoice orderby Id desc")] == sorted(ids, reverse=True)


def test_changes_of_the_second_itself_and_without_an_offset(caller: Caller) -> None:
    caller.admin("POST", "clock", {"now": "2026-11-20T09:00:00-08:00"})
    invoice = caller.invoice("1.00")
    at = invoice["MetaData"]["LastUpdatedTime"]

    def found(since: str) -> bool:
        (answer,) = caller.get("cdc", entities="Invoice", changedSince=since).json["CDCResponse"]
        return bool(answer["QueryResponse"][0])

    assert found(at)
    _set(caller, cdc_since="exclusive")
    assert not found(at)
    assert found("2026-11-20T08:00:00")
    assert not found("2026-11-20T10:00:00")
    _set(caller, cdc_no_offset="utc")
    assert found("2026-11-20T16:30:00")


def test_the_oldest_or_the_newest_thousand_changes_are_told(open_sandbox: Opener) -> None:
    running, caller = open_sandbox(throttle=False)
    for number in range(1, 1_006):
        at = f"2026-11-01T10:{number // 60:02d}:{number % 60:02d}-08:00"
        stored = {"Id": str(number), "SyncToken": "0", "MetaData": {"CreateTime": at, "LastUpdatedTime": at}}
        running.sandbox.company.load("JournalEntry", stored, encode(stored))

    def told() -> tuple[str, str]:
        (answer,) = caller.get("cdc", entities="JournalEntry", changedSince="2026-11-01").json["CDCResponse"]
        rows = answer["QueryResponse"][0]["JournalEntry"]
        assert len(rows) == 1_000
        return rows[0]["Id"], rows[-1]["Id"]

    assert told() == ("1", "1000")
    _set(caller, cdc_full="newest")
    assert told() == ("6", "1005")


# ---------------------------------------------------------------- documents


def test_what_a_reference_lacks_has_one_code_or_the_other(caller: Caller) -> None:
    customer = caller.post("customer", {"DisplayName": "Gone"})["Customer"]
    caller.post("customer", _update(customer, Active=False))
    bodies = [{"CustomerRef": {"value": value}, "Line": [a_line("1.00")]} for value in ("999", customer["Id"])]
    assert [caller.post("invoice", body).code for body in bodies] == ["2500", "610"]
    _set(caller, unknown_reference="610", inactive_reference="2500")
    assert [caller.post("invoice", body).code for body in bodies] == ["610", "2500"]


def test_a_voided_number_may_be_free_again(caller: Caller) -> None:
    caller.void_invoice(caller.invoice("1.00", DocNumber="V-1"))
    body = {"CustomerRef": {"value": "1"}, "DocNumber": "V-1", "Line": [a_line("1.00")]}
    assert caller.post("invoice", body).code == "6140"
    _set(caller, voided_number="free")
    assert caller.post("invoice", body).code is None
    assert caller.post("invoice", body).code == "6140"


def test_deposited_money_of_the_closed_period_is_refused_for_one_reason_or_the_other(caller: Caller) -> None:
    payment = caller.payment("5.00", TxnDate="2026-01-05")
    line = {"Amount": "5.00", "LinkedTxn": [{"TxnId": payment["Id"], "TxnType": "Payment", "TxnLineId": "0"}]}
    caller.post("deposit", {"DepositToAccountRef": {"value": "1"}, "TxnDate": "2026-02-05", "Line": [line]})
    preferences = caller.get("preferences")["Preferences"]
    closed = {**preferences["AccountingInfoPrefs"], "BookCloseDate": "2026-01-31"}
    caller.post("preferences", _update(preferences, AccountingInfoPrefs=closed))

    def codes() -> list[str | None]:
        body = _update(payment, PrivateNote="x")
        ways: list[dict[str, Any]] = [{}, {"operation": "update", "include": "void"}, {"operation": "delete"}]
        return [caller.post("payment", body, **way).code for way in ways]

    assert codes() == ["6210"] * 3
    _set(caller, closed_and_deposited="6540")
    assert codes() == ["6540"] * 3


def test_an_update_of_a_payment_may_have_to_name_customer_and_total(caller: Caller) -> None:
    payment = caller.payment("5.00")
    _set(caller, payment_update="demanding")
    assert caller.post("payment", _update(payment, PrivateNote="x")).code == "2020"
    named = {"CustomerRef": {"value": "1"}, "TotalAmt": 5, "PrivateNote": "x"}
    assert caller.post("payment", _update(payment, **named))["Payment"]["PrivateNote"] == "x"
    assert caller.try_payment("5.00").code is None


def test_references_may_come_without_names_and_addresses_as_lines(caller: Caller) -> None:
    town = {"City": "Bayside", "CountrySubDivisionCode": "CA", "PostalCode": "94000"}
    sent = {"Line1": "1 Main St", "Line2": "Unit 2", **town}
    invoice = caller.invoice("1.00", BillAddr=sent)
    assert (invoice["BillAddr"], invoice["CustomerRef"]["name"]) == (sent, "Harbor Lane Bakery")
    _set(caller, reference_names="missing", addresses="flattened")
    invoice = caller.invoice("1.00", BillAddr=sent)
    lines = {"Line1": "1 Main St", "Line2": "Unit 2", "Line3": "Bayside, CA 94000"}
    assert invoice["BillAddr"] == {**lines, "Lat": "INVALID", "Long": "INVALID"}
    assert invoice["CustomerRef"] == {"value": "1"}
    assert invoice["Line"][0]["SalesItemLineDetail"]["ItemRef"] == {"value": "1"}
    customer = caller.post("customer", {"DisplayName": "Elsewhere", "BillAddr": town})["Customer"]
    assert customer["BillAddr"]["Line1"] == "Bayside, CA 94000"


def test_unapplied_money_may_pay_the_oldest_invoices_by_itself(caller: Caller) -> None:
    younger, older = (caller.invoice("30.00", TxnDate=day) for day in ("2026-10-02", "2026-10-01"))
    assert caller.payment("5.00")["UnappliedAmt"] == 5
    _set(caller, auto_apply_credit="on")
    payment = caller.payment("45.00", ("Invoice", younger["Id"], "10.00"))
    assert [line["LinkedTxn"][0]["TxnId"] for line in payment["Line"]] == [younger["Id"], older["Id"]]
    assert payment["UnappliedAmt"] == 5
    assert caller.read("Invoice", older["Id"])["Balance"] == 0


def test_half_a_cent_is_rounded_one_way_or_the_other(caller: Caller) -> None:
    def sold(amount: str) -> str | None:
        line = a_line(amount, Qty="0.5", UnitPrice="0.25")
        return caller.post("invoice", {"CustomerRef": {"value": "1"}, "Line": [line]}).code

    assert [sold("0.13"), sold("0.12")] == [None, "6070"]
    _set(caller, tie_rounding="half_even")
    assert [sold("0.13"), sold("0.12")] == ["6070", None]


def test_what_the_bank_feed_has_matched_is_not_deleted(open_sandbox: Opener, tmp_path: Path) -> None:
    first = open_sandbox(throttle=False)[1]
    paid = [first.payment("5.00") for _ in range(2)]
    files: dict[str, str] = first.admin("GET", "dump?format=json").json["files"]
    for name, content in files.items():
        (tmp_path / name).write_text(content)
    state = {"TxnType": "Payment", "TxnId": paid[0]["Id"], "Status": "Cleared"}
    (tmp_path / "Cleared.jsonl").write_text(json.dumps(state) + "\n")
    caller = open_sandbox(company=tmp_path, throttle=False)[1]
    assert caller.post("payment", _update(paid[0]), operation="delete").code == "6480"
    assert caller.post("payment", _update(paid[0], PrivateNote="x")).code is None
    assert caller.post("payment", _update(paid[1]), operation="delete").code is None
    _set(caller, matched_delete="accept")
    assert caller.post("payment", {"Id": paid[0]["Id"], "SyncToken": "1"}, operation="delete").code is None


@pytest.mark.parametrize("credentials", ["nonsense", base64.b64encode(b"no:such").decode()])
def test_wrong_credentials_are_an_invalid_client_whatever_the_quirks(caller: Caller, credentials: str) -> None:
    _set(caller, invalid_grant="bare")
    headers = {"Authorization": f"Basic {credentials}"}
    form = {"grant_type": "refresh_token", "refresh_token": caller.ready["refresh_token"]}
    answer = caller.session.post(f"{caller.url}/oauth2/v1/tokens/bearer", data=form, headers=headers, timeout=30)
    assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client"})


def test_a_link_keeps_its_form_under_every_quirk(caller: Caller) -> None:
    invoice = caller.invoice("5.00")
    _set(caller, payment_update="demanding", line_ex="refuse", unknown_reference="610")
    made = caller.try_payment("5.00", ("Invoice", invoice["Id"], "5.00"))["Payment"]
    line = {name: value for name, value in made["Line"][0].items() if name != "LineEx"}
    assert line == {**a_link("Invoice", invoice["Id"], "x"), "Amount": 5}
