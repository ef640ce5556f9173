"""The write back of each write: what goes into the body, and what QuickBooks would refuse or forget does not."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from qbclean.model.journal import Image, JournaledWrite, WriteIntent, WriteOutcome
from qbclean.model.refs import DocumentRef
from qbclean.plan.undo_write import renamed, undo_write

AT = datetime(2026, 4, 1, tzinfo=UTC)
META = {"CreateTime": "2026-03-02T09:30:00-08:00", "LastUpdatedTime": "2026-03-02T09:30:00-08:00"}
INVOICE: dict[str, Any] = {
    "domain": "QBO", "sparse": False, "Id": "301", "SyncToken": "0", "MetaData": META,
    "DocNumber": "1042", "TxnDate": "2026-03-02", "DueDate": "2026-04-01", "CustomerRef": {"value": "58"},
    "PrivateNote": "crm:deal/8812", "EmailStatus": "NeedToSend", "LinkedTxn": [],
    "Line": [
        {"Id": "1", "Amount": 33.33, "DetailType": "SalesItemLineDetail",
         "SalesItemLineDetail": {"ItemRef": {"value": "12"}, "UnitPrice": 11.11, "Qty": 3}},
        {"Amount": 33.33, "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {}},
    ],
    "TxnTaxDetail": {"TotalTax": 0}, "TotalAmt": 33.33, "Balance": 33.33,
}  # fmt: skip
PAYMENT: dict[str, Any] = {
    "Id": "410", "SyncToken": "3", "MetaData": META, "TxnDate": "2026-03-05", "CustomerRef": {"value": "58"},
    "TotalAmt": 33.33, "UnappliedAmt": 0, "PaymentRefNum": "CHK 7714",
    "Line": [{"Amount": 33.33, "LinkedTxn": [{"TxnId": "301", "TxnType": "Invoice"}], "LineEx": {"any": []}}],
}  # fmt: skip


def done(operation: Any, kind: Any, body: dict[str, Any], before: dict[str, Any] | None, id_: str) -> JournaledWrite:
    ref = DocumentRef(kind, id_)
    intent = WriteIntent(
        run_id="R-1", action_id="A-1", step=1, request_id="qbc-1", operation=operation, kind=kind,
        target=None if operation == "create" else ref, method="POST", path="/", body=body, body_sha256="",
        before=(Image(ref=ref, raw=json.dumps(before)),) if before else (),
        approved_by="Dana Reyes", reason="checked", amount=Decimal("33.33"), at=AT,
    )  # fmt: skip
    outcome = WriteOutcome(run_id="R-1", request_id="qbc-1", state="done", ref=ref, at=AT)
    return JournaledWrite(intent=intent, outcome=outcome)


def body_of(write: JournaledWrite, *, recreate: bool = False) -> dict[str, Any]:
    return undo_write(write, action_id="A-undo", token="7", recreate=recreate).write.body


def test_a_void_is_undone_by_a_full_update_without_anything_quickbooks_computes():
    body = body_of(done("void", "Invoice", {"Id": "301", "SyncToken": "0"}, INVOICE, "301"))
    assert (body["Id"], body["SyncToken"], body["PrivateNote"]) == ("301", "7", "crm:deal/8812")
    assert "sparse" not in body
    assert not {"MetaData", "LinkedTxn", "TotalAmt", "Balance", "domain"} & body.keys()
    assert [line["DetailType"] for line in body["Line"]] == ["SalesItemLineDetail"]


def test_amounts_go_back_as_the_decimals_they_were_never_as_floats_s25():
    body = body_of(done("void", "Invoice", {"Id": "301", "SyncToken": "0"}, INVOICE, "301"))
    line = body["Line"][0]
    assert (line["Amount"], line["SalesItemLineDetail"]["UnitPrice"], line["SalesItemLineDetail"]["Qty"]) == (
        "33.33",
        "11.11",
        3,
    )


def test_a_re_created_invoice_is_marked_has_no_line_ids_and_is_not_e_mailed_s15():
    body = body_of(done("void", "Invoice", {"Id": "301", "SyncToken": "0"}, INVOICE, "301"), recreate=True)
    assert not {"Id", "SyncToken"} & body.keys()
    assert "Id" not in body["Line"][0]
    assert body["PrivateNote"] == "crm:deal/8812 [qbclean A-undo]"
    assert (body["DocNumber"], body["TxnDate"], body["EmailStatus"]) == ("1042", "2026-03-02", "NotSet")


def test_an_updated_payment_gets_all_its_former_lines_with_customer_and_total():
    sent = {
        "Id": "410",
        "SyncToken": "3",
        "sparse": True,
        "CustomerRef": {"value": "58"},
        "TotalAmt": "33.33",
        "Line": [],
    }
    body = body_of(done("update", "Payment", sent, PAYMENT, "410"))
    assert body == {
        "Id": "410",
        "SyncToken": "7",
        "sparse": True,
        "CustomerRef": {"value": "58"},
        "TotalAmt": "33.33",
        "Line": [{"Amount": "33.33", "LinkedTxn": [{"TxnId": "301", "TxnType": "Invoice"}]}],
    }


def test_an_updated_invoice_gets_back_only_what_was_sent():
    sent = {"Id": "301", "SyncToken": "0", "sparse": True, "Line": []}
    body = body_of(done("update", "Invoice", sent, INVOICE, "301"))
    assert body.keys() == {"Id", "SyncToken", "sparse", "Line"}
    assert body["Line"][0]["Id"] == "1"


def test_an_invoice_that_had_no_line_gets_an_empty_one_and_says_so():
    """QuickBooks takes no invoice without lines (2020)."""
    bare = {**INVOICE, "Line": [INVOICE["Line"][1]], "TotalAmt": 0, "Balance": 0}
    sent = {"Id": "301", "SyncToken": "0", "sparse": True, "Line": [INVOICE["Line"][0]]}
    back = undo_write(done("update", "Invoice", sent, bare, "301"), action_id="A-undo", token="7", recreate=False)
    (line,) = back.write.body["Line"]
    assert (line["Amount"], line["SalesItemLineDetail"]["ItemRef"]) == ("0.00", {"value": "12"})
    assert (back.undo.class_, "one line of 0.00" in back.undo.leaves) == ("compensating", True)


def test_tax_that_was_not_there_before_is_set_to_nothing():
    untaxed = {name: value for name, value in INVOICE.items() if name != "TxnTaxDetail"}
    sent = {"Id": "301", "SyncToken": "0", "sparse": True, "Line": [], "TxnTaxDetail": {"TotalTax": "2.67"}}
    assert body_of(done("update", "Invoice", sent, untaxed, "301"))["TxnTaxDetail"] == {"TotalTax": "0.00"}


def test_what_we_created_is_deleted_and_an_invoice_is_voided_s12():
    for kind, operation in (("Payment", "delete"), ("CreditMemo", "delete"), ("Invoice", "void")):
        back = undo_write(done("create", kind, {}, None, "900"), action_id="A-undo", token="0", recreate=False)
        assert (back.write.operation, back.write.body) == (operation, {"Id": "900", "SyncToken": "0"})


def test_a_deleted_payment_comes_back_linked_to_what_stands_for_a_re_created_invoice():
    write = done("delete", "Payment", {"Id": "410", "SyncToken": "3"}, PAYMENT, "410")
    back = undo_write(write, action_id="A-undo", token="", recreate=False)
    again = renamed(back.write, {DocumentRef("Invoice", "301"): "${A-other.Id}"})
    assert again.operation == "create"
    assert again.body["Line"] == [{"Amount": "33.33", "LinkedTxn": [{"TxnId": "${A-other.Id}", "TxnType": "Invoice"}]}]
    assert again.body["TotalAmt"] == "33.33"
    assert "UnappliedAmt" not in again.body
