"""Time and memory of the pairing alone: `pytest tests/bench -m bench -n 0 -s -k pairing`.

Customers, invoices, payments and credits of both sides are paired, and set beside the matching of Splink, a general
library for linking records. Once with the whole company in the memory of one process, and, where the product cuts a
company into slices, once the way it does: outlines, slices, and as many processes as there are processors. Asserted is
how time grows, and that both find the same. `QBCLEAN_BENCH=large` does it at about 20,000 and 200,000 QuickBooks
invoices instead of 2,000 and 20,000.
"""

from __future__ import annotations

import math
import multiprocessing
import os
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from qbclean.collector import collector_paused
from qbclean.match.pairing import match
from qbclean.model.settings import CompanySettings
from qbclean.ports.books import TRANSACTIONS, SnapshotStore
from qbclean.workflow.in_slices import LARGE, SLICE, SMALL
from qbclean.workflow.processes import Processes, Work
from qbclean.workflow.question import Question
from qbclean.workflow.sketched import sketched, sketched_apart, sliced
from tests.bench.memory import memory_of_all
from tests.pulled import TODAY, a_pulled_company, books_of

pytestmark = [pytest.mark.bench, pytest.mark.timeout(3600)]

CUSTOMERS = {"": (930, 9_300), "large": (9_300, 93_000)}
MOST_GROWTH = 1.2
"""Exponent of time over invoices; 1 is linear."""
SPLINK = {20_000: (2.0, 249), 200_000: (3.9, 933)}
"""QuickBooks invoices → seconds by the clock and MB with the data, of Splink 5 with DuckDB on two processors of another
machine: invoices alone, one side. All that is paired here but the customers, it paired at 200,000 in 7.9 s on a machine
of ours after 13 s of training, in 1,665 MB."""
_GLANCE = 0.05
"""Seconds between two looks at the memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paired:
    """Seconds of all processors and of the clock: with the data loaded in one process, with all reading in slices."""

    invoices: int
    pairs: int
    processor: float
    clock: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """MiB of all processes together at most, the data among it."""

    paired: Paired
    peak: float


def test_pairing_grows_hardly_faster_than_the_books(tmp_path: Path) -> None:
    few, many = (
        _compared(a_pulled_company(tmp_path / str(customers), customers))
        for customers in CUSTOMERS[os.environ.get("QBCLEAN_BENCH", "")]
    )
    growth = math.log(many.processor / few.processor) / math.log(many.invoices / few.invoices)

    print(f"\n{many.processor / few.processor:.1f} times the time, exponent {growth:.2f}")  # noqa: T201
    assert growth <= MOST_GROWTH


def _compared(home: Path) -> Paired:
    """The pairing in one process; prints it and what the processes of the product make of it."""
    whole = _measured(home, _whole)
    print(f"\n{whole.paired.invoices:,} invoices, {whole.paired.pairs:,} pairs")  # noqa: T201
    _tell("one process, data loaded", whole)
    if _is_cut(home):
        sliced = _measured(home, _in_slices)
        _tell("in slices, with reading", sliced)
        assert sliced.paired.pairs == whole.paired.pairs
    return whole.paired


def _is_cut(home: Path) -> bool:
    with books_of(home) as store:
        return _transactions(store) > SMALL


def _transactions(store: SnapshotStore) -> int:
    facts = store.last_facts()
    return sum(facts.counts.get(entity, 0) for entity in TRANSACTIONS) if facts else 0


def _tell(how: str, found: Measured) -> None:
    paired = found.paired
    print(  # noqa: T201
        f"  {how:24} {paired.processor:6.2f} s, {paired.clock:6.2f} s by the clock, {found.peak:6,.0f} MiB at most"
        f"{_beside_splink(found)}"
    )


def _beside_splink(found: Measured) -> str:
    invoices = min(SPLINK, key=lambda size: abs(math.log(size / found.paired.invoices)))
    if not 0.8 < found.paired.invoices / invoices < 1.25:
        return ""
    seconds, megabytes = SPLINK[invoices]
    return (
        f" ({found.paired.clock / seconds:.1f} × Splink's {seconds} s on another machine, "
        f"{found.peak * 1.048576 / megabytes:.2f} × its {megabytes} MB)"
    )


def _measured(home: Path, pair: Callable[[SnapshotStore], Paired]) -> Measured:
    ours, theirs = multiprocessing.Pipe(duplex=False)
    pairing = multiprocessing.get_context("spawn").Process(target=_answer, args=(home, pair, theirs))
    pairing.start()
    peak = 0.0
    while not ours.poll(_GLANCE):
        peak = max(peak, memory_of_all(pairing.pid or 0))
    found: Paired = ours.recv()
    pairing.join()
    return Measured(paired=found, peak=peak)


def _answer(home: Path, pair: Callable[[SnapshotStore], Paired], answer: Connection) -> None:
    with collector_paused(), books_of(home) as store:
        answer.send(pair(store))


def _whole(store: SnapshotStore) -> Paired:
    books, crm = store.load(), store.load_crm()
    start, started = time.process_time(), time.monotonic()
    found = match(books, crm, CompanySettings())
    return Paired(
        invoices=len(books.invoices),
        pairs=len(found.invoices.pairs),
        processor=time.process_time() - start,
        clock=time.monotonic() - started,
    )


def _in_slices(store: SnapshotStore) -> Paired:
    started, asked = time.monotonic(), Question(settings=CompanySettings(), as_of=TODAY)
    with Processes[bytes, tuple[int, int]](partial(_tools, store.opener())) as processes:
        if _transactions(store) > LARGE:
            sketch = sketched_apart(store.opener(), asked, tool="bench", size=SLICE)
        else:
            sketch = sketched(store, asked, tool="bench", size=SLICE)
        found = list(processes.spread(sketch.slices))
        clock = time.monotonic() - started
    return Paired(
        invoices=sum(invoices for invoices, _ in found),
        pairs=sum(pairs for _, pairs in found),
        processor=sum(map(_processor_seconds, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))),
        clock=clock,
    )


def _tools(open_store: Callable[[], SnapshotStore]) -> Work[bytes, tuple[int, int]]:
    store = open_store()

    @collector_paused()
    def work(encoded: bytes) -> tuple[int, int]:
        part = sliced(encoded)
        books, crm = store.slice(part)
        return len(books.invoices), len(match(books, crm, CompanySettings(), part.overview).invoices.pairs)

    return work


def _processor_seconds(who: int) -> float:
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime
