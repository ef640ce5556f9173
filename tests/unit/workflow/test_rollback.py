"""Taking runs back: reverse order, before-images, what others changed stays, resumable, reversible (R26, S23)."""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal

import msgspec
import pytest

from qbclean.errors import AuthorizationError, NotReversibleError, StalePlanError
from qbclean.model.lists import AccountingInfoPrefs
from qbclean.model.refs import DocumentRef
from qbclean.workflow.apply import apply
from qbclean.workflow.recover import recover
from qbclean.workflow.rehearsal import rehearse
from qbclean.workflow.rollback import rollback
from tests.fakes import Crash, CrashPoints, FakeJournal, FakeQuickBooks, ManualStop
from tests.unit.workflow.desk import (
    BY,
    DUPLICATE,
    ON_DUPLICATE,
    OPEN,
    OTHER_INVOICE,
    OTHER_PAYMENT,
    SURVIVOR,
    UNAPPLIED,
    Desk,
    a_desk,
    apply_other,
    apply_payment,
    approved,
    clear_for,
    complete_invoice,
    create_invoice,
    credit_open_invoice,
    messy_books,
    move_payment,
    pay_new_invoice,
    rollback_of,
    void_duplicate,
    whole_plan,
)


def applied(desk: Desk, *actions) -> str:
    report = apply(approved(desk, actions), books=desk.books, ports=desk.ports, by=BY)
    assert report.state == "done", report.message
    return report.run_id


def take_back(desk: Desk, run_id: str, *, only=()):
    recover(desk.quickbooks, desk.journal, desk.clock)
    plan = rollback_of(desk, run_id, only=only)
    return rollback(clear_for(desk, plan), undoes=run_id, books=desk.books, ports=desk.ports, by=BY)


def original_documents(desk: Desk) -> dict:
    """Balances, links, totals and lines of the documents there were before; notes may tell of the void."""
    fresh = FakeQuickBooks(desk.books).essence()
    now = desk.quickbooks.essence()
    facts = (
        "TotalAmt",
        "Balance",
        "UnappliedAmt",
        "LinkedTxn",
        "Line",
        "DocNumber",
        "TxnDate",
        "CustomerRef",
        "DueDate",
    )
    return {ref: [{key: raw.get(key) for key in facts} for raw in (fresh[ref], now[ref])] for ref in fresh}


def assert_as_before(desk: Desk, *, besides=()) -> None:
    for ref, (then, now) in original_documents(desk).items():
        if ref not in besides:
            assert comparable(then) == comparable(now), ref


def comparable(raw: dict) -> dict:
    lines = [
        (str(Decimal(str(line["Amount"])).quantize(Decimal("0.01"))), line.get("LinkedTxn"), line.get("Description"))
        for line in raw["Line"] or []
        if line.get("DetailType") != "SubTotalLineDetail"
    ]
    return {**raw, "Line": lines}


def test_everything_taken_back_leaves_every_balance_link_and_line_as_before_r26():
    desk = a_desk()
    run_id = applied(desk, *whole_plan(desk.books))
    report = take_back(desk, run_id)
    assert report.state == "done", report.message
    assert report.proof is not None
    assert report.proof.agrees
    assert_as_before(desk)
    left = set(desk.quickbooks.essence()) - set(FakeQuickBooks(desk.books).essence())
    assert [desk.quickbooks.raw(ref)["PrivateNote"][:6] for ref in left] == ["Voided"]


def test_the_plan_shows_the_undo_class_of_every_item_newest_first_before_anything_is_sent():
    desk = a_desk()
    run_id = applied(desk, *whole_plan(desk.books))
    sent = len(desk.quickbooks.sent)
    plan = rollback_of(desk, run_id)
    assert [action.undo.class_ for action in plan.actions] == [
        "exact",  # apply payment
        "exact",  # zero payment
        "exact",  # credit memo
        "exact",  # recorded payment
        "exact while untouched",  # created invoice
        "exact",  # other customer
        "compensating",  # void
        "exact",  # moved payment
    ]
    assert "audit log" in plan.actions[6].undo.leaves
    assert len(desk.quickbooks.sent) == sent
    assert desk.journal.knows_plan(plan.digest)


