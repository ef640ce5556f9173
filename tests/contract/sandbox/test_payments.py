"""Payments, credit memos, deposits and journal entries: links, balances and what protects them (contract sheet 7)."""

from __future__ import annotations

import pytest

from tests.contract.sandbox.caller import Caller, Wire, a_line, a_link


def test_a_payment_lowers_the_invoice_and_moves_its_time_but_not_its_token(caller: Caller) -> None:
    invoice = caller.invoice("450.00", DocNumber="INV-7")
    caller.admin("POST", "clock", {"advance": 60})
    payment = caller.payment("450.00", ("Invoice", invoice["Id"], "450.00"))
    after = caller.read("Invoice", invoice["Id"])
    assert (after["Balance"], after["SyncToken"]) == (0, "0")
    assert after["LinkedTxn"] == [{"TxnId": payment["Id"], "TxnType": "Payment"}]
    assert after["MetaData"]["LastUpdatedTime"] > invoice["MetaData"]["LastUpdatedTime"]
    assert payment["DepositToAccountRef"] == {"value": "4"}
    line = payment["Line"][0]
    assert "Id" not in line
    assert "DetailType" not in line
    named = {part["value"]["Name"]: part["value"]["Value"] for part in line["LineEx"]["any"]}
    assert named["txnReferenceNumber"] == "INV-7"


def test_side_effects_can_bump_the_token_by_quirk(caller: Caller) -> None:
    caller.admin("POST", "quirks", {"side_effect_token": "bump"})
    invoice = caller.invoice("10.00")
    caller.payment("10.00", ("Invoice", invoice["Id"], "10.00"))
    assert caller.read("Invoice", invoice["Id"])["SyncToken"] == "1"


def test_payment_over_two_invoices_leaves_the_rest_unapplied(caller: Caller) -> None:
    first, second = caller.invoice("100.00"), caller.invoice("50.00")
    payment = caller.payment("200.00", ("Invoice", first["Id"], "100.00"), ("Invoice", second["Id"], "20.00"))
    assert payment["UnappliedAmt"] == 80
    assert caller.read("Invoice", second["Id"])["Balance"] == 30
    assert caller.read("Customer", "1")["Balance"] == 30 - 80


def _move(caller: Caller, payment: Wire, lines: list[Wire] | None, **more: object) -> Wire:
    body = {"Id": payment["Id"], "SyncToken": payment["SyncToken"], "sparse": True, **more}
    body |= {"CustomerRef": {"value": "1"}, "TotalAmt": str(payment["TotalAmt"])}
    return caller.post("payment", body if lines is None else {**body, "Line": lines})["Payment"]


def test_a_payment_is_moved_unlinked_and_left_alone_by_its_lines(caller: Caller) -> None:
    first, second = caller.invoice("100.00"), caller.invoice("100.00")
    payment = caller.payment("100.00", ("Invoice", first["Id"], "100.00"))
    moved = _move(caller, payment, [a_link("Invoice", second["Id"], "100.00")])
    assert [caller.read("Invoice", key["Id"])["Balance"] for key in (first, second)] == [100, 0]
    assert caller.read("Invoice", first["Id"])["LinkedTxn"] == []
    noted = _move(caller, moved, None, PrivateNote="untouched")
    assert noted["UnappliedAmt"] == 0
    unlinked = _move(caller, noted, [])
    assert (unlinked["UnappliedAmt"], unlinked["SyncToken"]) == (100, "3")
    assert caller.read("Invoice", second["Id"])["Balance"] == 100


def test_over_application_and_foreign_customers_are_refused(caller: Caller) -> None:
    invoice = caller.invoice("100.00")
    foreign = caller.invoice("100.00", customer="2")
    assert caller.try_payment("150.00", ("Invoice", invoice["Id"], "100.01")).code == "6000"
    assert caller.try_payment("50.00", ("Invoice", invoice["Id"], "60.00")).code == "6000"
    assert caller.try_payment("50.00", ("Invoice", foreign["Id"], "50.00")).code == "6000"
    assert caller.try_payment("50.00", ("Invoice", "INV-1", "50.00")).code == "610"
    assert caller.try_payment("-1").code == "2290"
    assert caller.rows("select * from Payment") == []


