"""The executor against a company in memory: order, staleness, surprises, blocked dependants, journal first."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import msgspec
import pytest

from qbclean.errors import AuthorizationError, RefusedError
from qbclean.model.journal import ActionSkipped, WriteIntent, WriteOutcome
from qbclean.model.lists import AccountingInfoPrefs
from qbclean.model.locks import Locks
from qbclean.model.refs import DocumentRef
from qbclean.model.write import DocumentWrite
from qbclean.workflow.execute import execute
from qbclean.workflow.history import TakenBack, written_before
from qbclean.workflow.recover import recover
from tests.builders import a_payment, a_snapshot, an_invoice
from tests.fakes import FakeQuickBooks, ManualStop
from tests.unit.workflow.desk import (
    CREDIT,
    DUPLICATE,
    ON_DUPLICATE,
    OPEN,
    OTHER_INVOICE,
    SURVIVOR,
    UNAPPLIED,
    Desk,
    a_desk,
    an_action,
    apply_other,
    apply_payment,
    apply_to,
    complete_invoice,
    create_invoice,
    credit_open_invoice,
    move_payment,
    pay_new_invoice,
    void_duplicate,
    whole_plan,
)
from tests.writes import a_body_line


def states(desk: Desk, *actions, run="R-1") -> dict[str, str]:
    execution = execute(actions, run=desk.start_run(run), locks=Locks(), ports=desk.ports)
    return {outcome.action_id: outcome.state for outcome in execution.outcomes}


def balance(desk: Desk, ref: DocumentRef) -> Decimal:
    return desk.quickbooks.raw(ref)["Balance"]


def test_a_whole_plan_is_carried_out_in_order_and_every_balance_moves_as_planned():
    desk = a_desk()
    actions = whole_plan(desk.books)
    assert set(states(desk, *actions).values()) == {"done"}
    assert balance(desk, SURVIVOR) == 0
    assert desk.quickbooks.raw(DUPLICATE)["PrivateNote"].startswith("Voided")
    assert balance(desk, OPEN) == Decimal("10.00")
    assert [request.path for request in desk.quickbooks.sent] == [
        request.path for action in actions for request in action.requests
    ]


def test_every_request_has_an_older_intent_with_its_id_and_before_images_r14():
    desk = a_desk()
    older: list[set[str]] = []
    original = desk.quickbooks.send

    def watched(request):
        older.append({row.request_id for row in desk.journal.rows if isinstance(row, WriteIntent)})
        assert request.request_id in older[-1]
        return original(request)

    desk.quickbooks.send = watched  # type: ignore[method-assign]
    states(desk, *whole_plan(desk.books))
    intents = {row.request_id: row for row in desk.journal.rows if isinstance(row, WriteIntent)}
    assert len(older) == len(intents) == 8
    void = next(row for row in intents.values() if row.operation == "void")
    assert [image.ref for image in void.before] == [DUPLICATE]
    assert '"TotalAmt":500.00' in void.before[0].raw


def test_only_placeholders_of_a_reviewed_body_differ_when_it_is_sent():
    desk = a_desk()
    actions = whole_plan(desk.books)
    states(desk, *actions)
    for request, sent in zip(
        [request for action in actions for request in action.requests], desk.quickbooks.sent, strict=True
    ):
        reviewed = msgspec.json.encode(request.body).decode()
        body = msgspec.json.encode(sent.body).decode()
        if "${" not in reviewed:
            assert body == reviewed
        assert "${" not in body


@pytest.mark.parametrize(
    ("ref", "change"),
    [
        (UNAPPLIED, {"TotalAmt": Decimal("210.00")}),
        (OPEN, {"TxnDate": "2026-03-03"}),
        (OPEN, {"DocNumber": "1043-X"}),
        (OPEN, {"CustomerRef": {"value": "77"}}),
    ],
)
def test_an_action_whose_document_changed_is_skipped_and_the_others_run_s17(ref, change):
    desk = a_desk()
    desk.quickbooks.edit(ref, **change)
    found = states(desk, apply_payment(desk.books), apply_other(desk.books))
    assert found == {"A-apply": "stale", "A-other": "done"}
    assert [request.target.id for request in desk.quickbooks.sent if request.target] == ["420"]


def test_the_reason_of_a_stale_action_tells_field_then_and_now():
    desk = a_desk()
    desk.quickbooks.edit(OPEN, TxnDate="2026-03-03")
    execution = execute([apply_payment(desk.books)], run=desk.start_run(), locks=Locks(), ports=desk.ports)
    assert "Invoice 1043" in execution.outcomes[0].reason
    assert "date then 2026-03-02, now 2026-03-03" in execution.outcomes[0].reason
    assert any(isinstance(row, ActionSkipped) and "1043" in row.reason for row in desk.journal.rows)


def test_a_changed_memo_on_a_document_that_is_only_relied_on_does_not_stop_the_action_r2():
    desk = a_desk()
    desk.quickbooks.edit(OPEN, PrivateNote="called the customer")
    assert states(desk, apply_payment(desk.books)) == {"A-apply": "done"}


def test_a_body_with_the_reviewed_sync_token_is_not_rebased_when_the_document_was_saved_since_r2():
    desk = a_desk()
    desk.quickbooks.edit(UNAPPLIED, PrivateNote="called the customer")
    execution = execute([apply_payment(desk.books)], run=desk.start_run(), locks=Locks(), ports=desk.ports)
    assert execution.outcomes[0].state == "stale"
    assert "SyncToken then 0, now 1" in execution.outcomes[0].reason
    assert desk.quickbooks.sent == []


def test_a_deleted_target_is_stale():
    desk = a_desk()
    del desk.quickbooks.documents[OPEN]
    execution = execute([apply_payment(desk.books)], run=desk.start_run(), locks=Locks(), ports=desk.ports)
    assert execution.outcomes[0].state == "stale"
    assert "no longer in QuickBooks" in execution.outcomes[0].reason


def test_an_edit_between_two_actions_on_one_document_makes_the_second_stale():
    """The run knows what it made of the duplicate; somebody pays it before the void."""
    desk = a_desk()

    def pay_again() -> None:
        line = {"Amount": Decimal("5.00"), "LinkedTxn": [{"TxnId": "302", "TxnType": "Invoice"}]}
        body = {"CustomerRef": {"value": "58"}, "TotalAmt": Decimal("5.00"), "TxnDate": "2026-03-20", "Line": [line]}
        desk.quickbooks.enter("Payment", body)

    desk.quickbooks.meanwhile(1, pay_again)
    found = states(desk, move_payment(desk.books), void_duplicate(desk.books), apply_other(desk.books))
    assert found == {"A-move": "done", "A-void": "stale", "A-other": "done"}


def test_a_refusal_blocks_the_dependants_and_nothing_else_r7():
    desk = a_desk()
    desk.quickbooks.fault(1, "before", RefusedError("No.", status=400, code="6000"))
    actions = (create_invoice(desk.books), pay_new_invoice(desk.books), apply_other(desk.books))
    execution = execute(actions, run=desk.start_run(), locks=Locks(), ports=desk.ports)
    assert [outcome.state for outcome in execution.outcomes] == ["refused", "blocked", "done"]
    assert "A-new, which is refused" in execution.outcomes[1].reason


def test_a_closed_period_is_reported_and_not_retried_s28():
    books = a_desk().books
    desk = a_desk(books)
    desk.quickbooks.current_preferences = msgspec.structs.replace(
        books.preferences, accounting_info_prefs=AccountingInfoPrefs(book_close_date=date(2026, 3, 31))
    )
    execution = execute([apply_payment(books)], run=desk.start_run(), locks=Locks(), ports=desk.ports)
    assert execution.outcomes[0].state == "refused"
    assert execution.outcomes[0].reason.startswith("Blocked by close")
    assert len(desk.quickbooks.sent) == 1


def test_a_document_in_a_period_locked_by_now_is_not_voided_s01():
    desk = a_desk()
    locks = Locks(income_tax_filed=date(2026, 3, 31))
    actions = (move_payment(desk.books), void_duplicate(desk.books))
    execution = execute(actions, run=desk.start_run(), locks=locks, ports=desk.ports)
    assert [outcome.state for outcome in execution.outcomes] == ["done", "refused"]
    assert "closed through 2026-03-31 (S01)" in execution.outcomes[1].reason


def test_a_lost_reply_is_settled_by_reading_back_and_the_run_goes_on_s19():
    for number in range(1, 9):
        desk = a_desk()
        desk.quickbooks.fault(number, "after")
        actions = whole_plan(desk.books)
        assert set(states(desk, *actions).values()) == {"done"}, number
        assert len(desk.quickbooks.sent) == 8


def test_a_request_that_never_arrived_is_sent_again_under_its_own_id_r20():
    for number in range(1, 9):
        desk = a_desk()
        desk.quickbooks.fault(number, "before")
        assert set(states(desk, *whole_plan(desk.books)).values()) == {"done"}, number
        first, second = desk.quickbooks.sent[number - 1 : number + 1]
        assert (first.request_id, first.body) == (second.request_id, second.body)


def test_a_refusal_that_the_books_belie_is_done_r20():
    for number in range(1, 9):
        desk = a_desk()
        desk.quickbooks.fault(number, "after", RefusedError("No.", status=400, code="6000"))
        assert set(states(desk, *whole_plan(desk.books)).values()) == {"done"}, number
        assert len(desk.quickbooks.sent) == 8
        (told,) = (row for row in desk.journal.rows if isinstance(row, WriteOutcome) and row.message)
        assert (told.settled_by, told.status, told.code) == ("read-back", 400, "6000")
        assert told.message == "QuickBooks shows the effect, although it answered otherwise: No."


def test_a_refusal_stands_where_nobody_can_look_whether_it_is_true_r20():
    desk = a_desk()
    desk.quickbooks.fault(1, "after", RefusedError("No.", status=400, code="6000"))
    desk.quickbooks.meanwhile(1, lambda: setattr(desk.quickbooks, "unreachable", True))
    assert states(desk, apply_other(desk.books)) == {"A-other": "refused"}


def test_an_answer_that_is_not_the_planned_one_stops_the_run_s20():
    desk = a_desk()

    class Generous(FakeQuickBooks):
        def _total(self, kind, raw):
            super()._total(kind, raw)
            if raw.get("DocNumber") == "1050":
                raw["TotalAmt"] += Decimal("0.01")

    desk.quickbooks = Generous(desk.books)
    execution = execute(
        (create_invoice(desk.books), apply_other(desk.books)), run=desk.start_run(), locks=Locks(), ports=desk.ports
    )
    assert "total should be 150.00, is 150.01" in execution.surprise
    assert [outcome.state for outcome in execution.outcomes] == ["done", "blocked"]
    assert len(desk.quickbooks.sent) == 1


def test_a_credit_that_quickbooks_applied_by_itself_is_not_applied_again_s09():
    """AutoApplyCredit: the memo is used up between the two steps (contract 7.4)."""
    desk = a_desk()

    def auto_apply() -> None:
        lines = [
            {"Amount": Decimal("90.00"), "LinkedTxn": [{"TxnId": id_, "TxnType": kind}]}
            for id_, kind in (("303", "Invoice"), ("9001", "CreditMemo"))
        ]
        body = {"CustomerRef": {"value": "58"}, "TotalAmt": 0, "TxnDate": "2026-03-20", "Line": lines}
        desk.quickbooks.enter("Payment", body)

    desk.quickbooks.meanwhile(1, auto_apply)
    execution = execute([credit_open_invoice(desk.books)], run=desk.start_run(), locks=Locks(), ports=desk.ports)
    assert execution.outcomes[0].state == "stale"
    assert execution.outcomes[0].reason.startswith("1 of 2 steps were done.")
    assert len(desk.quickbooks.sent) == 1


def test_ctrl_c_finishes_the_write_in_flight_and_leaves_the_rest_r56():
    desk = a_desk(stop=ManualStop(at_check=3))
    execution = execute(whole_plan(desk.books), run=desk.start_run(), locks=Locks(), ports=desk.ports)
    assert execution.interrupted
    assert [outcome.state for outcome in execution.outcomes[:3]] == ["done", "done", "blocked"]
    assert len(desk.quickbooks.sent) == 2
    assert desk.journal.in_doubt() == ()


def test_what_an_earlier_run_did_is_reported_done_and_not_sent_again_r6():
    desk = a_desk(stop=ManualStop(at_check=4))
    actions = whole_plan(desk.books)
    execute(actions, run=desk.start_run("R-1"), locks=Locks(), ports=desk.ports)
    desk.stop = ManualStop()
    assert set(states(desk, *actions, run="R-2").values()) == {"done"}
    assert len(desk.quickbooks.sent) == 8
    assert len({request.request_id for request in desk.quickbooks.sent}) == 8


def test_what_earlier_runs_did_is_taken_up_in_the_order_in_which_it_was_done():
    """Runs need not follow the plan's order: what was left open in one is done after later actions."""
    desk = a_desk()
    first, second = credit_open_invoice(desk.books), apply_payment(desk.books)
    states(desk, second, run="R-2")
    states(desk, first, second, run="R-1")
    requests = {request.request_id for action in (first, second) for request in action.requests}
    known = written_before(desk.journal, requests, TakenBack(desk.journal))
    assert [write.intent.action_id for write in known] == ["A-apply", "A-credit", "A-credit"]