def test_the_predicted_effect_of_a_rollback_is_the_opposite_of_the_run():
    desk = a_desk()
    run_id = applied(desk, *whole_plan(desk.books))
    plan = rollback_of(desk, run_id)
    assert sum(action.effect.ar for action in plan.actions) == Decimal("590.00")
    assert plan.summary.ar.after - plan.summary.ar.before == Decimal("590.00")


def test_what_somebody_changed_since_is_left_and_the_rest_is_taken_back_s23():
    desk = a_desk()
    run_id = applied(desk, apply_payment(desk.books), apply_other(desk.books))
    desk.quickbooks.edit(OTHER_PAYMENT, TxnDate="2026-03-25")
    plan = rollback_of(desk, run_id)
    held = next(action for action in plan.actions if action.tier == "hold")
    assert "txn_date then 2026-03-02, now 2026-03-25" in held.hold_reason
    assert held.requests == ()
    report = rollback(clear_for(desk, plan), undoes=run_id, books=desk.books, ports=desk.ports, by=BY)
    assert report.state == "partial"
    assert desk.quickbooks.raw(UNAPPLIED)["Line"] == []
    assert desk.quickbooks.raw(OTHER_INVOICE)["Balance"] == 0


def test_what_was_built_on_something_that_stays_stays_too():
    """The voided duplicate was edited: its payment cannot go back to it."""
    desk = a_desk()
    run_id = applied(desk, move_payment(desk.books), void_duplicate(desk.books))
    desk.quickbooks.edit(DUPLICATE, DocNumber="1042-X")
    plan = rollback_of(desk, run_id)
    assert [action.tier for action in plan.actions] == ["hold", "hold"]
    assert "What was built on it cannot be taken back" in plan.actions[1].hold_reason


def test_a_created_invoice_that_was_paid_since_is_not_voided():
    desk = a_desk()
    run_id = applied(desk, create_invoice(desk.books))
    invoice = next(ref for ref in desk.quickbooks.documents if ref.id.startswith("90"))
    line = {"Amount": Decimal("10.00"), "LinkedTxn": [{"TxnId": invoice.id, "TxnType": "Invoice"}]}
    body = {"CustomerRef": {"value": "59"}, "TotalAmt": Decimal("10.00"), "TxnDate": "2026-03-25", "Line": [line]}
    desk.quickbooks.enter("Payment", body)
    plan = rollback_of(desk, run_id)
    assert plan.actions[0].tier == "hold"
    assert "balance then 150.00, now 140.00" in plan.actions[0].hold_reason


def test_a_recorded_payment_that_was_deposited_since_is_not_deleted_s05():
    desk = a_desk()
    run_id = applied(desk, create_invoice(desk.books), pay_new_invoice(desk.books))
    payment = next(ref for ref in desk.quickbooks.documents if ref.id.startswith("90") and ref.kind == "Payment")
    desk.quickbooks.edit(payment, LinkedTxn=[{"TxnId": "77", "TxnType": "Deposit"}])
    plan = rollback_of(desk, run_id)
    assert [action.tier for action in plan.actions] == ["hold", "hold"]
    assert "deposited then False, now True" in plan.actions[0].hold_reason


def test_one_action_is_taken_back_with_whatever_was_built_on_it_r8():
    desk = a_desk()
    run_id = applied(desk, *whole_plan(desk.books))
    plan = rollback_of(desk, run_id, only=["A-new"])
    assert [action.requests[0].operation for action in plan.actions] == ["delete", "void"]
    report = take_back(desk, run_id, only=["A-move"])
    assert report.state == "done"
    assert desk.quickbooks.raw(DUPLICATE)["TotalAmt"] == Decimal("500.00")
    assert desk.quickbooks.raw(DUPLICATE)["Balance"] == 0
    assert desk.quickbooks.raw(SURVIVOR)["Balance"] == Decimal("500.00")
    assert desk.quickbooks.raw(OTHER_INVOICE)["Balance"] == 0


