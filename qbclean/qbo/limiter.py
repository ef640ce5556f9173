"""The request limiter of one company, shared by all its processes through a small locked file (R24).

Intuit allows 500 requests a minute and 10 a second per company (contract 8); staying below is cheaper than a minute's
penalty. We send no batches (P21), so their own limit needs no counter.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from array import array
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """(requests, seconds) windows, none of which may be exceeded wherever it is laid, and requests at the same time.

    The windows are a little longer than promised, because the way to the server is not equally long every time. For the
    same reason requests keep a distance: eight at once now and eight at once a second later may arrive as sixteen.
    """

    windows: tuple[tuple[int, float], ...] = ((450, 60.5), (8, 1.1), (1, 0.14))
    in_flight: int = 8


INTUIT = Limits()
UNTHROTTLED = Limits(windows=((450, 60.5),))
"""For a local sandbox whose ready file says that it counts no requests: no pause within the minute."""
UNLIMITED = Limits(windows=())
"""For a demonstration on a sandbox of its own."""


class RateLimiter:
    """`with limiter.slot():` waits until one more request is within the limits.

    `file` holds the times of the last requests; without one the limit holds for this process only. `clock` is wall
    time, because it has to mean the same in every process.
    """

    def __init__(
        self,
        limits: Limits = INTUIT,
        file: Path | None = None,
        *,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._limits, self._file = limits, file
        self._clock, self._sleep = clock, sleep
        self._in_flight = threading.BoundedSemaphore(limits.in_flight)
        self._turn = threading.Lock()
        self._own: array[float] = array("d")

    @contextmanager
    def slot(self) -> Iterator[None]:
        with self._in_flight:
            while (pause := self._take()) > 0:
                self._sleep(pause)
            yield

    def _take(self) -> float:
        """0 when a request may go now (and is counted), else the seconds until it is worth asking again."""
        with self._turn, self._shared() as file:
            now = self._clock()
            sent = self._recent(file, now)
            pause = max((self._pause(sent, count, seconds, now) for count, seconds in self._limits.windows), default=0)
            if pause <= 0:
                sent.append(now)
            self._keep(file, sent)
            return pause

    @staticmethod
    def _pause(sent: array[float], count: int, seconds: float, now: float) -> float:
        return sent[-count] + seconds - now if len(sent) >= count else 0.0

    def _recent(self, file: BinaryIO | None, now: float) -> array[float]:
        """Times of the longest window, oldest first. A time in the future means the clock was set back: forgotten."""
        longest = max((seconds for _, seconds in self._limits.windows), default=0.0)
        times = self._own
        if file is not None:
            stored = file.read()
            times = array("d", stored[: len(stored) // 8 * 8])
        return array("d", sorted(at for at in times if now - longest < at <= now))

    def _keep(self, file: BinaryIO | None, sent: array[float]) -> None:
        self._own = sent
        if file is not None:
            file.seek(0)
            file.write(sent.tobytes())
            file.truncate()

    @contextmanager
    def _shared(self) -> Iterator[BinaryIO | None]:
        """The file, locked against other processes. The system drops the lock when its holder dies (P15)."""
        if self._file is None:
            yield None
            return
        handle = os.open(self._file, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
        with os.fdopen(handle, "r+b", buffering=0) as file:
            if sys.platform == "win32":
                msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
            else:
                fcntl.flock(file, fcntl.LOCK_EX)
            try:
                yield file
            finally:
                if sys.platform == "win32":
                    file.seek(0)
                    msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)