def test_a_refused_request_is_not_sent_a_second_time():
    desk = a_desk()
    desk.quickbooks.fault(1, "before", RefusedError("No.", status=400, code="6000"))
    assert states(desk, apply_other(desk.books)) == {"A-other": "refused"}
    assert states(desk, apply_other(desk.books), run="R-2") == {"A-other": "refused"}
    assert len(desk.quickbooks.sent) == 1


def test_an_unknown_outcome_blocks_whatever_touches_its_documents_and_lets_other_customers_go_on():
    desk = a_desk()
    original = desk.quickbooks.read

    desk.quickbooks.fault(1, "after")
    calls = {"n": 0}

    def flaky(refs):
        calls["n"] += 1
        if calls["n"] == 3:  # the read-back of the lost reply
            desk.quickbooks.unreachable = True
            try:
                return original(refs)
            finally:
                desk.quickbooks.unreachable = False
        return original(refs)

    desk.quickbooks.read = flaky  # type: ignore[method-assign]
    found = states(desk, apply_payment(desk.books), credit_open_invoice(desk.books), apply_other(desk.books))
    assert found == {"A-apply": "unknown", "A-credit": "blocked", "A-other": "done"}
    assert len(desk.journal.in_doubt()) == 1


def test_a_server_that_does_not_answer_ends_the_run_early_and_it_can_be_continued():
    desk = a_desk()
    desk.quickbooks.unreachable = True
    actions = whole_plan(desk.books)
    execution = execute(actions, run=desk.start_run("R-1"), locks=Locks(), ports=desk.ports)
    assert execution.interrupted
    assert [request.kind for request in desk.quickbooks.sent] == ["Invoice"]  # a create relies on nothing to read
    desk.quickbooks.unreachable = False
    recover(desk.quickbooks, desk.journal, desk.clock)
    assert set(states(desk, *actions, run="R-2").values()) == {"done"}


