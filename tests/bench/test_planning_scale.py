"""Time and memory of `check` and `plan`, and how they grow: `pytest tests/bench -m bench -n 0 -s -k planning`.

Both run as a user runs them, one after the other, on books that were pulled. Seconds are of the processor and
of the clock, memory is the peak of all processes together, what they share counted once; all depend on the machine and
are printed. Asserted is how time grows.
`QBCLEAN_BENCH=large` adds about 100,000 invoices to 10,000, `huge` a million as well.
"""

from __future__ import annotations

import math
import os
import sys
import time
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest

from tests.bench.memory import memory_of_all
from tests.pulled import TODAY, a_pulled_company, books_of

pytestmark = [pytest.mark.bench, pytest.mark.timeout(7200)]

CUSTOMERS = {"": (450, 4_500), "large": (4_500, 45_000), "huge": (4_500, 45_000, 450_000)}
"""About 1,000, 10,000, 100,000 and 1,000,000 invoices."""
MOST_GROWTH = 1.1
"""Exponent of time over invoices; 1 is linear."""
FINDINGS_PRESENT = 3
_GLANCE = 0.2
"""Seconds between two looks at the memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """Seconds of all processors and of the clock, and the peak of memory of all processes together in MiB."""

    processor: float
    clock: float
    peak: float


def test_planning_grows_hardly_faster_than_the_books(tmp_path: Path) -> None:
    measured: list[tuple[int, float]] = []
    for customers in CUSTOMERS[os.environ.get("QBCLEAN_BENCH", "")]:
        home = a_pulled_company(tmp_path / str(customers), customers)
        plan = tmp_path / f"plan-{customers}.json"
        with books_of(home) as books:
            facts = books.last_facts()
        assert facts is not None

        check = _run(home, "check", status=FINDINGS_PRESENT)
        planned = _run(home, "plan", "--out", str(plan), status=0)

        invoices, total = facts.counts["Invoice"], check.processor + planned.processor
        measured.append((invoices, total))
        print(f"\n{invoices:,} invoices: {total:.1f} s, {1e3 * total / invoices:.2f} ms each")  # noqa: T201
        for name, spent in (("check", check), ("plan", planned)):
            print(f"  {name:5} {spent.processor:7.1f} s ({spent.clock:.1f} s by the clock) {spent.peak:7,.0f} MiB peak")  # noqa: T201
        print(f"  the plan is {plan.stat().st_size / 1e6:.1f} MB")  # noqa: T201
    for (few, before), (many, after) in pairwise(measured):
        growth = math.log(after / before) / math.log(many / few)
        print(f"{few:,} → {many:,} invoices: time grows with exponent {growth:.2f}")  # noqa: T201
        assert growth <= MOST_GROWTH


def _run(home: Path, *command: str, status: int) -> Spent:
    line = [sys.executable, "-m", "qbclean", "--home", str(home), *command, "--as-of", TODAY.isoformat()]
    quiet = [(os.POSIX_SPAWN_OPEN, place, os.devnull, os.O_WRONLY, 0) for place in (1, 2)]
    start, peak = time.monotonic(), 0.0
    process = os.posix_spawn(sys.executable, line, os.environ, file_actions=quiet)
    while not (done := os.wait4(process, os.WNOHANG))[0]:
        peak = max(peak, memory_of_all(process))
        time.sleep(_GLANCE)
    _, ended, used = done
    assert os.waitstatus_to_exitcode(ended) == status
    return Spent(processor=used.ru_utime + used.ru_stime, clock=time.monotonic() - start, peak=peak)
