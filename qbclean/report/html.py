"""Self-contained static pages: a plan (or check), and the log. No script, nothing loaded from anywhere (R38, R39)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import groupby
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from qbclean.model.action import PlannedAction
from qbclean.model.journal import ChainReport, JournaledRun
from qbclean.model.money import total
from qbclean.model.outcome import RunReport
from qbclean.model.plan import Plan
from qbclean.model.reconciliation import AGING_LABELS, BUCKETS, Reconciliation
from qbclean.model.write import body_bytes
from qbclean.report import words
from qbclean.report.audit import AuditRow
from qbclean.report.images import figures_of
from qbclean.report.json import without_agreed
from qbclean.report.plain import plain
from qbclean.report.proof import customers, sums


def plan_page(plan: Plan, *, run: RunReport | None = None) -> str:
    """The plan for a bookkeeper: findings in words, then every action by customer; with `run`, what came of it."""
    outcomes = {outcome.action_id: outcome for outcome in run.outcomes} if run else {}
    return _render("plan.html.j2", plan=plan, run=run, outcomes=outcomes, groups=_by_customer(plan.actions))


def check_page(plan: Plan, explained: Reconciliation) -> str:
    """The reconciliation with all its rows, then the findings: what a bookkeeper hands to a client or a CPA."""
    return _render("check.html.j2", plan=plan, explained=explained, differing=without_agreed(explained).documents)


def log_page(runs: Sequence[JournaledRun], chain: ChainReport, rows: Sequence[AuditRow] = ()) -> str:
    """The journal for an auditor: each run with its writes and skips, and where the hash chain stands.

    `rows` add approvals, versions and the address in QuickBooks.
    """
    return _render("log.html.j2", runs=runs, chain=chain, audit={row.request_id: row for row in rows})


def _by_customer(actions: Sequence[PlannedAction]) -> list[tuple[str, list[PlannedAction]]]:
    ordered = sorted(actions, key=lambda action: (action.customer.casefold(), action.customer_id))
    return [(customer or "No customer", list(group)) for (customer, _), group in groupby(ordered, key=_customer_and_id)]


def _customer_and_id(action: PlannedAction) -> tuple[str, str]:
    return (action.customer, action.customer_id)


def _render(template: str, **values: Any) -> str:
    return _templates().get_template(template).render(**values)


def _shown(value: object) -> object:
    """Every value that reaches the page, before autoescape: control and direction marks made visible."""
    return plain(value) if isinstance(value, str) and not isinstance(value, Markup) else value


@cache
def _templates() -> Environment:
    templates = Environment(
        loader=PackageLoader("qbclean.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters |= {
        "dollars": words.dollars,
        "signed": words.signed,
        "day": words.day,
        "instant": words.instant,
        "total": total,
        "body": lambda request: body_bytes(request.body).decode(),
        "figures": figures_of,
    }
    templates.filters |= {"weightiest": words.weightiest, "largest_first": words.largest_first}
    templates.globals |= {"words": words, "counted": words.counted, "sums": sums, "customers": customers}
    templates.globals |= {"buckets": BUCKETS, "spans": AGING_LABELS}
    return templates
