"""Decisions: who approved what, and nothing else of a plan changes."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import msgspec
import pytest

from qbclean.errors import NotApprovedError, SettingsError, UnsafePlanError
from qbclean.model.action import Decision, Tier
from qbclean.model.approval import ApprovalPolicy
from qbclean.model.plan import Plan
from qbclean.workflow.decide import (
    Choice,
    approve_all,
    decide,
    decisions_in_file,
    decisions_made,
    left_for_single,
    left_out,
    unapproved_prerequisites,
)
from tests.fakes import FakeJournal
from tests.unit.report.examples import a_plan, an_action

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def _plan(**tiers: Tier) -> Plan:
    return a_plan(actions=tuple(msgspec.structs.replace(an_action(name), tier=tier) for name, tier in tiers.items()))


def _states(plan: Plan) -> dict[str, str]:
    return {action.id: action.decision.state for action in plan.actions}


def test_a_tier_is_approved_with_name_time_and_reason_and_nothing_else_changes() -> None:
    plan = _plan(a="recommended", b="review", c="hold")
    decided = decide(plan, Choice(tier="recommended"), by="Dana Reyes", at=NOON, reason="looked at it")
    assert _states(decided) == {"a": "approved", "b": "undecided", "c": "undecided"}
    assert decided.actions[0].decision == Decision(
        state="approved", by="Dana Reyes", at="2026-03-01T12:00:00+00:00", reason="looked at it"
    )
    undone = msgspec.structs.replace(
        decided, actions=tuple(msgspec.structs.replace(action, decision=Decision()) for action in decided.actions)
    )
    assert undone == plan


def test_a_tier_leaves_earlier_rejections_alone_but_an_id_decides_anew() -> None:
    plan = decide(_plan(a="recommended", b="recommended"), Choice(reject=("a",)), by="Dana", at=NOON)
    assert _states(decide(plan, Choice(tier="recommended"), by="Lee", at=NOON)) == {"a": "rejected", "b": "approved"}
    assert _states(decide(plan, Choice(approve=("a",)), by="Lee", at=NOON)) == {"a": "approved", "b": "undecided"}


def test_tier_and_kind_together_mean_both() -> None:
    plan = _plan(a="recommended", b="review")
    assert set(_states(decide(plan, Choice(tier="review", kind="apply_payment"), by="D", at=NOON)).values()) == {
        "undecided"
    }
    assert _states(decide(plan, Choice(kind="void_invoice"), by="D", at=NOON)) == {"a": "approved", "b": "approved"}


def test_an_action_on_hold_is_never_approved() -> None:
    plan = _plan(a="recommended", c="hold")
    with pytest.raises(UnsafePlanError) as refused:
        decide(plan, Choice(approve=("c",)), by="D", at=NOON)
    assert refused.value.exit_code == 4
    assert _states(decide(plan, Choice(kind="void_invoice"), by="D", at=NOON))["c"] == "undecided"
    assert _states(approve_all(plan, by="D", at=NOON, reason="rollback")) == {"a": "approved", "c": "undecided"}


@pytest.mark.parametrize(
    "choice",
    [
        Choice(approve=("nope",)),
        Choice(approve=("a",), reject=("a",)),
        Choice(tier="sure"),
        Choice(tier="hold"),
        Choice(kind="delete_all"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_decided(choice: Choice) -> None:
    with pytest.raises(SettingsError):
        decide(_plan(a="recommended"), choice, by="D", at=NOON)


def test_an_approved_action_whose_prerequisite_is_not_approved_is_pointed_out() -> None:
    """S18."""
    first, second = an_action("a"), msgspec.structs.replace(an_action("b"), depends_on=("a",))
    plan = a_plan(actions=(first, second))
    only_second = decide(plan, Choice(approve=("b",)), by="D", at=NOON)
    assert [(action.id, needed.id) for action, needed in unapproved_prerequisites(only_second)] == [("b", "a")]
    assert unapproved_prerequisites(decide(plan, Choice(tier="recommended"), by="D", at=NOON)) == ()


def test_a_tier_leaves_out_what_needs_something_that_is_not_approved() -> None:
    """S18: approving it would change nothing, and the run would end incomplete."""
    first = msgspec.structs.replace(an_action("a"), tier="review")
    second = msgspec.structs.replace(an_action("b"), depends_on=("a",))
    third = msgspec.structs.replace(an_action("c"), depends_on=("b",))
    plan, choice = a_plan(actions=(first, second, third)), Choice(tier="recommended")
    assert set(_states(decide(plan, choice, by="D", at=NOON)).values()) == {"undecided"}
    assert [action.id for action in left_out(plan, choice)] == ["b", "c"]
    both = Choice(approve=("a",), tier="recommended")
    assert set(_states(decide(plan, both, by="D", at=NOON)).values()) == {"approved"}
    assert left_out(plan, both) == ()


# ------------------------------------------------------------------ one by one, a second person, on record
def test_what_must_be_approved_singly_is_left_by_tier_and_kind_and_taken_by_its_id_r9() -> None:
    plan, policy = _plan(a="recommended", b="recommended"), ApprovalPolicy(single_above=Decimal("1199.99"))
    by_tier = Choice(approve=("a",), tier="recommended")
    assert _states(decide(plan, by_tier, by="D", at=NOON, policy=policy)) == {"a": "approved", "b": "undecided"}
    assert [action.id for action in left_for_single(plan, by_tier, "D", policy)] == ["b"]
    assert left_out(plan, by_tier, "D", policy) == ()


def test_what_needs_an_action_left_for_single_approval_is_left_out_with_it() -> None:
    big, small = an_action("a"), msgspec.structs.replace(an_action("b"), amount=Decimal(5), depends_on=("a",))
    plan, policy, choice = (
        a_plan(actions=(big, small)),
        ApprovalPolicy(single_above=Decimal(100)),
        Choice(tier="recommended"),
    )
    assert set(_states(decide(plan, choice, by="D", at=NOON, policy=policy)).values()) == {"undecided"}
    assert [action.id for action in left_out(plan, choice, "D", policy)] == ["b"]


def test_a_second_person_agrees_to_what_another_approved_r9() -> None:
    plan = decide(_plan(a="recommended", b="recommended"), Choice(approve=("a",)), by="Dana Reyes", at=NOON)
    seconded = decide(plan, Choice(tier="recommended", second=True), by="Sam Ortiz", at=NOON)
    assert seconded.actions[0].decision == Decision(
        state="approved", by="Dana Reyes", at="2026-03-01T12:00:00+00:00",
        second_by="Sam Ortiz", second_at="2026-03-01T12:00:00+00:00",
    )  # fmt: skip
    assert seconded.actions[1].decision == Decision()
    anew = decide(seconded, Choice(approve=("a",)), by="Lee", at=NOON)
    assert anew.actions[0].decision.second_by == "", "a new approval needs a new second person"


def test_nobody_seconds_himself_or_what_is_not_approved() -> None:
    plan = decide(_plan(a="recommended", b="recommended"), Choice(approve=("a",)), by="Dana Reyes", at=NOON)
    for same in ("Dana Reyes", " dana  REYES", "Dana-Reyes.", "D\u200bana Reyes"):
        with pytest.raises(UnsafePlanError, match="cannot be the second person as well"):
            decide(plan, Choice(approve=("a",), second=True), by=same, at=NOON)
        assert decide(plan, Choice(tier="recommended", second=True), by=same, at=NOON) == plan
    with pytest.raises(NotApprovedError, match="nothing to agree to"):
        decide(plan, Choice(approve=("b",), second=True), by="Sam", at=NOON)
    with pytest.raises(SettingsError, match="needs no --second"):
        decide(plan, Choice(reject=("a",), second=True), by="Sam", at=NOON)


@pytest.mark.parametrize("nobody", ["", "  ", "\u200b", "-"])
def test_a_decision_is_signed_with_a_name_r9(nobody: str) -> None:
    plan = _plan(a="recommended")
    with pytest.raises(SettingsError, match="is not a name"):
        decide(plan, Choice(approve=("a",)), by=nobody, at=NOON)
    approved = decide(plan, Choice(approve=("a",)), by="Dana", at=NOON)
    with pytest.raises(SettingsError, match="is not a name"):
        decide(approved, Choice(approve=("a",), second=True), by=nobody, at=NOON)


def test_each_decision_is_recorded_once_with_who_when_amount_and_how_r9() -> None:
    plan, journal = _plan(a="recommended", b="recommended", c="review"), FakeJournal()
    choice = Choice(approve=("a",), tier="recommended", reject=("c",))
    decided = decide(plan, choice, by="Dana Reyes", at=NOON, reason="looked")
    journal.record_decisions(decisions_made(plan, decided, choice))
    again = Choice(tier="recommended", second=True)
    journal.record_decisions(decisions_made(decided, decide(decided, again, by="Sam", at=NOON), again))

    kept = [(r.action_id, r.role, r.state, r.by, r.how, r.reason, r.amount) for r in journal.decisions(plan.digest)]
    amount = Decimal("1200.00")
    assert kept == [
        ("a", "first", "approved", "Dana Reyes", "single", "looked", amount),
        ("b", "first", "approved", "Dana Reyes", "bulk", "looked", amount),
        ("c", "first", "rejected", "Dana Reyes", "single", "looked", amount),
        ("a", "second", "approved", "Sam", "bulk", "looked", amount),
        ("b", "second", "approved", "Sam", "bulk", "looked", amount),
    ]


def test_an_approval_typed_into_the_file_is_recorded_as_such_before_it_runs() -> None:
    plan, journal = _plan(a="recommended", b="recommended"), FakeJournal()
    choice = Choice(approve=("a",))
    decided = decide(plan, choice, by="Dana", at=NOON)
    journal.record_decisions(decisions_made(plan, decided, choice))
    typed = decide(decided, Choice(approve=("b",)), by="Dana", at=NOON)
    found = decisions_in_file(typed.actions, journal, plan.digest)
    assert [(record.action_id, record.how) for record in found] == [("b", "plan file")]
