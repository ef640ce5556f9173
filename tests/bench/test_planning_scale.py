"""Time and memory of planning, and how they grow (design 10): `pytest tests/bench -m bench -n 0 -s -k planning`.

Asserted is how time grows from size to size; seconds are of the processor, depend on the machine, and are printed.
`QBCLEAN_BENCH=large` adds about 100,000 invoices to the 1,000 and 10,000.
"""

from __future__ import annotations

import gc
import math
import multiprocessing
import os
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from qbclean.crm.reading import read_crm
from qbclean.detect import detect
from qbclean.detect.inquiry import Inquiry
from qbclean.match.pairing import match
from qbclean.model.locks import Locks
from qbclean.model.settings import CompanySettings
from qbclean.plan.builder import PlanBasis, assemble
from qbclean.plan.codec import encode
from qbclean.plan.completeness import require_complete
from qbclean.sandbox.generate import generate
from tests.company_folder import snapshot_of

pytestmark = [pytest.mark.bench, pytest.mark.timeout(3600)]

TODAY = date(2026, 11, 23)
CUSTOMERS = (450, 4_500)
"""About 1,000 and 10,000 invoices."""
LARGE = 45_000
MOST_GROWTH = 1.35
"""Exponent of time over invoices; 1 is linear."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Seconds per phase, peak resident memory in MiB (of the process so far), bytes of the plan."""

    invoices: int
    actions: int
    seconds: dict[str, float]
    peak_mib: float
    plan_bytes: int

    @property
    def total(self) -> float:
        return sum(self.seconds.values())


def test_planning_grows_hardly_faster_than_the_books(tmp_path: Path) -> None:
    sizes = (*CUSTOMERS, LARGE) if os.environ.get("QBCLEAN_BENCH") == "large" else CUSTOMERS

    measured = [_measured(tmp_path / str(customers), customers) for customers in sizes]

    for one in measured:
        phases = "  ".join(f"{phase} {seconds:.2f} s" for phase, seconds in one.seconds.items())
        print(f"\n{one.invoices:,} invoices: {one.total:.2f} s, {one.peak_mib:,.0f} MiB peak, {one.actions:,} actions")  # noqa: T201
        print(f"  {phases}  ({1e3 * one.total / one.invoices:.2f} ms an invoice, plan {one.plan_bytes / 1e6:.1f} MB)")  # noqa: T201
    for small, large in pairwise(measured):
        growth = math.log(large.total / small.total) / math.log(large.invoices / small.invoices)
        print(f"{small.invoices:,} → {large.invoices:,} invoices: time grows with exponent {growth:.2f}")  # noqa: T201
        assert growth < MOST_GROWTH


def _measured(folder: Path, customers: int) -> Measured:
    _generated(folder, customers)
    books, crm, settings = snapshot_of(folder), read_crm([folder / "crm"]).records, CompanySettings()
    locks = Locks.of(books.preferences, settings)
    gc.collect()
    seconds: dict[str, float] = {}
    with _timed(seconds, "check"):
        require_complete(books)
    with _timed(seconds, "match"):
        matches = match(books, crm, settings)
    with _timed(seconds, "detect"):
        inquiry = Inquiry(books=books, crm=crm, matches=matches, settings=settings, locks=locks, as_of=TODAY)
        found = list(detect(inquiry))
    with _timed(seconds, "assemble"):
        basis = PlanBasis(books=books, crm=crm.files, settings=settings, locks=locks, as_of=TODAY, tool="bench")
        proposals = [proposal for item in found for proposal in item.proposals]
        plan = assemble(basis, [item.finding for item in found], proposals)
    with _timed(seconds, "encode"):
        written = encode(plan)
    return Measured(
        invoices=len(books.invoices),
        actions=len(plan.actions),
        seconds=seconds,
        peak_mib=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        plan_bytes=len(written),
    )


def _generated(folder: Path, customers: int) -> None:
    """In a process of its own, so that its memory is not counted."""
    making = multiprocessing.get_context("spawn").Process(
        target=generate, args=(folder,), kwargs={"seed": 1, "customers": customers, "today": TODAY}
    )
    making.start()
    making.join()
    assert making.exitcode == 0


@contextmanager
def _timed(seconds: dict[str, float], phase: str) -> Iterator[None]:
    start = time.process_time()
    yield
    seconds[phase] = time.process_time() - start
