"""What runs at the same time, what must not, and that it ends as if everything had run one after the other."""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbclean.errors import AuthorizationError, UnavailableError
from qbclean.model.action import PlannedAction
from qbclean.model.locks import Locks
from qbclean.model.refs import DocumentRef
from qbclean.model.write import PlannedRequest, WriteReceipt
from qbclean.ports.gateway import LiveDocument
from qbclean.workflow.execute import execute
from qbclean.workflow.run import Execution
from qbclean.workflow.together import Schedule
from tests import every_kind
from tests.builders import a_payment, a_snapshot, an_invoice
from tests.fakes import FakeQuickBooks
from tests.same_books import aside_from_ids
from tests.unit.workflow.desk import Desk, a_desk, apply_to

COPIES = 4
BOOKS = every_kind.company(COPIES)
ACTIONS = every_kind.plan_of(BOOKS, COPIES)


class SlowQuickBooks(FakeQuickBooks):
    """Takes a while to answer, outside its lock, and notes who is being served at the same time."""

    seconds = 0.004

    def __init__(self, *arguments: object, **given: object) -> None:
        super().__init__(*arguments, **given)  # type: ignore[arg-type]
        self._counting = threading.Lock()
        self.serving: list[str] = []
        self.most_at_once = 0
        self.overlaps: set[frozenset[str]] = set()

    def read(self, refs: Collection[DocumentRef]) -> Mapping[DocumentRef, LiveDocument]:
        time.sleep(self.seconds)
        return super().read(refs)

    def send(self, request: PlannedRequest) -> WriteReceipt:
        customer = str(request.body.get("CustomerRef", {}).get("value", request.target))
        with self._counting:
            self.overlaps |= {frozenset((customer, other)) for other in self.serving}
            self.serving.append(customer)
            self.most_at_once = max(self.most_at_once, len(self.serving))
        time.sleep(self.seconds)
        try:
            return super().send(request)
        finally:
            with self._counting:
                self.serving.remove(customer)


def carried_out(at_once: int, quickbooks: FakeQuickBooks | None = None) -> tuple[Desk, Execution]:
    desk = a_desk(BOOKS, quickbooks=quickbooks or SlowQuickBooks(BOOKS), at_once=at_once)
    return desk, execute(ACTIONS, run=desk.start_run(), locks=Locks(), ports=desk.ports)


def test_at_once_sends_the_same_requests_and_ends_the_same_as_one_after_the_other():
    one, sequential = carried_out(1)
    for _ in range(3):
        eight, parallel = carried_out(8)
        assert {request.request_id for request in eight.quickbooks.sent} == {
            request.request_id for request in one.quickbooks.sent
        }
        assert len(eight.quickbooks.sent) == len(one.quickbooks.sent) == COPIES * every_kind.WRITES_PER_COPY
        assert aside_from_ids(eight.quickbooks) == aside_from_ids(one.quickbooks)
        assert [(outcome.action_id, outcome.state, outcome.reason) for outcome in parallel.outcomes] == [
            (outcome.action_id, outcome.state, outcome.reason) for outcome in sequential.outcomes
        ]


def test_independent_actions_really_run_at_the_same_time_and_never_more_than_allowed():
    desk, _ = carried_out(8)
    assert isinstance(desk.quickbooks, SlowQuickBooks)
    assert 4 <= desk.quickbooks.most_at_once <= 8


def test_two_writes_of_one_customer_are_never_in_flight_together():
    desk, _ = carried_out(8)
    assert isinstance(desk.quickbooks, SlowQuickBooks)
    assert all(len(pair) == 2 for pair in desk.quickbooks.overlaps)


def test_the_first_ctrl_c_finishes_every_write_in_flight_and_begins_no_other_r56():
    desk = a_desk(BOOKS, quickbooks=SlowQuickBooks(BOOKS), at_once=8)
    desk.stop.at_check = 12
    execution = execute(ACTIONS, run=desk.start_run(), locks=Locks(), ports=desk.ports)
    assert execution.interrupted == "Stopped by the user."
    assert desk.journal.in_doubt() == ()
    assert len(desk.quickbooks.sent) == 11
    again = execute(ACTIONS, run=_after_ctrl_c(desk), locks=Locks(), ports=desk.ports)
    assert {outcome.state for outcome in again.outcomes} == {"done"}
    assert len(desk.quickbooks.sent) == COPIES * every_kind.WRITES_PER_COPY