def test_a_void_that_cannot_be_restored_by_update_is_created_again_with_links_as_announced():
    desk = a_desk()
    run_id = applied(desk, move_payment(desk.books), void_duplicate(desk.books))
    desk.quickbooks.takes_unvoid = False
    report = take_back(desk, run_id)
    assert report.state == "done", report.message
    assert_as_before(desk, besides=(DUPLICATE, ON_DUPLICATE))
    (again,) = [ref for ref in desk.quickbooks.documents if ref.kind == "Invoice" and ref.id.startswith("90")]
    raw = desk.quickbooks.raw(again)
    assert (raw["DocNumber"], raw["TxnDate"], raw["TotalAmt"], raw["Balance"]) == (
        "1042-B",
        "2026-03-02",
        Decimal("500.00"),
        Decimal("0.00"),
    )
    assert desk.quickbooks.raw(ON_DUPLICATE)["Line"][0]["LinkedTxn"] == [{"TxnId": again.id, "TxnType": "Invoice"}]


def test_an_updated_invoice_gets_its_lines_back():
    desk = a_desk()
    run_id = applied(desk, complete_invoice(desk.books))
    assert desk.quickbooks.raw(OTHER_INVOICE)["TotalAmt"] == Decimal("100.00")
    assert take_back(desk, run_id).state == "done"
    assert_as_before(desk)


def test_a_period_closed_since_holds_what_would_move_in_it_s01():
    desk = a_desk()
    run_id = applied(desk, create_invoice(desk.books), apply_other(desk.books))
    desk.quickbooks.current_preferences = msgspec.structs.replace(
        desk.books.preferences, accounting_info_prefs=AccountingInfoPrefs(book_close_date=date(2026, 3, 31))
    )
    plan = rollback_of(desk, run_id)
    assert {action.requests[0].kind if action.requests else "held": action.tier for action in plan.actions} == {
        "Payment": "recommended",
        "held": "hold",
    }


def test_a_rollback_can_be_taken_back_where_that_is_exact():
    desk = a_desk()
    run_id = applied(desk, move_payment(desk.books), void_duplicate(desk.books), apply_other(desk.books))
    after_apply = desk.quickbooks.essence()
    undone = take_back(desk, run_id)
    redone = take_back(desk, undone.run_id)
    assert redone.state == "done", redone.message
    for ref, raw in desk.quickbooks.essence().items():
        assert comparable(raw)["Line"] == comparable(after_apply[ref])["Line"]
        assert raw.get("Balance") == after_apply[ref].get("Balance")
        assert raw.get("PrivateNote") == after_apply[ref].get("PrivateNote")
    assert take_back(desk, run_id).state == "done"
    assert_as_before(desk)


def test_a_deleted_credit_and_its_application_come_back_as_new_documents():
    desk = a_desk()
    run_id = applied(desk, credit_open_invoice(desk.books))
    undone = take_back(desk, run_id)
    assert_as_before(desk)
    plan = rollback_of(desk, undone.run_id)
    assert [action.undo.class_ for action in plan.actions] == ["compensating", "compensating"]
    redone = take_back(desk, undone.run_id)
    assert redone.state == "done", redone.message
    assert desk.quickbooks.raw(OPEN)["Balance"] == Decimal("210.00")


def test_nothing_is_taken_back_twice():
    desk = a_desk()
    run_id = applied(desk, apply_other(desk.books))
    take_back(desk, run_id)
    with pytest.raises(NotReversibleError, match="Nothing of run"):
        rollback_of(desk, run_id)


def test_an_unknown_run_or_action_is_named():
    desk = a_desk()
    with pytest.raises(NotReversibleError, match="no run R-9"):
        rollback_of(desk, "R-9")
    run_id = applied(desk, apply_other(desk.books))
    with pytest.raises(NotReversibleError, match="A-nope"):
        rollback_of(desk, run_id, only=["A-nope"])


def test_a_plan_that_was_taken_back_does_not_run_again_r4():
    desk = a_desk()
    run_id = applied(desk, apply_other(desk.books))
    undone = take_back(desk, run_id)
    with pytest.raises(StalePlanError, match=undone.run_id):
        apply(approved(desk, [apply_other(desk.books)]), books=desk.books, ports=desk.ports, by=BY)


