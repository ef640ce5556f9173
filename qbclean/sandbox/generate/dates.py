"""Calendar arithmetic and QuickBooks' timestamps, without a time zone database."""

import calendar
from datetime import date, datetime, timedelta
from functools import cache


def plus_months(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def month_end(day: date) -> date:
    """The last day of the month of `day`."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def years_before(day: date, years: int) -> date:
    """The same calendar day `years` earlier (28 February for a leap day)."""
    return plus_months(day, -12 * years)


def at(day: date, seconds: int) -> datetime:
    """A company-local moment, `seconds` after midnight; may run into the next day."""
    return datetime(day.year, day.month, day.day) + timedelta(seconds=seconds)  # noqa: DTZ001 - local by intent


def stamp(moment: datetime) -> str:
    """QuickBooks' form of a company-local moment: no milliseconds, Pacific offset (contract 1.6)."""
    return f"{moment.isoformat(timespec='seconds')}{_pacific_offset(moment.date())}"


@cache
def _pacific_offset(day: date) -> str:
    # US summer time: second Sunday of March to first Sunday of November (the day itself is exact enough).
    starts = _nth_sunday(day.year, 3, 2)
    ends = _nth_sunday(day.year, 11, 1)
    return "-07:00" if starts <= day < ends else "-08:00"


def _nth_sunday(year: int, month: int, nth: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(6 - first.weekday()) % 7 + 7 * (nth - 1))
