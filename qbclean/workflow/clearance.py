"""Clearance at this moment: asks the books, the journal and the clock what a decided plan has to be held against."""

from __future__ import annotations

from qbclean.model.locks import Locks
from qbclean.model.plan import Plan
from qbclean.model.settings import CompanySettings
from qbclean.plan.approval import ApprovedPlan, clear, require_credits_looked_after
from qbclean.ports.ambient import Clock
from qbclean.ports.gateway import QuickBooksGateway
from qbclean.ports.journal import Journal


def cleared(
    plan: Plan, *, gateway: QuickBooksGateway, journal: Journal, clock: Clock, settings: CompanySettings
) -> ApprovedPlan:
    """The plan, cleared to run now. One read, of the preferences; raises as `plan.approval` does.

    Whether it was carried out already is left to the run itself: more of a plan may be approved and applied later.
    """
    preferences = gateway.preferences()
    approved = clear(
        plan,
        realm_id=gateway.realm_id,
        environment=gateway.environment,
        locks=Locks.of(preferences, settings),
        now=clock.now(),
        settings=settings,
        recorded=journal.knows_plan(plan.digest),
        decisions=journal.decisions(plan.digest),
    )
    if preferences.sales_forms_prefs.auto_apply_credit:
        require_credits_looked_after(approved)
    return approved