def test_the_quirk_drops_a_line_beyond_the_balance_with_http_200(caller: Caller) -> None:
    caller.admin("POST", "quirks", {"over_application": "drop", "customer_mismatch": "drop"})
    invoice, foreign = caller.invoice("100.00"), caller.invoice("100.00", customer="2")
    payment = caller.payment("200.00", ("Invoice", invoice["Id"], "100.01"), ("Invoice", foreign["Id"], "1.00"))
    assert (payment["Line"], payment["UnappliedAmt"]) == ([], 200)


def test_a_parents_payment_may_pay_its_jobs_by_default(caller: Caller) -> None:
    body = {"DisplayName": "Unit 4", "Job": True, "ParentRef": {"value": "1"}}
    job = caller.post("customer", body)["Customer"]
    assert (job["FullyQualifiedName"], job["Level"]) == ("Harbor Lane Bakery:Unit 4", 1)
    invoice = caller.invoice("100.00", customer=job["Id"])
    assert caller.read("Customer", "1")["BalanceWithJobs"] == 100
    caller.payment("100.00", ("Invoice", invoice["Id"], "100.00"))
    assert [caller.read("Customer", "1")[name] for name in ("Balance", "BalanceWithJobs")] == [0, 0]
    caller.admin("POST", "quirks", {"parent_payment": "same"})
    other = caller.invoice("5.00", customer=job["Id"])
    assert caller.try_payment("5.00", ("Invoice", other["Id"], "5.00")).code == "6000"


def test_a_zero_payment_joins_credit_memo_and_invoice(caller: Caller) -> None:
    invoice, credit = caller.invoice("300.00"), caller.credit_memo("120.00")
    assert (credit["RemainingCredit"], credit["Balance"]) == (120, 120)
    links = (("Invoice", invoice["Id"], "120.00"), ("CreditMemo", credit["Id"], "120.00"))
    payment = caller.payment("0", *links)
    assert (payment["TotalAmt"], payment["UnappliedAmt"]) == (0, 0)
    used = caller.read("CreditMemo", credit["Id"])
    assert (used["RemainingCredit"], used["Balance"]) == (0, 0)
    joined = [{"TxnId": payment["Id"], "TxnType": "Payment"}]
    assert (used["LinkedTxn"], caller.read("Invoice", invoice["Id"])["LinkedTxn"]) == (joined, joined)
    assert caller.read("Customer", "1")["Balance"] == 180
    refused = caller.post("creditmemo", {"Id": credit["Id"], "SyncToken": "0"}, operation="delete")
    assert refused.code == "6000"
    caller.post("payment", {"Id": payment["Id"], "SyncToken": "0"}, operation="delete")
    assert caller.read("CreditMemo", credit["Id"])["RemainingCredit"] == 120
    assert caller.read("Invoice", invoice["Id"])["Balance"] == 300


def test_cash_and_credit_can_be_mixed(caller: Caller) -> None:
    invoice, credit = caller.invoice("420.00"), caller.credit_memo("120.00")
    links = (("Invoice", invoice["Id"], "420.00"), ("CreditMemo", credit["Id"], "120.00"))
    assert caller.payment("300.00", *links)["UnappliedAmt"] == 0
    assert caller.read("Customer", "1")["Balance"] == 0


@pytest.mark.parametrize("params", [{"operation": "update", "include": "void"}, {"include": "void"}])
def test_a_voided_payment_gives_the_balance_back(caller: Caller, params: dict[str, str]) -> None:
    invoice = caller.invoice("100.00")
    payment = caller.payment("100.00", ("Invoice", invoice["Id"], "100.00"))
    voided = caller.post("payment", {"Id": payment["Id"], "SyncToken": "0", "sparse": True}, **params)["Payment"]
    assert (voided["TotalAmt"], voided["UnappliedAmt"], voided["Line"]) == (0, 0, [])
    assert voided["PrivateNote"] == "Voided"
    assert caller.read("Invoice", invoice["Id"])["Balance"] == 100


def _deposit(caller: Caller, payment: Wire) -> Wire:
    link = {"TxnId": payment["Id"], "TxnType": "Payment", "TxnLineId": "0"}
    line = {"Amount": str(payment["TotalAmt"]), "LinkedTxn": [link]}
    return caller.post("deposit", {"DepositToAccountRef": {"value": "1"}, "Line": [line]})["Deposit"]


