"""S09: where QuickBooks applies a new credit by itself, it is looked for, never applied twice, and never left unsaid.

Contract 7.4 leaves open whether documents made through the API are concerned at all, and when; so every outcome is
here: not applied, applied within the write, applied right after its answer; to the right invoice, to another, to both.
"""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from qbclean.errors import StalePlanError
from qbclean.model.documents import Payment
from qbclean.model.journal import WriteIntent, WriteOutcome
from qbclean.model.refs import DocumentRef
from qbclean.workflow.apply import apply
from qbclean.workflow.recover import recover
from qbclean.workflow.rehearsal import rehearse
from qbclean.workflow.rollback import rollback
from tests.fakes import Crash, CrashPoints, FakeJournal, FakeQuickBooks, ManualStop
from tests.unit.workflow.automatic import credit, credited_books, recorded_and_applied
from tests.unit.workflow.desk import (
    BY,
    OPEN,
    Desk,
    a_desk,
    apply_to,
    approved,
    clear_for,
    credit_open_invoice,
    rollback_of,
)

OLDER = DocumentRef("Invoice", "302")
MEMO, JOINING = DocumentRef("CreditMemo", "9001"), DocumentRef("Payment", "9002")
EVERY_TIME = ("at once", "later")


def desk_with(applies: str, *, older: str = "", money: str = "", **given) -> Desk:
    desk = a_desk(credited_books(older=older, money=money), **given)
    desk.quickbooks.applies_credits = applies
    return desk


def run(desk: Desk, action=None):
    plan = approved(desk, [action or credit(desk.books)])
    return apply(plan, books=desk.books, ports=desk.ports, by=BY)


def take_back(desk: Desk, run_id: str):
    plan = rollback_of(desk, run_id)
    return rollback(clear_for(desk, plan), undoes=run_id, books=desk.books, ports=desk.ports, by=BY)


def balance(desk: Desk, ref: DocumentRef) -> str:
    return str(desk.quickbooks.raw(ref)["Balance"])


def assert_taken_back(desk: Desk) -> None:
    """Every invoice is as it was; of the payment QuickBooks made a void one may be left, of the credit nothing."""
    for invoice in desk.books.invoices.values():
        raw = desk.quickbooks.raw(invoice.ref)
        assert (raw["Balance"], raw["LinkedTxn"]) == (invoice.balance, [])
    left = {ref.kind for ref in desk.quickbooks.documents} - {"Invoice"}
    assert left <= {"Payment"}
    assert all(not raw["Line"] for ref, raw in desk.quickbooks.documents.items() if ref.kind == "Payment")


# ------------------------------------------------------------------ what is done
def test_s09_a_credit_that_quickbooks_leaves_open_is_applied_as_planned():
    desk = desk_with("")
    report = run(desk)
    assert (report.state, report.outcomes[0].reason) == ("done", "")
    assert [request.kind for request in desk.quickbooks.sent] == ["CreditMemo", "Payment"]
    assert balance(desk, OPEN) == "210.00"


@pytest.mark.parametrize("when", EVERY_TIME)
def test_s09_a_credit_that_quickbooks_put_on_the_invoice_itself_is_not_applied_again(when):
    desk = desk_with(when)
    report = run(desk)
    (outcome,) = report.outcomes
    assert (report.state, outcome.state) == ("done", "done"), report.message
    assert report.proof is not None
    assert report.proof.agrees
    assert [request.kind for request in desk.quickbooks.sent] == ["CreditMemo"]
    assert [request.step for request in outcome.requests] == [1]
    assert "by itself, with payment 9002; this request was not sent" in outcome.reason
    assert balance(desk, OPEN) == "210.00"


