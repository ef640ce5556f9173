"""Pieces of a demonstration's story that no other page has: what was found, and what is left to a person."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from textwrap import shorten

from rich.console import RenderableType

from qbclean.model.action import ActionKind, PlannedAction, Tier
from qbclean.model.finding import Finding
from qbclean.model.money import total
from qbclean.model.plan import Plan
from qbclean.report.text.check import by_kind
from qbclean.report.text.layout import bullets, page, table
from qbclean.report.words import ACTIONS, dollars, findings, sentence


def found_table(found: Sequence[Finding]) -> RenderableType:
    """Findings and dollars by kind."""
    rows = [
        (findings(kind, len(group)), dollars(total(item.amount for item in group))) for kind, group in by_kind(found)
    ]
    return table(("found", "dollars>"), rows)


def left_over(plan: Plan) -> RenderableType:
    """What was not done, by tier and kind, each with its largest case and the reason in words."""
    rest = [action for action in plan.actions if action.tier != "recommended"]
    alone = [finding for finding in plan.findings if not finding.actions]
    rows = []
    for (tier, kind), group in groupby(sorted(rest, key=_tier_and_kind), key=_tier_and_kind):
        members = sorted(group, key=lambda action: (-action.amount, action.id))
        rows.append(
            (tier, ACTIONS[kind], f"{len(members):,}", dollars(total(a.amount for a in members)), _why(members[0]))
        )
    reported = [f"{findings(kind, len(group))}: {group[0].no_action}" for kind, group in by_kind(alone)]
    return page(
        table(("tier!", "action", "count>", "dollars>", "why, in the largest case"), rows) if rows else None,
        bullets(reported) if reported else None,
    )


def _tier_and_kind(action: PlannedAction) -> tuple[Tier, ActionKind]:
    return (action.tier, action.kind)


def _why(action: PlannedAction) -> str:
    return shorten(sentence(action.hold_reason or action.settles or action.summary), 110, placeholder=" …")
