"""What the journal already says about a request: done, taken back, or nothing."""

from __future__ import annotations

from collections.abc import Collection

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


def written_before(journal: Journal, request_ids: Collection[str]) -> tuple[JournaledWrite, ...]:
    """The writes among `request_ids` that were done and not taken back, in the order in which they were done.

    That order is the journal's, not the plan's: what was left open in one run may be done after later actions.
    """
    known = [write for id_ in request_ids if (write := journal.write(id_)) and is_done(write)]
    run_ids = {write.intent.run_id for write in known}
    runs = (journal.run(listed.start.id) for listed in journal.runs() if listed.start.id in run_ids)
    return tuple(
        write
        for run in runs
        if run
        for write in run.writes
        if write.intent.request_id in request_ids and is_done(write) and not taken_back_by(journal, write)
    )
