"""QuickBooks' date macros, fiscal years and cuts into months."""

from __future__ import annotations

from datetime import date

import pytest

from qbclean.sandbox.reports.periods import Period, macro_period, split

TODAY = date(2026, 11, 20)  # a Friday


@pytest.mark.parametrize(
    ("macro", "start", "end"),
    [
        ("Today", "2026-11-20", "2026-11-20"),
        ("yesterday", "2026-11-19", "2026-11-19"),
        ("This Week", "2026-11-15", "2026-11-21"),
        ("This Week-to-date", "2026-11-15", "2026-11-20"),
        ("Last Week", "2026-11-08", "2026-11-14"),
        ("Last Week-to-date", "2026-11-08", "2026-11-13"),
        ("Next Week", "2026-11-22", "2026-11-28"),
        ("Next 4 Weeks", "2026-11-22", "2026-12-19"),
        ("This Month", "2026-11-01", "2026-11-30"),
        ("This Month-to-date", "2026-11-01", "2026-11-20"),
        ("Last Month", "2026-10-01", "2026-10-31"),
        ("Last Month-to-date", "2026-10-01", "2026-10-20"),
        ("Next Month", "2026-12-01", "2026-12-31"),
        ("This Fiscal Quarter", "2026-10-01", "2026-12-31"),
        ("This Fiscal Quarter-to-date", "2026-10-01", "2026-11-20"),
        ("Last Fiscal Quarter", "2026-07-01", "2026-09-30"),
        ("Last Fiscal Quarter-to-date", "2026-07-01", "2026-08-20"),
        ("Next Fiscal Quarter", "2027-01-01", "2027-03-31"),
        ("This Fiscal Year", "2026-07-01", "2027-06-30"),
        ("This Fiscal Year-to-date", "2026-07-01", "2026-11-20"),
        ("Last Fiscal Year", "2025-07-01", "2026-06-30"),
        ("Last Fiscal Year-to-date", "2025-07-01", "2025-11-20"),
        ("Next Fiscal Year", "2027-07-01", "2028-06-30"),
        ("this calendar year-to-date", "2026-01-01", "2026-11-20"),
        ("Last Calendar Quarter", "2026-07-01", "2026-09-30"),
    ],
)
def test_macro_names_its_days_in_a_fiscal_year_that_begins_in_july(macro: str, start: str, end: str):
    period = macro_period(macro, TODAY, fiscal_month=7)
    assert period is not None
    assert (period.start.isoformat(), period.end.isoformat()) == (start, end)


def test_all_ends_today_and_an_unknown_macro_is_none():
    assert macro_period("All", TODAY, 1) == Period(date.min, TODAY, "all")
    assert macro_period("this decade", TODAY, 1) is None


def test_last_month_to_date_stops_at_the_end_of_a_shorter_month():
    period = macro_period("Last Month-to-date", date(2026, 3, 31), 1)
    assert period is not None
    assert period.end == date(2026, 2, 28)


def test_a_period_cut_into_months_begins_and_ends_where_it_did():
    period = Period(date(2026, 1, 15), date(2026, 3, 10))
    cut = [(span.start.isoformat(), span.end.isoformat()) for span in split(period, "month", 1)]
    assert cut == [("2026-01-15", "2026-01-31"), ("2026-02-01", "2026-02-28"), ("2026-03-01", "2026-03-10")]
