"""Counts requests against QuickBooks' limits (contract sheet 8), some for each app, some for the company in all."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

_MINUTE = 60
_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` requests in `seconds`: of each app, or of all apps of the company together."""

    most: int
    seconds: float
    each_app: bool = False


EVERY_REQUEST = Limit(500, _MINUTE, each_app=True)
ALL_BUT_BATCHES = Limit(800, _MINUTE)
BATCHES = Limit(40, _MINUTE, each_app=True)
ALL_BATCHES = Limit(120, _MINUTE)
EMAILS = Limit(40, _DAY)
REPORTS = Limit(200, _MINUTE)
TEN_A_SECOND = Limit(10, 1, each_app=True)


class Throttle:
    """Sliding windows of one realm. Refused requests do not count."""

    def __init__(self) -> None:
        self._windows: dict[tuple[Limit, str], deque[float]] = {}

    def admit(self, now: float, *limits: Limit, app: str = "") -> bool:
        """Count an app's request at this second against the limits and return True, or False where it breaks one."""
        counted = ((limit, app if limit.each_app else "") for limit in limits)
        windows = [(key[0], self._windows.setdefault(key, deque())) for key in counted]
        for limit, window in windows:
            while window and window[0] <= now - limit.seconds:
                window.popleft()
            if len(window) >= limit.most:
                return False
        for _, window in windows:
            window.append(now)
        return True
