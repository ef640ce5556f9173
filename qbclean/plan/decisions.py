"""Decisions in a plan: putting them in, agreeing to another's, and telling one that cannot be genuine (R9).

Nothing else of the plan changes, so its digest still holds.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

import msgspec

from qbclean.errors import NotApprovedError, SettingsError, UnsafePlanError
from qbclean.model.action import Decision, DecisionState, PlannedAction
from qbclean.model.approval import is_name, same_person
from qbclean.model.plan import Plan

_DAY = timedelta(days=1)


def decide(plan: Plan, ids: Iterable[str], state: DecisionState, *, by: str, at: datetime, reason: str = "") -> Plan:
    """`plan` with the actions `ids` decided anew; what a second person said before no longer counts.

    Raises SettingsError for an id the plan does not have or a name that is none, UnsafePlanError for approving an
    action on hold.
    """
    if state != "undecided":
        _require_name(by)
    chosen = _chosen(plan, ids)
    held = next((action for action in chosen if action.tier == "hold"), None)
    if held and state == "approved":
        raise UnsafePlanError(
            f"Action {held.id} is on hold and cannot be approved.",
            why=held.hold_reason or "No safe action is known.",
            do=f"`qbclean show PLAN {held.id}` says what a person should do instead.",
        )
    decision = Decision(state=state, by=by, at=_instant(at), reason=reason)
    return _with_decisions(plan, {action.id: decision for action in chosen})


def agree(plan: Plan, ids: Iterable[str], *, by: str, at: datetime) -> Plan:
    """`plan` with `by` as the second person who approves the actions `ids`.

    Raises SettingsError for an unknown id or a name that is none, NotApprovedError for an action nobody approved yet,
    UnsafePlanError when the first approval is by the same person.
    """
    _require_name(by)
    chosen = _chosen(plan, ids)
    for action in chosen:
        first = action.decision
        if first.state != "approved":
            raise NotApprovedError(
                f"Action {action.id} is {first.state}, so there is nothing to agree to.",
                why="A second person agrees to an approval. No decision was written.",
                do=f"Approve it first with `qbclean decide PLAN --approve {action.id} --by NAME`.",
            )
        if same_person(first.by, by):
            raise UnsafePlanError(
                f"Action {action.id} was approved by {first.by}, who cannot be the second person as well.",
                why="Two different people have to agree. No decision was written.",
                do="Let somebody else run it, with their name after --by.",
            )
    seconded = {
        action.id: msgspec.structs.replace(action.decision, second_by=by, second_at=_instant(at)) for action in chosen
    }
    return _with_decisions(plan, seconded)


def flaw_in(decision: Decision, plan: Plan, now: datetime) -> str:
    """Why this approval cannot be one that somebody gave this plan, or "".

    Instants are judged by the day, because people type dates: not before the books were read, not in the future.
    """
    flaw = _flaw(decision.by, decision.at, plan, now)
    if flaw or not (decision.second_by or decision.second_at):
        return flaw
    if same_person(decision.by, decision.second_by):
        return f"names {decision.by} as the second person too"
    second = _flaw(decision.second_by, decision.second_at, plan, now)
    return second and f"{second} (second person)"


def _flaw(by: str, at: str, plan: Plan, now: datetime) -> str:
    if not is_name(by):
        return "does not say by whom"
    day = _day(at)
    if day is None:
        return "does not say when"
    taken, today = plan.snapshot.taken_at.date(), now.date()
    if day < taken - _DAY:
        return f"is of {day}, and the plan was made from books of {taken}"
    if day > today + _DAY:
        return f"is of {day}, and today is {today}"
    return ""


def _require_name(by: str) -> None:
    if not is_name(by):
        raise SettingsError(
            f"{by!r} is not a name.",
            why="A decision is signed by whoever makes it. No decision was written.",
            do="Say who decides with --by NAME.",
        )


def _chosen(plan: Plan, ids: Iterable[str]) -> list[PlannedAction]:
    wanted = frozenset(ids)
    unknown = sorted(wanted - {action.id for action in plan.actions})
    if unknown:
        raise SettingsError(
            f"The plan has no action {', '.join(unknown)}.",
            why="No decision was written.",
            do="`qbclean show PLAN` lists the actions.",
        )
    return [action for action in plan.actions if action.id in wanted]


def _with_decisions(plan: Plan, decisions: dict[str, Decision]) -> Plan:
    actions = (
        msgspec.structs.replace(action, decision=decisions[action.id]) if action.id in decisions else action
        for action in plan.actions
    )
    return msgspec.structs.replace(plan, actions=tuple(actions))


def _instant(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


def _day(text: str) -> date | None:
    try:
        return datetime.fromisoformat(text).date()
    except ValueError:
        return None
