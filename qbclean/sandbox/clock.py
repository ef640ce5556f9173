"""The server's clock: real time in the company's zone, moved on request, and a date that may be pinned."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

try:
    COMPANY_ZONE: tzinfo = ZoneInfo("America/Los_Angeles")
except ZoneInfoNotFoundError:  # a system without zone data: Pacific standard time all year
    COMPANY_ZONE = timezone(timedelta(hours=-8))


class Clock:
    """Tells company time. `pinned_today` fixes the date (default TxnDate, CURRENT_DATE) but not the time stamps."""

    def __init__(self, pinned_today: date | None = None) -> None:
        self.pinned_today = pinned_today
        self.offset = timedelta()

    def now(self) -> datetime:
        """Return the present moment in the company's zone."""
        return (datetime.now(UTC) + self.offset).astimezone(COMPANY_ZONE)

    def seconds(self) -> float:
        """Return seconds since 1970, moved like everything else."""
        return self.now().timestamp()

    def today(self) -> date:
        """Return the company's date."""
        return self.pinned_today or self.now().date()

    def advance(self, seconds: float) -> None:
        """Move the clock on (or back, with a negative number); a pinned date moves along."""
        moved = timedelta(seconds=seconds)
        before = self.now().date()
        self.offset += moved
        if self.pinned_today is not None:
            self.pinned_today += self.now().date() - before

    def set_now(self, moment: datetime) -> None:
        """Let the clock show this moment now; a naive one means company time."""
        aware = moment if moment.tzinfo else moment.replace(tzinfo=COMPANY_ZONE)
        self.offset = aware - datetime.now(UTC)


def epoch(text: str, zone: tzinfo = COMPANY_ZONE) -> int:
    """Return whole seconds since 1970 of an ISO time; without an offset it is company time. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    return int(moment.timestamp())
