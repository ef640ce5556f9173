"""Compare two plans: which actions were added, which are gone, and which propose something else now."""

from __future__ import annotations

from dataclasses import dataclass

from qbclean.model.action import PlannedAction
from qbclean.model.plan import Plan

_NOT_COMPARED = frozenset({"decision", "requests", "targets"})
"""Decisions are people's; request ids and SyncTokens differ between snapshots even when nothing of substance does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedAction:
    old: PlannedAction
    new: PlannedAction
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanDiff:
    """Each list in the order of the plan it comes from."""

    added: tuple[PlannedAction, ...]
    gone: tuple[PlannedAction, ...]
    changed: tuple[ChangedAction, ...]


def diff_plans(old: Plan, new: Plan) -> PlanDiff:
    """What `new` proposes that `old` did not, and the other way round; actions are the same when their ids are."""
    before = {action.id: action for action in old.actions}
    after = {action.id: action for action in new.actions}
    return PlanDiff(
        added=tuple(action for action in new.actions if action.id not in before),
        gone=tuple(action for action in old.actions if action.id not in after),
        changed=tuple(
            ChangedAction(old=before[action.id], new=action, fields=fields)
            for action in new.actions
            if action.id in before and (fields := _differing(before[action.id], action))
        ),
    )


def _differing(old: PlannedAction, new: PlannedAction) -> tuple[str, ...]:
    """Fields that differ, bodies of requests among them, SyncTokens aside."""
    fields = [
        name
        for name in PlannedAction.__struct_fields__
        if name not in _NOT_COMPARED and getattr(old, name) != getattr(new, name)
    ]
    return (*fields, *(("requests",) if _bodies(old) != _bodies(new) else ()))


def _bodies(action: PlannedAction) -> list[dict[str, object]]:
    return [{key: value for key, value in request.body.items() if key != "SyncToken"} for request in action.requests]
