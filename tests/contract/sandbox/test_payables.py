"""Bills, vendor credits and bill payments: open balances, links, and the vendor's Balance (contract sheet 6.6, 7.2)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.contract.sandbox.caller import Answer, Caller, Wire, a_link

VENDOR = {"VendorRef": {"value": "4"}}


def _spent(amount: str) -> Wire:
    detail = {"AccountRef": {"value": "17"}}
    kind = "AccountBasedExpenseLineDetail"
    return {"Amount": amount, "DetailType": kind, kind: detail}


def _bill(caller: Caller, amount: str) -> Wire:
    return caller.post("bill", {**VENDOR, "Line": [_spent(amount)]})["Bill"]


def _credit(caller: Caller, amount: str) -> Wire:
    return caller.post("vendorcredit", {**VENDOR, "Line": [_spent(amount)]})["VendorCredit"]


def _pay(caller: Caller, *links: tuple[str, str, str], **more: Any) -> Answer:
    lines = [a_link(*link) for link in links]
    check = {"PayType": "Check", "CheckPayment": {"BankAccountRef": {"value": "1"}}}
    return caller.post("billpayment", {**VENDOR, **check, "Line": lines, **more})


def _owed(caller: Caller) -> Any:
    """Return the vendor's Balance, which the VendorBalance report must say too."""
    balance: Decimal = caller.read("Vendor", "4")["Balance"]
    rows = caller.get("reports/VendorBalance").json["Rows"].get("Row", [])
    reported = {row["ColData"][0].get("id"): row["ColData"][1]["value"] for row in rows if "ColData" in row}
    assert Decimal(reported.get("4", "0")) == balance
    return balance


def test_a_bill_is_open_until_it_is_paid(caller: Caller) -> None:
    detail = {"AccountRef": {"value": "17"}}
    line = {"Amount": "80.00", "DetailType": "AccountBasedExpenseLineDetail", "AccountBasedExpenseLineDetail": detail}
    bill = caller.post("bill", {"VendorRef": {"value": "4"}, "Line": [line]})["Bill"]
    assert (bill["TotalAmt"], bill["Balance"]) == (80, 80)
    body = {
        "VendorRef": {"value": "4"},
        "PayType": "Check",
        "CheckPayment": {"BankAccountRef": {"value": "1"}},
        "Line": [a_link("Bill", bill["Id"], "80.00")],
    }
    payment = caller.post("billpayment", body)["BillPayment"]
    assert caller.read("Bill", bill["Id"])["Balance"] == 0
    void = {"Id": payment["Id"], "SyncToken": "0", "sparse": True}
    assert caller.post("billpayment", void, operation="void").code == "500"
    assert caller.post("billpayment", void, operation="update", include="void")["BillPayment"]["TotalAmt"] == 0
    assert caller.read("Bill", bill["Id"])["Balance"] == 80


def test_a_vendors_balance_follows_bills_credits_and_payments(caller: Caller) -> None:
    bill, credit = _bill(caller, "80.00"), _credit(caller, "30.00")
    assert (credit["Balance"], _owed(caller)) == (30, 50)
    payment = _pay(caller, ("Bill", bill["Id"], "80.00"), ("VendorCredit", credit["Id"], "30.00"))["BillPayment"]
    assert (payment["TotalAmt"], _owed(caller)) == (50, 0)
    used = caller.read("VendorCredit", credit["Id"])
    assert (used["Balance"], used["LinkedTxn"]) == (0, [{"TxnId": payment["Id"], "TxnType": "BillPaymentCheck"}])
    delete = {"Id": credit["Id"], "SyncToken": "0"}
    assert caller.post("vendorcredit", delete, operation="delete").code == "6000"
    void = {"Id": payment["Id"], "SyncToken": "0", "sparse": True}
    assert caller.post("billpayment", void, operation="update", include="void").code is None
    assert (_owed(caller), caller.read("VendorCredit", credit["Id"])["LinkedTxn"]) == (50, [])
    assert caller.post("vendorcredit", delete, operation="delete").code is None
    assert _owed(caller) == 80


def test_money_beyond_the_bills_stays_with_the_vendor(caller: Caller) -> None:
    bill = _bill(caller, "40.00")
    _pay(caller, ("Bill", bill["Id"], "40.00"), TotalAmt="55.00")
    assert _owed(caller) == -15
    other = _bill(caller, "10.00")
    assert _pay(caller, ("Bill", other["Id"], "10.00"), TotalAmt="9.00").code == "6000"
    assert _pay(caller, ("Bill", other["Id"], "11.00")).code == "6000"
    assert _owed(caller) == -5


def test_a_journal_entry_on_accounts_payable_counts_for_its_vendor(caller: Caller) -> None:
    vendor = {"Type": "Vendor", "EntityRef": {"value": "4"}}
    payable = caller.rows("select * from Account where AccountType = 'Accounts Payable'")[0]["Id"]
    sides = [
        {"PostingType": "Debit", "AccountRef": {"value": "17"}},
        {"PostingType": "Credit", "AccountRef": {"value": payable}, "Entity": vendor},
    ]
    kind = "JournalEntryLineDetail"
    caller.post("journalentry", {"Line": [{"Amount": "12.00", "DetailType": kind, kind: side} for side in sides]})
    assert _owed(caller) == 12


def test_paying_a_paid_bill_makes_a_voided_payment_without_lines(caller: Caller) -> None:
    bill = _bill(caller, "40.00")
    _pay(caller, ("Bill", bill["Id"], "40.00"))
    again = _pay(caller, ("Bill", bill["Id"], "40.00"))["BillPayment"]
    assert (again["TotalAmt"], again["Line"], again["PrivateNote"]) == (0, [], "Voided")
    assert _owed(caller) == 0
    caller.admin("POST", "quirks", {"paid_bill": "refuse"})
    assert _pay(caller, ("Bill", bill["Id"], "40.00")).code == "6000"
