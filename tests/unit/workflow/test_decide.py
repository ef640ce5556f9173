"""Decisions: who approved what, and nothing else of a plan changes."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest

from qbclean.errors import SettingsError, UnsafePlanError
from qbclean.model.action import Decision, Tier
from qbclean.model.plan import Plan
from qbclean.workflow.decide import Choice, approve_all, decide, left_out, unapproved_prerequisites
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
