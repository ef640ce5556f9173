"""Invoices over HTTP: create, read, full and sparse update, void, delete (contract sheet 6.3, 7.1, 7.5, 7.10)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.contract.sandbox.caller import Caller, a_line


def test_a_new_invoice_is_answered_with_its_computed_fields(caller: Caller) -> None:
    invoice = caller.invoice("450.00", DocNumber="INV-2041", SalesTermRef={"value": "3"})
    assert (invoice["Id"], invoice["SyncToken"], invoice["sparse"], invoice["domain"]) == ("1", "0", False, "QBO")
    assert (invoice["TotalAmt"], invoice["Balance"], invoice["LinkedTxn"]) == (450, 450, [])
    assert invoice["TxnDate"] == "2026-11-20"
    assert invoice["DueDate"] == "2026-12-20"
    assert invoice["CustomerRef"] == {"value": "1", "name": "Harbor Lane Bakery"}
    assert invoice["MetaData"]["CreateTime"] == invoice["MetaData"]["LastUpdatedTime"]
    assert "." not in invoice["MetaData"]["CreateTime"]
    assert invoice["Line"][-1] == {
        "Amount": Decimal("450.00"),
        "DetailType": "SubTotalLineDetail",
        "SubTotalLineDetail": {},
    }
    assert "Id" not in invoice["Line"][-1]


def test_amounts_on_the_wire_have_two_decimals_and_zero_is_a_bare_zero(caller: Caller) -> None:
    answer = caller.post("invoice", {"CustomerRef": {"value": "1"}, "Line": [a_line("100")]})
    assert '"TotalAmt":100.00' in answer.text
    assert '"TotalTax":0}' in answer.text


@pytest.mark.parametrize(
    ("detail", "amount", "code"),
    [
        ({"Qty": 3, "UnitPrice": "33.333333"}, "100.00", None),
        ({"Qty": 3, "UnitPrice": "33.33"}, "100.00", "6070"),
        ({"Qty": 0, "UnitPrice": 0}, "100.00", None),
        ({"TaxCodeRef": {"value": "5"}}, "100.00", "6100"),
        ({"ItemRef": {"value": "999"}}, "100.00", "2500"),
    ],
)
def test_line_amounts_items_and_tax_codes_are_checked(
    caller: Caller, detail: dict[str, object], amount: str, code: str | None
) -> None:
    answer = caller.post("invoice", {"CustomerRef": {"value": "1"}, "Line": [a_line(amount, **detail)]})
    assert answer.code == code
    assert answer.status == (400 if code else 200)


@pytest.mark.parametrize(
    ("body", "code", "element"),
    [
        ({"Line": [a_line("1")]}, "2020", "CustomerRef"),
        ({"CustomerRef": {"value": "1"}}, "2020", "Line"),
        ({"CustomerRef": {"value": "1"}, "Line": []}, "2020", "Line"),
        ({"CustomerRef": {"value": "77"}, "Line": [a_line("1")]}, "2500", "CustomerRef"),
        ({"CustomerRef": {"value": "1"}, "Line": [a_line("1")], "Foo": 1}, "2010", "Foo"),
        ({"CustomerRef": {"value": "1"}, "Line": [{**a_line("1"), "Foo": 1}]}, "2010", "Foo"),
        ({"CustomerRef": {"value": "1"}, "Line": [a_line("1")], "DocNumber": "x" * 22}, "2050", "DocNumber"),
        ({"CustomerRef": {"value": "1"}, "Line": [a_line("1")], "TxnDate": "2026-02-30"}, "2060", "TxnDate"),
        ({"CustomerRef": {"value": "1"}, "Line": [a_line("-5")]}, "2290", "TotalAmt"),
    ],
)
def test_what_is_missing_or_wrong_is_named(caller: Caller, body: object, code: str, element: str) -> None:
    answer = caller.post("invoice", body)
    assert (answer.status, answer.code) == (400, code)
    assert answer.json["Fault"]["Error"][0]["element"] == element
    assert answer.json["Fault"]["type"] == "ValidationFault"
    assert caller.rows("select * from Invoice") == []


def test_read_only_fields_in_a_body_are_ignored(caller: Caller) -> None:
    invoice = caller.invoice("10.00", Balance="3", TotalAmt="4", MetaData={"CreateTime": "x"}, HomeTotalAmt=9)
    assert (invoice["Balance"], invoice["TotalAmt"]) == (10, 10)


def test_a_sparse_update_keeps_what_it_does_not_name_and_replaces_lines_as_a_whole(caller: Caller) -> None:
    invoice = caller.invoice("10.00", PrivateNote="keep", DocNumber="7")
    line = {**a_line("12.00"), "Id": invoice["Line"][0]["Id"]}
    body = {"Id": invoice["Id"], "SyncToken": "0", "sparse": True, "Line": [line, a_line("3.00")]}
    updated = caller.post("invoice", body)["Invoice"]
    assert (updated["SyncToken"], updated["PrivateNote"], updated["DocNumber"]) == ("1", "keep", "7")
    assert (updated["TotalAmt"], updated["Balance"]) == (15, 15)
    assert [given.get("Id") for given in updated["Line"]] == ["1", "2", None]


def test_a_full_update_clears_what_it_leaves_out(caller: Caller) -> None:
    invoice = caller.invoice("10.00", PrivateNote="gone", DocNumber="7")
    body = {"Id": invoice["Id"], "SyncToken": "0", "CustomerRef": {"value": "1"}, "Line": [a_line("10.00")]}
    updated = caller.post("invoice", body)["Invoice"]
    assert "PrivateNote" not in updated
    assert "DocNumber" not in updated
    assert updated["MetaData"]["CreateTime"] == invoice["MetaData"]["CreateTime"]


def test_a_wrong_sync_token_is_stale_and_saves_nothing(caller: Caller) -> None:
    invoice = caller.invoice("10.00")
    body = {"Id": invoice["Id"], "SyncToken": "5", "sparse": True, "PrivateNote": "late"}
    answer = caller.post("invoice", body)
    assert (answer.code, caller.read("Invoice", invoice["Id"])) == ("5010", invoice)


def test_the_sync_token_may_be_an_integer(caller: Caller) -> None:
    invoice = caller.invoice("10.00")
    body = {"Id": invoice["Id"], "SyncToken": 0, "sparse": True, "PrivateNote": "in time"}
    assert caller.post("invoice", body)["Invoice"]["SyncToken"] == "1"


def test_a_void_keeps_the_number_and_zeroes_the_lines(caller: Caller) -> None:
    invoice = caller.invoice("10.00", DocNumber="V1", PrivateNote="why")
    voided = caller.void_invoice(invoice)["Invoice"]
    assert (voided["TotalAmt"], voided["Balance"], voided["SyncToken"]) == (0, 0, "1")
    assert (voided["DocNumber"], voided["TxnDate"], voided["CustomerRef"]) == (
        "V1",
        "2026-11-20",
        invoice["CustomerRef"],
    )
    assert voided["PrivateNote"].startswith("Voided")
    assert voided["PrivateNote"].endswith("why")
    assert [line["Amount"] for line in voided["Line"]] == [0, 0]
    assert voided["Line"][0]["SalesItemLineDetail"]["ItemRef"]["value"] == "1"
    assert caller.read("Customer", "1")["Balance"] == 0


def test_a_void_of_a_paid_invoice_is_refused_and_by_quirk_unlinks(caller: Caller) -> None:
    invoice = caller.invoice("10.00")
    payment = caller.payment("10.00", ("Invoice", invoice["Id"], "10.00"))
    assert caller.void_invoice(invoice).code == "6000"
    caller.admin("POST", "quirks", {"void_linked": "unlink"})
    voided = caller.void_invoice(invoice)["Invoice"]
    freed = caller.read("Payment", payment["Id"])
    assert (voided["Balance"], voided["LinkedTxn"]) == (0, [])
    assert (freed["UnappliedAmt"], freed["Line"]) == (10, [])
    assert caller.read("Customer", "1")["Balance"] == -10


def test_a_voided_invoice_can_be_filled_again_unless_the_quirk_forbids_it(caller: Caller) -> None:
    voided = caller.void_invoice(caller.invoice("10.00"))["Invoice"]
    body = {"Id": voided["Id"], "SyncToken": "1", "CustomerRef": {"value": "1"}, "Line": [a_line("10.00")]}
    caller.admin("POST", "quirks", {"unvoid": "refuse"})
    assert caller.post("invoice", body).code == "6000"
    caller.admin("POST", "quirks", {"unvoid": "accept"})
    assert caller.post("invoice", body)["Invoice"]["Balance"] == 10


@pytest.mark.parametrize("entity", ["creditmemo", "deposit", "estimate", "refundreceipt", "purchase"])
def test_what_cannot_be_voided_says_so(caller: Caller, entity: str) -> None:
    answer = caller.post(entity, {"Id": "1", "SyncToken": "0"}, operation="void")
    assert (answer.status, answer.code) == (400, "500")
    assert "void is not supported" in answer.text


def test_a_deleted_invoice_is_a_stub_and_then_not_found(caller: Caller) -> None:
    invoice = caller.invoice("10.00")
    deleted = caller.post("invoice", {"Id": "1", "SyncToken": "0"}, operation="delete")["Invoice"]
    assert deleted == {"domain": "QBO", "status": "Deleted", "Id": invoice["Id"]}
    assert caller.get("invoice/1").code == "610"
    assert caller.rows("select * from Invoice") == []
    assert caller.invoice("10.00")["Id"] == "2"


def test_duplicate_numbers_are_refused_unless_allowed(caller: Caller) -> None:
    first = caller.invoice("10.00", DocNumber="N1")
    body = {"CustomerRef": {"value": "1"}, "DocNumber": "n1", "Line": [a_line("10.00")]}
    refused = caller.post("invoice", body)
    assert refused.code == "6140"
    assert f"TxnId={first['Id']}" in refused.text
    assert caller.post("invoice", body, include="allowduplicatedocnum")["Invoice"]["DocNumber"] == "n1"
    assert caller.credit_memo("10.00", DocNumber="N1")["DocNumber"] == "N1"


def test_a_voided_number_stays_taken_and_a_deleted_one_is_free(caller: Caller) -> None:
    voided = caller.void_invoice(caller.invoice("10.00", DocNumber="V"))["Invoice"]
    body = {"CustomerRef": {"value": "1"}, "DocNumber": "V", "Line": [a_line("10.00")]}
    assert caller.post("invoice", body).code == "6140"
    caller.post("invoice", {"Id": voided["Id"], "SyncToken": "1"}, operation="delete")
    assert caller.post("invoice", body).code is None


def test_without_custom_numbers_the_server_numbers(caller: Caller) -> None:
    preferences = caller.get("preferences")["Preferences"]
    forms = {**preferences["SalesFormsPrefs"], "CustomTxnNumbers": False}
    body = {"Id": "1", "SyncToken": preferences["SyncToken"], "sparse": True, "SalesFormsPrefs": forms}
    caller.post("preferences", body)
    assert [caller.invoice("1.00")["DocNumber"] for _ in range(2)] == ["1001", "1002"]


def test_sales_tax_is_computed_from_the_headers_code(caller: Caller) -> None:
    taxed = a_line("325.75", TaxCodeRef={"value": "TAX"})
    body = {"CustomerRef": {"value": "1"}, "Line": [taxed, a_line("10.00")]}
    invoice = caller.post("invoice", {**body, "TxnTaxDetail": {"TxnTaxCodeRef": {"value": "2"}}})["Invoice"]
    assert invoice["TxnTaxDetail"]["TotalTax"] == Decimal("26.06")
    assert invoice["TxnTaxDetail"]["TaxLine"][0]["TaxLineDetail"]["NetAmountTaxable"] == Decimal("325.75")
    assert invoice["TotalAmt"] == Decimal("361.81")


def test_a_discount_line_reduces_the_total(caller: Caller) -> None:
    discount = {"DetailType": "DiscountLineDetail", "DiscountLineDetail": {"PercentBased": True, "DiscountPercent": 10}}
    body = {"CustomerRef": {"value": "1"}, "Line": [a_line("200.00"), discount]}
    invoice = caller.post("invoice", body)["Invoice"]
    assert invoice["TotalAmt"] == 180
    assert [line["DetailType"] for line in invoice["Line"][1:]] == ["SubTotalLineDetail", "DiscountLineDetail"]
    assert [line["Amount"] for line in invoice["Line"]] == [200, 200, 20]


def test_an_estimate_is_closed_by_its_invoice_and_opened_by_its_delete(caller: Caller) -> None:
    estimate = caller.post("estimate", {"CustomerRef": {"value": "1"}, "Line": [a_line("10.00")]})["Estimate"]
    assert estimate["TxnStatus"] == "Pending"
    invoice = caller.invoice("10.00", LinkedTxn=[{"TxnId": estimate["Id"], "TxnType": "Estimate"}])
    closed = caller.read("Estimate", estimate["Id"])
    assert (closed["TxnStatus"], closed["SyncToken"]) == ("Closed", "0")
    assert closed["LinkedTxn"] == [{"TxnId": invoice["Id"], "TxnType": "Invoice"}]
    caller.post("invoice", {"Id": invoice["Id"], "SyncToken": "0"}, operation="delete")
    assert caller.read("Estimate", estimate["Id"])["LinkedTxn"] == []


def test_the_closing_date_guards_old_and_new_date(caller: Caller) -> None:
    old = caller.invoice("10.00", TxnDate="2026-01-15")
    preferences = caller.get("preferences")["Preferences"]
    accounting = {**preferences["AccountingInfoPrefs"], "BookCloseDate": "2026-06-30"}
    body = {"Id": "1", "SyncToken": "0", "sparse": True, "AccountingInfoPrefs": accounting}
    assert caller.post("preferences", body).code is None
    fresh = caller.invoice("10.00")
    into = {"Id": fresh["Id"], "SyncToken": "0", "sparse": True, "TxnDate": "2026-06-30"}
    out_of = {"Id": old["Id"], "SyncToken": "0", "sparse": True, "TxnDate": "2026-07-01"}
    assert caller.post("invoice", into).code == "6210"
    assert caller.post("invoice", out_of).code == "6210"
    assert caller.void_invoice(old).code == "6210"
    paid = caller.try_payment("10.00", ("Invoice", old["Id"], "10.00"))
    assert paid.code is None
    caller.admin("POST", "quirks", {"closed_code": "6200"})
    answer = caller.void_invoice(old)
    assert answer.code == "6200"
    assert "period has closed" in answer.text
