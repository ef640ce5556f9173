"""Decide: write approvals and rejections into a plan. Nothing but decisions changes, so the digest still holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import get_args

from qbclean.errors import SettingsError
from qbclean.model.action import ActionKind, PlannedAction, Tier
from qbclean.model.plan import Plan
from qbclean.plan.decisions import decide as set_decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What the person picked: single ids, or all that are undecided of a tier, of a kind, or of both."""

    approve: tuple[str, ...] = ()
    reject: tuple[str, ...] = ()
    tier: str | None = None
    kind: str | None = None

    @property
    def is_empty(self) -> bool:
        return not (self.approve or self.reject or self.tier or self.kind)


def decide(plan: Plan, choice: Choice, *, by: str, at: datetime, reason: str = "") -> Plan:
    """The plan with the decisions made. An action named by id is decided anew; tier and kind leave decided ones alone,
    and undecided ones that need something which is not approved (`left_out`): approving those would change nothing.

    Raises SettingsError for an unknown id, tier or kind and for an id both approved and rejected, UnsafePlanError for
    the approval of an action on hold, which has nothing safe to carry out.
    """
    _must_make_sense(choice)
    approved = {*choice.approve, *_runnable(plan, choice)}
    decided = set_decision(plan, approved - set(choice.reject), "approved", by=by, at=at, reason=reason)
    return set_decision(decided, choice.reject, "rejected", by=by, at=at, reason=reason)


def left_out(plan: Plan, choice: Choice) -> tuple[PlannedAction, ...]:
    """What `choice` picks by tier or kind but leaves undecided, because it needs an action that is not approved."""
    runnable = _runnable(plan, choice)
    return tuple(action for action in plan.actions if _picked(action, choice) and action.id not in runnable)


def approve_all(plan: Plan, *, by: str, at: datetime, reason: str) -> Plan:
    """Every action approved that is not on hold: for a rollback, whose plan is confirmed as a whole."""
    ids = tuple(action.id for action in plan.actions if action.tier != "hold")
    return decide(plan, Choice(approve=ids), by=by, at=at, reason=reason)


def unapproved_prerequisites(plan: Plan) -> tuple[tuple[PlannedAction, PlannedAction], ...]:
    """(approved action, action it depends on that is not approved): such an approved action will not run (S18)."""
    by_id = {action.id: action for action in plan.actions}
    return tuple(
        (action, by_id[needed])
        for action in plan.actions
        if action.decision.state == "approved"
        for needed in action.depends_on
        if needed in by_id and by_id[needed].decision.state != "approved"
    )


def _must_make_sense(choice: Choice) -> None:
    both = sorted(set(choice.approve) & set(choice.reject))
    problem = ""
    if both:
        problem = f"{', '.join(both)} cannot be approved and rejected at once."
    elif choice.tier == "hold":
        problem = "Actions on hold cannot be approved: there is no safe action."
    elif choice.tier and choice.tier not in get_args(Tier):
        problem = f"There is no tier {choice.tier}; tiers are {', '.join(get_args(Tier))}."
    elif choice.kind and choice.kind not in get_args(ActionKind):
        problem = f"There is no action kind {choice.kind}; kinds are {', '.join(get_args(ActionKind))}."
    if problem:
        raise SettingsError(problem, why="No decision was written.", do="`qbclean show PLAN` lists the actions.")


def _picked(action: PlannedAction, choice: Choice) -> bool:
    """Chosen by tier or kind, or both when both are given; never what is on hold or decided already."""
    if not (choice.tier or choice.kind) or action.tier == "hold" or action.decision.state != "undecided":
        return False
    return choice.tier in (None, action.tier) and choice.kind in (None, action.kind)


def _runnable(plan: Plan, choice: Choice) -> set[str]:
    """Ids picked by tier or kind whose prerequisites are approved, before or by this choice (S18)."""
    already = {action.id for action in plan.actions if action.decision.state == "approved"} | set(choice.approve)
    picked: set[str] = set()
    for action in plan.actions:  # a plan lists prerequisites before what needs them
        if _picked(action, choice) and (already | picked) - set(choice.reject) >= set(action.depends_on):
            picked.add(action.id)
    return picked
