"""A plan runs only where, when and as it was approved (R3, R4, R9, S24)."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import msgspec
import pytest

from qbclean.errors import (
    NotApprovedError,
    PlanError,
    SettingsError,
    StalePlanError,
    TamperedPlanError,
    UnsafePlanError,
    WrongCompanyError,
)
from qbclean.model.action import Decision
from qbclean.model.locks import Locks
from qbclean.model.plan import Plan
from qbclean.model.refs import RealmId
from qbclean.model.settings import CompanySettings
from qbclean.plan.approval import ApprovedPlan, clear
from qbclean.plan.decisions import decide
from qbclean.plan.digest import digest_of, sealed
from tests.builders import REALM
from tests.plans import APPROVED, LOCKS, TAKEN, a_plan, a_void, an_application, the_example

NOW = TAKEN + timedelta(hours=2)


def cleared(plan: Plan, **terms: Any) -> ApprovedPlan:
    given: dict[str, Any] = {
        "realm_id": REALM,
        "environment": "local",
        "locks": LOCKS,
        "now": NOW,
        "settings": CompanySettings(),
        "recorded": True,
    }
    return clear(plan, **{**given, **terms})


def test_the_approved_actions_are_cleared_in_the_plans_order() -> None:
    undecided = an_application(id="A-2", decision=Decision())
    plan = a_plan(a_void(id="A-1"), undecided)
    approved = cleared(plan)
    assert approved.plan == plan
    assert [action.id for action in approved.actions] == ["A-1"]


def test_an_approved_plan_cannot_be_made_by_hand_or_changed() -> None:
    plan = a_plan(a_void())
    with pytest.raises(TypeError, match="clear only"):
        ApprovedPlan(plan=plan, actions=plan.actions, clearance=object())
    with pytest.raises(ValueError, match="clearance"):
        dataclasses.replace(cleared(plan), actions=())  # type: ignore[call-arg]
    with pytest.raises(dataclasses.FrozenInstanceError):
        cleared(plan).actions = ()  # type: ignore[misc]


@pytest.mark.parametrize(
    ("terms", "error", "why"),
    [
        ({"realm_id": RealmId("42")}, WrongCompanyError, "company 42 is chosen"),
        ({"environment": "production"}, WrongCompanyError, "S24"),
        ({"recorded": False}, TamperedPlanError, "plan --adopt FILE"),
        ({"now": TAKEN + timedelta(hours=72, minutes=1)}, StalePlanError, "72 hours ago"),
        ({"now": TAKEN - timedelta(hours=2)}, StalePlanError, "2 hours in the future"),
        ({"locks": Locks(books_closed=date(2026, 1, 31))}, StalePlanError, "closing date.*2025-12-31 to 2026-01-31"),
        ({"locks": Locks()}, StalePlanError, "to none"),
        ({"locks": msgspec.structs.replace(LOCKS, sales_tax_filed=date(2026, 1, 31))}, StalePlanError, "sales-tax"),
        ({"locks": msgspec.structs.replace(LOCKS, income_tax_filed=date(2026, 1, 31))}, StalePlanError, "income-tax"),
        ({"settings": CompanySettings(max_actions_per_run=0)}, UnsafePlanError, "1 actions are approved, 0 are"),
    ],
)
def test_r3_a_plan_is_refused_where_it_does_not_belong(terms: dict[str, Any], error: type[PlanError], why: str) -> None:
    plan = a_plan(a_void())
    assert cleared(plan).plan == plan
    with pytest.raises(error, match=why) as refused:
        cleared(plan, **terms)
    assert refused.value.exit_code == 4
    assert refused.value.do


def test_r3_a_plan_of_other_rules_or_another_api_is_stale() -> None:
    with pytest.raises(StalePlanError, match="rules version 0"):
        cleared(a_plan(a_void(), rules="0"))
    old = msgspec.structs.replace(a_plan().snapshot, minor_version="70")
    with pytest.raises(StalePlanError, match="minor version 70"):
        cleared(a_plan(a_void(), snapshot=old))


def test_an_old_plan_tells_in_utc_when_its_books_were_read() -> None:
    pacific = datetime(2026, 4, 1, 3, 58, tzinfo=timezone(-timedelta(hours=8)))
    plan = a_plan(a_void(), snapshot=msgspec.structs.replace(a_plan().snapshot, taken_at=pacific))
    with pytest.raises(StalePlanError, match="2026-04-01 11:58 UTC"):
        cleared(plan, now=pacific + timedelta(days=9))


def test_a_plan_exactly_at_the_age_limit_still_runs() -> None:
    plan = a_plan(a_void())
    assert cleared(plan, now=TAKEN + timedelta(hours=72)).plan == plan


def test_a_plan_changed_in_memory_is_refused() -> None:
    plan = msgspec.structs.replace(a_plan(a_void()), tool="another")
    with pytest.raises(TamperedPlanError, match="changed"):
        cleared(plan)


def test_r12_a_plan_of_a_newer_format_is_judged_by_the_digest_of_its_file() -> None:
    """Our types may hold only a part of it; the codec has checked the whole."""
    plan = msgspec.structs.replace(a_plan(a_void()), format_version="1.9")
    assert cleared(plan).plan == plan


@pytest.mark.parametrize("state", ["undecided", "rejected"])
def test_a_plan_with_nothing_approved_is_refused(state: Any) -> None:
    with pytest.raises(NotApprovedError, match="Nothing in the plan is approved"):
        cleared(a_plan(a_void(decision=Decision(state=state, by="Dana Reyes", at="2026-04-01"))))


@pytest.mark.parametrize(
    ("decision", "missing"),
    [
        (Decision(state="approved"), "by whom"),
        (Decision(state="approved", by="  ", at="2026-04-01T09:00:00Z"), "by whom"),
        (Decision(state="approved", by="\u200b", at="2026-04-01T09:00:00Z"), "by whom"),
        (Decision(state="approved", by="Dana Reyes"), "when"),
        (Decision(state="approved", by="Dana Reyes", at="this morning"), "when"),
    ],
)
def test_r9_an_approval_without_name_or_time_is_none(decision: Decision, missing: str) -> None:
    with pytest.raises(NotApprovedError, match=missing):
        cleared(a_plan(a_void(decision=decision)))


def test_deciding_leaves_the_digest_and_the_other_actions_alone() -> None:
    plan = the_example()
    first, second = plan.actions
    decided = decide(
        plan, [second.id], "approved", by="Dana Reyes", at=datetime(2026, 4, 1, 9, tzinfo=UTC), reason="ok"
    )
    assert decided.digest == plan.digest == digest_of(decided)
    assert decided.actions[0] == first
    assert decided.actions[1].decision == Decision(
        state="approved", by="Dana Reyes", at="2026-04-01T09:00:00+00:00", reason="ok"
    )
    assert [action.id for action in cleared(decided).actions] == [second.id]
    again = decide(decided, [second.id], "undecided", by="", at=NOW)
    assert again.actions[1].decision.state == "undecided"


def test_an_unknown_id_decides_nothing() -> None:
    with pytest.raises(SettingsError, match="no action A-9"):
        decide(the_example(), ["A-9"], "approved", by="Dana Reyes", at=NOW)


def test_an_action_on_hold_can_be_rejected_and_never_approved() -> None:
    plan = a_plan(a_void(tier="hold", hold_reason="money is on both copies", decision=Decision()))
    assert (
        decide(plan, [plan.actions[0].id], "rejected", by="Dana Reyes", at=NOW).actions[0].decision.state == "rejected"
    )
    with pytest.raises(UnsafePlanError, match="money is on both copies"):
        decide(plan, [plan.actions[0].id], "approved", by="Dana Reyes", at=NOW)


def test_sealing_anew_does_not_help_a_stranger() -> None:
    """design.md 8: a plan changed and sealed anew is refused like any stranger, because no journal knows it."""
    changed = msgspec.structs.replace(a_plan(a_void()).actions[0], summary="harmless", decision=APPROVED)
    resealed = sealed(msgspec.structs.replace(a_plan(a_void()), actions=(changed,)))
    with pytest.raises(TamperedPlanError, match="Nobody here made"):
        cleared(resealed, recorded=False)
