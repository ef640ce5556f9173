"""Carrying out an approved plan in QuickBooks."""

from __future__ import annotations

from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.outcome import RunReport
from qbclean.plan.approval import ApprovedPlan
from qbclean.workflow.carry_out import carry_out
from qbclean.workflow.preconditions import require_same_books, require_unfinished
from qbclean.workflow.recover import recover
from qbclean.workflow.run import RunBy, RunPorts


def apply(approved: ApprovedPlan, *, books: ReceivablesSnapshot, ports: RunPorts, by: RunBy) -> RunReport:
    """Settle what an earlier run left in doubt, then carry out what is approved and not done yet, and prove it.

    `books` is the snapshot the plan was made from, or a later one. Nothing is sent when this raises WrongCompanyError,
    StalePlanError (already carried out, or the closing date moved) or, before the run starts, a GatewayError.
    """
    require_same_books(approved.plan, ports.gateway)
    if not recover(ports.gateway, ports.journal, ports.clock, passing=ports.passing):
        # What was just settled may have been all that was left; then this run reports and proves it.
        require_unfinished(approved, ports.journal)
    return carry_out(approved, kind="apply", undoes="", books=books, ports=ports, by=by)
