"""Time and memory of the pairing alone, the data loaded: `pytest tests/bench -m bench -n 0 -s -k pairing`.

Customers, invoices, payments and credits of both sides are paired: what issue 4 compares with Splink.
`QBCLEAN_BENCH=large` does it at about 20,000 and 200,000 QuickBooks invoices instead of 2,000 and 20,000.
"""

from __future__ import annotations

import math
import multiprocessing
import os
import resource
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from qbclean.collector import collector_paused
from qbclean.match.pairing import match
from qbclean.model.settings import CompanySettings
from tests.pulled import a_pulled_company, books_of

pytestmark = [pytest.mark.bench, pytest.mark.timeout(3600)]

CUSTOMERS = {"": (930, 9_300), "large": (9_300, 93_000)}
MOST_GROWTH = 1.2
"""Exponent of time over invoices; 1 is linear."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Seconds of the processor; resident memory in MiB when the data was loaded, and at most."""

    invoices: int
    pairs: int
    seconds: float
    loaded: float
    peak: float


def test_pairing_grows_hardly_faster_than_the_books(tmp_path: Path) -> None:
    small, large = (
        _measured(a_pulled_company(tmp_path / str(customers), customers))
        for customers in CUSTOMERS[os.environ.get("QBCLEAN_BENCH", "")]
    )
    growth = math.log(large.seconds / small.seconds) / math.log(large.invoices / small.invoices)

    for one in (small, large):
        print(f"\n{one.invoices:,} invoices, {one.pairs:,} pairs: {one.seconds:.2f} s")  # noqa: T201
        print(f"  {one.loaded:,.0f} MiB with the data, {one.peak:,.0f} MiB at most")  # noqa: T201
    print(f"{large.seconds / small.seconds:.1f} times the time, exponent {growth:.2f}")  # noqa: T201
    assert growth <= MOST_GROWTH


def _measured(home: Path) -> Measured:
    ours, theirs = multiprocessing.Pipe(duplex=False)
    pairing = multiprocessing.get_context("spawn").Process(target=_pair, args=(home, theirs))
    pairing.start()
    found: Measured = ours.recv()
    pairing.join()
    return found


@collector_paused()
def _pair(home: Path, answer: Connection) -> None:
    with books_of(home) as store:
        books, crm = store.load(), store.load_crm()
        loaded, start = _peak(), time.process_time()
        found = match(books, crm, CompanySettings())
        seconds = time.process_time() - start
    answer.send(
        Measured(
            invoices=len(books.invoices), pairs=len(found.invoices.pairs), seconds=seconds, loaded=loaded, peak=_peak()
        )
    )


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
