"""Dates and instants in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from qbclean.report.words import instant


def test_an_instant_is_told_in_utc_whatever_its_offset() -> None:
    pacific = datetime(2026, 11, 23, 1, 52, tzinfo=timezone(timedelta(hours=-8)))

    assert instant(pacific) == instant(pacific.astimezone(UTC)) == "2026-11-23 09:52 UTC"
