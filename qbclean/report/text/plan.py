"""A plan on the terminal: where it comes from, what it holds by kind and tier, and what it would change."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from rich.console import RenderableType

from qbclean.model.action import PlannedAction, Tier
from qbclean.model.plan import Plan, PlanSummary
from qbclean.report.text.layout import BLANK, bullets, line, page, pairs, table, title
from qbclean.report.words import ACTIONS, TIERS, counted, day, dollars, instant, signed

_REQUESTS_PER_MINUTE: Final = 420
_READS_OF_A_RUN: Final = 45
"""Locks, reports before and after, what was made meanwhile, and the reading back. Each write adds at most one more."""
_FREE_READS: Final = 500_000
"""Contract 8: writes are not counted, reads, queries and reports are."""


def plan_overview(plan: Plan) -> RenderableType:
    """The whole plan: origin, totals, every action as one line, tier by tier."""
    return page(
        plan_head(plan),
        BLANK,
        plan_totals(plan.summary, writes=writes_of(plan.actions, "recommended")),
        *(part for tier in TIERS for part in _tier(plan, tier)),
    )


def plan_head(plan: Plan) -> RenderableType:
    """Which company, which snapshot, under which locks."""
    locks = plan.locks
    return page(
        title(f"Plan for {plan.company.name}", note=f"company {plan.company.realm_id}, {plan.company.environment}"),
        pairs(
            [
                ("as of", day(plan.as_of)),
                ("snapshot", f"{plan.snapshot.id}, taken {instant(plan.snapshot.taken_at)}"),
                ("CRM", ", ".join(f"{file.file} ({counted(file.records, 'record')})" for file in plan.crm)),
                ("books closed through", day(locks.books_closed)),
                ("income tax filed through", day(locks.income_tax_filed)),
                ("sales tax filed through", day(locks.sales_tax_filed)),
                ("digest", plan.digest),
            ]
        ),
    )


def plan_totals(summary: PlanSummary, *, writes: int) -> RenderableType:
    """Actions and dollars by kind and tier, then A/R and income before → after the recommended tier and its `writes`,
    the requests that it makes."""
    effect = [
        ("A/R", dollars(summary.ar.before), dollars(summary.ar.after), signed(summary.ar.after - summary.ar.before))
    ]
    effect += [
        (f"Income {row.year}, {row.basis}", dollars(row.before), dollars(row.after), signed(row.after - row.before))
        for row in summary.income
        if row.before != row.after
    ]
    return page(
        table(
            ("action", "tier", "count>", "dollars>"),
            [(ACTIONS[row.kind], row.tier, f"{row.actions:,}", dollars(row.amount)) for row in summary.actions],
        ),
        BLANK,
        table(("if the recommended tier is carried out", "before>", "after>", "change>"), effect),
        line(requests_needed(writes)),
    )


def writes_of(actions: Iterable[PlannedAction], tier: Tier | None = None) -> int:
    """How many requests the actions hold, those of `tier` when given."""
    return sum(len(action.requests) for action in actions if tier in (None, action.tier))


def requests_needed(writes: int) -> str:
    """How many requests that many writes take at most, how long that is, and what Intuit counts of it (R24)."""
    reads = writes + _READS_OF_A_RUN
    minutes = -(-(writes + reads) // _REQUESTS_PER_MINUTE)
    return (
        f"It takes up to {counted(writes + reads, 'request')} to QuickBooks, about {counted(minutes, 'minute')} "
        f"at the pace it allows; {reads:,} of them are reads, "
        f"of which Intuit's free tier allows an app {_FREE_READS:,} a month."
    )


def _tier(plan: Plan, tier: Tier) -> list[RenderableType]:
    chosen = [action for action in plan.actions if action.tier == tier]
    if not chosen:
        return []
    return [
        BLANK,
        title(f"{tier.capitalize()}: {counted(len(chosen), 'action')}", note=TIERS[tier]),
        table(("action!", "decision!", "dollars>", "customer", ""), [_row(action) for action in chosen]),
    ]


def _row(action: PlannedAction) -> tuple[str, str, str, str, str]:
    return (action.id, action.decision.state, dollars(action.amount), action.customer, action.summary)


def effect_lines(action: PlannedAction) -> RenderableType:
    """What one action does to A/R, income, tax and bank, a line per figure; "nothing" is said too."""
    effect = action.effect
    lines = [f"A/R of {row.customer or row.customer_id}: {signed(row.amount)}" for row in effect.ar_by_customer]
    for label, changes in (("income", effect.income), ("tax", effect.tax), ("bank", effect.bank)):
        lines += [
            f"{label}, {row.account} in {row.month} ({row.basis}): {signed(row.amount)}"
            for row in changes
            if row.amount
        ]
    return bullets(lines or ["no change in A/R, income, tax or bank"])
