"""Months of different length, and the Pacific offset on both sides of the change of the clocks."""

from datetime import date

import pytest

from qbclean.sandbox.generate.dates import at, month_end, plus_months, stamp, years_before


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2023, 11, 30), 3, date(2024, 2, 29)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 3, 15), -3, date(2025, 12, 15)),
    ],
)
def test_a_month_later_is_the_same_day_or_the_last_one(day: date, months: int, later: date) -> None:
    assert plus_months(day, months) == later


def test_years_before_a_leap_day_is_the_28th() -> None:
    assert years_before(date(2024, 2, 29), 3) == date(2021, 2, 28)


def test_the_month_ends_on_its_last_day() -> None:
    assert month_end(date(2024, 2, 3)) == date(2024, 2, 29)


@pytest.mark.parametrize(
    ("day", "written"),
    [
        (date(2026, 3, 7), "2026-03-07T22:00:05-08:00"),
        (date(2026, 3, 9), "2026-03-09T22:00:05-07:00"),
        (date(2026, 10, 31), "2026-10-31T22:00:05-07:00"),
        (date(2026, 11, 2), "2026-11-02T22:00:05-08:00"),
    ],
)
def test_times_carry_the_pacific_offset_of_their_day(day: date, written: str) -> None:
    assert stamp(at(day, 22 * 3600 + 5)) == written


def test_seconds_past_midnight_run_into_the_next_day() -> None:
    assert stamp(at(date(2026, 1, 1), 24 * 3600 + 1)) == "2026-01-02T00:00:01-08:00"
