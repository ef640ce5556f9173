"""The pace of apply against the sandbox with its throttle on and a latency like QuickBooks' own (R24, design.md 10).

Takes nine minutes, because Intuit's limit is one per minute: `pytest tests/bench/bench_apply.py -m bench -n 0 -s`.
"""

from __future__ import annotations

import os
import time
from collections import deque
from typing import Any

import msgspec
import pytest

from qbclean.qbo.limiter import INTUIT
from qbclean.workflow.apply import apply
from qbclean.workflow.run import AT_ONCE
from tests import every_kind
from tests.real_desk import real_desk
from tests.unit.workflow.desk import BY, SETTINGS, approved

pytestmark = [pytest.mark.bench, pytest.mark.timeout(1800)]

COPIES = int(os.environ.get("QBCLEAN_BENCH_COPIES", "154"))
"""154 copies of every kind are 1,540 actions of 2,002 writes."""
LATENCY = 0.35
ALLOWED_PER_MINUTE, ALLOWED_PER_SECOND = 450, 8


class Arrivals(deque[dict[str, Any]]):
    """The sandbox's request log, with the moment of each arrival."""

    def __init__(self) -> None:
        super().__init__()
        self.at: list[float] = []

    def append(self, entry: dict[str, Any]) -> None:
        self.at.append(time.monotonic())
        super().append(entry)

    def most_within(self, seconds: float) -> int:
        """The most arrivals in any window of that length."""
        most = start = 0
        for end, at in enumerate(self.at):
            while self.at[start] <= at - seconds:
                start += 1
            most = max(most, end - start + 1)
        return most


def test_two_thousand_writes_use_the_allowed_rate_and_never_exceed_it(tmp_path):
    books = every_kind.company(COPIES)
    with real_desk(
        tmp_path / "company", books, limits=INTUIT, sleep=time.sleep, at_once=AT_ONCE, throttle=True
    ) as desk:
        time.sleep(61)  # the calls of the pull are no longer counted
        desk.fault(fault="slow", latency=LATENCY, probability=1.0, path="/v3/company/")
        arrivals = Arrivals()
        desk.running.sandbox.requests = arrivals
        settings = msgspec.structs.replace(SETTINGS, max_actions_per_run=5_000)
        plan = approved(desk, every_kind.plan_of(desk.books, COPIES), settings=settings)
        began, used = time.monotonic(), time.process_time()
        report = apply(plan, books=desk.books, ports=desk.ports, by=BY)
        took, used = time.monotonic() - began, time.process_time() - used
        assert report.state == "done", report.message
        writes, refused = len(desk.writes), [entry for entry in arrivals if entry["status"] == 429]
    calls = len(arrivals)
    share = calls / (arrivals.at[-1] - arrivals.at[0]) * 60 / ALLOWED_PER_MINUTE
    print(  # noqa: T201 - figures are what a bench is for
        f"\n{writes} writes, {calls} calls ({calls - 2 * writes:+d} against two per write) in {took:.0f} s; "
        f"{share:.1%} of the allowed rate; at most {arrivals.most_within(60)} in 60 s and "
        f"{arrivals.most_within(1)} in 1 s; "
        f"{used:.0f} s of processor for tool and sandbox"
    )
    assert writes == COPIES * every_kind.WRITES_PER_COPY
    assert refused == []
    assert arrivals.most_within(60) <= ALLOWED_PER_MINUTE
    assert arrivals.most_within(1) <= ALLOWED_PER_SECOND
    assert calls <= 2.02 * writes + 60, "a write costs two calls, bulk reading two in a hundred, proof a constant"
    if COPIES >= 154:
        assert share >= 0.9
