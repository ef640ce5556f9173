"""What payments do to the documents they pay (contract 7.2, 7.3)."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from qbclean.ledger.simulate import SimulationError, simulate
from qbclean.model.documents import Ref
from qbclean.model.money import money
from qbclean.model.refs import DocumentRef
from qbclean.model.write import DocumentWrite
from tests.builders import a_credit_memo, a_journal_entry, a_link_line, a_payment, an_invoice
from tests.lists import ACCOUNTS_RECEIVABLE, SERVICE_INCOME
from tests.writes import a_body_line, a_write, invoice, memo, payment, world_of


def applying(lines: list[dict[str, Any]], *, payment: str = "410", total: str = "450.00") -> DocumentWrite:
    body = {
        "Id": payment,
        "SyncToken": "0",
        "sparse": True,
        "CustomerRef": {"value": "58"},
        "TotalAmt": total,
        "Line": lines,
    }
    return a_write("update", "Payment", body, payment)


def test_applying_part_of_a_payment_leaves_the_rest_unapplied() -> None:
    before = world_of(an_invoice("305", total="300.00"), a_payment(total="450.00"))
    after = simulate(before, applying([a_body_line("Invoice", "305", "300.00")]), new_id="")
    assert payment(after).unapplied_amt == money("150.00")
    assert payment(after).sync_token == "1"
    assert payment(after).payment_ref_num == "CHK 7714"
    assert invoice(after, "305").balance == 0
    assert [(link.txn_type, link.txn_id) for link in invoice(after, "305").linked_txn] == [("Payment", "410")]
    assert invoice(after, "305").sync_token == "0"
    assert payment(before).unapplied_amt == money("450.00")


def test_lines_are_all_or_none_so_a_left_out_invoice_is_unlinked() -> None:
    before = world_of(
        an_invoice("305", total="300.00"),
        an_invoice("306", total="300.00"),
        a_payment(total="450.00", pays={"305": "300.00"}),
    )
    after = simulate(before, applying([a_body_line("Invoice", "306", "300.00")]), new_id="")
    assert invoice(after, "305").balance == money("300.00")
    assert invoice(after, "305").linked_txn == ()
    assert invoice(after, "306").balance == 0


def test_leaving_line_out_of_a_sparse_update_keeps_the_links() -> None:
    before = world_of(an_invoice("305", total="300.00"), a_payment(total="450.00", pays={"305": "300.00"}))
    body = {"Id": "410", "SyncToken": "0", "sparse": True, "PrivateNote": "seen"}
    after = simulate(before, a_write("update", "Payment", body, "410"), new_id="")
    assert payment(after).private_note == "seen"
    assert payment(after).applications == payment(before).applications
    assert invoice(after, "305") == invoice(before, "305")


def test_an_empty_line_list_unlinks_everything() -> None:
    before = world_of(an_invoice("305", total="300.00"), a_payment(total="450.00", pays={"305": "300.00"}))
    after = simulate(before, applying([]), new_id="")
    assert payment(after).unapplied_amt == money("450.00")
    assert invoice(after, "305").balance == money("300.00")


def test_a_zero_payment_joins_a_credit_memo_to_an_invoice() -> None:
    before = world_of(an_invoice("301", total="120.00"), a_credit_memo("388", total="200.00"))
    body = {
        "CustomerRef": {"value": "58"},
        "TotalAmt": "0",
        "TxnDate": "2026-03-20",
        "Line": [a_body_line("Invoice", "301", "120.00"), a_body_line("CreditMemo", "388", "120.00")],
    }
    after = simulate(before, a_write("create", "Payment", body), new_id="${A-1.Id}")
    made = payment(after, "${A-1.Id}")
    assert made.unapplied_amt == 0
    assert made.sync_token == "0"
    assert invoice(after, "301").balance == 0
    assert memo(after).balance == money("80.00")
    assert [link.txn_id for link in memo(after).linked_txn] == ["${A-1.Id}"]


def test_deleting_a_zero_payment_gives_invoice_and_credit_back() -> None:
    before = world_of(
        an_invoice("301", total="120.00"),
        a_credit_memo("388", total="200.00"),
        a_payment("415", total="0.00", pays={"301": "120.00"}, uses={"388": "120.00"}),
    )
    after = simulate(before, a_write("delete", "Payment", {"Id": "415", "SyncToken": "0"}, "415"), new_id="")
    assert DocumentRef("Payment", "415") not in after
    assert invoice(after, "301").balance == money("120.00")
    assert memo(after).balance == money("200.00")
    assert memo(after).linked_txn == ()


def test_voiding_a_payment_zeroes_it_and_reopens_its_invoice() -> None:
    before = world_of(
        an_invoice("301", total="120.00"), a_payment(total="120.00", pays={"301": "120.00"}, private_note="by mail")
    )
    after = simulate(
        before, a_write("void", "Payment", {"Id": "410", "SyncToken": "0", "sparse": True}, "410"), new_id=""
    )
    assert payment(after).is_voided
    assert payment(after).line == ()
    assert payment(after).private_note == "Voided by mail"
    assert invoice(after, "301").balance == money("120.00")


def test_a_journal_credit_can_be_used_up_like_a_credit_memo() -> None:
    entry = a_journal_entry("701", debits={SERVICE_INCOME: "50.00"}, credits={ACCOUNTS_RECEIVABLE: "50.00"})
    before = world_of(an_invoice("301", total="50.00"), entry)
    body = {
        "CustomerRef": {"value": "58"},
        "TotalAmt": "0",
        "TxnDate": "2026-03-20",
        "Line": [a_body_line("Invoice", "301", "50.00"), a_body_line("JournalEntry", "701", "50.00")],
    }
    after = simulate(before, a_write("create", "Payment", body), new_id="900")
    assert invoice(after, "301").balance == 0
    assert payment(after, "900").unapplied_amt == 0


def test_a_parents_payment_may_keep_its_jobs_invoice_but_not_take_another() -> None:
    """QuickBooks let it happen once; whether the API does it again is unknown (contract 11.8, S07)."""
    before = world_of(
        an_invoice("305", total="300.00", customer="59"),
        an_invoice("306", total="100.00", customer="59"),
        a_payment(total="450.00", pays={"305": "300.00"}),
    )
    kept = simulate(before, applying([a_body_line("Invoice", "305", "200.00")]), new_id="")
    assert invoice(kept, "305").balance == money("100.00")
    with pytest.raises(SimulationError, match="belongs to customer 59"):
        simulate(before, applying([a_body_line("Invoice", "306", "100.00")]), new_id="")


def test_a_payment_that_changes_customer_takes_no_link_along() -> None:
    before = world_of(an_invoice("305", total="300.00"), a_payment(total="450.00", pays={"305": "300.00"}))
    write = applying([a_body_line("Invoice", "305", "300.00")])
    body = {**write.body, "CustomerRef": {"value": "77"}}
    with pytest.raises(SimulationError, match="the payment to 77"):
        simulate(before, msgspec.structs.replace(write, body=body), new_id="")


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ([("Invoice", "305", "300.01")], "only 300.00 is open"),
        ([("Invoice", "305", "300.00"), ("Invoice", "306", "151.00")], "1.00 more is applied"),
        ([("Invoice", "999", "1.00")], "not in the books"),
        ([("Payment", "410", "1.00")], "cannot be applied"),
        ([("Invoice", "305", "0.00")], "not positive"),
        ([("Invoice", "307", "10.00")], "belongs to customer 77"),
        ([("Invoice", "308", "10.00")], "is in CAD"),
    ],
)  # fmt: skip
def test_an_application_quickbooks_would_refuse_is_refused(lines: list[tuple[str, str, str]], why: str) -> None:
    before = world_of(
        an_invoice("305", total="300.00"),
        an_invoice("306", total="300.00"),
        an_invoice("307", total="300.00", customer="77"),
        an_invoice("308", total="300.00", currency_ref=Ref("CAD")),
        a_payment(total="450.00"),
    )
    with pytest.raises(SimulationError, match=why):
        simulate(before, applying([a_body_line(*line) for line in lines]), new_id="")


def test_s05_a_deposited_payment_is_never_edited() -> None:
    before = world_of(an_invoice("305"), a_payment(total="450.00", deposited_in="601"))
    for write in (
        applying([a_body_line("Invoice", "305", "10.00")]),
        a_write("void", "Payment", {"Id": "410", "SyncToken": "0"}, "410"),
        a_write("delete", "Payment", {"Id": "410", "SyncToken": "0"}, "410"),
    ):
        with pytest.raises(SimulationError, match="6540"):
            simulate(before, write, new_id="")


def test_a_wrong_sync_token_is_refused_and_a_placeholder_is_trusted() -> None:
    before = world_of(an_invoice("305", total="300.00"), a_payment(total="450.00", sync_token="3"))
    stale = applying([])
    with pytest.raises(SimulationError, match="5010"):
        simulate(before, stale, new_id="")
    body = {**stale.body, "SyncToken": "${A-1.SyncToken}"}
    after = simulate(before, msgspec.structs.replace(stale, body=body), new_id="")
    assert payment(after).sync_token == "4"


def test_several_lines_for_one_invoice_count_together() -> None:
    lines = (a_link_line("Invoice", "305", "100.00"), a_link_line("Invoice", "305", "50.00"))
    before = world_of(an_invoice("305", total="300.00"), a_payment(total="450.00", line=lines))
    after = simulate(before, applying([]), new_id="")
    assert invoice(before, "305").balance == money("150.00")
    assert invoice(after, "305").balance == money("300.00")
