"""Which pairs are beyond question by number and amount, and what makes them questionable."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from qbclean.match.plain_pairs import plain_pairs
from qbclean.match.sale_levels import SalesContext
from qbclean.match.sales import Sale, crm_sale, qbo_sale
from tests.builders import DAY, an_invoice
from tests.crm_builders import a_crm_invoice, a_crm_line
from tests.lists import ITEMS


def told(id: str, number: str | None, total: str, **fields: Any) -> Sale:  # noqa: A002
    record = a_crm_invoice(id, number=number, total=total, date=DAY, lines=[a_crm_line(total)], **fields)
    return crm_sale(record, group="g", customer="58", job="")


def booked(id: str, number: str, total: str, *, cancelled: bool = False, **fields: Any) -> Sale:  # noqa: A002
    document = an_invoice(id, number=number, total=total, **{"date": DAY, **fields})
    return qbo_sale(document, group="g", is_job=False, cancelled=cancelled, item_name=lambda item: ITEMS[item].name)


def plain(ours: list[Sale], theirs: list[Sale]) -> dict[str, str]:
    numbers = {sale.number.body: ((sale.total, sale.day),) for sale in ours if sale.number}
    context = SalesContext(crm_numbers=numbers, spellings={}, parents={}, rounding_cents=1)
    return {crm_id: qbo.id for crm_id, qbo in plain_pairs(ours, theirs, context).items()}


def test_number_and_amount_that_no_other_invoice_has_make_a_plain_pair() -> None:
    assert plain(
        [told("I-1", "1042", "210.00"), told("I-2", "1043", "330.00")],
        [booked("301", "INV-1042", "210.00"), booked("302", "1043", "330.00")],
    ) == {"I-1": "301", "I-2": "302"}


def test_a_second_copy_of_the_number_is_looked_at() -> None:
    copies = [booked("301", "1042", "210.00"), booked("302", "1042", "210.00")]

    assert plain([told("I-1", "1042", "210.00")], copies) == {}


def test_another_invoice_at_the_amount_takes_nothing_from_the_one_that_has_the_number() -> None:
    later = booked("301", "1042", "210.00", date=DAY + timedelta(days=46))

    assert plain([told("I-1", "1042", "210.00")], [later, booked("302", "7001", "210.00")]) == {"I-1": "301"}


@pytest.mark.parametrize(
    "twin",
    [
        pytest.param(booked("301", "1042", "211.00"), id="another total"),
        pytest.param(booked("301", "1042", "210.00", date=DAY + timedelta(days=120)), id="months apart"),
        pytest.param(booked("301", "1042", "210.00", cancelled=True), id="credited away"),
        pytest.param(booked("301", "1042-1", "210.00"), id="another draw"),
    ],
)
def test_what_only_nearly_agrees_is_looked_at(twin: Sale) -> None:
    assert plain([told("I-1", "1042", "210.00")], [twin]) == {}


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(told("I-2", "1042", "95.00"), id="has the number too"),
        pytest.param(told("I-2", "1043", "95.00", qbo_id="301"), id="stores the id"),
        pytest.param(told("I-2", None, "95.00"), id="has no number"),
    ],
)
def test_a_second_crm_invoice_that_could_claim_it_makes_it_a_question(other: Sale) -> None:
    assert plain([told("I-1", "1042", "210.00"), other], [booked("301", "1042", "210.00")]) == {}


def test_a_note_that_names_another_crm_invoice_makes_it_a_question() -> None:
    named = booked("301", "1042", "210.00", private_note="for WO-2043")

    assert plain([told("I-1", "1042", "210.00"), told("WO-2043", "1043", "95.00")], [named]) == {}


def test_equal_visits_that_each_have_their_number_are_plain() -> None:
    ours = [told("I-1", "1042", "150.00", qbo_id="301"), told("I-2", "1043", "150.00", qbo_id="302")]
    theirs = [booked("301", "1042", "150.00"), booked("302", "1043", "150.00")]

    assert plain(ours, theirs) == {"I-1": "301", "I-2": "302"}
