"""What must hold before a run begins, beyond what clearance has checked: the right books, and something left to do."""

from __future__ import annotations

from qbclean.errors import StalePlanError, WrongCompanyError
from qbclean.model.plan import Plan
from qbclean.plan.approval import ApprovedPlan
from qbclean.ports.gateway import QuickBooksGateway
from qbclean.ports.journal import Journal
from qbclean.workflow.history import TakenBack, is_done


def require_same_books(plan: Plan, gateway: QuickBooksGateway) -> None:
    """The plan was cleared for the very company this gateway writes to (R3, S24). Raises WrongCompanyError."""
    company = plan.company
    if (gateway.realm_id, gateway.environment) != (company.realm_id, company.environment):
        raise WrongCompanyError(
            f"The plan is for company {company.name} ({company.realm_id}, {company.environment}).",
            why=f"Connected is company {gateway.realm_id} ({gateway.environment}). Nothing was sent.",
            do="Choose the plan's company with --company.",
        )


def require_unfinished(approved: ApprovedPlan, journal: Journal) -> None:
    """Something approved is still to be done (R4). Raises StalePlanError when the journal shows all of it as done."""
    taken_back = TakenBack(journal)
    undone: set[str] = set()
    for action in approved.actions:
        for request in action.requests:
            write = journal.write(request.request_id)
            if write is None or not is_done(write):
                return
            undone |= {taken_back.by(write)} - {""}
    runs = ", ".join(run.start.id for run in journal.runs_of_plan(approved.plan.digest))
    raise StalePlanError(
        "This plan was carried out already" + (f" (run {runs})." if runs else "."),
        why=(f"It was taken back by run {', '.join(sorted(undone))}. " if undone else "") + "Nothing was sent.",
        do="Run `qbclean pull` and `qbclean plan` for what is left to do.",
    )
