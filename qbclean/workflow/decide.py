"""Decide: write approvals and rejections into a plan. Nothing but decisions changes, so the digest still holds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import get_args

from qbclean.errors import SettingsError
from qbclean.model.action import ActionKind, PlannedAction, Tier
from qbclean.model.approval import ApprovalPolicy, DecidedBy, DecisionRecord, decisions_on, same_person, standing
from qbclean.model.plan import Plan
from qbclean.plan.decisions import agree
from qbclean.plan.decisions import decide as set_decision
from qbclean.ports.journal import Journal


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What the person picked: single ids, or all that are undecided of a tier, of a kind, or of both.

    With `second` the person agrees to approvals of somebody else: tier and kind then pick those nobody agreed to yet.
    """

    approve: tuple[str, ...] = ()
    reject: tuple[str, ...] = ()
    tier: str | None = None
    kind: str | None = None
    second: bool = False

    @property
    def is_empty(self) -> bool:
        return not (self.approve or self.reject or self.tier or self.kind)

    @property
    def named(self) -> frozenset[str]:
        """The actions picked by their id."""
        return frozenset((*self.approve, *self.reject))


def decide(
    plan: Plan, choice: Choice, *, by: str, at: datetime, reason: str = "", policy: ApprovalPolicy | None = None
) -> Plan:
    """The plan with the decisions made. An action named by id is decided anew; tier and kind leave decided ones alone.

    They also leave those that `policy` (else the plan's own) wants approved one by one (`left_for_single`), and those
    that need something which is not approved (`left_out`): approving these would change nothing.

    Raises SettingsError for an unknown id, tier or kind and for an id both approved and rejected, UnsafePlanError for
    the approval of an action on hold or a second one by the same person, NotApprovedError for a second without a first.
    """
    _must_make_sense(choice)
    approved = {*choice.approve, *_picked(plan, choice, by, policy)}
    if choice.second:
        return agree(plan, approved, by=by, at=at)
    decided = set_decision(plan, approved - set(choice.reject), "approved", by=by, at=at, reason=reason)
    return set_decision(decided, choice.reject, "rejected", by=by, at=at, reason=reason)


def left_for_single(
    plan: Plan, choice: Choice, by: str = "", policy: ApprovalPolicy | None = None
) -> tuple[PlannedAction, ...]:
    """What `choice` fits by tier or kind but does not pick, because each has to be approved by itself (R9)."""
    rule = policy or plan.settings.approval
    return tuple(action for action in plan.actions if _fits(action, choice, by) and rule.must_be_single(action))


def left_out(
    plan: Plan, choice: Choice, by: str = "", policy: ApprovalPolicy | None = None
) -> tuple[PlannedAction, ...]:
    """What `choice` fits by tier or kind but leaves undecided, because it needs an action that is not approved."""
    known = _picked(plan, choice, by, policy) | {action.id for action in left_for_single(plan, choice, by, policy)}
    return tuple(action for action in plan.actions if _fits(action, choice, by) and action.id not in known)


def decisions_made(before: Plan, after: Plan, choice: Choice) -> tuple[DecisionRecord, ...]:
    """What was decided between the two, for the journal (R9): singly where the action was named by its id."""
    known = {record.id for action in before.actions for record in decisions_on(action, before.digest, "bulk")}
    return tuple(
        record
        for action in after.actions
        for record in decisions_on(action, after.digest, "single" if action.id in choice.named else "bulk")
        if record.id not in known or action.id in choice.named
    )


def decisions_in_file(
    actions: Iterable[PlannedAction], journal: Journal, digest: str, how: DecidedBy = "plan file"
) -> tuple[DecisionRecord, ...]:
    """The decisions on `actions` that do not stand in the journal: made by hand, on another machine, or just now."""
    recorded = standing(journal.decisions(digest))
    found = (record for action in actions for record in decisions_on(action, digest, how))
    return tuple(record for record in found if record.id not in recorded)


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
    elif choice.second and choice.reject:
        problem = "A second person agrees to approvals; rejecting needs no --second."
    elif choice.tier == "hold":
        problem = "Actions on hold cannot be approved: there is no safe action."
    elif choice.tier and choice.tier not in get_args(Tier):
        problem = f"There is no tier {choice.tier}; tiers are {', '.join(get_args(Tier))}."
    elif choice.kind and choice.kind not in get_args(ActionKind):
        problem = f"There is no action kind {choice.kind}; kinds are {', '.join(get_args(ActionKind))}."
    if problem:
        raise SettingsError(problem, why="No decision was written.", do="`qbclean show PLAN` lists the actions.")


def _fits(action: PlannedAction, choice: Choice, by: str) -> bool:
    """Of the tier, of the kind, or of both when both are given, and not named by its id; never on hold or decided."""
    decision = action.decision
    if choice.second:
        is_open = decision.state == "approved" and not decision.second_by and not same_person(decision.by, by)
    else:
        is_open = decision.state == "undecided"
    if not is_open or not (choice.tier or choice.kind) or action.tier == "hold" or action.id in choice.named:
        return False
    return choice.tier in (None, action.tier) and choice.kind in (None, action.kind)


def _picked(plan: Plan, choice: Choice, by: str, policy: ApprovalPolicy | None) -> set[str]:
    """Ids picked by tier or kind whose prerequisites are approved, before or by this choice (S18)."""
    rule = policy or plan.settings.approval
    already = {action.id for action in plan.actions if action.decision.state == "approved"} | set(choice.approve)
    picked: set[str] = set()
    for action in plan.actions:  # a plan lists prerequisites before what needs them
        ready = (already | picked) - set(choice.reject) >= set(action.depends_on)
        if ready and _fits(action, choice, by) and not rule.must_be_single(action):
            picked.add(action.id)
    return picked