@pytest.mark.parametrize("when", EVERY_TIME)
def test_s09_what_was_not_sent_stands_in_the_journal_with_the_payment_quickbooks_made(when):
    desk = desk_with(when)
    action = credit(desk.books)
    run(desk, action)
    write = desk.journal.write(action.requests[1].request_id)
    assert write is not None
    assert write.outcome is not None
    assert (write.outcome.state, write.outcome.settled_by, write.outcome.attempts) == ("done", "quickbooks", 0)
    assert write.outcome.ref == JOINING
    assert {image.ref for image in write.outcome.after} == {JOINING, MEMO, OPEN}
    assert write.intent.body["PrivateNote"] == action.requests[1].body["PrivateNote"]


@pytest.mark.parametrize("when", EVERY_TIME)
@pytest.mark.parametrize("older", ["90.00", "40.00", "500.00"])
def test_s09_a_credit_that_quickbooks_used_elsewhere_stops_the_action_which_says_where(when, older):
    desk = desk_with(when, older=older)
    report = run(desk)
    (outcome,) = report.outcomes
    assert (report.state, outcome.state) == ("partial", "stale"), report.message
    assert outcome.reason.startswith(
        "1 of 2 steps were done. QuickBooks used credit memo CM-9 by itself, not as planned: "
    )
    assert f"{'40.00' if older == '40.00' else '90.00'} on invoice 1042 (id 302)" in outcome.reason
    assert "`qbclean rollback RUN --action A-credit`" in outcome.reason
    assert len(desk.quickbooks.sent) == 1
    assert report.proof is not None
    assert report.proof.agrees, report.proof


def test_s09_a_run_that_finds_the_credit_elsewhere_is_not_tried_again():
    desk = desk_with("later", older="90.00")
    run(desk)
    again = run(desk)
    assert again.outcomes[0].state == "stale"
    assert "It is not sent again." in again.outcomes[0].reason
    assert len(desk.quickbooks.sent) == 1


def test_s09_an_answer_that_shows_the_credit_used_stops_the_run_where_nobody_expected_that_s20():
    desk = desk_with("at once")
    report = run(desk, credit_open_invoice(desk.books))
    assert report.state == "failed"
    assert "balance should be 90.00, is 0.00" in report.message


def test_s09_a_credit_that_somebody_applied_later_is_stale_and_left_to_that_person():
    desk = desk_with("")
    desk.quickbooks.meanwhile(1, lambda: None)
    plan = approved(desk, [credit(desk.books)])

    def by_hand() -> None:
        desk.quickbooks._saved += 3600
        lines = [
            {"Amount": 90, "LinkedTxn": [{"TxnId": id_, "TxnType": kind}]}
            for id_, kind in (("303", "Invoice"), ("9001", "CreditMemo"))
        ]
        body = {"CustomerRef": {"value": "58"}, "TotalAmt": 0, "TxnDate": "2026-03-20", "Line": lines}
        desk.quickbooks.enter("Payment", body)

    desk.quickbooks.meanwhile(1, by_hand)
    report = apply(plan, books=desk.books, ports=desk.ports, by=BY)
    assert report.outcomes[0].state == "stale"
    assert "changed since this plan wrote it: balance then 90.00, now 0.00" in report.outcomes[0].reason
    rollback_plan = rollback_of(desk, report.run_id)
    assert [action.tier for action in rollback_plan.actions] == ["hold"]


@pytest.mark.parametrize("when", EVERY_TIME)
def test_s09_an_invoice_that_changed_otherwise_is_not_called_credited_s17(when):
    desk = desk_with(when)
    plan = approved(desk, [credit(desk.books)])
    desk.quickbooks.edit(OPEN, DocNumber="1043-B")
    report = apply(plan, books=desk.books, ports=desk.ports, by=BY)
    assert report.outcomes[0].state == "stale"