def test_lost_authorization_leaves_the_write_in_doubt_for_the_next_run():
    desk = a_desk()
    desk.quickbooks.fault(2, "before", AuthorizationError("Connect again."))  # type: ignore[arg-type]
    with pytest.raises(AuthorizationError):
        execute(whole_plan(desk.books), run=desk.start_run(), locks=Locks(), ports=desk.ports)
    assert [write.intent.action_id for write in desk.journal.in_doubt()] == ["A-void"]


def test_a_prediction_that_quickbooks_would_refuse_is_not_sent():
    """The plan would apply more than the invoice has open."""
    desk = a_desk()
    action = apply_payment(desk.books)
    request = action.requests[0]
    line = {"Amount": "250.00", "LinkedTxn": [{"TxnId": "303", "TxnType": "Invoice"}]}
    greedy = msgspec.structs.replace(request, body={**request.body, "Line": [line]})
    assert states(desk, msgspec.structs.replace(action, requests=(greedy,))) == {"A-apply": "refused"}
    assert desk.quickbooks.sent == []


def test_two_changes_of_one_invoice_see_each_other():
    desk = a_desk()
    assert states(desk, complete_invoice(desk.books), apply_other(desk.books)) == {
        "A-complete": "done",
        "A-other": "done",
    }
    assert balance(desk, OTHER_INVOICE) == Decimal("20.00")


