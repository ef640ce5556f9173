"""Every fault, before and after the effect, at every write of every kind of repair, over the real gateway (R20, R47).

One run per fault and place: every write is struck as it comes. Struck once, the gateway absorbs it; struck six times in
a row, more often than the gateway repeats, the write stays in doubt and a later run, when all is well, settles it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from qbclean.model.journal import JournaledWrite
from qbclean.model.outcome import RunReport
from qbclean.plan.approval import ApprovedPlan
from qbclean.sandbox.mischief import FaultRule
from qbclean.workflow.apply import apply
from qbclean.workflow.rollback import rollback
from tests import every_kind
from tests.real_desk import RealDesk, real_desk
from tests.sandbox_company import aside_from_ids, not_as_before, objects_of
from tests.unit.workflow.desk import BY, approved, clear_for, rollback_of

FAULTS = (
    "refuse",
    "reset",
    "slow",
    "half_body",
    "empty_200",
    "bad_json",
    "429_json",
    "429_xml",
    "500",
    "503_html",
    "404_html",
    "fault_200",
)
"""The twelve of R47; `slow` is answered too late only where a time-out is that short, here it is just late."""

BOOKS = every_kind.company()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[RealDesk]:
    with real_desk(tmp_path / "company", BOOKS) as opened:
        yield opened


def strike_every_write(desk: RealDesk, plan: ApprovedPlan, fault: str, when: str, times: int) -> None:
    for action in plan.actions:
        for request in action.requests:
            rule = FaultRule(fault=fault, when=when, method="POST", contains=request.request_id, times=times)
            desk.running.sandbox.mischief.add([rule])


def journaled(desk: RealDesk) -> list[JournaledWrite]:
    runs = [desk.journal.run(listed.start.id) for listed in desk.journal.runs()]
    return [write for run in runs if run for write in run.writes]


def assert_told_the_truth(desk: RealDesk, report: RunReport) -> None:
    """Nothing refused or failed that was not; what is called done is there; what is not is said to be unknown."""
    assert {outcome.state for outcome in report.outcomes} <= {"done", "unknown", "blocked"}, report.outcomes
    for write in journaled(desk):
        if write.outcome and write.outcome.state == "done":
            assert write.outcome.ref is not None
            assert write.outcome.ref in desk.quickbooks.read([write.outcome.ref])
        assert write.outcome is None or write.outcome.state in ("done", "unknown")


def carried_out(desk: RealDesk, plan: ApprovedPlan) -> RunReport:
    return apply(plan, books=desk.books, ports=desk.ports, by=BY)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """What the company holds when nothing goes wrong, aside from ids."""
    with real_desk(tmp_path_factory.mktemp("straight") / "company", BOOKS) as desk:
        report = carried_out(desk, approved(desk, every_kind.plan_of(desk.books)))
        assert report.state == "done", report.message
        return holdings(desk)


def holdings(desk: RealDesk) -> Mapping[str, str]:
    """What the sandbox holds, created documents by their mark: one that is there twice fails the test."""
    former = {(ref.kind, ref.id) for ref in (document.ref for document in desk.books.documents())}
    former |= {("Customer", id_) for id_ in desk.books.customers}
    return aside_from_ids(objects_of(desk.running), former)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_that_strikes_every_write_once_is_absorbed(desk, undisturbed, fault, when):
    plan = approved(desk, every_kind.plan_of(desk.books))
    strike_every_write(desk, plan, fault, when, times=1)
    report = carried_out(desk, plan)
    assert_told_the_truth(desk, report)
    desk.honest()
    if report.state != "done":
        report = carried_out(desk, plan)
    assert report.state == "done", report.message
    assert holdings(desk) == undisturbed


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_that_lasts_leaves_every_write_in_doubt_and_none_twice(desk, undisturbed, fault, when):
    plan = approved(desk, every_kind.plan_of(desk.books))
    strike_every_write(desk, plan, fault, when, times=6)
    for _ in range(6):
        report = carried_out(desk, plan)
        assert_told_the_truth(desk, report)
        if report.state == "done":
            break
    else:
        desk.honest()
        report = carried_out(desk, plan)
    assert report.state == "done", (report.message, report.outcomes)
    assert holdings(desk) == undisturbed
    assert desk.journal.in_doubt() == ()


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("fault", ["reset", "500", "empty_200", "404_html"])
def test_faults_while_taking_back_leave_nothing_half_done(desk, fault, when):
    """The kinds of write only a rollback has: delete, void of what was created, update of what was void."""
    before = objects_of(desk.running)
    report = carried_out(desk, approved(desk, every_kind.plan_of(desk.books)))
    assert report.state == "done", report.message
    for _ in range(3):
        undo = clear_for(desk, rollback_of(desk, report.run_id))
        strike_every_write(desk, undo, fault, when, times=1)
        undone = rollback(undo, undoes=report.run_id, books=desk.books, ports=desk.ports, by=BY)
        assert {outcome.state for outcome in undone.outcomes} <= {"done", "unknown", "blocked"}, undone.outcomes
        desk.honest()
        if undone.state == "done":
            break
    assert undone.state == "done", undone.message
    after = objects_of(desk.running)
    assert not_as_before(before, after) == []
    assert all(not item["TotalAmt"] for key, item in after.items() if key not in before)
