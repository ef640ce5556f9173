from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from qbclean.errors import IncompleteBooksError, UnavailableError
from qbclean.model.books import Environment
from qbclean.model.refs import DocumentRef, RealmId
from qbclean.ports.books import ChangeSet, PulledObject
from qbclean.workflow.pull import COUNTED, pull
from tests.fakes import FakeSnapshotStore, RecordingProgress

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def an_object(entity: str, id_: str, text: str = "") -> PulledObject:
    return PulledObject(entity=entity, id=id_, raw=f'{{"Id":"{id_}","x":"{text}"}}'.encode())


class FakeSource:
    """A company that others work in: edits are logged for change data capture, hooks run between pages."""

    realm_id: RealmId = RealmId("9130")
    environment: Environment = "local"

    def __init__(self, **objects: int) -> None:
        self.time = NOW
        self.calls = 0
        self.objects = {
            (entity, f"{number:06}"): an_object(entity, f"{number:06}")
            for entity, count in objects.items()
            for number in range(count)
        }
        self.log: list[tuple[datetime, PulledObject]] = []
        self.after_page: list[Callable[[], None]] = []
        self.failing_pages: set[int] = set()
        self.short_pages: set[int] = set()
        self.pages_read = 0
        self.capture_is_complete = True
        self.as_of: date | None = None

    def edit(self, changed: PulledObject) -> None:
        self.objects[changed.entity, changed.id] = changed
        self.log.append((self.time, changed))

    def delete(self, entity: str, id_: str) -> None:
        del self.objects[entity, id_]
        self.log.append((self.time, PulledObject(entity=entity, id=id_, raw=b"", deleted=True)))

    def server_time(self) -> datetime:
        self.calls += 1
        return self.time

    def count(self, entity: str) -> int:
        self.calls += 1
        return sum(kind == entity for kind, _ in self.objects)

    def pages(self, entity: str) -> Iterator[Sequence[PulledObject]]:
        start = 0
        while True:
            self.calls += 1
            self.pages_read += 1
            if self.pages_read in self.failing_pages:
                raise UnavailableError("Reading failed.", why="No answer.")
            mine = sorted(id_ for kind, id_ in self.objects if kind == entity)
            page = [self.objects[entity, id_] for id_ in mine[start : start + 1000]]
            full = len(page) == 1000
            if self.pages_read in self.short_pages:
                page = page[:-1]
            if page:
                yield page
            if self.after_page:
                self.after_page.pop(0)()
            if not full:
                return
            start += 1000

    def changes(self, entities: Sequence[str], since: datetime) -> ChangeSet:
        self.calls += 1
        told = {
            (change.entity, change.id): change for at, change in self.log if at >= since and change.entity in entities
        }
        return ChangeSet(objects=tuple(told.values()), complete=self.capture_is_complete)

    def singleton(self, entity: str) -> PulledObject:
        self.calls += 1
        return an_object(entity, "1")

    def ar_by_customer(self, as_of: date) -> Mapping[str, Decimal]:
        self.calls += 1
        self.as_of = as_of
        return {"58": Decimal("450.00")}

    def reconciled(self) -> frozenset[DocumentRef]:
        self.calls += 1
        return frozenset({DocumentRef("Payment", "410")})


def ids(store: FakeSnapshotStore, entity: str) -> set[str]:
    return {id_ for kind, id_ in store.objects if kind == entity}


def test_the_first_pull_reads_everything_and_remembers_where_it_began() -> None:
    source, store, progress = FakeSource(Invoice=2500, Customer=3, TaxCode=3), FakeSnapshotStore(), RecordingProgress()
    result = pull(source, store, progress)
    assert result.full
    assert (result.counts["Invoice"], result.counts["Customer"], result.counts["TaxCode"]) == (2500, 3, 3)
    assert len(ids(store, "Invoice")) == 2500
    assert {("CompanyInfo", "1"), ("Preferences", "1")} <= set(store.objects)
    assert store.facts is not None
    assert (store.facts.server_time, store.facts.counts) == (NOW, result.counts)
    assert store.facts.ar_by_customer == {"58": Decimal("450.00")}
    assert store.facts.reconciled == {DocumentRef("Payment", "410")}
    assert (progress.steps, progress.finished) == (2506, 1)
    assert ("Invoice", 2500) in progress.labels


