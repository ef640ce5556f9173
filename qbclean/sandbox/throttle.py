"""Counts requests against QuickBooks' limits: 500 a minute, 40 batches a minute, 40 e-mails a day, others by quirk."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

_MINUTE = 60
_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` requests in `seconds`."""

    most: int
    seconds: float


EVERY_REQUEST = Limit(500, _MINUTE)
BATCHES = Limit(40, _MINUTE)
EMAILS = Limit(40, _DAY)
REPORTS = Limit(200, _MINUTE)
TEN_A_SECOND = Limit(10, 1)


class Throttle:
    """Sliding windows of one realm. Refused requests do not count."""

    def __init__(self) -> None:
        self._windows: dict[Limit, deque[float]] = {}

    def admit(self, now: float, *limits: Limit) -> bool:
        """Count a request at this second against the limits and return True, or False where it goes over one."""
        windows = [(limit, self._windows.setdefault(limit, deque())) for limit in limits]
        for limit, window in windows:
            while window and window[0] <= now - limit.seconds:
                window.popleft()
            if len(window) >= limit.most:
                return False
        for _, window in windows:
            window.append(now)
        return True
