"""What is seen when two QuickBooks invoices are held beside each other and no CRM says how many sales there were."""

from __future__ import annotations

from dataclasses import replace

import pytest
from msgspec import structs

from qbclean.match.number_series import NumberSeries, serial
from qbclean.match.runs import Run
from qbclean.match.twin_levels import compare_twins
from qbclean.match.twins import TWIN, find_twins
from qbclean.match.weights import points
from qbclean.model.documents import LinkedTxn
from tests.builders import a_line, a_sales_receipt
from tests.unit.match.twin_entries import SALES, a_year_of_numbers, an_entry, levels, monthly, seen_among, sold, twins


# ------------------------------------------------------------------ numbers
@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [
        ("1042", "INV-1042", "same"),
        ("1042", "1042-1", "extended"),
        ("1042-1", "1042-1-D", "extended"),
        ("1042", "1042-R1", "revision"),
        ("1042-1", "1042-2", "other draw"),
        ("1042-CO1", "1042-CO2", "other draw"),
        ("1042A", "1042B", "other draw"),
        ("1042", "1043", "in a row"),
        ("26-2817", "26-2818", "in a row"),
        ("1042", None, "one blank"),
        (None, None, "both blank"),
    ],
)
def test_numbers(one: str | None, two: str | None, expected: str) -> None:
    assert levels(an_entry("1", number=one), an_entry("2", number=two))["number"] == expected


@pytest.mark.parametrize(
    ("number", "counts_up"), [("INV-1042", 1042), ("26-2817", 2817), ("1042-2", 1042), ("A", None), ("", None)]
)
def test_the_part_of_a_number_that_counts_up_is_its_largest(number: str, counts_up: int | None) -> None:
    assert serial(number) == counts_up


def test_a_number_of_a_series_that_hardly_any_other_is_of_tells_most() -> None:
    pair = an_entry("1", number="1060", days=20), an_entry("2", number="50017", days=21)
    synced, by_hand = a_year_of_numbers(1042), a_year_of_numbers(50000)

    assert levels(*pair, *synced)["number"] == "a rare series"
    assert levels(*pair, *synced, *(structs.replace(entry, id=f"1{entry.id}") for entry in by_hand))["number"] == (
        "two series"
    )


def test_a_blank_number_tells_most_where_next_to_all_invoices_have_one() -> None:
    pair = an_entry("1", number="1060", days=20), an_entry("2", number=None, days=21)

    assert levels(*pair, *a_year_of_numbers(1042))["number"] == "one blank, a rare thing"


def test_numbers_with_others_between_them_are_of_one_series() -> None:
    pair = an_entry("1", number="1082", days=8), an_entry("2", number="1162", days=28)

    assert levels(*pair, *a_year_of_numbers(1042, step=5))["number"] == "one series"


@pytest.mark.parametrize("apart", [1, 3])
def test_where_quickbooks_numbers_all_invoices_one_series_says_nothing(apart: int) -> None:
    pair = an_entry("1", number="1082", days=40), an_entry("2", number=str(1082 + apart), days=42)

    seen = levels(*pair, *a_year_of_numbers(1042))
    assert seen["number"] == "one count"
    assert points(seen) == points({**seen, "number": "both blank"})


def test_beside_quickbooks_count_a_number_far_from_it_tells() -> None:
    pair = an_entry("1", number="1063", days=20, seconds=1), an_entry("2", number="50017", days=45)

    assert levels(*pair, *a_year_of_numbers(1042))["number"] == "a rare series"


def test_receipts_numbered_on_their_own_do_not_break_quickbooks_count() -> None:
    invoices = a_year_of_numbers(1042)
    receipts = [
        a_sales_receipt(str(place), number=f"SR{place}", meta_data=entry.meta_data)
        for place, entry in enumerate(invoices)
    ]

    assert NumberSeries.of([*invoices, *receipts]).one_count


def test_a_gap_no_wider_than_usual_is_no_second_series() -> None:
    pair = an_entry("1", number="1111", days=20), an_entry("2", number="1123", days=20)

    assert levels(*pair, *a_year_of_numbers(1000, step=30))["number"] == "one series"