def test_a_payment_that_keeps_one_of_its_invoices_leaves_that_one_as_it_was():
    """A cheque for two invoices of which one was linked already: the update names both and moves only the other."""
    paid, unpaid = DocumentRef("Invoice", "303"), DocumentRef("Invoice", "304")
    cheque = a_payment("411", total="500.00", pays={"303": "300.00"})
    desk = a_desk(a_snapshot(an_invoice("303", total="300.00"), an_invoice("304", total="200.00"), cheque))
    lines = [a_body_line("Invoice", "303", "300.00"), a_body_line("Invoice", "304", "200.00")]
    body = {"Id": "411", "SyncToken": "0", "sparse": True, "CustomerRef": {"value": "58"}, "TotalAmt": "500.00"}
    write = DocumentWrite(
        operation="update", kind="Payment", body=body | {"Line": lines}, target=UNAPPLIED, changes=(paid, unpaid)
    )
    action = an_action(desk.books, "A-rest", "apply_payment", [write], [UNAPPLIED, paid, unpaid])

    done = execute([action], run=desk.start_run(), locks=Locks(), ports=desk.ports)

    assert [outcome.state for outcome in done.outcomes] == ["done"]
    assert done.expected.keys() == {UNAPPLIED, unpaid}
    assert (balance(desk, paid), balance(desk, unpaid)) == (0, 0)


