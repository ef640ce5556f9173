"""How far a plan is decided, on the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from rich.console import RenderableType

from qbclean.model.action import DecisionState
from qbclean.model.money import total
from qbclean.model.plan import Plan
from qbclean.report.text.layout import table
from qbclean.report.words import dollars


def decision_counts(plan: Plan) -> Mapping[DecisionState, int]:
    """Decision state → number of actions, all states named."""
    states: tuple[DecisionState, ...] = get_args(DecisionState)
    return {state: sum(1 for action in plan.actions if action.decision.state == state) for state in states}


def decision_table(plan: Plan) -> RenderableType:
    """Actions and dollars by decision."""
    rows = [
        (state, f"{number:,}", dollars(total(a.amount for a in plan.actions if a.decision.state == state)))
        for state, number in decision_counts(plan).items()
    ]
    return table(("decision", "actions>", "dollars>"), rows)
