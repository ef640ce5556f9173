"""Clearance: the one way from a decided plan to one that may be carried out (design.md 8; R3, R4, R9).

An `ApprovedPlan` exists only if digest, company, age, closed periods, approvals and safety rules passed, so that
"an unreviewed plan was applied" is a type error.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import InitVar, dataclass
from datetime import UTC, datetime, timedelta

from qbclean.errors import (
    NotApprovedError,
    StalePlanError,
    TamperedPlanError,
    WrongCompanyError,
)
from qbclean.model.action import PlannedAction
from qbclean.model.approval import DecisionRecord
from qbclean.model.books import Environment
from qbclean.model.locks import Locks
from qbclean.model.plan import RULES_VERSION, Plan
from qbclean.model.refs import RealmId
from qbclean.model.settings import CompanySettings
from qbclean.model.write import MINOR_VERSION
from qbclean.plan.case import Case
from qbclean.plan.codec import is_of_newer_format
from qbclean.plan.decisions import flaw_in
from qbclean.plan.digest import digest_of
from qbclean.plan.policy import require_safe

_CLEARED = object()
_CLOCK_SKEW = timedelta(hours=1)
_AGAIN = "Run `qbclean pull` and `qbclean plan` again."
_LOCKS = {
    "books_closed": "the closing date in QuickBooks",
    "income_tax_filed": "the income-tax filing date",
    "sales_tax_filed": "the sales-tax filing date",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovedPlan:
    """A plan cleared to run. `actions` are the approved ones in the plan's order. Only `clear` makes one."""

    plan: Plan
    actions: tuple[PlannedAction, ...]
    clearance: InitVar[object]

    def __post_init__(self, clearance: object) -> None:
        if clearance is not _CLEARED:
            raise TypeError("an ApprovedPlan comes from qbclean.plan.approval.clear only")


def clear(
    plan: Plan,
    *,
    realm_id: RealmId,
    environment: Environment,
    locks: Locks,
    now: datetime,
    settings: CompanySettings,
    recorded: bool,
    decisions: Iterable[DecisionRecord] = (),
) -> ApprovedPlan:
    """The plan, cleared for the company `realm_id` in `environment` at `now`.

    `locks` and `settings` are those of this moment; `recorded`: the journal here knows the digest; `decisions`:
    those on this plan that the journal holds, oldest first. Whether it was carried out already is asked when it runs
    (R4). Raises WrongCompanyError, TamperedPlanError, StalePlanError, NotApprovedError or UnsafePlanError, in this
    order; nothing was sent then.
    """
    _require_company(plan, realm_id, environment)
    _require_recorded(plan, recorded=recorded)
    _require_fresh(plan, locks, now, settings)
    case = Case.of(plan, locks, settings, decisions)
    _require_approvals(case.actions, plan, now)
    require_safe(case)
    return ApprovedPlan(plan=plan, actions=case.actions, clearance=_CLEARED)


def require_credits_looked_after(approved: ApprovedPlan) -> None:
    """Raises StalePlanError when the plan creates a credit and leaves out that QuickBooks may apply it by itself, as it
    does in this company by now (S09)."""
    for action in approved.actions:
        for request in action.requests:
            if (request.operation, request.kind) == ("create", "CreditMemo") and not request.applies_itself:
                raise StalePlanError(
                    f"'Automatically apply credits' is on by now, and was not when action {action.id} was planned.",
                    why="QuickBooks might use its credit for another invoice first (S09). Nothing was sent.",
                    do=f"Switch it off in Account and settings, or: {_AGAIN}",
                )


def _require_company(plan: Plan, realm_id: RealmId, environment: Environment) -> None:
    made_for = plan.company
    if made_for.realm_id != realm_id:
        raise WrongCompanyError(
            f"The plan is for {made_for.name} (company {made_for.realm_id}), and company {realm_id} is chosen.",
            why="A plan fits the books it was made from and no others. Nothing was sent.",
            do="Choose the plan's company with --company, or make a plan for this one.",
        )
    if made_for.environment != environment:
        raise WrongCompanyError(
            f"The plan was made in the {made_for.environment} environment, and this connection is to {environment}.",
            why="Credentials of one environment never write to another (S24). Nothing was sent.",
            do=f"Connect to {made_for.environment} with `qbclean connect`, or make a plan here.",
        )


def _require_recorded(plan: Plan, *, recorded: bool) -> None:
    if not is_of_newer_format(plan) and digest_of(plan) != plan.digest:
        raise TamperedPlanError(
            "The plan was changed after it was made.", why="Its digest does not cover what it says.", do=_AGAIN
        )
    if not recorded:
        raise TamperedPlanError(
            f"Nobody here made plan {plan.digest[:12]}.",
            why="The journal of this company has not recorded it: it comes from another machine, or was changed and "
            "sealed anew. Nothing was sent.",
            do="If you trust it, record it with `qbclean plan --adopt FILE`.",
        )


def _require_fresh(plan: Plan, locks: Locks, now: datetime, settings: CompanySettings) -> None:
    age = now - plan.snapshot.taken_at
    if age > timedelta(hours=settings.max_plan_age_hours):
        raise StalePlanError(
            f"The plan was made from books read {plan.snapshot.taken_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC, "
            f"{_hours(age)} hours ago.",
            why=f"After {settings.max_plan_age_hours} hours too much may have changed. Nothing was sent.",
            do=_AGAIN,
        )
    if age < -_CLOCK_SKEW:
        raise StalePlanError(
            f"The plan was made from books read {_hours(-age)} hours in the future.",
            why="The clock of this machine or of the one that made the plan is wrong. Nothing was sent.",
            do="Set the clock. " + _AGAIN,
        )
    _require_same_rules(plan, locks)


def _require_same_rules(plan: Plan, locks: Locks) -> None:
    for name, words in _LOCKS.items():
        then, today = getattr(plan.locks, name), getattr(locks, name)
        if then != today:
            raise StalePlanError(
                f"Since the plan was made, {words} moved from {then or 'none'} to {today or 'none'}.",
                why="What was safe in an open period is not in a closed one. Nothing was sent.",
                do=_AGAIN,
            )
    made_with = {
        "rules version": (plan.rules, RULES_VERSION),
        "API minor version": (plan.snapshot.minor_version, MINOR_VERSION),
    }
    for name, (then, today) in made_with.items():
        if then != today:
            raise StalePlanError(
                f"The plan was made under {name} {then}, this qbclean has {today}.",
                why="The same plan could mean something else (R3). Nothing was sent.",
                do=_AGAIN,
            )


def _require_approvals(actions: tuple[PlannedAction, ...], plan: Plan, now: datetime) -> None:
    if not actions:
        raise NotApprovedError(
            "Nothing in the plan is approved.",
            why="Only approved actions are carried out.",
            do="Decide with `qbclean decide PLAN`; `qbclean show PLAN` shows what there is.",
        )
    for action in actions:
        if flaw := flaw_in(action.decision, plan, now):
            raise NotApprovedError(
                f"The approval of {action.id} {flaw}.",
                why="No action runs without a recorded approval (R9). Nothing was sent.",
                do=f"Approve it with `qbclean decide PLAN --approve {action.id} --by NAME`.",
            )


def _hours(span: timedelta) -> int:
    return span // timedelta(hours=1)