def test_progress_counts_actions_and_dollars():
    desk = a_desk()
    states(desk, apply_other(desk.books), apply_payment(desk.books))
    assert (desk.progress.steps, desk.progress.amount, desk.progress.finished) == (2, Decimal("200.00"), 1)


def test_a_write_costs_two_calls_and_a_plan_a_constant_more():
    """design.md 10: one read by Id of what is written, one send; what is only moved is read in bulk ahead."""
    payments = [a_payment(str(600 + n), total="10.00") for n in range(150)]
    invoices = [an_invoice(str(300 + n), total="10.00", number=f"N{n}") for n in range(150)]
    desk = a_desk(a_snapshot(*invoices, *payments))
    actions = [apply_to(desk.books, str(600 + n), str(300 + n)) for n in range(150)]
    assert set(states(desk, *actions).values()) == {"done"}
    assert len(desk.quickbooks.sent) == 150
    assert desk.quickbooks.reads <= 150 + 3


def test_what_a_write_moves_is_read_again_once_the_reading_is_old_s17():
    desk = a_desk()

    def later() -> None:
        desk.clock.advance(timedelta(minutes=2))
        desk.quickbooks.edit(OPEN, TxnDate="2026-03-03")

    desk.quickbooks.meanwhile(1, later)
    assert states(desk, apply_other(desk.books), apply_payment(desk.books)) == {"A-other": "done", "A-apply": "stale"}


def test_untouched_documents_stay_untouched():
    desk = a_desk()
    before = dict(desk.quickbooks.raw(CREDIT))
    states(desk, *whole_plan(desk.books))
    assert desk.quickbooks.raw(CREDIT) == before
    assert desk.quickbooks.raw(ON_DUPLICATE)["Line"][0]["LinkedTxn"][0]["TxnId"] == "301"
