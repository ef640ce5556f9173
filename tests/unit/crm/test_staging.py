"""What an import keeps on disk while it reads: piles, groups, indexes; and that memory stays what it is."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from qbclean.crm.reading import staged_crm
from qbclean.crm.records import Watched
from qbclean.crm.staging import Staging, staging
from qbclean.errors import StoreError
from tests.fakes import RecordingProgress


@pytest.fixture
def stage() -> Iterator[Staging]:
    with staging() as one:
        yield one


def test_a_pile_gives_back_what_was_added_in_order_and_exact(stage: Staging) -> None:
    pile = stage.pile(tuple[str, Decimal])
    things = [(f"n{number}", Decimal(number) / 100) for number in range(1_200)]
    for thing in things:
        pile.add(thing)
    assert list(pile) == list(pile) == things
    assert len(pile) == 1_200
    assert str(list(pile)[10][1]) == "0.1"


def test_what_shares_a_key_is_found_wherever_it_stands(stage: Staging) -> None:
    pile = stage.pile(str)
    for thing, key in (("a1", "a"), ("b1", "b"), ("a2", "a"), ("c1", "c")):
        pile.add(thing, key)
    assert pile.of("a") == ["a1", "a2"]
    assert pile.first("a") == (1, "a1")
    assert (pile.first("x"), "a" in pile, "x" in pile) == (None, True, False)
    assert list(pile.groups()) == [["a1", "a2"], ["b1"], ["c1"]]
    assert pile.repeats()
    pile.add("d1", "d")
    assert pile.of("d") == ["d1"]


def test_keys_that_stand_once_do_not_repeat(stage: Staging) -> None:
    pile = stage.pile(str)
    for key in ("", "a", "b"):
        pile.add(key, key)
        assert not pile.repeats()


def test_a_pile_can_be_read_while_another_is_written(stage: Staging) -> None:
    pile = stage.pile(int)
    for number in range(2_000):
        pile.add(number, str(number % 7))
    copy = pile.empty()
    for number in pile:
        copy.add(number, str(number))
        assert str(number) in copy
    assert list(copy) == list(range(2_000))


def test_an_index_tells_one_value_from_several(stage: Staging) -> None:
    index = stage.index()
    for key, value in (("a", "1"), ("a", "1"), ("b", "1"), ("b", "2"), ("c", "3")):
        index.add(key, value)
    assert (index.only("a"), index.only("b"), index.only("x")) == ("1", None, None)
    assert index.of("b") == ["1", "2"]
    assert list(index.several()) == [("a", 2), ("b", 2)]


def test_a_disk_without_room_is_said_so() -> None:
    def fill() -> None:
        with staging() as stage:
            stage.database.execute("PRAGMA max_page_count = 2")
            pile = stage.pile(str)
            for number in range(2_000):
                pile.add("x" * 400, str(number))

    with pytest.raises(StoreError, match=r"could not be kept on disk: database or disk is full"):
        fill()


def test_memory_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    def peak(rows: int) -> int:
        path = tmp_path / f"Invoices_Report_{rows}.csv"
        path.write_text(
            "Invoice #,Client name,Issued date,Due date,Job #s,Status,Total ($),Balance ($)\n"
            + "".join(f"{n},Ann,2026-01-05,2026-02-05,{n},Paid,10.0,0.0\n" for n in range(rows))
        )
        tracemalloc.start()
        with staged_crm([path]) as reading:
            assert len(reading.records.invoices) == sum(1 for _ in reading.records.invoices) == rows
            most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak(100)  # what is imported and compiled once
    assert peak(12_000) - peak(6_000) < 300_000  # it was 6 MB


def test_every_long_stage_of_an_import_says_how_far_it_is(tmp_path: Path) -> None:
    path = tmp_path / "Invoices_Report.csv"
    row = "Ann,2026-01-05,2026-02-05,Paid,10.0,0.0\n"
    path.write_text(
        "Invoice #,Client name,Issued date,Due date,Status,Total ($),Balance ($)\n"
        + "".join(f"{number},{row}" for number in range(5_001))
    )
    progress = RecordingProgress()
    with staged_crm([path], progress=progress) as reading:
        assert len(list(Watched(reading.records).invoices)) == 5_001
    stages = ["Linking invoices", "Checking invoices", "Saving invoices"]
    assert progress.labels == [("Reading Invoices_Report.csv", 5_002), *((stage, 5_001) for stage in stages)]
    assert progress.steps == 4 * 5_001
    assert progress.finished == 4