@pytest.mark.parametrize("invoices", [0, 999, 1000, 5500])
def test_the_calls_of_a_full_pull_are_a_page_per_thousand_and_a_constant(invoices: int) -> None:
    """design.md 10."""
    source = FakeSource(Invoice=invoices)
    result = pull(source, FakeSnapshotStore(), RecordingProgress())
    assert result.calls == source.calls
    assert source.calls - -(-invoices // 1000) <= 60


def test_balances_are_asked_for_as_of_a_day_after_every_document() -> None:
    source = FakeSource()
    pull(source, FakeSnapshotStore(), RecordingProgress())
    assert source.as_of == date(2027, 12, 31)


def test_edits_during_a_full_pull_are_in_the_snapshot() -> None:
    """S29: paging alone keeps the old version and the deleted invoice, and misses the one that moved into its place.

    The count alone would not tell: one too many and one too few.
    """
    source, store = FakeSource(Invoice=1500), FakeSnapshotStore()

    def somebody_works() -> None:
        source.edit(an_object("Invoice", "000003", "edited"))
        source.edit(an_object("Invoice", "009999", "new"))
        source.delete("Invoice", "000005")

    source.after_page = [lambda: None] * len(COUNTED[: COUNTED.index("Invoice")]) + [somebody_works]
    result = pull(source, store, RecordingProgress())
    assert store.objects["Invoice", "000003"].raw == an_object("Invoice", "000003", "edited").raw
    assert ids(store, "Invoice") == {id_ for kind, id_ in source.objects if kind == "Invoice"}
    assert result.counts["Invoice"] == 1500


def test_a_second_pull_reads_only_what_changed() -> None:
    source, store = FakeSource(Invoice=2500, Customer=3), FakeSnapshotStore()
    pull(source, store, RecordingProgress())
    source.time += timedelta(days=3)
    source.edit(an_object("Invoice", "000001", "edited"))
    source.delete("Invoice", "000002")
    pages = source.pages_read
    result = pull(source, store, RecordingProgress())
    assert (result.full, result.changed) == (False, 2)
    assert result.counts["Invoice"] == len(ids(store, "Invoice")) == 2499
    assert source.pages_read - pages == 3, "only the tax lists, which change data capture leaves out"
    assert store.facts is not None
    assert store.facts.server_time == source.time


def test_a_change_just_before_the_last_pull_is_asked_for_again() -> None:
    """It may have become visible only after that pull, with a time before it."""
    source, store = FakeSource(Invoice=1), FakeSnapshotStore()
    pull(source, store, RecordingProgress())
    source.log.append((NOW - timedelta(seconds=30), an_object("Invoice", "000000", "late")))
    source.objects["Invoice", "000000"] = source.log[-1][1]
    pull(source, store, RecordingProgress())
    assert b"late" in store.objects["Invoice", "000000"].raw


@pytest.mark.parametrize("why", ["asked for", "too old", "capture incomplete", "count differs", "another company"])
def test_a_full_pull_replaces_an_incremental_one_that_cannot_be_whole(why: str) -> None:
    source, store = FakeSource(Invoice=5), FakeSnapshotStore()
    pull(source, store, RecordingProgress())
    source.time += timedelta(days=26 if why == "too old" else 1)
    if why == "count differs":
        source.objects["Invoice", "unseen"] = an_object("Invoice", "unseen")
    if why == "another company":
        source.realm_id = RealmId("9999")
    if why == "capture incomplete":
        incomplete = iter([False])
        changes = source.changes

        def once_incomplete(entities: Sequence[str], since: datetime) -> ChangeSet:
            source.capture_is_complete = next(incomplete, True)
            return changes(entities, since)

        source.changes = once_incomplete  # type: ignore[method-assign]
    result = pull(source, store, RecordingProgress(), full=why == "asked for")
    assert result.full
    assert ids(store, "Invoice") == {id_ for kind, id_ in source.objects if kind == "Invoice"}


def test_a_page_that_fails_once_is_made_up_for() -> None:
    source, store = FakeSource(Customer=1500), FakeSnapshotStore()
    source.failing_pages = {2}
    assert pull(source, store, RecordingProgress()).counts["Customer"] == 1500


@pytest.mark.parametrize("trouble", ["failing_pages", "short_pages"])
def test_a_page_that_fails_or_is_short_twice_makes_no_snapshot(trouble: str) -> None:
    """S29."""
    source, store = FakeSource(Customer=1500), FakeSnapshotStore()
    pull(source, store, RecordingProgress())
    before = store.facts
    setattr(source, trouble, {source.pages_read + each for each in range(1, 99)})
    with pytest.raises(IncompleteBooksError, match="of 1500 Customer objects"):
        pull(source, store, RecordingProgress(), full=True)
    assert store.facts is before


def test_books_that_never_come_to_rest_make_no_snapshot() -> None:
    source, store = FakeSource(Invoice=2), FakeSnapshotStore()
    changes = source.changes

    def always_something(entities: Sequence[str], since: datetime) -> ChangeSet:
        source.edit(an_object("Invoice", "000001", str(source.calls)))
        return changes(entities, since)

    source.changes = always_something  # type: ignore[method-assign]
    with pytest.raises(IncompleteBooksError, match="did not come to an end"):
        pull(source, store, RecordingProgress())
    assert store.facts is None
