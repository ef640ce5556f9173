"""When a connection ends by itself, and from when on that is said (R44)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from qbclean.model.connection import LONGEST, ConnectionEnd
from qbclean.model.refs import RealmId
from qbclean.report.text.connection import connection_ending

CONNECTED = datetime(2026, 3, 2, 12, tzinfo=UTC)
REALM = RealmId("9130000000000001")


def ends(unused_until: datetime | None) -> ConnectionEnd:
    return ConnectionEnd.of(REALM, connected_at=CONNECTED, unused_until=unused_until)


@pytest.mark.parametrize(
    ("unused_until", "at", "cause"),
    [
        (CONNECTED + timedelta(days=100), CONNECTED + timedelta(days=100), "unused"),
        (CONNECTED + LONGEST + timedelta(days=80), CONNECTED + LONGEST, "five years"),
        (None, CONNECTED + LONGEST, "five years"),
    ],
)
def test_the_nearer_of_the_two_ends_counts_r44(unused_until, at, cause):
    end = ends(unused_until)
    assert (end.at, end.cause) == (at, cause)


@pytest.mark.parametrize("unused_until", [CONNECTED + timedelta(days=100), None])
@pytest.mark.parametrize(
    ("before", "near"),
    [
        (timedelta(days=14, seconds=1), False),
        (timedelta(days=14), True),
        (timedelta(0), True),
        (-timedelta(days=3), True),
    ],
)
def test_an_end_is_near_from_fourteen_days_before_on_r44(unused_until, before, near):
    end = ends(unused_until)
    assert end.is_near(end.at - before) is near


def test_the_warning_says_what_ends_when_why_and_what_to_do_r44():
    unused, whole = ends(CONNECTED + timedelta(days=100)), ends(None)
    assert connection_ending("Example Plumbing", unused, unused.at - timedelta(days=12, hours=3)) == (
        "The connection to Example Plumbing ends on 2026-06-10, in 12 days: Intuit ends a connection that is not used "
        "for about 100 days. Any command that reads QuickBooks keeps it up, such as `qbclean pull`."
    )
    assert connection_ending("Example Plumbing", whole, whole.at - timedelta(days=1, hours=3)) == (
        "The connection to Example Plumbing ends on 2031-03-01, in 1 day: Intuit ends every connection five years "
        "after it was made, also one in use. Run `qbclean connect` before, and nothing is interrupted."
    )
    for end in (unused, whole):
        told = connection_ending("Example Plumbing", end, end.at + timedelta(days=1))
        assert told.startswith(f"The connection to Example Plumbing ended on {end.at:%Y-%m-%d}: ")
        assert told.endswith("Run `qbclean connect`.")