def _after_ctrl_c(desk: Desk):
    desk.stop.at_check = 0
    return desk.start_run("R-2")


def test_lost_authorization_lets_the_others_in_flight_finish_and_leaves_one_in_doubt():
    quickbooks = SlowQuickBooks(BOOKS)
    quickbooks.fault(9, "before", AuthorizationError("Connect again."))  # type: ignore[arg-type]
    desk = a_desk(BOOKS, quickbooks=quickbooks, at_once=8)
    with pytest.raises(AuthorizationError):
        execute(ACTIONS, run=desk.start_run(), locks=Locks(), ports=desk.ports)
    assert len(desk.journal.in_doubt()) == 1
    settled = [write for write in desk.journal.run("R-1").writes if write.outcome]  # type: ignore[union-attr]
    assert len(settled) == len(quickbooks.sent) - 1


def test_a_lost_reply_of_any_write_is_settled_while_others_go_on_s19():
    for number in range(1, COPIES * every_kind.WRITES_PER_COPY + 1, 5):
        quickbooks = SlowQuickBooks(BOOKS)
        quickbooks.seconds = 0.001
        quickbooks.fault(number, "after", UnavailableError("No answer."))
        desk, execution = carried_out(8, quickbooks)
        assert {outcome.state for outcome in execution.outcomes} == {"done"}
        assert len(desk.quickbooks.sent) == COPIES * every_kind.WRITES_PER_COPY


# ------------------------------------------------------------------ the schedule
@given(st.randoms(use_true_random=False))
def test_whatever_finishes_first_nothing_overtakes_what_it_shares_a_customer_with_or_depends_on(chance):
    schedule = Schedule(ACTIONS)
    running: list[PlannedAction] = []
    finished: list[str] = []
    while schedule.unfinished:
        while (action := schedule.next()) and chance.random() < 0.9:
            running.append(action)
        if action:
            running.append(action)
        done = running.pop(chance.randrange(len(running)))
        schedule.finish(done.id)
        finished.append(done.id)
    assert sorted(finished) == sorted(action.id for action in ACTIONS)
    place = {id_: number for number, id_ in enumerate(finished)}
    for number, earlier in enumerate(ACTIONS):
        for later in ACTIONS[number + 1 :]:
            if earlier.customer_id == later.customer_id or earlier.id in later.depends_on:
                assert place[earlier.id] < place[later.id]


def test_the_earliest_action_that_may_run_comes_first():
    schedule = Schedule(ACTIONS)
    given_out = []
    while action := schedule.next():
        given_out.append(action.id)
    order = [action.id for action in ACTIONS]
    assert given_out == sorted(given_out, key=order.index)
    assert "A-void-invoice-0" not in given_out
    schedule.finish("A-move-payment-0")
    assert schedule.next() == ACTIONS[order.index("A-void-invoice-0")]


def test_actions_of_one_customer_run_one_after_the_other_though_nothing_else_joins_them():
    """QuickBooks may apply one's credit to the other's invoice by itself (contract 7.4)."""
    invoices = [an_invoice(str(300 + n), total="10.00", number=f"N{n}") for n in range(8)]
    payments = [a_payment(str(600 + n), total="10.00") for n in range(8)]
    books = a_snapshot(*invoices, *payments)
    quickbooks = SlowQuickBooks(books)
    desk = a_desk(books, quickbooks=quickbooks, at_once=8)
    actions = [apply_to(books, str(600 + n), str(300 + n)) for n in range(8)]
    execution = execute(actions, run=desk.start_run(), locks=Locks(), ports=desk.ports)
    assert {outcome.state for outcome in execution.outcomes} == {"done"}
    assert quickbooks.most_at_once == 1


def test_actions_on_one_document_run_in_the_order_of_the_plan():
    payments = [a_payment(str(600 + n), total="10.00", customer="58") for n in range(6)]
    books = a_snapshot(an_invoice("300", total="60.00"), *payments)
    desk = a_desk(books, quickbooks=SlowQuickBooks(books), at_once=8)
    actions = [apply_to(books, str(600 + n), "300") for n in range(6)]
    execution = execute(actions, run=desk.start_run(), locks=Locks(), ports=desk.ports)
    assert {outcome.state for outcome in execution.outcomes} == {"done"}
    assert [request.request_id for request in desk.quickbooks.sent] == [a.requests[0].request_id for a in actions]
