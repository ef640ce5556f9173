"""What the other invoices at one total tell of two of them: the draws of a job, the beat of a service (S13)."""

from __future__ import annotations

import pytest

from qbclean.model.documents import Invoice
from tests.unit.match.twin_entries import a_year_of_numbers, an_entry, levels, monthly, twins


# ------------------------------------------------------------------ draws
def draws(*places: int, of: int) -> list[Invoice]:
    """Draws a week apart, paid and named as the CRM does."""
    return [
        an_entry(str(place), number=f"1042-{place}", days=7 * place, text=f"Draw {place} of {of}", balance="0.00")
        for place in places
    ]


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ({"number": "1042-1", "text": "Progress billing"}, {"number": None, "text": "Draw 2 of 3"}),
        ({"number": "50017", "text": "Change order 1: shelves"}, {"number": "1042-CO2", "text": "Labor"}),
        ({"number": None, "text": "Draw 3 of 3"}, {"number": "50018", "text": "Draw 1 of 3"}),
    ],
)
def test_s13_the_number_of_one_and_the_words_of_the_other_tell_two_draws_apart(
    one: dict[str, str], two: dict[str, str]
) -> None:
    assert levels(an_entry("1", **one), an_entry("2", days=3, **two))["draws"] == "two draws"
    assert twins(an_entry("1", **one, total="137.42"), an_entry("2", days=3, **two, total="137.42")) == []


def test_numbers_that_count_otherwise_than_the_words_tell_of_no_draw() -> None:
    deposit = an_entry("3", number="1042-3", text="Draw 1")

    seen = levels(an_entry("1", number="1042-1", text="Work"), an_entry("2", number=None, text="Draw 2"), deposit)

    assert seen["draws"] == "unknown"


def test_s13_no_more_bills_than_the_job_has_draws_are_no_copies() -> None:
    first, second = draws(1, 2, of=3)
    reworded = an_entry("9", number="50017", days=15, text="Progress billing")

    assert levels(second, reworded, first)["draws"] == "no more than told"
    assert twins(first, second, reworded) == []


def test_a_bill_beside_all_the_draws_of_a_job_copies_the_one_nearest_to_it() -> None:
    reworded = an_entry("9", number="50017", days=15, text="Labor")

    assert levels(draws(2, of=3)[0], reworded, *draws(1, 3, of=3))["draws"] == "one more than told"
    assert twins(reworded, *draws(1, 2, 3, of=3)) == [("2", "9")]


def test_s13_the_halves_of_a_contract_are_two_sales_and_a_third_bill_is_one_too_many() -> None:
    deposit = an_entry("1", number="1042-1", text="50% deposit, new roof")
    final = an_entry("2", number="1042-2", days=40, text="50% on completion, new roof")
    reworded = an_entry("9", number="50017", days=3, text="Invoice for a new roof")

    assert levels(deposit, reworded)["draws"] == "no more than told"
    assert levels(deposit, reworded, final)["draws"] == "one more than told"


def test_draws_of_two_jobs_at_one_price_are_not_counted_together() -> None:
    reworded = an_entry("9", number="50017", days=15, text="Labor")
    other_job = [an_entry(f"8{place}", number=f"2080-{place}", text=f"Draw {place} of 3") for place in (1, 2, 3)]

    assert levels(draws(2, of=3)[0], reworded, *draws(1, 3, of=3), *other_job)["draws"] == "unknown"


# ------------------------------------------------------------------ beat
def test_a_bill_between_two_beats_is_one_more_than_usual() -> None:
    march, *others = monthly()
    march = an_entry("10", number="1100", text="Lawn care", balance="0.00")
    reworded = an_entry("99", number="7001", days=9, text="Labor")

    assert levels(march, reworded, *others)["beat"] == "one more than usual"
    assert twins(march, reworded, *others, *a_year_of_numbers(1100)) == [("10", "99")]


def test_s13_a_month_that_is_billed_on_another_day_has_its_own_bill() -> None:
    """May's came at the end of the month and June's at the beginning."""
    days = (0, 31, 86, 91, 121, 152)
    plan = [an_entry(str(10 + place), number=str(1100 + 9 * place), days=day) for place, day in enumerate(days)]

    assert levels(plan[2], plan[3], *plan[4:], *plan[:2])["beat"] == "one a month"
    assert twins(*plan) == []


def test_bills_without_a_beat_tell_nothing() -> None:
    calls = [an_entry(str(10 + place), days=day) for place, day in enumerate((0, 3, 40, 44, 95, 130))]

    assert levels(*calls)["beat"] == "unknown"


def test_s13_a_party_that_takes_two_of_a_plan_is_billed_it_twice_a_day() -> None:
    plans = [
        an_entry(f"{day}{plan}", number=str(1100 + day + 500 * plan), days=day, seconds=7200 * plan)
        for day in (0, 30)
        for plan in (0, 1)
    ]

    assert levels(*plans)["total"] == "same, recurring"
    assert levels(*plans[:2])["total"] == "same, round"


# ------------------------------------------------------------------ sets
def test_two_invoices_that_tell_of_two_sales_are_no_copies_of_a_third() -> None:
    """The copy of the first draw lies between the two, and looks like both."""
    reworded = an_entry("9", number="50017", days=8, text="Labor", total="137.42")
    one, two = (
        an_entry(str(place), number=f"1042-{place}", days=7 * place, text=f"Draw {place}", total="137.42")
        for place in (1, 2)
    )

    assert twins(reworded, two, *a_year_of_numbers(1030)) == [("9", "2")]
    assert twins(reworded, one, two, *a_year_of_numbers(1030)) == [("1", "9")]


# ------------------------------------------------------------------ crowds
def lots(*, job: str = "") -> list[Invoice]:
    """Twelve houses of one subdivision at one price, four a day, each booked on `job`, if given, or on its own."""
    return [
        an_entry(str(20 + lot), number=str(1300 + lot), days=2 * (lot // 4), text="Rough-in", customer=job or f"8{lot}")
        for lot in range(12)
    ]


def test_s13_houses_at_one_price_are_billed_in_crowds_and_so_equal_bills_two_days_apart_say_nothing() -> None:
    first, *rest = lots(job="58")

    assert levels(first, rest[4], *rest[:4], *rest[5:])["total"] == "same, series"


def test_a_second_bill_to_one_house_is_a_copy_however_many_houses_there_are() -> None:
    first, *rest = lots()
    copy = an_entry("99", number="1399", days=2, text="Rough-in", customer=first.customer_id)

    assert levels(first, copy, *rest)["total"] == "same, round"
