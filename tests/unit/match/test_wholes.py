"""Which invoice is known for several others before anything is paired."""

from __future__ import annotations

from typing import Any

from qbclean.match.plain_pairs import plain_pairs
from qbclean.match.sale_levels import SalesContext
from qbclean.match.sales import Sale, crm_sale, qbo_sale
from qbclean.match.wholes import Told, told_wholes
from tests.builders import DAY, an_invoice
from tests.crm_builders import a_crm_invoice, a_crm_line
from tests.lists import ITEMS


def told(id: str, number: str, total: str) -> Sale:  # noqa: A002
    record = a_crm_invoice(id, number=number, total=total, date=DAY, lines=[a_crm_line(total)])
    return crm_sale(record, group="g", customer="58", job="")


def booked(id: str, number: str, total: str, **fields: Any) -> Sale:  # noqa: A002
    document = an_invoice(id, number=number, total=total, date=DAY, **fields)
    return qbo_sale(document, group="g", is_job=False, cancelled=False, item_name=lambda item: ITEMS[item].name)


def wholes(ours: list[Sale], theirs: list[Sale]) -> Told:
    context = SalesContext(crm_numbers={}, spellings={}, parents={}, rounding_cents=1)
    return told_wholes(ours, theirs, plain_pairs(ours, theirs, context))


VISITS = [told("I-1", "1041", "210.00"), told("I-2", "1042", "330.00")]


def test_an_invoice_that_names_two_visits_and_comes_to_their_sum_is_a_whole() -> None:
    quarter = booked("301", "7001", "540.00", private_note="for 1041 and 1042")

    assert wholes(VISITS, [quarter]) == Told(frozenset({"I-1", "I-2"}), frozenset({"301"}))


def test_an_invoice_that_also_names_a_visit_booked_by_itself_is_no_whole() -> None:
    named = booked("301", "7001", "540.00", private_note="for 1041, 1042 and 1043")
    third = told("I-3", "1043", "90.00")

    assert wholes([*VISITS, third], [named, booked("302", "1043", "90.00")]) == Told(frozenset(), frozenset())
