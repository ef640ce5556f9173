"""Decide: write approvals and rejections into a plan. Nothing but decisions changes, so the digest still holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import get_args

import msgspec

from qbclean.errors import SettingsError, UnsafePlanError
from qbclean.model.action import ActionKind, Decision, DecisionState, PlannedAction, Tier
from qbclean.model.plan import Plan


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
    """The plan with the decisions made. An action named by id is decided anew; tier and kind leave decided ones alone.

    Raises SettingsError for an unknown id, tier or kind and for an id both approved and rejected, UnsafePlanError for
    the approval of an action on hold, which has nothing safe to carry out.
    """
    _must_exist(plan, choice)
    wanted = {action.id: _state(action, choice) for action in plan.actions}
    return msgspec.structs.replace(
        plan, actions=tuple(_decided(action, wanted[action.id], by, at, reason) for action in plan.actions)
    )


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


def _must_exist(plan: Plan, choice: Choice) -> None:
    known = {action.id for action in plan.actions}
    unknown = [action_id for action_id in (*choice.approve, *choice.reject) if action_id not in known]
    both = sorted(set(choice.approve) & set(choice.reject))
    problem = ""
    if unknown:
        problem = f"The plan has no action {', '.join(unknown)}."
    elif both:
        problem = f"{', '.join(both)} cannot be approved and rejected at once."
    elif choice.tier and choice.tier not in get_args(Tier):
        problem = f"There is no tier {choice.tier}; tiers are {', '.join(get_args(Tier))}."
    elif choice.kind and choice.kind not in get_args(ActionKind):
        problem = f"There is no action kind {choice.kind}; kinds are {', '.join(get_args(ActionKind))}."
    if problem:
        raise SettingsError(problem, why="No decision was written.", do="`qbclean show PLAN` lists the actions.")
    held = [action for action in plan.actions if action.tier == "hold" and (action.id in choice.approve)]
    if held or choice.tier == "hold":
        first = held[0] if held else None
        raise UnsafePlanError(
            f"Action {first.id} is on hold and cannot be approved." if first else "Actions on hold cannot be approved.",
            why=f"{first.hold_reason or 'No safe action is known.'}" if first else "No safe action is known for them.",
            do="`qbclean show PLAN ACTION` says what a person should do instead.",
        )


def _state(action: PlannedAction, choice: Choice) -> DecisionState | None:
    if action.id in choice.approve:
        return "approved"
    if action.id in choice.reject:
        return "rejected"
    picked = (choice.tier or choice.kind) and choice.tier in (None, action.tier) and choice.kind in (None, action.kind)
    if picked and action.tier != "hold" and action.decision.state == "undecided":
        return "approved"
    return None


def _decided(action: PlannedAction, state: DecisionState | None, by: str, at: datetime, reason: str) -> PlannedAction:
    if state is None:
        return action
    decision = Decision(state=state, by=by, at=at.isoformat(timespec="seconds"), reason=reason)
    return msgspec.structs.replace(action, decision=decision)
