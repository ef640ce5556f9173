"""What is seen when a CRM invoice is held beside a QuickBooks invoice, each level with an example."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from msgspec import structs

from qbclean.match.date_levels import date_level
from qbclean.match.sale_levels import SalesContext, compare_sales
from qbclean.match.sale_words import explain
from qbclean.match.sales import Sale, crm_sale, qbo_sale
from qbclean.match.weights import CLEAR, MATCH, WEIGHTS, points
from qbclean.model.documents import Invoice, MetaData, SalesReceipt
from tests.builders import DAY, a_line, a_sales_receipt, an_invoice
from tests.crm_builders import a_crm_invoice, a_crm_line
from tests.lists import ITEMS

CONTEXT = SalesContext(crm_numbers={}, spellings={"59": "58"}, parents={"81": "58", "82": "58"}, rounding_cents=1)

NUMBERED = frozenset({(100_00, DAY.toordinal())})
"""Amount and day of the CRM invoice that has the number in question."""


def ours(job: str = "", **fields: Any) -> Sale:
    return crm_sale(a_crm_invoice(**fields), group="g", customer="58", job=job)


def theirs(document: Invoice | SalesReceipt | None = None, *, is_job: bool = False, **fields: Any) -> Sale:
    return qbo_sale(
        document or an_invoice(**fields),
        group="g",
        is_job=is_job,
        cancelled=False,
        item_name=lambda item: ITEMS[item].name,
    )


def level(feature: str, crm: Sale, qbo: Sale, context: SalesContext = CONTEXT) -> str:
    return compare_sales(crm, qbo, context)[feature]


def score(crm: Sale, qbo: Sale, context: SalesContext = CONTEXT) -> int:
    return points(compare_sales(crm, qbo, context))


def later(days: int) -> date:
    return DAY + timedelta(days=days)


def an_entry_of(day: date) -> MetaData:
    """The times of a document typed in on `day` at noon."""
    noon = datetime.combine(day, time(12), UTC)
    return MetaData(create_time=noon, last_updated_time=noon)


# ------------------------------------------------------------------ levels
@pytest.mark.parametrize(
    ("crm", "qbo", "expected"),
    [
        ("1042", "1042", "same"),
        ("1042", "INV-1042", "same"),
        ("S-1042", "W-1042", "same, other series"),
        ("1042", "1042-R1", "same base"),
        ("1042", "7001", "other"),
        ("1042", None, "unknown"),
        (None, "1042", "unknown"),
    ],
)
def test_numbers(crm: str | None, qbo: str | None, expected: str) -> None:
    assert level("number", ours(number=crm), theirs(number=qbo)) == expected


@pytest.mark.parametrize(("qbo", "expected"), [("1043", "names another"), ("1042-2", "other draw")])
def test_a_number_that_is_another_crm_invoices_with_its_amount_names_that_one(qbo: str, expected: str) -> None:
    context = replace(CONTEXT, crm_numbers={"1043": NUMBERED, "1042-2": NUMBERED})

    assert level("number", ours(number="1042-1"), theirs(number=qbo), context) == expected


def test_a_number_that_is_another_crm_invoices_by_chance_names_nothing() -> None:
    context = replace(CONTEXT, crm_numbers={"1043": frozenset({(777_00, DAY.toordinal())})})

    assert level("number", ours(), theirs(number="1043"), context) == "other"


def test_the_number_of_a_receipt_is_quickbooks_own_and_tells_nothing() -> None:
    assert level("number", ours(status="paid"), theirs(a_sales_receipt(number="7001"))) == "unknown"


def test_a_number_drawn_again_a_year_after_the_crms_invoice_of_that_price_names_nothing() -> None:
    context = replace(CONTEXT, crm_numbers={"1043": NUMBERED})

    assert level("number", ours(date=later(365)), theirs(number="1043", date=later(365)), context) == "other"


@pytest.mark.parametrize(
    ("qbo", "expected"),
    [
        ({"total": "108.00", "tax": "8.00"}, "same"),
        ({"total": "108.01", "tax": "8.01"}, "tax rounding"),
        ({"total": "100.00"}, "same before tax"),
        ({"total": "60.00"}, "part of it"),
        ({"total": "0.00"}, "empty"),
        ({"total": "0.00", "private_note": "Voided"}, "voided"),
        ({"total": "109.00", "tax": "8.00"}, "other"),
    ],
)
def test_totals(qbo: dict[str, str], expected: str) -> None:
    crm = ours(total="108.00", tax="8.00", lines=[a_crm_line("60.00", taxable=True), a_crm_line("40.00")])

    assert level("total", crm, theirs(**qbo)) == expected


@pytest.mark.parametrize(
    ("apart", "expected"),
    [
        (0, "same day"),
        (3, "within 3 days"),
        (4, "within 10 days"),
        (20, "within 20 days"),
        (45, "within 45 days"),
        (90, "within 90 days"),
        (91, "far"),
    ],
)
def test_dates_count_the_same_forwards_and_backwards(apart: int, expected: str) -> None:
    day = DAY.toordinal()

    assert date_level(day, day + apart) == date_level(day + apart, day) == expected
    assert date_level(0, day) == "unknown"


def test_a_bill_entered_weeks_before_the_crms_is_hardly_that_one() -> None:
    entered = later(-27)
    early = theirs(date=later(-28), meta_data=an_entry_of(entered))

    assert level("date", ours(), early) == "entered before"
    assert level("date", ours(), theirs(date=later(-28))) == "within 45 days"
    assert level("date", ours(), theirs(date=later(28), meta_data=an_entry_of(entered))) == "within 45 days"


@pytest.mark.parametrize(
    ("job", "customer", "is_job", "expected"),
    [
        ("81", "81", True, "same"),
        ("81", "82", True, "other"),
        ("81", "58", False, "parent"),
        ("", "81", True, "unknown"),
    ],
)
def test_jobs(job: str, customer: str, is_job: bool, expected: str) -> None:
    assert level("job", ours(job=job), theirs(customer=customer, is_job=is_job)) == expected


@pytest.mark.parametrize(
    ("customer", "expected"), [("58", "same"), ("81", "same"), ("59", "second spelling"), ("77", "unknown")]
)
def test_customers(customer: str, expected: str) -> None:
    assert level("customer", ours(), theirs(customer=customer)) == expected


def test_lines_item_by_item() -> None:
    two = [a_crm_line("60.00"), a_crm_line("40.00")]

    assert level("lines", ours(lines=two), theirs(lines=[a_line("40.00"), a_line("60.00")])) == "same amounts"
    assert level("lines", ours(lines=two), theirs(lines=[a_line("60.00")])) == "some amounts"
    assert level("lines", ours(), theirs()) == "same line"
    assert level("lines", ours(lines=two), theirs(lines=[a_line("100.00")])) == "similar words"
    assert level("lines", ours(lines=()), theirs()) == "unknown"


def test_lines_in_quite_other_words_speak_against() -> None:
    crm = ours(lines=[a_crm_line(item="Tile", description="Grout")])

    assert level("lines", crm, theirs(lines=[a_line("90.00", description="Pump")])) == "nothing in common"


@pytest.mark.parametrize(
    ("crm", "qbo", "expected"),
    [
        ("Rough-in lot 4", "rough-in, LOT 4", "same"),
        ("Rough-in lot 4", "Rough-in lot 5", "other"),
        ("Service June", "Service July", "other"),
        ("Rough-in lot 4", "Rough-in", "unknown"),
    ],
)
def test_lots_units_and_months_in_the_words(crm: str, qbo: str, expected: str) -> None:
    told = ours(lines=[a_crm_line(item=None, description=crm)])

    assert level("particulars", told, theirs(lines=[a_line(description=qbo)])) == expected


@pytest.mark.parametrize(("words", "expected"), [("Job invoice 3061-3", "unknown"), ("Job invoice 3061-4", "other")])
def test_the_sales_own_number_in_the_words_is_no_mark_of_another(words: str, expected: str) -> None:
    told = ours(number="3061-3", lines=[a_crm_line(item=None, description="Application 2, less 10% retainage")])

    assert level("particulars", told, theirs(number=None, lines=[a_line(description=words)])) == expected


def test_the_quickbooks_id_the_crm_stored() -> None:
    assert level("CRM id", ours(qbo_id="301"), theirs()) == "same"
    assert level("CRM id", ours(qbo_id="999"), theirs()) == "other"
    assert level("CRM id", ours(), theirs()) == "unknown"


def test_a_memo_that_names_the_crm_record() -> None:
    assert level("memo", ours(id="I-000427"), theirs(private_note="from CRM I-000427")) == "names it"
    assert level("memo", ours(id="I-000427"), theirs()) == "silent"


def test_states() -> None:
    void = theirs(total="0.00", private_note="Voided")
    receipt = theirs(a_sales_receipt())

    assert level("state", ours(), theirs()) == "both live"
    assert level("state", ours(status="void"), void) == "both void"
    assert level("state", ours(), void) == "void in QuickBooks"
    assert level("state", ours(status="void"), theirs()) == "void in CRM"
    assert level("state", ours(status="draft"), theirs()) == "draft"
    assert level("state", ours(status="paid"), receipt) == "paid by receipt"
    assert level("state", ours(), receipt) == "receipt for unpaid"


def test_every_level_a_comparison_can_show_has_a_weight() -> None:
    for feature, observed in compare_sales(ours(), theirs(), CONTEXT).items():
        assert observed in WEIGHTS[feature]


# ------------------------------------------------------------------ what outweighs what
def test_the_same_number_outweighs_thirty_days() -> None:
    assert score(ours(), theirs(date=later(30))) > score(ours(), theirs(number="7001"))


def test_the_same_number_outweighs_a_wrong_total() -> None:
    assert score(ours(), theirs(total="87.00")) >= MATCH


def test_amount_date_and_words_are_enough_without_a_number() -> None:
    assert score(ours(), theirs(number=None)) >= CLEAR


def test_amount_alone_months_later_is_not_enough() -> None:
    assert score(ours(), theirs(number="7001", date=later(70))) < MATCH


def test_a_stale_quickbooks_id_does_not_outweigh_another_sales_number() -> None:
    context = replace(CONTEXT, crm_numbers={"1043": NUMBERED})

    assert score(ours(qbo_id="301"), theirs(number="1043", date=later(30)), context) < score(ours(), theirs())


def test_another_job_outweighs_the_same_amount_and_nearby_date() -> None:
    elsewhere = theirs(number=None, customer="82", is_job=True, date=later(12))

    assert score(ours(job="81"), elsewhere) < score(ours(job="81"), structs.replace(elsewhere, customer="81", job="81"))
    assert score(ours(job="81"), elsewhere) < CLEAR


@pytest.mark.parametrize("days", [0, 2, 9, 19, 44, 89])
def test_the_nearer_the_likelier(days: int) -> None:
    assert score(ours(), theirs(date=later(days))) >= score(ours(), theirs(date=later(days + 2)))


# ------------------------------------------------------------------ words
def test_the_explanation_names_numbers_amounts_and_days() -> None:
    crm, qbo = ours(qbo_id="301"), theirs(number="1042", total="87.00", date=later(5))

    words = explain(crm, qbo, compare_sales(crm, qbo, CONTEXT))

    assert words["number"] == "the number 1042 is the CRM's 1042"
    assert words["total"] == "CRM 100.00, QuickBooks 87.00 (other)"
    assert words["date"] == "dates are 5 days apart (CRM 2026-03-02, QuickBooks 2026-03-07)"
    assert words["CRM id"] == "the CRM stores QuickBooks id 301 for it"
