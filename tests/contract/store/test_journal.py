"""What any Journal must do; the SQLite one is held to it."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from qbclean.errors import StoreError
from qbclean.ports.journal import Journal
from qbclean.store.journal import SqliteJournal
from qbclean.store.keys import journal_key
from tests.contract.store.samples import a_run, a_skip, an_end, an_intent, an_outcome


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    path = tmp_path / "journal.db"
    with SqliteJournal.writing(path, journal_key(path)) as opened:
        yield opened


def test_a_fresh_journal_is_empty_and_its_chain_holds(journal: Journal) -> None:
    assert journal.runs() == ()
    assert journal.in_doubt() == ()
    assert journal.head().rows == 0
    assert journal.verify().problem == ""


def test_only_recorded_plans_are_known(journal: Journal) -> None:
    journal.record_plan("d1", made_at="2026-03-02T12:00:00Z", origin="made here")
    assert journal.knows_plan("d1")
    assert not journal.knows_plan("d2")


def test_recording_a_plan_again_adds_nothing(journal: Journal) -> None:
    journal.record_plan("d1", made_at="2026-03-02T12:00:00Z", origin="made here")
    journal.record_plan("d1", made_at="2026-03-03T12:00:00Z", origin="adopted")
    assert journal.head().rows == 1


def test_everything_of_a_run_comes_back_as_it_was_written_r28(journal: Journal) -> None:
    start, end, intent, skip = a_run(undoes="R-0"), an_end(proof='{"rows": []}'), an_intent(), a_skip()
    outcome = an_outcome(sync_token="4", intuit_tid="tid-1", attempts=2, after=intent.before)
    journal.start_run(start)
    journal.intend(intent)
    journal.settle(outcome)
    journal.skip(skip)
    journal.finish_run(end)

    run = journal.run("R-1")

    assert run is not None
    assert (run.start, run.end, run.skipped) == (start, end, (skip,))
    assert [(write.intent, write.outcome) for write in run.writes] == [(intent, outcome)]


def test_a_body_keeps_the_order_of_its_keys_so_that_it_can_be_sent_again_r15(journal: Journal) -> None:
    journal.intend(an_intent(body={"sparse": True, "Id": "231", "Amount": "10.10", "A": None}))
    write = journal.write("q-1")
    assert write is not None
    assert list(write.intent.body) == ["sparse", "Id", "Amount", "A"]


def test_runs_are_listed_oldest_first_without_their_writes(journal: Journal) -> None:
    journal.start_run(a_run("R-2"))
    journal.start_run(a_run("R-1"))
    journal.intend(an_intent())
    assert [(run.start.id, run.end, run.writes) for run in journal.runs()] == [("R-2", None, ()), ("R-1", None, ())]


def test_an_intent_without_outcome_is_in_doubt_r14(journal: Journal) -> None:
    journal.intend(an_intent("q-1"))
    journal.intend(an_intent("q-2"))
    journal.settle(an_outcome("q-1"))
    assert [write.intent.request_id for write in journal.in_doubt()] == ["q-2"]


def test_an_unknown_outcome_is_in_doubt_until_a_later_one_supersedes_it_r20(journal: Journal) -> None:
    journal.intend(an_intent())
    journal.settle(an_outcome(state="unknown", message="reply lost"))
    assert [write.outcome.message for write in journal.in_doubt() if write.outcome] == ["reply lost"]

    journal.settle(an_outcome(state="done", settled_by="read-back"))

    assert journal.in_doubt() == ()
    write = journal.write("q-1")
    assert write is not None
    assert write.outcome is not None
    assert write.outcome.settled_by == "read-back"


def test_the_last_of_several_unknown_outcomes_counts(journal: Journal) -> None:
    journal.intend(an_intent())
    journal.settle(an_outcome(state="unknown", message="first"))
    journal.settle(an_outcome(state="unknown", message="second"))
    assert [write.outcome.message for write in journal.in_doubt() if write.outcome] == ["second"]


def test_a_request_refused_in_one_run_and_done_in_the_next_keeps_both_outcomes(journal: Journal) -> None:
    for run_id, state in (("R-1", "refused"), ("R-2", "done")):
        journal.start_run(a_run(run_id))
        journal.intend(an_intent(run_id=run_id))
        journal.settle(an_outcome(run_id=run_id, state=state))
    states = [run.writes[0].outcome.state for run in journal.runs_of_plan("d1") if run.writes[0].outcome]
    assert states == ["refused", "done"]


def test_writes_in_doubt_come_oldest_first(journal: Journal) -> None:
    for request_id in ("q-9", "q-1", "q-5"):
        journal.intend(an_intent(request_id))
    assert [write.intent.request_id for write in journal.in_doubt()] == ["q-9", "q-1", "q-5"]


def test_a_unique_prefix_names_a_run_and_an_ambiguous_one_is_refused(journal: Journal) -> None:
    journal.start_run(a_run("R-abc1"))
    journal.start_run(a_run("R-abd2"))
    found = journal.run("R-abc")
    assert found is not None
    assert found.start.id == "R-abc1"
    with pytest.raises(StoreError, match="2 runs begin with 'R-ab'"):
        journal.run("R-ab")


def test_a_whole_id_wins_over_longer_ones_and_wildcards_mean_nothing(journal: Journal) -> None:
    journal.start_run(a_run("R-1"))
    journal.start_run(a_run("R-10"))
    found = journal.run("R-1")
    assert found is not None
    assert found.start.id == "R-1"
    assert journal.run("%") is None


def test_runs_of_a_plan_leave_other_plans_out(journal: Journal) -> None:
    journal.start_run(a_run("R-1", plan_digest="d1"))
    journal.start_run(a_run("R-2", plan_digest="d2"))
    assert [run.start.id for run in journal.runs_of_plan("d2")] == ["R-2"]


def test_amounts_stay_exact(journal: Journal) -> None:
    journal.intend(an_intent(amount=Decimal("90071992547409.93")))
    write = journal.write("q-1")
    assert write is not None
    assert write.intent.amount == Decimal("90071992547409.93")


def test_the_same_run_cannot_be_started_twice(journal: Journal) -> None:
    journal.start_run(a_run())
    with pytest.raises(StoreError, match="could not be written"):
        journal.start_run(a_run())
    assert journal.head().rows == 1
