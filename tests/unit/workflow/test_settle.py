"""Writes in doubt: looked for first, repeated only under their own id, and left to a person where neither can tell."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import msgspec
import pytest

from qbclean.model.action import PlannedAction
from qbclean.model.journal import WriteOutcome
from qbclean.model.locks import Locks
from qbclean.workflow.execute import execute
from qbclean.workflow.recover import recover
from tests.fakes import Crash
from tests.unit.workflow.desk import (
    DUPLICATE,
    OPEN,
    OTHER_INVOICE,
    OTHER_PAYMENT,
    SURVIVOR,
    Desk,
    a_desk,
    apply_credit,
    apply_other,
    complete_invoice,
    create_invoice,
    move_payment,
    void_duplicate,
)

Happening = Callable[[Desk], None]


def died(actions: list[PlannedAction], *, at_send: int, effect: bool) -> Desk:
    """A run that died while its `at_send`-th request was under way, with or without the effect."""
    desk = a_desk()
    send = desk.quickbooks.send

    def deadly(request):
        if len(desk.quickbooks.sent) + 1 == at_send:
            if effect:
                send(request)
            raise Crash
        return send(request)

    desk.quickbooks.send = deadly  # type: ignore[method-assign]
    with pytest.raises(Crash):
        execute(actions, run=desk.start_run(), locks=Locks(), ports=desk.ports)
    desk.quickbooks.send = send  # type: ignore[method-assign]
    return desk


def settled(desk: Desk) -> WriteOutcome:
    (outcome,) = recover(desk.quickbooks, desk.journal, desk.clock)
    return outcome


BOOKS = a_desk().books
KINDS = {
    "update a payment": ([apply_other(BOOKS)], 1),
    "update an invoice": ([complete_invoice(BOOKS)], 1),
    "void": ([move_payment(BOOKS), void_duplicate(BOOKS)], 2),
    "create an invoice": ([create_invoice(BOOKS)], 1),
    "create a zero payment": ([apply_credit(BOOKS)], 1),
}


@pytest.mark.parametrize("kind", KINDS)
def test_an_effect_that_is_there_is_found_and_not_sent_again_r20(kind):
    actions, at = KINDS[kind]
    desk = died(actions, at_send=at, effect=True)
    sent = len(desk.quickbooks.sent)
    outcome = settled(desk)
    assert (outcome.state, outcome.settled_by) == ("done", "read-back")
    assert len(desk.quickbooks.sent) == sent
    assert len(outcome.after) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_an_effect_that_is_not_there_is_brought_about_under_the_same_id_r20(kind):
    actions, at = KINDS[kind]
    desk = died(actions, at_send=at, effect=False)
    desk.clock.advance(timedelta(days=2))
    outcome = settled(desk)
    assert (outcome.state, outcome.settled_by) == ("done", "replay")
    assert desk.quickbooks.sent[-1].request_id == outcome.request_id
    assert desk.journal.in_doubt() == ()


@pytest.mark.parametrize("kind", KINDS)
def test_an_unreachable_server_leaves_it_in_doubt_r20(kind):
    actions, at = KINDS[kind]
    desk = died(actions, at_send=at, effect=True)
    desk.quickbooks.unreachable = True
    assert settled(desk).state == "unknown"
    desk.quickbooks.unreachable = False
    assert settled(desk).state == "done"


def test_somebody_changing_the_memo_afterwards_does_not_hide_the_effect():
    desk = died([apply_other(BOOKS)], at_send=1, effect=True)
    desk.quickbooks.edit(OTHER_PAYMENT, PrivateNote="thanks")
    assert settled(desk).state == "done"


def test_a_document_that_is_neither_as_before_nor_as_planned_is_left_to_a_person():
    desk = died([apply_other(BOOKS)], at_send=1, effect=True)
    desk.quickbooks.edit(OTHER_PAYMENT, TxnDate="2026-03-09")
    outcome = settled(desk)
    assert outcome.state == "unknown"
    assert "neither as it was before nor as it should be" in outcome.message
    assert len(desk.quickbooks.sent) == 1


def test_a_document_saved_by_somebody_else_before_our_write_arrived_is_refused_as_stale():
    """The memo changed, so our SyncToken is old: repeating cannot harm, and tells that nothing was done."""
    desk = died([apply_other(BOOKS)], at_send=1, effect=False)
    desk.quickbooks.edit(OTHER_PAYMENT, PrivateNote="thanks")
    outcome = settled(desk)
    assert (outcome.state, outcome.code) == ("refused", "5010")


def test_a_write_whose_surroundings_moved_is_not_sent_days_later_s17():
    """Nothing happened, and the invoice has been paid another way since."""
    desk = died([apply_credit(BOOKS)], at_send=1, effect=False)
    desk.quickbooks.edit(OPEN, TxnDate="2026-03-03")
    outcome = settled(desk)
    assert outcome.state == "failed"
    assert "was not carried out, and Invoice 303 has changed since" in outcome.message
    execution = execute([apply_credit(BOOKS)], run=desk.start_run("R-2"), locks=Locks(), ports=desk.ports)
    assert execution.outcomes[0].state == "stale"
    assert desk.quickbooks.sent == []


def test_a_created_document_that_was_edited_since_is_recognised_by_its_mark():
    desk = died([create_invoice(BOOKS)], at_send=1, effect=True)
    created = next(ref for ref in desk.quickbooks.documents if ref.id.startswith("90"))
    desk.quickbooks.edit(created, DueDate="2026-05-01", DocNumber="1050-A")
    outcome = settled(desk)
    assert (outcome.state, outcome.ref) == ("done", created)
    execution = execute([create_invoice(BOOKS)], run=desk.start_run("R-2"), locks=Locks(), ports=desk.ports)
    assert "doc_number should be 1050, is 1050-A" in execution.surprise


def unmarked(action: PlannedAction) -> PlannedAction:
    request = action.requests[0]
    bare = msgspec.structs.replace(request, body={**request.body, "PrivateNote": "by hand"})
    return msgspec.structs.replace(action, requests=(bare,))


def test_without_a_mark_a_create_is_not_repeated_once_the_horizon_is_over_r21():
    desk = died([unmarked(create_invoice(BOOKS))], at_send=1, effect=False)
    desk.clock.advance(timedelta(minutes=11))
    outcome = settled(desk)
    assert outcome.state == "unknown"
    assert "no mark to look for" in outcome.message
    assert desk.quickbooks.sent == []


def test_without_a_mark_one_equal_document_is_recognised_and_two_are_left_to_a_person():
    desk = died([unmarked(create_invoice(BOOKS))], at_send=1, effect=True)
    assert settled(desk).state == "done"
    desk = died([unmarked(create_invoice(BOOKS))], at_send=1, effect=True)
    created = next(ref for ref in desk.quickbooks.documents if ref.id.startswith("90"))
    body = {key: desk.quickbooks.raw(created)[key] for key in ("CustomerRef", "DocNumber", "TxnDate", "Line")}
    desk.quickbooks.enter("Invoice", body)
    outcome = settled(desk)
    assert outcome.state == "unknown"
    assert "more than one document" in outcome.message


def test_a_deleted_target_is_left_to_a_person():
    desk = died([complete_invoice(BOOKS)], at_send=1, effect=True)
    del desk.quickbooks.documents[OTHER_INVOICE]
    assert "is gone" in settled(desk).message


def test_recovering_gives_every_dead_run_an_end_and_may_be_repeated():
    desk = died([move_payment(BOOKS), void_duplicate(BOOKS)], at_send=2, effect=True)
    settled(desk)
    assert [run.end.state for run in desk.journal.runs() if run.end] == ["interrupted"]
    rows = len(desk.journal.rows)
    assert recover(desk.quickbooks, desk.journal, desk.clock) == ()
    assert len(desk.journal.rows) == rows
    assert desk.quickbooks.raw(DUPLICATE)["TotalAmt"] == 0
    assert desk.quickbooks.raw(SURVIVOR)["Balance"] == Decimal("0.00")
