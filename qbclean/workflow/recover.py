"""Putting the journal in order after a crash: every write in doubt is settled, every run without an end gets one."""

from __future__ import annotations

from datetime import timedelta

from qbclean.model.journal import RunEnd, WriteOutcome
from qbclean.ports.ambient import Clock
from qbclean.ports.gateway import QuickBooksGateway
from qbclean.ports.journal import Journal
from qbclean.workflow.moments import Passing, unwatched
from qbclean.workflow.settle import REPLAY_HORIZON, settle_in_doubt


def recover(
    gateway: QuickBooksGateway,
    journal: Journal,
    clock: Clock,
    *,
    horizon: timedelta = REPLAY_HORIZON,
    passing: Passing = unwatched,
) -> tuple[WriteOutcome, ...]:
    """One outcome per write that was in doubt, oldest first; state `unknown` where only a person can tell.

    The caller holds the company's lock: a run without an end is then one whose process died. May be repeated at will.
    Raises AuthorizationError when QuickBooks no longer lets us in.
    """
    outcomes = tuple(
        settle_in_doubt(write, gateway=gateway, journal=journal, clock=clock, horizon=horizon, passing=passing)
        for write in journal.in_doubt()
    )
    for run in journal.runs():
        if run.end is None:
            message = "The process ended before the run did."
            journal.finish_run(RunEnd(run_id=run.start.id, state="interrupted", at=clock.now(), message=message))
    return outcomes
