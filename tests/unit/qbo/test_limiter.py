from __future__ import annotations

import multiprocessing
import threading
import time
from pathlib import Path

import pytest

from qbclean.qbo.limiter import INTUIT, Limits, RateLimiter
from tests.unit.qbo.parts import NoTime


def most_in(times: list[float], seconds: float) -> int:
    """The largest number of times in any window of that length."""
    times = sorted(times)
    best = first = 0
    for last, at in enumerate(times):
        while at - times[first] >= seconds:
            first += 1
        best = max(best, last - first + 1)
    return best


@pytest.mark.parametrize("shared", [False, True])
def test_five_thousand_requests_stay_within_both_windows_and_use_them(shared: bool, tmp_path: Path) -> None:
    """R24: any 60 s ≤ 450, any 1 s ≤ 8, at least 90 % of the allowed rate."""
    clock = NoTime()
    limiter = RateLimiter(INTUIT, tmp_path / "rate" if shared else None, clock=clock, sleep=clock.sleep)
    sent = []
    for _ in range(5000):
        with limiter.slot():
            sent.append(clock.now)
    assert most_in(sent, 60) <= 450
    assert most_in(sent, 1) <= 8
    minutes = (sent[-1] - sent[0]) / 60
    assert 5000 / minutes >= 0.9 * 450


def test_two_limiters_of_one_company_share_what_is_allowed(tmp_path: Path) -> None:
    """R24: across processes."""
    clock = NoTime()
    limiters = [RateLimiter(INTUIT, tmp_path / "rate", clock=clock, sleep=clock.sleep) for _ in range(2)]
    sent = []
    for turn in range(1000):
        with limiters[turn % 2].slot():
            sent.append(clock.now)
    assert most_in(sent, 60) <= 450
    assert most_in(sent, 1) <= 8


def _send_many(file: str, count: int, queue: multiprocessing.Queue[list[float]]) -> None:
    limiter = RateLimiter(Limits(windows=((20, 0.5),)), Path(file))
    sent = []
    for _ in range(count):
        with limiter.slot():
            sent.append(time.time())
    queue.put(sent)


def test_real_processes_share_the_limit(tmp_path: Path) -> None:
    """R24, with a window of half a second instead of a minute."""
    context = multiprocessing.get_context("spawn")
    queue: multiprocessing.Queue[list[float]] = context.Queue()
    workers = [context.Process(target=_send_many, args=(str(tmp_path / "rate"), 30, queue)) for _ in range(3)]
    for worker in workers:
        worker.start()
    sent = [at for _ in workers for at in queue.get(timeout=60)]
    for worker in workers:
        worker.join()
    queue.close()
    queue.join_thread()
    assert len(sent) == 90
    assert most_in(sent, 0.45) <= 20


def test_no_more_than_eight_requests_are_on_their_way_at_once() -> None:
    """R24."""
    limiter = RateLimiter(Limits(windows=()))
    inside, most, lock, hold = 0, 0, threading.Lock(), threading.Event()

    def request() -> None:
        nonlocal inside, most
        with limiter.slot():
            with lock:
                inside += 1
                most = max(most, inside)
            hold.wait(0.05)
            with lock:
                inside -= 1

    threads = [threading.Thread(target=request) for _ in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 8


def test_a_torn_file_and_a_clock_set_back_do_no_harm(tmp_path: Path) -> None:
    file = tmp_path / "rate"
    file.write_bytes(b"\xff" * 13)
    clock = NoTime()
    limiter = RateLimiter(INTUIT, file, clock=clock, sleep=clock.sleep)
    for _ in range(8):
        with limiter.slot():
            pass
    clock.now -= 3600
    with limiter.slot():
        pass
    assert all(wait < 0.15 for wait in clock.waits), "only the distance between two requests was kept"


def test_the_shared_file_is_private(tmp_path: Path) -> None:
    """R34."""
    with RateLimiter(INTUIT, tmp_path / "rate").slot():
        pass
    assert (tmp_path / "rate").stat().st_mode & 0o777 == 0o600