def test_deposited_money_cannot_be_touched_until_the_deposit_lets_go(caller: Caller) -> None:
    payment = caller.payment("100.00")
    deposit = _deposit(caller, payment)
    assert deposit["TotalAmt"] == 100
    held = caller.read("Payment", payment["Id"])
    assert held["LinkedTxn"] == [{"TxnId": deposit["Id"], "TxnType": "Deposit"}]
    assert held["DepositToAccountRef"] == {"value": "4"}
    memo = {"Id": payment["Id"], "SyncToken": "0", "sparse": True, "PrivateNote": "x"}
    assert caller.post("payment", memo).code == "6540"
    assert caller.post("payment", memo, include="void").code == "6540"
    assert caller.post("payment", memo, operation="delete").code == "6540"
    caller.post("deposit", {"Id": deposit["Id"], "SyncToken": "0"}, operation="delete")
    assert caller.post("payment", memo).code is None


def test_a_deposit_line_needs_its_txn_line_id_and_a_payment_is_deposited_once(caller: Caller) -> None:
    payment = caller.payment("100.00")
    line = {"Amount": "100.00", "LinkedTxn": [{"TxnId": payment["Id"], "TxnType": "Payment"}]}
    body = {"DepositToAccountRef": {"value": "1"}, "Line": [line]}
    refused = caller.post("deposit", body)
    assert (refused.code, refused.json["Fault"]["Error"][0]["element"]) == ("2020", "TxnLineId")
    _deposit(caller, payment)
    line["LinkedTxn"][0]["TxnLineId"] = "0"  # type: ignore[index]
    assert caller.post("deposit", body).code == "6000"


def _journal(caller: Caller, posting: str, amount: str, **entity: object) -> Wire:
    other = "Debit" if posting == "Credit" else "Credit"
    lines = [
        {"Amount": amount, "JournalEntryLineDetail": {"PostingType": posting, "AccountRef": {"value": "3"}, **entity}},
        {"Amount": amount, "JournalEntryLineDetail": {"PostingType": other, "AccountRef": {"value": "12"}}},
    ]
    return {"Line": [{**line, "DetailType": "JournalEntryLineDetail"} for line in lines]}


def test_a_receivable_journal_credit_names_its_customer_and_can_be_applied(caller: Caller) -> None:
    named = {"Entity": {"Type": "Customer", "EntityRef": {"value": "1"}}}
    assert caller.post("journalentry", _journal(caller, "Credit", "40.00")).code == "6000"
    journal = caller.post("journalentry", _journal(caller, "Credit", "40.00", **named))["JournalEntry"]
    invoice = caller.invoice("100.00")
    assert caller.read("Customer", "1")["Balance"] == 60
    links = (("Invoice", invoice["Id"], "40.00"), ("JournalEntry", journal["Id"], "40.00"))
    assert caller.payment("0", *links)["UnappliedAmt"] == 0
    assert caller.read("Invoice", invoice["Id"])["Balance"] == 60
    assert caller.read("Customer", "1")["Balance"] == 60
    again = (("Invoice", invoice["Id"], "1.00"), ("JournalEntry", journal["Id"], "1.00"))
    assert caller.try_payment("0", *again).code == "6000"
    deleted = caller.post("journalentry", {"Id": journal["Id"], "SyncToken": "0"}, operation="delete")
    assert deleted.code == "6000"


def test_an_unbalanced_journal_entry_is_refused(caller: Caller) -> None:
    body = _journal(caller, "Debit", "40.00", Entity={"Type": "Customer", "EntityRef": {"value": "1"}})
    body["Line"][1]["Amount"] = "39.99"
    assert caller.post("journalentry", body).code == "2300"


def test_sales_and_refund_receipts_carry_no_balance(caller: Caller) -> None:
    receipt = caller.post("salesreceipt", {"Line": [a_line("20.00")]})["SalesReceipt"]
    assert (receipt["TotalAmt"], receipt["Balance"], receipt["DepositToAccountRef"]) == (20, 0, {"value": "4"})
    refused = caller.post("refundreceipt", {"CustomerRef": {"value": "1"}, "Line": [a_line("20.00")]})
    assert refused.json["Fault"]["Error"][0]["element"] == "DepositToAccountRef"
    void = {"Id": receipt["Id"], "SyncToken": "0", "sparse": True}
    voided = caller.post("salesreceipt", void, operation="update", include="void")["SalesReceipt"]
    assert (voided["TotalAmt"], voided["PrivateNote"]) == (0, "Voided")


