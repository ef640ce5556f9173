"""Deriving a part of a plan: recorded under its own digest, with the approvals that stand, and nothing laundered."""

from __future__ import annotations

import msgspec
import pytest

from qbclean.errors import PlanFormatError, TamperedPlanError
from qbclean.model.action import Decision
from qbclean.model.approval import decisions_on
from qbclean.model.plan import Plan
from qbclean.workflow.derive import derive_part
from tests.fakes import FakeClock, FakeJournal
from tests.plans import a_plan, a_void


@pytest.fixture
def plan() -> Plan:
    return a_plan(a_void(id="a"), a_void(id="b"), a_void(id="c", depends_on=("a",)))


@pytest.fixture
def journal(plan: Plan) -> FakeJournal:
    kept = FakeJournal()
    kept.record_plan(plan.digest, made_at="", origin="made here")
    return kept


def test_the_part_is_known_and_approvals_on_record_are_on_record_for_it_r8(plan: Plan, journal: FakeJournal) -> None:
    for action in plan.actions[:2]:
        journal.record_decisions(tuple(decisions_on(action, plan.digest, "single")))
    part = derive_part(plan, journal, FakeClock(), only=["c"])
    assert journal.knows_plan(part.digest)
    assert journal.plans[part.digest].startswith(f"part of {plan.digest}")
    carried = journal.decisions(part.digest)
    assert [(record.action_id, record.how) for record in carried] == [("a", "single")], "c was not on record"
    derive_part(plan, journal, FakeClock(), only=["c"])
    assert journal.decisions(part.digest) == carried, "once is enough"


def test_an_approval_that_was_withdrawn_is_not_carried_over(plan: Plan, journal: FakeJournal) -> None:
    action = plan.actions[0]
    withdrawn = msgspec.structs.replace(action, decision=Decision(state="rejected", by="Sam", at="2026-04-01"))
    journal.record_decisions(tuple(decisions_on(action, plan.digest, "single")))
    journal.record_decisions(tuple(decisions_on(withdrawn, plan.digest, "single")))
    assert journal.decisions(derive_part(plan, journal, FakeClock(), only=["a"]).digest) == ()


def test_no_part_is_made_of_a_plan_nobody_here_made(plan: Plan) -> None:
    journal = FakeJournal()
    with pytest.raises(TamperedPlanError, match="no part of it may run"):
        derive_part(plan, journal, FakeClock(), exclude=["b"])
    assert journal.plans == {}


def test_no_part_is_made_of_a_plan_this_version_knows_only_partly(plan: Plan, journal: FakeJournal) -> None:
    newer = msgspec.structs.replace(plan, format_version="1.9")
    with pytest.raises(PlanFormatError, match=r"format 1\.9"):
        derive_part(newer, journal, FakeClock(), exclude=["b"])


def test_leaving_nothing_away_is_the_plan_itself(plan: Plan, journal: FakeJournal) -> None:
    assert derive_part(plan, journal, FakeClock(), only=["void_invoice"]) is plan
