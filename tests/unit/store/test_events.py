"""The journal read as attempts: each outcome with its intent, what is in doubt, what was skipped (R28)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from qbclean.store.journal import SqliteJournal, WrittenBy
from qbclean.store.keys import journal_key
from tests.contract.store.samples import NOON, a_run, a_skip, an_intent, an_outcome


def test_every_attempt_is_there_once_in_order_with_the_one_who_made_it(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    with SqliteJournal.writing(path, journal_key(path), by=WrittenBy(actor="pat", host="desk")) as journal:
        journal.start_run(a_run())
        for request in ("q-1", "q-2", "q-3"):
            journal.intend(an_intent(request))
        journal.settle(an_outcome("q-1"))
        journal.settle(an_outcome("q-2", state="unknown"))
        journal.skip(a_skip())
    with SqliteJournal.writing(path, journal_key(path), by=WrittenBy(actor="kim", host="laptop")) as journal:
        journal.settle(an_outcome("q-2", settled_by="read-back", at=NOON + timedelta(hours=1)))
        journal.start_run(a_run("R-2"))
        journal.intend(an_intent("q-9", run_id="R-2"))
        events = list(journal.events())
        assert list(journal.events("R-1")) == events[:-1]

    told = [
        (
            event.stamp.seq,
            event.stamp.actor,
            event.intent.request_id if event.intent else event.skipped and event.skipped.action_id,
            event.outcome.state if event.outcome else "",
        )
        for event in events
    ]
    assert told == [
        (4, "pat", "q-3", ""),
        (5, "pat", "q-1", "done"),
        (6, "pat", "q-2", "unknown"),
        (7, "pat", "A-2", ""),
        (8, "kim", "q-2", "done"),
        (10, "kim", "q-9", ""),
    ]
    assert {event.start.id for event in events} == {"R-1", "R-2"}
