"""Pieces of a demonstration's story that no other page has: totals before and after, and what is left to a person."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from textwrap import shorten

from rich.console import RenderableType

from qbclean.model.action import ActionKind, PlannedAction, Tier
from qbclean.model.finding import Finding
from qbclean.model.money import total
from qbclean.model.outcome import Proof, ProofRow
from qbclean.model.plan import Plan
from qbclean.report.text.check import by_kind
from qbclean.report.text.layout import bullets, page, table
from qbclean.report.words import ACTIONS, counted, dollars, findings, sentence

_SUMS = ("all customers", "through ")
"""How the scope of an A/R row begins that is not a single customer."""


def found_table(found: Sequence[Finding]) -> RenderableType:
    """Findings and dollars by kind."""
    rows = [
        (findings(kind, len(group)), dollars(total(item.amount for item in group))) for kind, group in by_kind(found)
    ]
    return table(("found", "dollars>"), rows)


def before_and_after(proof: Proof) -> RenderableType:
    """The sums of the proof, before, predicted and actual; single customers together as one line."""
    single = [row for row in proof.rows if row.what == "A/R" and not row.scope.startswith(_SUMS)]
    sums = [(f"{row.what} {row.scope}", row) for row in proof.rows if row not in single]
    rows = [_figures(label, [row]) for label, row in sums]
    if single:
        rows.insert(1, _figures(f"A/R of the {counted(len(single), 'customer')} that moved", single))
    return table(("figure", "before>", "predicted>", "actual>", ""), rows)


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


def _figures(label: str, rows: Sequence[ProofRow]) -> tuple[str, str, str, str, str]:
    before, predicted, actual = (
        total(getattr(row, name) for row in rows) for name in ("before", "predicted", "actual")
    )
    verdict = "agrees" if all(row.agrees for row in rows) else "DIFFERS"
    return (label, dollars(before), dollars(predicted), dollars(actual), verdict)