# ------------------------------------------------------------------ totals and rhythm
def test_an_uneven_total_says_more_than_a_round_one() -> None:
    assert levels(an_entry("1"), an_entry("2"))["total"] == "same, round"
    assert levels(an_entry("1", total="137.42"), an_entry("2", total="137.42"))["total"] == "same, uneven"


def test_a_price_that_others_pay_too_is_as_good_as_round() -> None:
    one, two = (an_entry(key, total="137.42") for key in "12")
    first, second = sold(one), sold(two)
    context = seen_among(one, two, prices=frozenset({137_42}))

    assert compare_twins(first, second, Run.of([first, second]), context)["total"] == "same, round"


@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [
        ("137.42", "137.43", "a cent apart"),
        ("137.42", "137.00", "rounded off"),
        ("137.00", "138.00", None),
        ("137.42", "137.60", None),
    ],
)
def test_totals_that_differ_agree_only_but_for_rounding(one: str, two: str, expected: str | None) -> None:
    assert levels(an_entry("1", total=one), an_entry("2", total=two)).get("total") == expected


def test_an_amount_billed_every_month_says_nothing() -> None:
    first, second, *rest = monthly()

    assert levels(first, second, *rest)["total"] == "same, series"
    assert twins(*monthly()) == []


def test_a_second_bill_within_one_beat_of_a_rhythm_is_a_copy_of_the_first() -> None:
    first, *rest = monthly()
    copy = an_entry("99", number="7001", days=2, text="Lawn care")

    assert levels(first, copy, *rest)["total"] == "same, round"
    assert twins(copy, *monthly()) == [("10", "99")]


# ------------------------------------------------------------------ words
@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [
        ("Leak call, upstairs bath", "Leak call, downstairs bath", "one word replaced"),
        ("Leak call, upstairs bath", "Leak call, upstiars bath", "alike"),
        ("Leak call, upstairs bath", "Job as quoted", "some in common"),
        ("Leak call", "Leak call", "same"),
    ],
)
def test_words(one: str, two: str, expected: str) -> None:
    assert levels(an_entry("1", text=one), an_entry("2", text=two))["wording"] == expected


@pytest.mark.parametrize(
    ("texts", "wording", "particulars"),
    [
        (("Sink", "Sink", "Attic fan", "Porch light"), "same, others differ", "unknown"),
        (("March", "March", "April", "May"), "same, as always", "same, others differ"),
    ],
    ids=["by their words", "by the months in them, which count once"],
)
def test_equal_words_tell_most_where_the_words_of_other_invoices_differ(
    texts: tuple[str, ...], wording: str, particulars: str
) -> None:
    entries = [an_entry(str(place), text=text, days=20 * place) for place, text in enumerate(texts)]

    assert levels(*entries)["wording"] == wording
    assert levels(*entries)["particulars"] == particulars


def test_s13_a_stage_named_on_one_of_two_invoices_only_makes_two_sales_of_them() -> None:
    assert levels(an_entry("1", text="Deposit, new roof"), an_entry("2", text="New roof"))["stage"] == "other"


def test_s13_a_deposit_and_the_balance_of_one_contract_are_two_sales() -> None:
    deposit = an_entry("1", number="4184-1", total="10885.59", text="Deposit, 50%", balance="0.00")
    balance = an_entry("2", number="50017", total="10885.59", days=6, text="Balance on completion")
    later = an_entry("3", days=160, total="77.00")

    assert levels(deposit, balance, later)["stage"] == "contradict"
    assert twins(deposit, balance, later, *a_year_of_numbers(4150)) == []


def test_s13_two_retainages_of_one_contract_may_well_be_equal_and_their_words_too() -> None:
    one = an_entry("1", number="1042-3", text="Retainage release", balance="0.00")
    two = an_entry("2", number="1042-4", seconds=40, text="Retainage release")

    seen = levels(one, two)
    assert (seen["stage"], seen["particulars"]) == ("in parts", "unknown")
    assert twins(one, two) == []


