"""A company cut into slices and worked out by several processes: the same bytes as in one piece."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from qbclean.errors import IncompleteBooksError, StoreError
from qbclean.match.overview import overview_of
from qbclean.match.slicing import cut
from qbclean.model.crm import CrmRecords
from qbclean.model.settings import CompanySettings
from qbclean.store.books import SqliteBooks
from qbclean.workflow import in_slices
from qbclean.workflow.in_slices import work_out
from qbclean.workflow.question import Question
from tests.fakes import RecordingProgress
from tests.pulled import TODAY, a_pulled_company, books_of

ALL = Question(settings=CompanySettings(), as_of=TODAY, listed="every")
WHOLE, SMALL = 1_000_000, 400


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some 300 invoices, hard to tell apart."""
    return a_pulled_company(tmp_path_factory.mktemp("company"), 150, difficulty="hard", seed=7)


def worked_out(store: SqliteBooks, size: int, progress: RecordingProgress | None = None) -> tuple[object, ...]:
    """Digest of the plan, the reconciliation as JSON, and the balances nothing explains."""
    worked = work_out(store, ALL, tool="qbclean test", size=size, progress=progress)
    explained = msgspec.json.encode(worked.reconciliation(), order="deterministic")
    return worked.plan().head.digest, explained, worked.unexplained()


@pytest.mark.parametrize("crm", ["with a CRM", "without a CRM"])
def test_the_answers_are_the_same_in_one_piece_and_in_slices(home: Path, crm: str) -> None:
    progress = RecordingProgress()
    with books_of(home) as store:
        records = store.load_crm()
        store.save_crm(records if crm == "with a CRM" else CrmRecords())

        in_one, in_slices = worked_out(store, WHOLE), worked_out(store, SMALL, progress)
        store.save_crm(records)

    assert in_slices == in_one
    assert progress.steps > 2


def test_a_company_sketched_by_another_process_gets_the_same_answers(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with books_of(home) as store:
        sketched_here = worked_out(store, SMALL)
        monkeypatch.setattr(in_slices, "LARGE", 0)
        assert worked_out(store, SMALL) == sketched_here


def test_a_slice_has_all_of_its_parties_and_nothing_twice(home: Path) -> None:
    with books_of(home) as store:
        books, crm = store.load(), store.load_crm()
        slices = cut(books, crm, overview_of(books, crm), {}, size=SMALL)
        parts = [store.slice(part) for part in slices]

    invoices = [key for part, _ in parts for key in part.invoices]
    counted = [document.ref for part, _ in parts for document in part.documents()]
    records = [record.crm_id for _, told in parts for record in told.payments]
    assert sorted(invoices) == sorted(books.invoices)
    assert sorted(counted) == sorted(document.ref for document in books.documents())
    assert sorted(records) == sorted(payment.crm_id for payment in crm.payments)


def test_s29_books_that_do_not_add_up_are_refused_in_a_slice_as_in_the_whole(home: Path) -> None:
    with books_of(home) as store:
        facts = store.last_facts()
        assert facts is not None
        customer = next(iter(sorted(facts.ar_by_customer)))
        off = replace(facts, ar_by_customer={**facts.ar_by_customer, customer: facts.ar_by_customer[customer] + 1})
        store._database.execute("UPDATE snapshot SET facts = ?", (msgspec.json.encode(off).decode(),))
    progress = RecordingProgress()
    for size in (WHOLE, SMALL):
        with books_of(home) as store, pytest.raises(IncompleteBooksError, match=f"id {customer}\\)"):
            worked_out(store, size, progress)
    assert progress.finished == 1, "a terminal is left as it was"
    with books_of(home) as store:
        store._database.execute("UPDATE snapshot SET facts = ?", (msgspec.json.encode(facts).decode(),))


def test_a_slice_of_books_that_were_pulled_again_is_refused(home: Path) -> None:
    with books_of(home) as store:
        books, crm = store.outlines()
        part, *_ = cut(books, crm, overview_of(books, crm, store.in_full), {}, size=SMALL)

        with pytest.raises(StoreError, match="pulled again"):
            store.slice(replace(part, snapshot_id="an older one"))