def test_an_action_that_was_taken_back_is_not_taken_for_done_when_more_of_its_plan_is_applied():
    desk = a_desk()
    first, second = apply_other(desk.books), apply_payment(desk.books)
    later = msgspec.structs.replace(second, decision=msgspec.structs.replace(second.decision, state="undecided"))
    run_id = apply(approved(desk, [first, later]), books=desk.books, ports=desk.ports, by=BY).run_id
    take_back(desk, run_id)
    report = apply(approved(desk, [first, second]), books=desk.books, ports=desk.ports, by=BY)
    assert [outcome.state for outcome in report.outcomes] == ["stale", "done"]
    assert "taken back by run" in report.outcomes[0].reason


def test_an_interrupted_rollback_is_finished_by_planning_it_again():
    desk = a_desk()
    run_id = applied(desk, *whole_plan(desk.books))
    desk.stop = ManualStop(at_check=4)
    assert take_back(desk, run_id).state == "interrupted"
    desk.stop = ManualStop()
    report = take_back(desk, run_id)
    assert report.state == "done"
    assert len(report.outcomes) == 5
    assert_as_before(desk)


def test_a_write_in_doubt_is_held_and_so_is_what_it_was_built_on():
    desk = a_desk()
    plan = approved(desk, [create_invoice(desk.books), pay_new_invoice(desk.books), apply_other(desk.books)])
    desk.quickbooks.fault(2, "after", AuthorizationError("Connect again."))  # type: ignore[arg-type]
    with pytest.raises(AuthorizationError):
        apply(plan, books=desk.books, ports=desk.ports, by=BY)
    undo = rollback_of(desk, desk.journal.runs()[0].start.id)
    assert [action.tier for action in undo.actions] == ["hold", "hold"]
    assert "qbclean recover" in undo.actions[0].hold_reason


def test_an_edit_between_planning_and_rolling_back_is_not_overwritten_s17():
    desk = a_desk()
    run_id = applied(desk, apply_payment(desk.books), apply_other(desk.books))
    plan = rollback_of(desk, run_id)
    desk.quickbooks.edit(OTHER_PAYMENT, PaymentRefNum="CHK 1", TotalAmt=Decimal("90.00"))
    report = rollback(clear_for(desk, plan), undoes=run_id, books=desk.books, ports=desk.ports, by=BY)
    assert {outcome.state for outcome in report.outcomes} == {"stale", "done"}
    assert desk.quickbooks.raw(OTHER_PAYMENT)["TotalAmt"] == Decimal("90.00")


def test_a_rollback_can_be_rehearsed_r10():
    desk = a_desk()
    run_id = applied(desk, *whole_plan(desk.books))
    sent = len(desk.quickbooks.sent)
    report = rehearse(clear_for(desk, rollback_of(desk, run_id)), ports=desk.ports)
    assert {outcome.state for outcome in report.outcomes} == {"would run"}
    assert len(desk.quickbooks.sent) == sent


def test_death_anywhere_in_a_rollback_and_rolling_back_again_ends_like_no_death():
    books = messy_books()

    def taken_back(deaths):
        points = CrashPoints()
        desk = a_desk(books, quickbooks=FakeQuickBooks(books, touch=points), journal=FakeJournal(touch=points))
        run_id = applied(desk, *whole_plan(books))
        begun = len(points.passed)
        for at in (*deaths, 0):
            points.at = len(points.passed) + at if at else 0
            try:
                take_back(desk, run_id)
            except Crash:
                continue
            except NotReversibleError:  # it died after everything was taken back
                pass
            break
        return desk, len(points.passed) - begun

    straight, points = taken_back([])
    chance = random.Random(3)
    for at in chance.sample(range(1, points + 1), 40):
        desk, _ = taken_back([at])
        assert desk.quickbooks.essence() == straight.quickbooks.essence(), at


def test_created_documents_are_found_by_their_mark_in_the_next_rollback():
    """The created invoice has an Id of QuickBooks' making; the rollback names that one."""
    desk = a_desk()
    run_id = applied(desk, create_invoice(desk.books))
    plan = rollback_of(desk, run_id)
    created = next(ref for ref in desk.quickbooks.documents if ref.id.startswith("90"))
    assert plan.actions[0].requests[0].target == DocumentRef("Invoice", created.id)
    assert plan.actions[0].targets[0].doc_number == "1050"
