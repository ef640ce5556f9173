"""What creating, changing, voiding and deleting sales documents does (contract 6.3, 6.5, 7.1, 7.5)."""

from __future__ import annotations

from typing import Any

import pytest

from qbclean.ledger.simulate import SimulationError, simulate
from qbclean.ledger.world import World
from qbclean.model.documents import CreditMemo, Invoice
from qbclean.model.money import ZERO, money
from qbclean.model.refs import DocumentRef
from qbclean.model.write import DocumentWrite
from tests.builders import (
    a_credit_memo,
    a_deposit,
    a_journal_entry,
    a_line,
    a_payment,
    a_refund_receipt,
    a_sales_receipt,
    an_invoice,
)
from tests.writes import a_sale, a_write, invoice, world_of


def creating(lines: list[dict[str, Any]], **fields: Any) -> DocumentWrite:
    body = {"CustomerRef": {"value": "58"}, "DocNumber": "2041", "TxnDate": "2026-03-05", "Line": lines, **fields}
    return a_write("create", "Invoice", body)


def changing(body: dict[str, Any], *, sparse: bool = True) -> DocumentWrite:
    given = {"Id": "301", "SyncToken": "0", **({"sparse": True} if sparse else {}), **body}
    return a_write("update", "Invoice", given, "301")


EMPTY = World.of([])


def test_a_created_invoice_is_open_for_its_lines_and_its_tax() -> None:
    tax = {"TotalTax": "8.00", "TaxLine": [{"Amount": "8.00", "TaxLineDetail": {"TaxRateRef": {"value": "3"}}}]}
    after = simulate(EMPTY, creating([a_sale("100.00", Qty="2", UnitPrice="50")], TxnTaxDetail=tax), new_id="900")
    made = invoice(after, "900")
    assert (made.total_amt, made.balance, made.total_tax) == (money("108.00"), money("108.00"), money("8.00"))
    assert made.due_date == made.txn_date
    assert made.sync_token == "0"
    assert made.line[-1].detail_type == "SubTotalLineDetail"
    assert len(made.item_lines) == 1


def test_a_discount_in_percent_is_taken_off_the_items_before_it() -> None:
    discount = {
        "DetailType": "DiscountLineDetail",
        "DiscountLineDetail": {"PercentBased": True, "DiscountPercent": "12.5", "DiscountAccountRef": {"value": "86"}},
    }
    after = simulate(EMPTY, creating([a_sale("99.99"), discount]), new_id="900")
    assert invoice(after, "900").total_amt == money("87.49")


def test_a_group_counts_by_the_lines_inside_it() -> None:
    group = {"DetailType": "GroupLineDetail", "GroupLineDetail": {"Line": [a_sale("10.00"), a_sale("15.00")]}}
    after = simulate(EMPTY, creating([group, a_sale("1.00")]), new_id="900")
    assert invoice(after, "900").total_amt == money("26.00")


def test_a_deposit_taken_with_the_invoice_lowers_its_balance() -> None:
    after = simulate(EMPTY, creating([a_sale("100.00")], Deposit="30.00"), new_id="900")
    assert invoice(after, "900").balance == money("70.00")


def test_a_created_credit_memo_has_all_its_credit_left() -> None:
    body = {"CustomerRef": {"value": "58"}, "TxnDate": "2026-03-05", "Line": [a_sale("40.00")]}
    after = simulate(EMPTY, a_write("create", "CreditMemo", body), new_id="900")
    made = after[DocumentRef("CreditMemo", "900")]
    assert isinstance(made, CreditMemo)
    assert made.balance == money("40.00")


@pytest.mark.parametrize(
    ("write", "why"),
    [
        (creating([]), "2020"),
        (creating([a_sale("100.00", Qty="3", UnitPrice="33.33")]), "6070"),
        (creating([a_sale("100.001")]), "6070"),
        (creating([a_sale("-5.00")]), "2290"),
        (creating([a_sale("ten")]), "2010"),
        (a_write("create", "Invoice", {"CustomerRef": {"value": "58"}, "Line": [a_sale("1.00")]}), "TxnDate"),
        (a_write("create", "JournalEntry", {"TxnDate": "2026-03-05"}), "S12"),
        (a_write("void", "Invoice", {"Id": "301", "SyncToken": "0"}, "301"), "610"),
        (a_write("void", "Invoice", {"Id": "301", "SyncToken": "0"}), "names no document"),
    ],
)
def test_a_write_quickbooks_would_refuse_is_refused(write: DocumentWrite, why: str) -> None:
    with pytest.raises(SimulationError, match=why):
        simulate(EMPTY, write, new_id="900")


def test_an_id_that_is_taken_is_not_given_twice() -> None:
    with pytest.raises(SimulationError, match="already taken"):
        simulate(world_of(an_invoice("301")), creating([a_sale("1.00")]), new_id="301")


def test_price_times_quantity_needs_to_agree_only_to_the_cent() -> None:
    after = simulate(EMPTY, creating([a_sale("100.00", Qty="3", UnitPrice="33.333333")]), new_id="900")
    assert invoice(after, "900").total_amt == money("100.00")


def test_new_lines_move_the_balance_by_the_change_of_the_total() -> None:
    before = world_of(an_invoice(total="100.00"), a_payment(total="60.00", pays={"301": "60.00"}))
    after = simulate(before, changing({"Line": [a_sale("250.00")]}), new_id="")
    assert invoice(after, "301").total_amt == money("250.00")
    assert invoice(after, "301").balance == money("190.00")
    assert invoice(after, "301").doc_number == "1042"
    assert invoice(after, "301").sync_token == "1"
    assert invoice(after, "301").linked_txn == invoice(before, "301").linked_txn


