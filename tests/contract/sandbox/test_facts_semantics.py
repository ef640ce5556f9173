"""What documents do to each other (contract sheet 6 and 7), and the named switch for each fact left open."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.sandbox.caller import Caller, Wire, a_line, a_link
from tests.contract.sandbox.conftest import Opener


def _update(document: Wire, **fields: Any) -> Wire:
    return {"Id": document["Id"], "SyncToken": document["SyncToken"], "sparse": True, **fields}


# ---------------------------------------------------------------- voids


def test_a_bill_and_a_journal_entry_answer_200_to_a_void_and_keep_what_they_are(caller: Caller) -> None:
    spent = {"Amount": "10.00", "DetailType": "AccountBasedExpenseLineDetail"}
    line = {**spent, "AccountBasedExpenseLineDetail": {"AccountRef": {"value": "17"}}}
    bill = caller.post("bill", {"VendorRef": {"value": "4"}, "Line": [line]})["Bill"]
    answer = caller.post("bill", {"Id": bill["Id"], "SyncToken": "0"}, operation="void")
    assert (answer.status, answer.json["Fault"]["type"], answer.code) == (200, "SystemFault", "10000")
    assert caller.read("Bill", bill["Id"]) == bill
    answer = caller.post("journalentry", {"Id": "1", "SyncToken": "0"}, operation="void")
    assert (answer.status, answer.json["BatchItemResponse"]) == (200, [])
    assert set(answer.json) == {"BatchItemResponse", "time"}
    caller.admin("POST", "quirks", {"void_unsupported": "refuse"})
    for entity in ("bill", "journalentry"):
        refused = caller.post(entity, {"Id": "1", "SyncToken": "0"}, operation="void")
        assert (refused.status, refused.code) == (400, "500")


@pytest.mark.parametrize("entity", ["payment", "salesreceipt", "billpayment", "purchase"])
def test_operation_void_is_not_for_what_is_voided_by_include(caller: Caller, entity: str) -> None:
    refused = caller.post(entity, {"Id": "1", "SyncToken": "0"}, operation="void")
    assert (refused.status, refused.code) == (400, "500")
    (error,) = refused.json["Fault"]["Error"]
    assert (error["Message"], error["element"]) == ("Unsupported Operation", "Operation")
    assert error["Detail"] == "Operation void is not supported."


@pytest.mark.parametrize(("quirk", "note"), [("dash", "Voided - m"), ("space", "Voided m"), ("newline", "Voided\nm")])
def test_voided_is_put_before_the_note(open_sandbox: Opener, quirk: str, note: str) -> None:
    caller = open_sandbox(quirks={"void_note": quirk})[1]
    assert caller.void_invoice(caller.invoice("5.00", PrivateNote="m"))["Invoice"]["PrivateNote"] == note


def test_a_settled_card_charge_cannot_be_voided(caller: Caller) -> None:
    charged = caller.payment("5.00", CreditCardPayment={"CreditChargeResponse": {"Status": "Completed"}})
    assert caller.post("payment", _update(charged), operation="update", include="void").code == "6450"


def test_a_void_checks_the_sync_token_and_the_closing_date(caller: Caller) -> None:
    old = caller.invoice("5.00", TxnDate="2026-01-05")
    preferences = caller.get("preferences")["Preferences"]
    closed = {**preferences["AccountingInfoPrefs"], "BookCloseDate": "2026-01-31"}
    caller.post("preferences", _update(preferences, AccountingInfoPrefs=closed))
    assert caller.void_invoice(old).code == "6210"
    assert caller.void_invoice({**old, "SyncToken": "7"}).code == "5010"
    assert caller.post("invoice", {"Id": old["Id"], "SyncToken": "0"}, operation="delete").code == "6210"
    caller.admin("POST", "quirks", {"closed_code": "6200"})
    assert caller.void_invoice(old).code == "6200"
    assert caller.payment("5.00", ("Invoice", old["Id"], "5.00"))["UnappliedAmt"] == 0
    caller.admin("POST", "quirks", {"apply_to_closed": "refuse"})
    other = caller.invoice("1.00")
    assert caller.payment("1.00", ("Invoice", other["Id"], "1.00"))["UnappliedAmt"] == 0
    assert caller.try_payment("0", ("Invoice", old["Id"], "5.00")).code == "6200"


# ---------------------------------------------------------------- payments


def test_a_document_number_is_no_transaction_id(caller: Caller) -> None:
    caller.invoice("5.00", DocNumber="INV-2041")
    assert caller.try_payment("5.00", ("Invoice", "INV-2041", "5.00")).code == "610"


@pytest.mark.parametrize("code", ["6000", "2140", "6070"])
def test_lines_beyond_total_and_credits_are_refused(open_sandbox: Opener, code: str) -> None:
    caller = open_sandbox(quirks={"lines_exceed": code})[1]
    invoice = caller.invoice("50.00")
    assert caller.try_payment("49.99", ("Invoice", invoice["Id"], "50.00")).code == code
    assert caller.read("Invoice", invoice["Id"])["Balance"] == 50


def test_a_line_beyond_the_balance_can_be_cut_by_quirk(open_sandbox: Opener) -> None:
    caller = open_sandbox(quirks={"over_application": "cap"})[1]
    invoice = caller.invoice("50.00")
    payment = caller.payment("80.00", ("Invoice", invoice["Id"], "80.00"))
    assert (payment["UnappliedAmt"], payment["Line"][0]["Amount"]) == (30, 50)


def test_a_payment_takes_its_links_to_another_customer_only_by_new_lines(caller: Caller) -> None:
    mine, theirs = caller.invoice("5.00"), caller.invoice("5.00", customer="2")
    payment = caller.payment("5.00", ("Invoice", mine["Id"], "5.00"))
    to_other = {"CustomerRef": {"value": "2"}, "TotalAmt": "5.00"}
    assert caller.post("payment", _update(payment, **to_other)).code == "6000"
    lines = [a_link("Invoice", theirs["Id"], "5.00")]
    caller.admin("POST", "quirks", {"move_customer": "refuse"})
    assert caller.post("payment", _update(payment, **to_other, Line=lines)).code == "6000"
    caller.admin("POST", "quirks", {"move_customer": "accept"})
    moved = caller.post("payment", _update(payment, **to_other, Line=lines))["Payment"]
    assert moved["CustomerRef"]["value"] == "2"
    assert [caller.read("Invoice", invoice["Id"])["Balance"] for invoice in (mine, theirs)] == [5, 0]
    assert [caller.read("Customer", key)["Balance"] for key in "12"] == [5, 0]


def test_payment_lines_have_no_id_and_carry_line_ex(caller: Caller) -> None:
    invoice = caller.invoice("5.00", DocNumber="L-1")
    (line,) = caller.payment("5.00", ("Invoice", invoice["Id"], "5.00"))["Line"]
    assert set(line) == {"Amount", "LinkedTxn", "LineEx"}
    told = {entry["value"]["Name"]: entry["value"]["Value"] for entry in line["LineEx"]["any"]}
    assert told == {"txnId": invoice["Id"], "txnOpenBalance": "5.00", "txnReferenceNumber": "L-1"}


def test_money_goes_to_undeposited_funds_unless_a_money_account_is_named(caller: Caller) -> None:
    assert caller.payment("1.00")["DepositToAccountRef"] == {"value": "4"}
    assert caller.payment("1.00", DepositToAccountRef={"value": "1"})["DepositToAccountRef"] == {"value": "1"}
    refused = caller.try_payment("1.00", DepositToAccountRef={"value": "12"})
    assert refused.code == "6430"
    assert caller.try_payment("1.00", PaymentRefNum="x" * 22).code == "2050"
    assert caller.try_payment("1.00", DocNumber="1").code == "2010"
    assert caller.try_payment("-1.00").code == "2290"


def test_deleting_what_is_applied_has_three_outcomes(caller: Caller) -> None:
    invoice, credit = caller.invoice("5.00"), caller.credit_memo("5.00")
    links = (("Invoice", invoice["Id"], "5.00"), ("CreditMemo", credit["Id"], "5.00"))
    zero = caller.payment("0", *links)
    body = {"Id": credit["Id"], "SyncToken": "0"}
    assert caller.post("creditmemo", body, operation="delete").code == "6000"
    caller.admin("POST", "quirks", {"delete_linked": "620"})
    assert caller.post("creditmemo", body, operation="delete").code == "620"
    caller.admin("POST", "quirks", {"delete_linked": "unlink"})
    assert caller.post("creditmemo", body, operation="delete")["CreditMemo"]["status"] == "Deleted"
    emptied = caller.read("Payment", zero["Id"])
    assert (emptied["Line"], emptied["UnappliedAmt"]) == ([], 0)
    assert caller.read("Invoice", invoice["Id"])["Balance"] == 5


def test_an_invoice_keeps_what_money_paid_of_it_when_the_credit_beside_it_is_taken_off(caller: Caller) -> None:
    first, second, credit = caller.invoice("5.00"), caller.invoice("20.00"), caller.credit_memo("12.00")
    links = (
        ("Invoice", first["Id"], "5.00"),
        ("CreditMemo", credit["Id"], "12.00"),
        ("Invoice", second["Id"], "20.00"),
    )
    mixed = caller.payment("13.00", *links)
    caller.admin("POST", "quirks", {"delete_linked": "unlink"})
    assert caller.post("creditmemo", {"Id": credit["Id"], "SyncToken": "0"}, operation="delete").code is None
    left = caller.read("Payment", mixed["Id"])
    assert [line["Amount"] for line in left["Line"]] == [5, 8]
    assert left["UnappliedAmt"] == 0
    assert [caller.read("Invoice", invoice["Id"])["Balance"] for invoice in (first, second)] == [0, 12]
    assert caller.read("Customer", "1")["Balance"] == 12


# ---------------------------------------------------------------- sales documents


def test_an_amount_taken_with_the_invoice_reduces_its_balance(caller: Caller) -> None:
    invoice = caller.invoice("100.00", Deposit="30.00")
    assert (invoice["TotalAmt"], invoice["Balance"]) == (100, 70)
    assert caller.read("Customer", "1")["Balance"] == 70
    voided = caller.void_invoice(invoice)["Invoice"]
    assert (voided["Deposit"], voided["Balance"]) == (0, 0)


def test_line_kinds_without_an_item_are_kept(caller: Caller) -> None:
    heading = {"DetailType": "DescriptionOnly", "Description": "Phase one", "DescriptionLineDetail": {}}
    bare = {"DetailType": "SalesItemLineDetail", "Amount": "9.00", "SalesItemLineDetail": {}}
    lines = caller.invoice(Line=[heading, bare])["Line"]
    assert [line["DetailType"] for line in lines] == ["DescriptionOnly", "SalesItemLineDetail", "SubTotalLineDetail"]
    assert lines[1]["SalesItemLineDetail"]["ItemRef"] == {"value": "1", "name": "Services"}
    assert "Id" not in lines[2]


def test_an_inactive_item_cannot_be_sold_and_an_unknown_one_is_2500(caller: Caller) -> None:
    caller.post("item", {"Id": "3", "SyncToken": "0", "sparse": True, "Active": False})
    for item, code in (("3", "610"), ("999", "2500")):
        body = {"CustomerRef": {"value": "1"}, "Line": [a_line("1.00", ItemRef={"value": item})]}
        assert caller.post("invoice", body).code == code


def test_a_taxable_document_has_at_most_750_lines(caller: Caller) -> None:
    taxed = [a_line("1.00", TaxCodeRef={"value": "TAX"}) for _ in range(751)]
    assert caller.post("invoice", {"CustomerRef": {"value": "1"}, "Line": taxed}).code == "6000"
    assert caller.invoice(Line=[a_line("1.00") for _ in range(751)])["TotalAmt"] == 751


def test_links_to_payments_are_read_only_and_the_invoice_link_is_for_the_asking(caller: Caller) -> None:
    invoice = caller.invoice("5.00", LinkedTxn=[{"TxnId": "77", "TxnType": "Payment"}])
    assert invoice["LinkedTxn"] == []
    assert "InvoiceLink" not in caller.read("Invoice", invoice["Id"])
    assert "InvoiceLink" in caller.get(f"invoice/{invoice['Id']}", include="invoiceLink")["Invoice"]


def test_an_email_address_is_needed_to_send(caller: Caller) -> None:
    body = {"CustomerRef": {"value": "1"}, "Line": [a_line("1.00")], "EmailStatus": "NeedToSend"}
    assert caller.post("invoice", body).json["Fault"]["Error"][0]["element"] == "BillEmail"
    invoice = caller.invoice("1.00")
    assert caller.post(f"invoice/{invoice['Id']}/send", raw=b"").code == "2380"
    sent = caller.post(f"invoice/{invoice['Id']}/send", raw=b"", sendTo="a@b.example")["Invoice"]
    assert (sent["EmailStatus"], sent["BillEmail"]["Address"]) == ("EmailSent", "a@b.example")


def test_auto_generate_forces_numbering(caller: Caller) -> None:
    caller.invoice("1.00", DocNumber="1500")
    assert caller.invoice("1.00", DocNumber="AUTO_GENERATE")["DocNumber"] == "1501"


@pytest.mark.parametrize(
    ("quantity", "price", "amount", "accepted"),
    [
        ("3", "33.333333", "100.00", True),
        ("3", "33.33", "100.00", False),
        ("3", "33.33", "99.99", True),
        ("2.5", "1.01", "2.53", True),
        ("0.5", "0.01", "0.01", True),
    ],
)
def test_an_amount_is_quantity_times_price_rounded_to_cents(
    caller: Caller,
    quantity: str,
    price: str,
    amount: str,
    accepted: bool,
) -> None:
    body = {"CustomerRef": {"value": "1"}, "Line": [a_line(amount, Qty=quantity, UnitPrice=price)]}
    answer = caller.post("invoice", body)
    if accepted:
        assert str(answer["Invoice"]["TotalAmt"]) == amount
    else:
        assert answer.code == "6070"
        assert f"Amount is not equal to UnitPrice * Qty. Supplied value:{amount}" in answer.text


def test_a_full_update_of_a_receipt_without_its_customer_takes_the_customer_away(caller: Caller) -> None:
    receipt = caller.post("salesreceipt", {"CustomerRef": {"value": "1"}, "Line": [a_line("5.00")]})["SalesReceipt"]
    body = {"Id": receipt["Id"], "SyncToken": "0", "Line": receipt["Line"]}
    assert "CustomerRef" not in caller.post("salesreceipt", body)["SalesReceipt"]


# ---------------------------------------------------------------- currencies


def _with_euros(caller: Caller) -> str:
    preferences = caller.get("preferences")["Preferences"]
    prefs = {**preferences["CurrencyPrefs"], "MultiCurrencyEnabled": True}
    caller.post("preferences", _update(preferences, CurrencyPrefs=prefs))
    caller.post("exchangerate", {"SourceCurrencyCode": "EUR", "AsOfDate": "2026-11-01", "Rate": "1.25"})
    body = {"DisplayName": "Dock & Söhne", "CurrencyRef": {"value": "EUR"}}
    customer: str = caller.post("customer", body)["Customer"]["Id"]
    return customer


def test_a_transaction_is_in_its_customers_currency_and_worth_home_amounts(caller: Caller) -> None:
    customer = _with_euros(caller)
    assert caller.post("invoice", {"CustomerRef": {"value": customer}, "Line": [a_line("8.00")]}).code == "2020"
    dollars = {"CustomerRef": {"value": customer}, "Line": [a_line("8.00")], "CurrencyRef": {"value": "USD"}}
    assert caller.post("invoice", dollars).code == "6000"
    euros = {"CurrencyRef": {"value": "EUR"}}
    invoice = caller.invoice("8.00", customer=customer, **euros)
    assert [str(invoice[name]) for name in ("ExchangeRate", "HomeTotalAmt", "HomeBalance")] == [
        "1.25",
        "10.00",
        "10.00",
    ]
    caller.payment("2.00", ("Invoice", invoice["Id"], "2.00"), customer=customer, **euros)
    assert caller.read("Invoice", invoice["Id"])["HomeBalance"] == 7.5
    held = caller.read("Customer", customer)
    assert caller.post("customer", _update(held, CurrencyRef={"value": "USD"})).code == "6000"
