"""The plan worked out last is kept until what it was made from changes."""

from collections.abc import Callable, Iterator
from datetime import timedelta, timezone
from pathlib import Path

import msgspec
import pytest

from qbclean.model.crm import CrmFile, CrmRecords
from qbclean.plan.codec import encode
from qbclean.plan.digest import sealed
from qbclean.plan.encoded import EncodedPlan
from qbclean.ports.books import SnapshotStore
from qbclean.store import kept_plan
from qbclean.store.books import SqliteBooks
from qbclean.store.private_files import open_to_others
from tests.contract.store.samples import facts, the_company
from tests.plans import as_text, the_example

PLAN = the_example()
FILE = CrmFile(profile="generic", file="invoices.csv", sha256="ab" * 32, records=3)


@pytest.fixture
def books(tmp_path: Path) -> Iterator[SnapshotStore]:
    with SqliteBooks(tmp_path / "books.db") as opened:
        yield opened


def pulled(books: SnapshotStore) -> str:
    session = books.begin(full=True)
    session.put(the_company())
    return session.complete(facts())


def plan_from(snapshot_id: str) -> EncodedPlan:
    as_quickbooks_tells_time = PLAN.snapshot.taken_at.astimezone(timezone(timedelta(hours=-8)))
    snapshot = msgspec.structs.replace(PLAN.snapshot, id=snapshot_id, taken_at=as_quickbooks_tells_time)
    return as_text(sealed(msgspec.structs.replace(PLAN, snapshot=snapshot, crm=(FILE,))))


def kept(books: SnapshotStore) -> EncodedPlan:
    books.save_crm(CrmRecords(files=(FILE,)))
    plan = plan_from(pulled(books))
    books.keep_plan("as of today", plan)
    return plan


def test_a_kept_plan_gives_the_same_file(books: SnapshotStore) -> None:
    plan = kept(books)

    found = books.kept_plan("as of today")

    assert found is not None
    assert encode(found.decoded()) == encode(plan.decoded())


def test_a_kept_plan_comes_without_its_actions_for_whoever_does_not_need_them(books: SnapshotStore) -> None:
    plan = kept(books)

    found = books.kept_plan("as of today", actions=False)

    assert found is not None
    assert found.decoded(actions=False) == plan.decoded(actions=False)
    assert found.actions == ()


def test_another_question_has_no_answer(books: SnapshotStore) -> None:
    kept(books)
    assert books.kept_plan("as of tomorrow") is None


def test_a_pull_ends_it_even_when_nothing_changed(books: SnapshotStore) -> None:
    kept(books)
    pulled(books)
    assert books.kept_plan("as of today") is None


def test_an_import_ends_it(books: SnapshotStore) -> None:
    kept(books)
    books.save_crm(CrmRecords())
    assert books.kept_plan("as of today") is None


def test_a_plan_from_books_that_were_pulled_again_meanwhile_is_not_kept(books: SnapshotStore) -> None:
    books.save_crm(CrmRecords(files=(FILE,)))
    pulled(books)
    books.keep_plan("as of today", plan_from("S-before"))
    assert books.kept_plan("as of today") is None


def test_a_plan_from_records_that_were_imported_again_meanwhile_is_not_kept(books: SnapshotStore) -> None:
    plan = plan_from(pulled(books))
    books.keep_plan("as of today", plan)
    assert books.kept_plan("as of today") is None


def test_other_code_works_it_out_again(books: SnapshotStore, monkeypatch: pytest.MonkeyPatch) -> None:
    kept(books)
    monkeypatch.setattr(kept_plan, "_code", lambda: "qbclean 99.0 ")
    assert books.kept_plan("as of today") is None


@pytest.mark.parametrize("damage", [Path.unlink, lambda file: file.write_bytes(file.read_bytes()[:-40])])
def test_a_plan_whose_text_is_gone_or_damaged_is_worked_out_again(
    books: SnapshotStore, tmp_path: Path, damage: Callable[[Path], object]
) -> None:
    plan = kept(books)
    damage(tmp_path / "books.plan")
    assert books.kept_plan("as of today") is None

    books.keep_plan("as of today", plan)
    assert books.kept_plan("as of today") is not None


def test_the_text_of_a_plan_is_for_its_owner_alone_and_leaves_no_drafts(books: SnapshotStore, tmp_path: Path) -> None:
    (tmp_path / ".books.plan.0badcafe").write_bytes(b"left by a process that was ended")
    kept(books)
    assert {path.name for path in tmp_path.iterdir() if "plan" in path.name} == {"books.plan"}
    assert not open_to_others(tmp_path / "books.plan")


def test_a_plan_whose_text_cannot_be_written_is_not_kept(books: SnapshotStore, tmp_path: Path) -> None:
    (tmp_path / "books.plan").mkdir()
    kept(books)
    assert books.kept_plan("as of today") is None
