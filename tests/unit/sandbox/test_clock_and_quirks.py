"""The clock, the quirks, and the throttle's windows."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from qbclean.sandbox.clock import Clock, epoch
from qbclean.sandbox.quirks import Quirks, UnknownQuirkError, parse_quirks
from qbclean.sandbox.throttle import TEN_A_SECOND, Limit, Throttle
from qbclean.sandbox.uncertainties import QUIRKS


def test_a_pinned_date_moves_along_with_the_clock() -> None:
    clock = Clock(date(2026, 11, 20))
    clock.advance(3 * 86_400)
    assert clock.today() == date(2026, 11, 23)
    assert Clock(date(2020, 1, 1)).now().date() != date(2020, 1, 1)


def test_the_clock_can_be_set() -> None:
    clock = Clock()
    clock.set_now(datetime.fromisoformat("2030-06-01T12:00:00-07:00"))
    assert abs(clock.now() - datetime.fromisoformat("2030-06-01T12:00:00-07:00")) < timedelta(seconds=5)
    assert clock.today() == date(2030, 6, 1)


def test_a_time_without_offset_is_company_time() -> None:
    assert epoch("2026-11-01T12:00:00") == epoch("2026-11-01T12:00:00-08:00")
    assert epoch("2026-07-01T12:00:00") == epoch("2026-07-01T12:00:00-07:00")


def test_every_quirk_has_a_default_among_its_values_and_a_sentence() -> None:
    assert len({quirk.name for quirk in QUIRKS}) == len(QUIRKS)
    for quirk in QUIRKS:
        assert len(quirk.values) > 1
        assert Quirks()[quirk.name] == quirk.values[0]
        assert len(quirk.about) > 20


@pytest.mark.parametrize("setting", ["nonsense=1", "void_linked=maybe", "void_linked"])
def test_unknown_quirks_are_refused_with_what_is_known(setting: str) -> None:
    with pytest.raises(UnknownQuirkError) as refused:
        parse_quirks([setting])
    assert "=" in str(refused.value) or "Known" in str(refused.value) or "Possible" in str(refused.value)


def test_windows_slide_and_refused_requests_do_not_count() -> None:
    throttle, three_a_minute = Throttle(), Limit(3, 60)
    admitted = [throttle.admit(second, three_a_minute) for second in (0, 10, 20, 30, 59, 60.5, 61)]
    assert admitted == [True, True, True, False, False, True, False]


def test_a_request_counts_against_all_its_limits_or_none() -> None:
    throttle, wide, narrow = Throttle(), Limit(3, 60), Limit(1, 60)
    assert throttle.admit(0, wide, narrow)
    assert not throttle.admit(1, wide, narrow)
    assert throttle.admit(2, wide)
    assert throttle.admit(3, wide)
    assert not throttle.admit(4, wide)


def test_ten_a_second_by_request() -> None:
    throttle = Throttle()
    admitted = [throttle.admit(100 + step / 100, TEN_A_SECOND) for step in range(12)]
    assert admitted == [True] * 10 + [False] * 2
    assert throttle.admit(101.5, TEN_A_SECOND)
