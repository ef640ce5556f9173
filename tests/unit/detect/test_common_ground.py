"""A sale entered in QuickBooks alone, at a price its customer was billed before, is not voided as a copy unseen."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from qbclean.model.action import PlannedAction
from tests.builders import a_customer, a_line, a_snapshot, an_invoice
from tests.crm_builders import a_crm_customer, a_crm_invoice, a_crm_line, only_action, plan_of, the_crm
from tests.rules.copies import SALE, entered, first_copy, second_copy

_PRICE, _SOLD = "185.00", "Drain cleaning kitchen sink"


def the_other(words: str, *, listed: bool, **fields: Any) -> PlannedAction:
    """What becomes of a second invoice with `words`, days after the sale; `listed`: another customer pays the price."""
    later = {"total": _PRICE, "date": SALE + timedelta(days=2), "lines": [a_line(_PRICE, description=words)], **fields}
    books = [first_copy(total=_PRICE, lines=[a_line(_PRICE, description=_SOLD)]), second_copy(**later)]
    records: list[Any] = [
        a_crm_invoice(total=_PRICE, date=SALE, lines=[a_crm_line(_PRICE, description=_SOLD)]),
        a_crm_customer(),
    ]
    if listed:
        elsewhere = SALE + timedelta(days=40)
        books.append(an_invoice(id="390", number="1060", total=_PRICE, date=elsewhere, customer="77"))
        records.append(
            a_crm_invoice("I-9", number="1060", total=_PRICE, date=elsewhere, customer="C-9", name="Otto Lindqvist")
        )
    customers = [a_customer(), a_customer("77", "Otto Lindqvist")]
    return only_action(plan_of(a_snapshot(*books, customers=customers), the_crm(*records)), "void_invoice")


@pytest.mark.parametrize("words", ["Water heater flush", "Work as agreed", "Furnace tune-up, spring"])
def test_a_list_price_alone_leaves_the_copy_to_a_person(words: str) -> None:
    action = the_other(words, listed=True)

    assert action.tier == "review"
    assert "Only customer, date and price agree" in action.settles


@pytest.mark.parametrize(
    "telling",
    [{"number": "1042"}, {"meta_data": entered(seconds=40)}, {"private_note": "Copy of 1042 from the CRM"}],
    ids=["number", "entered in one go", "note"],
)
def test_at_a_list_price_what_tells_the_copy_itself_is_enough(telling: dict[str, Any]) -> None:
    assert the_other("Work as agreed", listed=True, **telling).tier == "recommended"


def test_at_a_list_price_the_same_words_are_enough() -> None:
    assert the_other("Drain cleaning, kitchen sink", listed=True).tier == "recommended"


@pytest.mark.parametrize(
    ("words", "tier"),
    [
        ("Furnace tune-up and filter", "review"),
        ("Replace faucet, powder room", "review"),
        ("Work as agreed", "recommended"),
        ("Kitchen drian cleared", "recommended"),
        ("Service call", "recommended"),
    ],
)
def test_words_that_name_other_work_leave_an_amount_billed_once_to_a_person(words: str, tier: str) -> None:
    """Words of any work ("as agreed") say nothing, misspelt ones agree."""
    assert the_other(words, listed=False).tier == tier
