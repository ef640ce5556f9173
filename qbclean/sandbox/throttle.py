"""Counts requests against QuickBooks' limits: 500 a minute, 40 batches a minute, 10 a second by quirk."""

from __future__ import annotations

from collections import deque


class Throttle:
    """Sliding windows of one realm. Refused requests do not count."""

    def __init__(self, *, per_minute: int = 500, batches_per_minute: int = 40) -> None:
        self.per_minute = per_minute
        self.batches_per_minute = batches_per_minute
        self._requests: deque[float] = deque()
        self._batches: deque[float] = deque()

    def admit(self, now: float, *, batch: bool, per_second: int | None) -> bool:
        """Count a request and return True, or return False where it goes over a limit."""
        _forget_before(self._requests, now - 60)
        _forget_before(self._batches, now - 60)
        if len(self._requests) >= self.per_minute:
            return False
        if batch and len(self._batches) >= self.batches_per_minute:
            return False
        if per_second is not None and sum(1 for at in self._requests if at > now - 1) >= per_second:
            return False
        self._requests.append(now)
        if batch:
            self._batches.append(now)
        return True


def _forget_before(window: deque[float], start: float) -> None:
    while window and window[0] <= start:
        window.popleft()