def test_a_sparse_note_leaves_the_money_alone() -> None:
    before = world_of(an_invoice(total="100.00", tax="8.00"))
    after = simulate(before, changing({"PrivateNote": "crm:9"}), new_id="")
    assert invoice(after, "301").total_amt == money("100.00")
    assert invoice(after, "301").private_note == "crm:9"


def test_a_full_update_clears_what_it_leaves_out() -> None:
    before = world_of(an_invoice(private_note="old", total="108.00", tax="8.00"))
    body = {"CustomerRef": {"value": "58"}, "TxnDate": "2026-03-05", "Line": [a_sale("100.00")]}
    after = invoice(simulate(before, changing(body, sparse=False), new_id=""), "301")
    assert (after.private_note, after.doc_number, after.total_tax) == (None, None, ZERO)
    assert after.total_amt == money("100.00")


def test_lines_cannot_fall_below_what_is_paid() -> None:
    before = world_of(an_invoice(total="100.00"), a_payment(total="60.00", pays={"301": "60.00"}))
    with pytest.raises(SimulationError, match=r"-10\.00"):
        simulate(before, changing({"Line": [a_sale("50.00")]}), new_id="")


def test_an_invoice_with_payments_does_not_change_customer() -> None:
    before = world_of(an_invoice(total="100.00"), a_payment(total="60.00", pays={"301": "60.00"}))
    with pytest.raises(SimulationError, match="customer"):
        simulate(before, changing({"CustomerRef": {"value": "99"}}), new_id="")


def test_a_void_keeps_number_date_and_items_and_zeroes_the_money() -> None:
    before = world_of(
        an_invoice(total="108.00", tax="8.00", private_note="crm:9", lines=[a_line("100.00", taxed=True)])
    )
    after = simulate(before, a_write("void", "Invoice", {"Id": "301", "SyncToken": "0"}, "301"), new_id="")
    void = invoice(after, "301")
    assert void.is_voided
    assert (void.total_amt, void.balance, void.total_tax) == (ZERO, ZERO, ZERO)
    assert void.doc_number == "1042"
    assert void.private_note == "Voided crm:9"
    assert [line.amount for line in void.line] == [0, 0]
    detail = void.line[0].sales_item_line_detail
    assert detail
    assert detail.item_ref
    assert detail.item_ref.value == "12"


def test_a_voided_invoice_comes_back_by_a_full_update_with_lines() -> None:
    """Our assumption where the contract is open (7.1, 11.5); the rollback plan says so."""
    before = world_of(an_invoice(total="100.00"))
    void = simulate(before, a_write("void", "Invoice", {"Id": "301", "SyncToken": "0"}, "301"), new_id="")
    body = {"SyncToken": "1", "CustomerRef": {"value": "58"}, "TxnDate": "2026-03-02", "Line": [a_sale("100.00")]}
    back = invoice(simulate(void, changing(body, sparse=False), new_id=""), "301")
    assert not back.is_voided
    assert back.balance == money("100.00")


def test_s03_nothing_with_payments_on_it_is_voided_or_deleted() -> None:
    before = world_of(
        an_invoice(total="100.00"),
        a_credit_memo("388", total="60.00"),
        a_payment(total="0.00", pays={"301": "60.00"}, uses={"388": "60.00"}),
    )
    for operation, kind, ref in (
        ("void", "Invoice", "301"),
        ("delete", "Invoice", "301"),
        ("delete", "CreditMemo", "388"),
    ):
        with pytest.raises(SimulationError, match="S03"):
            simulate(before, a_write(operation, kind, {"Id": ref, "SyncToken": "0"}, ref), new_id="")  # type: ignore[arg-type]


def test_what_the_api_cannot_void_is_refused() -> None:
    before = world_of(a_credit_memo(), a_refund_receipt())
    for kind, ref in (("CreditMemo", "388"), ("RefundReceipt", "551")):
        with pytest.raises(SimulationError, match="cannot be voided"):
            simulate(before, a_write("void", kind, {"Id": ref, "SyncToken": "0"}, ref), new_id="")  # type: ignore[arg-type]


def test_a_document_is_voided_once() -> None:
    write = a_write("void", "SalesReceipt", {"Id": "501", "SyncToken": "${A-1.SyncToken}"}, "501")
    void = simulate(world_of(a_sales_receipt()), write, new_id="")
    with pytest.raises(SimulationError, match="void already"):
        simulate(void, write, new_id="")


def test_s12_deposits_and_journal_entries_are_never_touched() -> None:
    entry = a_journal_entry(debits={"1": "5.00"}, credits={"45": "5.00"})
    before = world_of(a_deposit(income=[]), entry)
    for operation in ("delete", "update", "void"):
        for document in before.values():
            with pytest.raises(SimulationError, match=r"S12|S05|cannot be voided"):
                simulate(
                    before,
                    a_write(operation, document.kind, {"Id": document.id, "SyncToken": "0"}, document.id),
                    new_id="",
                )


def test_deleting_an_open_invoice_removes_it() -> None:
    after = simulate(
        world_of(an_invoice()), a_write("delete", "Invoice", {"Id": "301", "SyncToken": "0"}, "301"), new_id=""
    )
    assert not [document for document in after.values() if isinstance(document, Invoice)]


def test_a_body_for_another_document_is_refused() -> None:
    with pytest.raises(SimulationError, match="the body is for id 7"):
        simulate(world_of(an_invoice()), a_write("void", "Invoice", {"Id": "7", "SyncToken": "0"}, "301"), new_id="")


def test_a_token_that_is_no_number_stops_the_plan() -> None:
    before = world_of(an_invoice(sync_token="x1"))
    with pytest.raises(SimulationError, match="not a number"):
        simulate(before, changing({"SyncToken": "x1", "PrivateNote": "a"}), new_id="")