@pytest.mark.parametrize("text", ["Kitchen progress billing, completion", "Contract deposit, draw on signing"])
def test_s13_what_a_contract_has_one_of_is_no_part_among_equal_ones(text: str) -> None:
    on_job = an_entry("1", total="22830.00", customer="81", number="1082", days=40, text=text, balance="0.00")
    on_customer = an_entry("2", total="22830.00", customer="58", number="1083", days=43, text=text)

    assert levels(on_job, on_customer)["stage"] == "same"
    assert twins(on_job, on_customer, *a_year_of_numbers(1042)) == [("1", "2")]


def test_s13_the_unit_that_a_job_is_named_for_does_not_make_one_visit_of_two() -> None:
    visits = [
        an_entry("1", number="3530", customer="81", text="Maintenance call, unit 17C"),
        an_entry("2", number="50017", customer="81", days=19, text="Maintenance call, unit 17C"),
        *(an_entry(f"{key}", customer="82", days=40 * key, text=f"Maintenance call, unit {key}") for key in (3, 4, 5)),
    ]
    named = replace(SALES, name_marks={"81": frozenset({"17c"})})
    context = replace(seen_among(*visits), sales=named)

    seen = compare_twins(sold(visits[0]), sold(visits[1]), Run.of([sold(visit) for visit in visits]), context)

    assert (seen["wording"], seen["particulars"]) == ("same, as always", "unknown")


def test_s13_two_units_of_one_building_are_two_sales_whatever_else_agrees() -> None:
    one = an_entry("1", number="1042", text="Leak call, unit 4")
    two = an_entry("2", number="1043", seconds=8, text="Leak call, unit 7")

    assert levels(one, two)["particulars"] == "contradict"
    assert twins(one, two) == []


# ------------------------------------------------------------------ what else is on file
@pytest.mark.parametrize(
    ("one", "two", "expected"), [("58", "58", "same"), ("81", "58", "customer and job"), ("81", "82", "other job")]
)
def test_where_the_two_are_booked(one: str, two: str, expected: str) -> None:
    assert levels(an_entry("1", customer=one), an_entry("2", customer=two))["place"] == expected


def test_a_bill_to_the_customer_where_all_others_are_to_its_jobs_is_odd() -> None:
    """Which job's bill it copies is not told by that."""
    pair = an_entry("1", customer="81"), an_entry("2", customer="58", days=2)
    others = [an_entry(f"3{place}", customer="82", days=9 * place) for place in range(3)]

    assert levels(*pair, *others)["place"] == "customer for a job"
    assert levels(*pair, *others, an_entry("40", customer="58", days=30))["place"] == "customer and job"
    assert levels(*pair, *others[:2])["place"] == "customer and job"


def test_s13_two_spellings_billed_again_and_again_have_each_a_service_of_its_own() -> None:
    mine, theirs = (
        [an_entry(f"{customer}{month}", customer=customer, days=30 * month) for month in range(4)]
        for customer in ("58", "59")
    )

    assert levels(mine[0], theirs[0], *mine[1:], *theirs[1:])["place"] == "a run of each"
    assert levels(mine[0], theirs[0], *mine[1:])["place"] == "second spelling"


@pytest.mark.parametrize(
    ("one", "two", "days", "expected"),
    [
        ("Leak call", "Leak call, unit 27C", 0, "on one alone"),
        ("Leak call", "Leak call, unit 27C", 2, "unknown"),
        ("Per agreement", "Leak call, unit 27C", 0, "unknown"),
    ],
)
def test_s13_a_unit_named_on_one_of_two_calls_of_a_day_makes_two_of_them(
    one: str, two: str, days: int, expected: str
) -> None:
    assert levels(an_entry("1", text=one), an_entry("2", text=two, days=days))["particulars"] == expected