def test_s09_a_refusal_because_quickbooks_was_quicker_is_done():
    """Open when it was looked at, used when the request came (contract 7.4): the refusal is not the last word (R20)."""
    desk = desk_with("")
    send = desk.quickbooks.send

    def quicker(request):
        if request.kind == "Payment":
            desk.quickbooks._apply_by_itself(desk.quickbooks.sent[0], MEMO)
        return send(request)

    desk.quickbooks.send = quicker
    report = run(desk)
    assert (report.state, report.outcomes[0].state) == ("done", "done"), report.message
    assert balance(desk, OPEN) == "210.00"
    (told,) = (row for row in desk.journal.rows if isinstance(row, WriteOutcome) and row.settled_by == "quickbooks")
    assert told.code == "6000"
    assert take_back(desk, report.run_id).state == "done"
    assert_taken_back(desk)


@pytest.mark.parametrize("when", EVERY_TIME)
def test_s09_two_credits_on_one_wrong_invoice_are_each_told_and_the_figures_are_those_predicted_r13(when):
    desk = desk_with(when, older="200.00")
    (first, use_first), (second, use_second) = (recorded_and_applied(desk.books, number) for number in (1, 2))
    plan = approved(desk, [first, second, use_first, use_second])
    report = apply(plan, books=desk.books, ports=desk.ports, by=BY)
    assert [outcome.state for outcome in report.outcomes] == ["done", "done", "stale", "stale"]
    assert report.proof is not None
    assert report.proof.agrees, report.message
    assert report.state == "partial"
    assert take_back(desk, report.run_id).state == "done"
    assert_taken_back(desk)


@pytest.mark.parametrize("when", EVERY_TIME)
def test_s09_what_the_run_did_to_the_invoice_before_it_was_hit_is_not_called_wrong(when):
    """The older invoice got a payment by this run; that QuickBooks then used the credit for its rest is told once."""
    desk = desk_with(when, older="120.00", money="80.00")
    pay = apply_to(desk.books, "430", "302", "80.00")
    report = apply(approved(desk, [pay, credit(desk.books)]), books=desk.books, ports=desk.ports, by=BY)
    assert [outcome.state for outcome in report.outcomes] == ["done", "stale"]
    assert "40.00 on invoice 1042 (id 302) and 50.00 on invoice 1043 (id 303)" in report.outcomes[1].reason
    assert report.proof is not None
    assert report.proof.agrees, report.message
    assert report.state == "partial"


@pytest.mark.parametrize("when", EVERY_TIME)
def test_s09_whoever_relies_on_the_invoice_that_was_hit_reads_it_anew_and_is_stale_s17(when):
    """It was read ahead before the credit was made, together with what the first action relies on."""
    desk = desk_with(when, older="120.00", money="120.00")
    first, pay = apply_to(desk.books, "431", "303"), apply_to(desk.books, "430", "302", "120.00")
    report = apply(approved(desk, [first, credit(desk.books), pay]), books=desk.books, ports=desk.ports, by=BY)
    assert [outcome.state for outcome in report.outcomes] == ["done", "stale", "stale"]
    assert "changed since the plan was made: open then 120.00, now 30.00" in report.outcomes[2].reason
    assert len(desk.quickbooks.sent) == 2
    assert report.state == "partial"


# ------------------------------------------------------------------ the dry run
def test_s09_the_dry_run_shows_both_requests_and_says_that_one_may_not_be_sent_r10():
    desk = desk_with("later")
    action = credit(desk.books)
    report = rehearse(approved(desk, [action]), ports=desk.ports)
    assert report.outcomes[0].state == "would run"
    assert report.outcomes[0].requests == action.requests
    assert [request.applies_itself for request in report.outcomes[0].requests] == [True, True]
    assert desk.quickbooks.sent == []


# ------------------------------------------------------------------ taking back
@pytest.mark.parametrize("when", ["", *EVERY_TIME])
@pytest.mark.parametrize("older", ["", "90.00", "40.00"])
def test_s09_rollback_takes_the_link_quickbooks_made_before_the_credit_r26(when, older):
    desk = desk_with(when, older=older)
    report = run(desk)
    desk.quickbooks.applies_credits = ""
    undone = take_back(desk, report.run_id)
    assert undone.state == "done", undone.message
    assert undone.proof is not None
    assert undone.proof.agrees
    assert_taken_back(desk)


