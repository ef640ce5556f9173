"""A part of a plan as a plan of its own: some actions, with all they need, under a digest of its own (R8).

The requests and their ids stay as reviewed, so work done by a part is known as done to the whole plan, and vice versa.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import get_args

import msgspec

from qbclean.errors import SettingsError
from qbclean.model.action import ActionKind, PlannedAction
from qbclean.model.plan import Plan
from qbclean.plan.digest import sealed
from qbclean.plan.summary import summary_of_part


def part_of(plan: Plan, *, only: Collection[str] = (), exclude: Collection[str] = ()) -> Plan:
    """`plan` with the actions `only` names (all, when empty) and their prerequisites, without those `exclude` names and
    whatever depends on them; `plan` itself when that is all of it. Names are action ids or kinds; decisions stay.

    Raises SettingsError for a name the plan does not have, for an action asked for by id that needs an excluded one,
    and when nothing is left.
    """
    asked = _named(plan, only) if only else {action.id for action in plan.actions}
    excluded = _with_dependants(plan, _named(plan, exclude))
    for id_ in sorted(excluded.intersection(only)):
        raise SettingsError(
            f"Action {id_} cannot be had without what was excluded.",
            why="It is excluded itself, or depends on an action that is. Nothing was done.",
            do=f"Leave one of the two options away; `qbclean show PLAN {id_}` lists what it depends on.",
        )
    kept = _with_prerequisites(plan, asked - excluded)
    if not kept:
        raise SettingsError(
            "No action is left of the plan.", why="Nothing was done.", do="`qbclean show PLAN` lists the actions."
        )
    actions = tuple(action for action in plan.actions if action.id in kept)
    if actions == plan.actions:
        return plan
    findings = tuple(
        msgspec.structs.replace(finding, actions=tuple(id_ for id_ in finding.actions if id_ in kept))
        for finding in plan.findings
    )
    summary = summary_of_part(plan.summary, actions)
    return sealed(msgspec.structs.replace(plan, actions=actions, findings=findings, summary=summary))


def added_by(part: Plan, only: Collection[str]) -> tuple[PlannedAction, ...]:
    """The actions of a part that nobody named: prerequisites of those that were."""
    return tuple(action for action in part.actions if only and action.id not in only and action.kind not in only)


def _named(plan: Plan, names: Collection[str]) -> set[str]:
    unknown = sorted(set(names) - {action.id for action in plan.actions} - set(get_args(ActionKind)))
    if unknown:
        raise SettingsError(
            f"The plan has no action {', '.join(unknown)}, and there is no such kind.",
            why="Nothing was done.",
            do="`qbclean show PLAN` lists the actions.",
        )
    return {action.id for action in plan.actions if action.id in names or action.kind in names}


def _with_prerequisites(plan: Plan, ids: set[str]) -> set[str]:
    found = set(ids)
    for action in reversed(plan.actions):  # a plan lists prerequisites before what needs them
        if action.id in found:
            found.update(action.depends_on)
    return found


def _with_dependants(plan: Plan, ids: set[str]) -> set[str]:
    found = set(ids)
    for action in plan.actions:
        if found.intersection(action.depends_on):
            found.add(action.id)
    return found
