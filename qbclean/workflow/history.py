"""What the journal already says about a request: done, taken back, or nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from qbclean.model.journal import JournaledRun, JournaledWrite
from qbclean.model.plan import Plan
from qbclean.plan.inverse import undo_id
from qbclean.ports.journal import Journal


def is_done(write: JournaledWrite) -> bool:
    """True when QuickBooks carried it out."""
    return write.outcome is not None and write.outcome.state == "done"


def rollbacks_of(journal: Journal, run_id: str) -> tuple[JournaledRun, ...]:
    """Every run that took something of `run_id` back, oldest first, with its writes."""
    listed = (run for run in journal.runs() if run.start.undoes == run_id)
    return tuple(run for start in listed if (run := journal.run(start.start.id)))


def in_plan_order(writes: Iterable[JournaledWrite], plan: Plan) -> tuple[JournaledWrite, ...]:
    """`writes` of one run in the order of its plan.

    The journal has them in the order in which they were sent, which for independent actions is a matter of chance.
    Whatever depends on another comes after it in both.
    """
    position = {action.id: place for place, action in enumerate(plan.actions)}
    return tuple(
        sorted(writes, key=lambda write: (position.get(write.intent.action_id, len(position)), write.intent.step))
    )


class TakenBack:
    """Which writes were undone, as the journal stands now; one that was undone and redone since is not among them."""

    def __init__(self, journal: Journal) -> None:
        self._by: dict[str, str] = {}
        # From the newest on: whether an undo still holds is known once everything later is.
        for listed in reversed([run for run in journal.runs() if run.start.undoes]):
            run = journal.run(listed.start.id)
            for undo in run.writes if run else ():
                if is_done(undo) and not self.by(undo):
                    self._by.setdefault(undo.intent.action_id, listed.start.id)

    def by(self, write: JournaledWrite) -> str:
        """The run that took `write` back, or ""."""
        return self._by.get(undo_id(write.intent.request_id), "")


def written_before(journal: Journal, request_ids: Collection[str], taken_back: TakenBack) -> tuple[JournaledWrite, ...]:
    """The writes among `request_ids` that were done and not taken back, in the order in which they were done.

    That order is the journal's, not the plan's: what was left open in one run may be done after later actions.
    """
    known: Mapping[str, JournaledWrite] = {
        id_: write for id_ in request_ids if (write := journal.write(id_)) and is_done(write)
    }
    run_ids = {write.intent.run_id for write in known.values()}
    runs = (journal.run(run_id) for run_id in (listed.start.id for listed in journal.runs()) if run_id in run_ids)
    return tuple(
        write
        for run in runs
        if run
        for write in run.writes
        if write.intent.request_id in known and is_done(write) and not taken_back.by(write)
    )
