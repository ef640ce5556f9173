"""When a document is due by its term: some days after its date, or on a day of the month."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any


def due_date(start: date, term: Mapping[str, Any]) -> date:
    """Return the due date of a document of this date; without days or a day of the month it is due at once.

    On a day of the month: the next such day, or the one a month later where fewer than `DueNextMonthDays` remain.
    """
    on_day = int(term.get("DayOfMonthDue") or 0)
    if "DueDays" in term or not on_day:
        return start + timedelta(days=int(term.get("DueDays") or 0))
    due = _in_month(start.year, start.month, on_day)
    if due < start:
        due = _a_month_later(due, on_day)
    if (due - start).days < int(term.get("DueNextMonthDays") or 0):
        due = _a_month_later(due, on_day)
    return due


def _in_month(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))


def _a_month_later(before: date, day: int) -> date:
    return _in_month(before.year + before.month // 12, before.month % 12 + 1, day)