@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [
        ("crm:invoice/I-000021", "from I-000021", "same reference"),
        ("crm:invoice/I-000021", "crm:invoice/I-000044", "other reference"),
        ("crm:invoice/I-000021", "PO 4411", "unknown"),
        ("crm:invoice/I-000021", None, "unknown"),
    ],
)
def test_a_reference_left_by_a_sync(one: str, two: str | None, expected: str) -> None:
    assert levels(an_entry("1", private_note=one), an_entry("2", private_note=two))["note"] == expected


@pytest.mark.parametrize(
    ("number", "expected"),
    [("1042", "same reference"), ("1043", "other reference"), ("50017", "unknown"), (None, "unknown")],
)
def test_a_note_that_names_a_number_is_held_against_the_number_of_the_other(number: str | None, expected: str) -> None:
    reworded = an_entry("1", number="50018", private_note="crm:1042")

    assert levels(reworded, an_entry("2", number=number))["note"] == expected


@pytest.mark.parametrize(("note", "expected"), [("inv INV-1042", "same reference"), ("paid 10/42", "unknown")])
def test_a_note_that_names_the_number_of_the_other_in_another_spelling(note: str, expected: str) -> None:
    sale, again = an_entry("1", number="#1042"), an_entry("2", number="50017", private_note=note)

    assert levels(sale, again)["note"] == levels(again, sale)["note"] == expected


def test_s13_invoices_of_one_estimate_are_its_progress_bills() -> None:
    of_estimate = (LinkedTxn(txn_id="77", txn_type="Estimate"),)

    seen = levels(an_entry("1", linked_txn=of_estimate), an_entry("2", linked_txn=of_estimate))

    assert seen["estimate"] == "same"


@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [("0.00", "0.00", "both"), ("100.00", "100.00", "neither"), ("0.00", "100.00", "one of them")],
)
def test_which_of_the_two_is_paid(one: str, two: str, expected: str) -> None:
    assert levels(an_entry("1", balance=one), an_entry("2", balance=two))["paid"] == expected


def test_what_stays_open_long_after_its_equal_was_paid_is_what_nobody_owes() -> None:
    later = an_entry("3", days=120, total="77.00")

    seen = levels(an_entry("1", balance="0.00"), an_entry("2", days=1), later)

    assert seen["paid"] == "one, the other long due"


# ------------------------------------------------------------------ sums
def test_a_sale_typed_in_again_in_one_line_is_a_copy() -> None:
    itemised = an_entry("1", number="1042", total="1317.74", lines=[a_line("1100.00"), a_line("217.74", item="13")])
    collapsed = an_entry("2", number="50017", total="1317.74", days=2, text="Roof repair")

    seen = levels(itemised, collapsed, *a_year_of_numbers(1042))
    assert (seen["itemising"], seen["number"]) == ("collapsed", "a rare series")
    assert points(seen) >= TWIN


def test_the_same_lines_say_less_where_their_total_is_a_price() -> None:
    lines = [a_line("199.00"), a_line("65.00", item="13")]
    pair = [an_entry(key, total="264.00", days=5 * int(key), lines=lines) for key in ("1", "2")]
    one, two = map(sold, pair)

    def said(prices: frozenset[int]) -> str:
        return compare_twins(one, two, Run.of([one, two]), seen_among(*pair, prices=prices))["itemising"]

    assert (said(frozenset()), said(frozenset({26400}))) == ("same amounts", "same amounts, a price")


def test_three_copies_make_one_set() -> None:
    copies = [an_entry(str(key), seconds=key, number="1042", total="137.42") for key in (1, 2, 3)]

    assert twins(*copies) == [("1", "2", "3")]


def test_any_two_of_a_set_are_held_against_each_other_where_they_can_be_compared() -> None:
    first, second, third = (an_entry(key, number="1042", days=days) for key, days in (("1", 0), ("2", 40), ("3", 80)))
    (found,) = find_twins(map(sold, (first, second, third)), seen_among(first, second, third))

    assert found.ids == ("1", "2", "3")
    assert found.between("2", "1") == levels(first, second, third)
    assert found.between("1", "3") is None
    assert found.likest("3") == found.between("2", "3")
