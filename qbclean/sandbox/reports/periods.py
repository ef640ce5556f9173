"""Spans of days that reports cover: QuickBooks' date macros, fiscal years, months in a row."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

ALL_DATES = "all"
_MACRO = re.compile(r"(this|last|next) (?:(fiscal|calendar) )?(week|month|quarter|year)(-to-date)?")
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


class Period(NamedTuple):
    """First and last day, both included, and the macro that named them, if one did."""

    start: date
    end: date
    macro: str = ""


def macro_period(macro: str, today: date, fiscal_month: int) -> Period | None:
    """Return the period a date macro names, in any case of letters, or None where there is no such macro.

    Weeks begin on Sunday. `fiscal_month` is the first month of the fiscal year; quarters and years are fiscal
    unless the macro says calendar.
    """
    name = " ".join(macro.casefold().split())
    if name == ALL_DATES:
        return Period(date.min, today, ALL_DATES)
    one_day = timedelta(days=1)
    days = {"today": today, "yesterday": today - one_day}.get(name)
    if days:
        return Period(days, days, name)
    if name == "next 4 weeks":
        start = unit_start(today, "week") + timedelta(weeks=1)
        return Period(start, start + timedelta(weeks=4) - one_day, name)
    found = _MACRO.fullmatch(name)
    if not found:
        return None
    when, calendar_word, unit, to_date = found.groups()
    steps = {"last": -1, "this": 0, "next": 1}[when]
    first_month = 1 if calendar_word == "calendar" else fiscal_month
    start = moved(unit_start(today, unit, first_month), unit, steps)
    end = moved(today, unit, steps) if to_date else moved(start, unit, 1) - one_day
    return Period(start, end, name)


def unit_start(day: date, unit: str, first_month: int = 1) -> date:
    """Return the first day of the day's `day`, `week`, `month`, `quarter` or `year` in a year from that month."""
    if unit == "day":
        return day
    if unit == "week":
        return day - timedelta(days=(day.weekday() + 1) % 7)
    months_in = (day.month - first_month) % _MONTHS[unit]
    return moved(day.replace(day=1), "month", -months_in)


def moved(day: date, unit: str, steps: int) -> date:
    """Return the day that many units later (earlier if negative); the last of a month stays inside a shorter one."""
    if unit in {"day", "week"}:
        return day + timedelta(days=steps * (7 if unit == "week" else 1))
    months = day.year * 12 + day.month - 1 + steps * _MONTHS[unit]
    year, month = divmod(months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def split(period: Period, unit: str, first_month: int) -> Iterator[Period]:
    """Yield the period cut at the bounds of each unit; the first and the last may be shorter."""
    start = period.start
    while start <= period.end:
        try:
            following = moved(unit_start(start, unit, first_month), unit, 1)
        except (ValueError, OverflowError):  # a unit that reaches beyond the calendar's first or last day
            yield Period(start, period.end)
            return
        yield Period(start, min(period.end, following - timedelta(days=1)))
        start = following
