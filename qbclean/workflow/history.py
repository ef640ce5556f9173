"""What the journal already says about a request: done, taken back, or nothing."""

from __future__ import annotations

from qbclean.model.journal import JournaledRun, JournaledWrite
from qbclean.plan.inverse import undo_id
from qbclean.ports.journal import Journal


def is_done(write: JournaledWrite) -> bool:
    """True when QuickBooks carried it out."""
    return write.outcome is not None and write.outcome.state == "done"


def rollbacks_of(journal: Journal, run_id: str) -> tuple[JournaledRun, ...]:
    """Every run that took something of `run_id` back, oldest first, with its writes."""
    listed = (run for run in journal.runs() if run.start.undoes == run_id)
    return tuple(run for start in listed if (run := journal.run(start.start.id)))


def taken_back_by(journal: Journal, write: JournaledWrite) -> str:
    """The run that took `write` back, or "" — also when that was itself taken back since."""
    for run in reversed(rollbacks_of(journal, write.intent.run_id)):
        for undo in run.writes:
            if undo.intent.action_id == undo_id(write.intent.request_id) and is_done(undo):
                return "" if taken_back_by(journal, undo) else run.start.id
    return ""
