"""What any Journal must do."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from qbclean.errors import StoreError
from qbclean.ports.journal import Journal
from qbclean.store.journal import SqliteJournal
from qbclean.store.keys import journal_key
from tests.contract.store.samples import a_decision, a_run, a_skip, an_end, an_intent, an_outcome
from tests.fakes import FakeJournal


@pytest.fixture(params=["fake", "sqlite"])
def journal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Journal]:
    """Both the journal of the workflow tests and the real one: they must not disagree."""
    if request.param == "fake":
        yield FakeJournal()
        return
    path = tmp_path / "journal.db"
    with SqliteJournal.writing(path, journal_key(path)) as opened:
        yield opened


@pytest.fixture
def started(journal: Journal) -> Journal:
    journal.start_run(a_run())
    return journal


def test_a_fresh_journal_is_empty_and_its_chain_holds(journal: Journal) -> None:
    assert journal.runs() == ()
    assert journal.in_doubt() == ()
    assert journal.head().rows == 0
    assert journal.verify().problem == ""


def test_only_recorded_plans_are_known(journal: Journal) -> None:
    journal.record_plan("d1", made_at="2026-03-02T12:00:00Z", origin="made here")
    assert journal.knows_plan("d1")
    assert not journal.knows_plan("d2")


def test_decisions_come_back_oldest_first_and_by_plan_r9(journal: Journal) -> None:
    first, second = a_decision(), a_decision(by="Sam Ortiz", role="second", reason="agreed")
    withdrawn = a_decision(state="rejected")
    journal.record_decisions([first, second])
    journal.record_decisions([a_decision(plan_digest="d2")])
    journal.record_decisions([withdrawn])
    journal.record_decisions([])
    assert journal.decisions("d1") == (first, second, withdrawn)
    assert journal.decisions("d3") == ()


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


def test_a_body_keeps_the_order_of_its_keys_so_that_it_can_be_sent_again_r15(started: Journal) -> None:
    started.intend(an_intent(body={"sparse": True, "Id": "231", "Amount": "10.10", "A": None}))
    write = started.write("q-1")
    assert write is not None
    assert list(write.intent.body) == ["sparse", "Id", "Amount", "A"]


def test_runs_are_listed_oldest_first(journal: Journal) -> None:
    journal.start_run(a_run("R-2"))
    journal.start_run(a_run("R-1"))
    journal.intend(an_intent())
    journal.finish_run(an_end("R-2"))
    assert [(run.start.id, run.end) for run in journal.runs()] == [("R-2", an_end("R-2")), ("R-1", None)]


def test_an_intent_without_outcome_is_in_doubt_r14(started: Journal) -> None:
    started.intend(an_intent("q-1"))
    started.intend(an_intent("q-2"))
    started.settle(an_outcome("q-1"))
    assert [write.intent.request_id for write in started.in_doubt()] == ["q-2"]


def test_an_unknown_outcome_is_in_doubt_until_a_later_one_supersedes_it_r20(started: Journal) -> None:
    started.intend(an_intent())
    started.settle(an_outcome(state="unknown", message="reply lost"))
    assert [write.outcome.message for write in started.in_doubt() if write.outcome] == ["reply lost"]

    started.settle(an_outcome(state="done", settled_by="read-back"))

    assert started.in_doubt() == ()
    write = started.write("q-1")
    assert write is not None
    assert write.outcome is not None
    assert write.outcome.settled_by == "read-back"


def test_the_last_of_several_unknown_outcomes_counts(started: Journal) -> None:
    started.intend(an_intent())
    started.settle(an_outcome(state="unknown", message="first"))
    started.settle(an_outcome(state="unknown", message="second"))
    assert [write.outcome.message for write in started.in_doubt() if write.outcome] == ["second"]


def test_writes_in_doubt_come_oldest_first(started: Journal) -> None:
    for request_id in ("q-9", "q-1", "q-5"):
        started.intend(an_intent(request_id))
    assert [write.intent.request_id for write in started.in_doubt()] == ["q-9", "q-1", "q-5"]


def test_runs_of_a_plan_leave_other_plans_out(journal: Journal) -> None:
    journal.start_run(a_run("R-1", plan_digest="d1"))
    journal.start_run(a_run("R-2", plan_digest="d2"))
    assert [run.start.id for run in journal.runs_of_plan("d2")] == ["R-2"]


def test_amounts_stay_exact(started: Journal) -> None:
    started.intend(an_intent(amount=Decimal("90071992547409.93")))
    write = started.write("q-1")
    assert write is not None
    assert write.intent.amount == Decimal("90071992547409.93")


def test_a_unique_prefix_names_a_run(journal: Journal) -> None:
    journal.start_run(a_run("R-abc1"))
    journal.start_run(a_run("R-abd2"))
    found = journal.run("R-abc")
    assert found is not None
    assert found.start.id == "R-abc1"
    assert journal.run("R-x") is None


def test_a_run_starts_once_and_ends_once(started: Journal) -> None:
    with pytest.raises(StoreError, match="R-1 was started before"):
        started.start_run(a_run())
    started.finish_run(an_end())
    with pytest.raises(StoreError, match="R-1 has ended before"):
        started.finish_run(an_end())


def test_nothing_is_written_for_a_run_that_never_started(journal: Journal) -> None:
    for attempt in (
        lambda: journal.intend(an_intent()),
        lambda: journal.skip(a_skip()),
        lambda: journal.finish_run(an_end()),
    ):
        with pytest.raises(StoreError, match="R-1 was never started"):
            attempt()
    assert journal.head().rows == 0


def test_a_request_is_intended_once_r15(started: Journal) -> None:
    started.intend(an_intent())
    with pytest.raises(StoreError, match=r"q-1 .*was intended before"):
        started.intend(an_intent(action_id="A-9"))


def test_an_outcome_needs_an_intent_and_is_not_rewritten(started: Journal) -> None:
    with pytest.raises(StoreError, match="q-1 was never intended"):
        started.settle(an_outcome())
    started.intend(an_intent())
    started.settle(an_outcome(state="refused"))
    with pytest.raises(StoreError, match="q-1 is settled already"):
        started.settle(an_outcome(state="done"))