def test_an_invoice_cannot_shrink_below_what_is_applied(caller: Caller) -> None:
    invoice = caller.invoice("100.00")
    caller.payment("80.00", ("Invoice", invoice["Id"], "80.00"))
    body = {"Id": invoice["Id"], "SyncToken": "0", "sparse": True, "Line": [a_line("79.99")]}
    assert caller.post("invoice", body).code == "6000"
    body["Line"] = [a_line("90.00")]
    assert caller.post("invoice", body)["Invoice"]["Balance"] == 10


def test_credits_apply_themselves_by_quirk_to_the_oldest_invoice(caller: Caller) -> None:
    caller.admin("POST", "quirks", {"auto_apply_credit": "on"})
    newer = caller.invoice("50.00", TxnDate="2026-10-02")
    older = caller.invoice("100.00", TxnDate="2026-10-01")
    credit = caller.credit_memo("120.00")
    assert (credit["Balance"], len(credit["LinkedTxn"])) == (0, 1)
    assert [caller.read("Invoice", key["Id"])["Balance"] for key in (older, newer)] == [0, 30]
    left = caller.credit_memo("40.00")
    assert left["RemainingCredit"] == 10
    assert caller.invoice("25.00")["Balance"] == 15


def test_credits_apply_themselves_by_quirk_after_the_answer(caller: Caller) -> None:
    caller.admin("POST", "quirks", {"auto_apply_credit": "later"})
    invoice = caller.invoice("100.00")
    credit = caller.credit_memo("40.00")
    assert (credit["Balance"], credit["LinkedTxn"]) == (40, [])
    (link,) = caller.read("CreditMemo", credit["Id"])["LinkedTxn"]
    assert caller.read("Invoice", invoice["Id"])["Balance"] == 60
    assert caller.read("Payment", link["TxnId"])["TotalAmt"] == 0


def test_account_balances_follow_the_documents(caller: Caller) -> None:
    payment = caller.payment("40.00", ("Invoice", caller.invoice("100.00")["Id"], "40.00"))
    _deposit(caller, payment)
    shown = {row["Name"]: row["CurrentBalance"] for row in caller.rows("select * from Account")}
    assert (shown["Checking"], shown["Undeposited Funds"], shown["Accounts Receivable (A/R)"]) == (40, 0, 60)
    assert shown["Services"] == 0
    assert caller.read("Account", "3")["CurrentBalance"] == 60


def test_a_deposit_keeps_the_ids_of_the_lines_that_remain(caller: Caller) -> None:
    payments = [caller.payment(amount) for amount in ("10.00", "20.00", "30.00")]
    lines = [
        {"Amount": str(paid["TotalAmt"]), "LinkedTxn": [{"TxnId": paid["Id"], "TxnType": "Payment", "TxnLineId": "0"}]}
        for paid in payments
    ]
    deposit = caller.post("deposit", {"DepositToAccountRef": {"value": "1"}, "Line": lines})["Deposit"]
    assert [line["Id"] for line in deposit["Line"]] == ["1", "2", "3"]
    body = {"Id": deposit["Id"], "SyncToken": "0", "sparse": True}
    without = caller.post("deposit", {**body, "Line": [deposit["Line"][0], deposit["Line"][2]]})["Deposit"]
    assert ([line["Id"] for line in without["Line"]], without["TotalAmt"]) == (["1", "3"], 40)
    assert caller.read("Payment", payments[1]["Id"])["LinkedTxn"] == []
    noted = caller.post("deposit", {**body, "SyncToken": "1", "PrivateNote": "slip 4"})["Deposit"]
    assert noted["Line"] == without["Line"]


def test_a_job_that_moves_takes_its_balance_to_its_new_parent(caller: Caller) -> None:
    body = {"DisplayName": "Unit 9", "Job": True, "ParentRef": {"value": "1"}}
    job = caller.post("customer", body)["Customer"]
    caller.invoice("70.00", customer=job["Id"])
    held = caller.read("Customer", job["Id"])
    moved = {"Id": job["Id"], "SyncToken": held["SyncToken"], "sparse": True, "ParentRef": {"value": "2"}}
    assert caller.post("customer", moved)["Customer"]["FullyQualifiedName"] == "Cedar Ridge Homes:Unit 9"
    assert [caller.read("Customer", number)["BalanceWithJobs"] for number in ("1", "2")] == [0, 70]