@pytest.mark.parametrize("when", EVERY_TIME)
def test_s12_a_payment_that_quickbooks_made_is_voided_never_deleted(when):
    desk = desk_with(when, older="90.00")
    report = run(desk)
    plan = rollback_of(desk, report.run_id)
    first, second = plan.actions
    assert [request.operation for request in (*first.requests, *second.requests)] == ["void", "delete"]
    assert first.undo.leaves == "a voided payment of 0.00"
    assert second.depends_on == (first.id,)


@pytest.mark.parametrize("when", EVERY_TIME)
@pytest.mark.parametrize("older", ["", "90.00"])
def test_s09_a_run_stopped_before_it_looked_is_taken_back_with_the_link_too(when, older):
    desk = desk_with(when, older=older, stop=ManualStop(at_check=2))
    report = run(desk)
    assert report.state == "interrupted"
    desk.stop = ManualStop()
    assert take_back(desk, report.run_id).state == "done"
    assert_taken_back(desk)


# ------------------------------------------------------------------ death
@pytest.mark.parametrize("when", ["", *EVERY_TIME])
@pytest.mark.parametrize("older", ["", "90.00"])
@pytest.mark.parametrize("remembers", [True, False], ids=["ids remembered", "ids forgotten"])
def test_s09_death_at_every_point_ends_like_no_death_and_can_be_taken_back_r6_r18(when, older, remembers):
    straight = desk_with(when, older=older)
    assert run(straight).outcomes[0].state == ("stale" if when and older else "done")
    at = 0
    died = True
    while died:
        at += 1
        points = CrashPoints()
        books = credited_books(older=older)
        desk = a_desk(books, quickbooks=FakeQuickBooks(books, touch=points), journal=FakeJournal(touch=points))
        desk.quickbooks.applies_credits = when
        desk.quickbooks.remembers_request_ids = remembers
        action = credit(books)
        plan = approved(desk, [action])
        points.at = len(points.passed) + at
        try:
            report = apply(plan, books=books, ports=desk.ports, by=BY)
            died = False
        except Crash:
            points.at = 0
            recover(desk.quickbooks, desk.journal, desk.clock)
            desk.clock.advance(timedelta(seconds=1))
            finished = all(desk.journal.write(request.request_id) for request in action.requests)
            report = None if finished else apply(plan, books=books, ports=desk.ports, by=BY)
        points.at = 0
        assert desk.quickbooks.essence() == straight.quickbooks.essence(), at
        assert desk.journal.in_doubt() == ()
        intents = [row.request_id for row in desk.journal.rows if isinstance(row, WriteIntent)]
        assert sorted(intents) == sorted(request.request_id for request in action.requests)
        for listed in reversed(desk.journal.runs()):
            if any(
                write.outcome and write.outcome.state == "done" for write in desk.journal.run(listed.start.id).writes
            ):
                assert take_back(desk, listed.start.id).state == "done", (at, report)
        assert_taken_back(desk)
    assert at > 10


def test_s09_a_payment_that_quickbooks_made_is_told_from_ours_by_the_mark():
    desk = desk_with("")
    report = run(desk)
    payment = desk.quickbooks.read([JOINING])[JOINING].document
    assert isinstance(payment, Payment)
    assert "[qbclean A-credit]" in (payment.private_note or "")
    plan = rollback_of(desk, report.run_id)
    assert [request.operation for action in plan.actions for request in action.requests] == ["delete", "delete"]


def test_s09_a_plan_from_before_credits_were_applied_automatically_is_stale():
    desk = desk_with("")
    forms = msgspec.structs.replace(desk.books.preferences.sales_forms_prefs, auto_apply_credit=True)
    desk.quickbooks.current_preferences = msgspec.structs.replace(desk.books.preferences, sales_forms_prefs=forms)
    with pytest.raises(StalePlanError, match="'Automatically apply credits' is on by now"):
        approved(desk, [credit_open_invoice(desk.books)])
    approved(desk, [credit(desk.books)])
