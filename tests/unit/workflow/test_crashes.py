"""kill -9 at every point between journal and QuickBooks: recover, run again, and nothing is lost or done twice.

The points are enumerated, not sampled (R17, R18): before and after each journal row, before each call, and between the
effect of a write and its answer.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

import pytest

from qbclean.model.journal import WriteIntent
from qbclean.model.locks import Locks
from qbclean.workflow.execute import execute
from qbclean.workflow.recover import recover
from tests.fakes import Crash, CrashPoints, FakeJournal, FakeQuickBooks
from tests.same_books import aside_from_ids
from tests.unit.workflow.desk import Desk, a_desk, messy_books, whole_plan

BOOKS = messy_books()
ACTIONS = whole_plan(BOOKS)
REQUEST_IDS = {request.request_id for action in ACTIONS for request in action.requests}


def a_mortal_desk(points: CrashPoints) -> Desk:
    return a_desk(BOOKS, quickbooks=FakeQuickBooks(BOOKS, touch=points), journal=FakeJournal(touch=points))


def one_process(desk: Desk, number: int) -> bool:
    """Recover and run, as `apply` does; True when it came to the end with everything done."""
    try:
        recover(desk.quickbooks, desk.journal, desk.clock)
        execution = execute(ACTIONS, run=desk.start_run(f"R-{number}"), locks=Locks(), ports=desk.ports)
    except Crash:
        return False
    # A repetition may be lost too; what is left then is left for the next run, never called refused or stale.
    assert {outcome.state for outcome in execution.outcomes} <= {"done", "unknown", "blocked"}, execution.outcomes
    return all(outcome.state == "done" for outcome in execution.outcomes)


def until_done(desk: Desk, points: CrashPoints, deaths: Sequence[int], *, runs: int = 0) -> None:
    """Die at the given points (counted from each start), then come to the end within `runs` more."""
    for number, at in enumerate((*deaths, 0, *[0] * runs), start=1):
        points.at = len(points.passed) + at if at else 0
        if one_process(desk, number):
            return
    raise AssertionError("it never came to the end")


def essence_of_a_straight_run() -> tuple[Mapping[str, str], int]:
    points = CrashPoints()
    desk = a_mortal_desk(points)
    assert one_process(desk, 1)
    return aside_from_ids(desk.quickbooks), len(points.passed)


STRAIGHT, POINTS = essence_of_a_straight_run()


def assert_as_uninterrupted(desk: Desk) -> None:
    assert aside_from_ids(desk.quickbooks) == STRAIGHT
    assert desk.journal.in_doubt() == ()
    assert {request.request_id for request in desk.quickbooks.sent} == REQUEST_IDS
    intents = [row.request_id for row in desk.journal.rows if isinstance(row, WriteIntent)]
    assert sorted(intents) == sorted(REQUEST_IDS)


def test_there_are_points_to_die_at():
    assert POINTS > 50


@pytest.mark.parametrize("remembers", [True, False], ids=["ids remembered", "ids forgotten"])
def test_death_at_every_point_ends_like_no_death_r6_r17_r21(remembers):
    for at in range(1, POINTS + 1):
        points = CrashPoints()
        desk = a_mortal_desk(points)
        desk.quickbooks.remembers_request_ids = remembers
        until_done(desk, points, [at])
        assert_as_uninterrupted(desk)


def test_dying_again_and_again_while_recovering_ends_the_same():
    chance = random.Random(20261123)
    for _ in range(150):
        points = CrashPoints()
        desk = a_mortal_desk(points)
        desk.quickbooks.remembers_request_ids = chance.random() < 0.5
        until_done(desk, points, [chance.randint(1, POINTS) for _ in range(chance.randint(2, 6))])
        assert_as_uninterrupted(desk)


def test_a_death_after_a_lost_reply_ends_the_same_r20():
    chance = random.Random(7)
    for _ in range(100):
        points = CrashPoints()
        desk = a_mortal_desk(points)
        for send in range(1, 12):
            if chance.random() < 0.3:
                desk.quickbooks.fault(send, chance.choice(["before", "after"]))
        until_done(desk, points, [chance.randint(1, POINTS), chance.randint(1, POINTS)], runs=8)
        assert_as_uninterrupted(desk)


def test_no_request_ever_leaves_without_an_older_intent_r14():
    for at in range(1, POINTS + 1, 3):
        points = CrashPoints()
        desk = a_mortal_desk(points)
        send = desk.quickbooks.send
        journal = desk.journal

        def watched(request, send=send, journal=journal):
            assert journal.write(request.request_id) is not None
            return send(request)

        desk.quickbooks.send = watched  # type: ignore[method-assign]
        until_done(desk, points, [at])
