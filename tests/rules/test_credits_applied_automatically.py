"""S09: credits in a company whose QuickBooks applies credits by itself: proposed, and looked after, not put on hold.

Such a credit goes to the customer's oldest open invoice (contract 7.4). Where that is the right one, or nothing else is
open, nothing can be hit in error; else a person has the choice.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from qbclean.model.documents import AnyDocument
from qbclean.model.lists import Preferences
from qbclean.model.plan import Plan
from tests.builders import a_credit_memo, a_payment, a_snapshot, an_invoice
from tests.crm_builders import (
    a_crm_credit,
    a_crm_invoice,
    a_crm_payment,
    actions,
    closed_through,
    only_action,
    plan_of,
    requesting,
    the_crm,
)
from tests.rules.copies import SALE, first_copy, plan_for, second_copy

PAID = a_payment("411", total="5400.00", pays={"301": "5400.00"}, date=SALE)


def automatic(preferences: Preferences) -> Preferences:
    forms = msgspec.structs.replace(preferences.sales_forms_prefs, auto_apply_credit=True)
    return msgspec.structs.replace(preferences, sales_forms_prefs=forms)


def copied(*documents: AnyDocument, **fields: Any) -> Plan:
    """The plan for a sale booked twice in a closed period."""
    return plan_for(
        first_copy(), second_copy(), *documents, **{"preferences": automatic(closed_through(SALE)), **fields}
    )


def flags(plan: Plan) -> list[bool]:
    return [request.applies_itself for action in requesting(plan) for request in action.requests]


def test_s09_a_copy_that_is_all_its_customer_owes_is_credited_as_anywhere() -> None:
    action = only_action(copied(PAID))

    assert (action.kind, action.tier, action.settles) == ("credit_duplicate", "recommended", "")
    assert [request.applies_itself for request in action.requests] == [True, True]
    assert any("the action stops and says so (S09)" in risk for risk in action.risks)


def test_s09_nothing_is_different_where_credits_are_not_applied_automatically() -> None:
    plan = copied(PAID, preferences=closed_through(SALE))

    assert flags(plan) == [False, False]
    assert len(only_action(plan).risks) == 1


def test_s09_an_older_open_invoice_makes_it_a_persons_choice() -> None:
    older = an_invoice("290", total="80.00", number="1001", date=SALE - timedelta(days=30))

    action = only_action(copied(PAID, older), "credit_duplicate")

    assert (action.tier, action.hold_reason) == ("review", "")
    assert f"invoice 1001 of {older.txn_date}, of which 80.00 is open" in action.settles
    assert flags(copied(PAID, older)) == [True, True]


def test_s09_the_true_invoice_of_the_same_day_could_be_hit_as_well() -> None:
    assert only_action(copied()).tier == "review"
    assert "invoice 1042" in only_action(copied()).settles


def test_s09_a_younger_open_invoice_is_not_in_the_way() -> None:
    younger = an_invoice("310", total="80.00", number="1050", date=SALE + timedelta(days=3))
    record = a_crm_invoice("I-9", number="1050", total="80.00", date=younger.txn_date)
    sale = a_crm_invoice(total="5400.00", date=SALE)
    books = a_snapshot(first_copy(), second_copy(), PAID, younger, preferences=automatic(closed_through(SALE)))

    action = only_action(plan_of(books, the_crm(sale, record)), "credit_duplicate")

    assert action.tier == "recommended"


def test_s09_somebody_elses_open_invoice_is_not_in_the_way() -> None:
    other = an_invoice("290", total="80.00", number="1001", customer="77", date=SALE - timedelta(days=30))

    assert only_action(copied(PAID, other), "credit_duplicate").tier == "recommended"


def test_s09_a_credit_memo_of_an_unfinished_run_is_not_made_a_second_time() -> None:
    action = only_action(copied(PAID))
    hung = msgspec.structs.replace(
        a_credit_memo("388", total="5400.00", number="CM-9", date=SALE + timedelta(days=1)),
        private_note=action.requests[0].body["PrivateNote"],
    )

    again = only_action(copied(PAID, hung), "credit_duplicate")

    assert again.tier == "hold"
    assert "credit memo CM-9 was made for it by an earlier run" in again.hold_reason


# ------------------------------------------------------------------ the CRM's credits, and write-offs
def credited(*documents: AnyDocument, amount: str = "40.00") -> Plan:
    """The plan for invoice 301 of 100.00 and a credit the CRM gave on it."""
    books = a_snapshot(an_invoice("301", total="100.00"), *documents, preferences=automatic(Preferences()))
    return plan_of(books, the_crm(a_crm_invoice(total="100.00"), a_crm_credit(amount=amount)))


def test_s09_a_credit_the_crm_gave_is_recorded_and_looked_after() -> None:
    create, apply = credited().actions

    assert (create.kind, create.tier) == ("create_credit_memo", "recommended")
    assert (apply.kind, apply.tier) == ("apply_credit", "recommended")
    assert [request.applies_itself for request in (*create.requests, *apply.requests)] == [True, True]


def test_s09_a_credit_of_which_a_part_would_stay_open_is_on_hold() -> None:
    paid = a_payment("411", total="80.00", pays={"301": "80.00"})

    (create,) = actions(credited(paid), "create_credit_memo")

    assert create.tier == "hold"
    assert "QuickBooks would by itself use the rest for another one" in create.hold_reason


@pytest.mark.parametrize(("open_before", "told"), [(False, False), (True, True)])
def test_s09_a_write_off_is_for_review_and_says_what_else_could_be_hit(open_before: bool, told: bool) -> None:
    old = an_invoice("301", total="100.00", date=date(2022, 3, 1))
    older = an_invoice("290", total="70.00", number="1001", date=date(2022, 2, 1))
    books = a_snapshot(old, *([older] if open_before else []), preferences=automatic(Preferences()))

    action = next(each for each in plan_of(books, the_crm()).actions if each.targets[0].id == "301")

    assert (action.kind, action.tier) == ("write_off_invoice", "review")
    assert ("invoice 1001" in action.settles) == told
    assert "reason" in action.settles


def test_s09_no_invoice_is_created_that_an_open_credit_would_be_used_for() -> None:
    books = a_snapshot(a_credit_memo("388", total="40.00"), preferences=automatic(Preferences()))

    (action,) = actions(plan_of(books, the_crm(a_crm_invoice(total="100.00"))), "create_invoice")

    assert action.tier == "hold"
    assert "the customer has an open credit, which QuickBooks would by itself use" in action.hold_reason


def test_s09_a_credit_waits_until_its_invoice_is_open_again() -> None:
    """Made before the payment is moved off, QuickBooks would find the invoice closed and use the credit elsewhere."""
    books = a_snapshot(
        an_invoice("301", total="100.00"),
        an_invoice("302", total="100.00", number="1043"),
        a_payment("410", total="100.00", pays={"301": "100.00"}, reference="7714"),
        preferences=automatic(Preferences()),
    )
    crm = the_crm(
        a_crm_invoice("I-1", total="100.00"),
        a_crm_invoice("I-2", number="1043", total="100.00"),
        a_crm_payment("P-1", pays={"I-2": "100.00"}, amount="100.00", reference="7714"),
        a_crm_credit(invoice="I-1", amount="40.00"),
    )

    move, create, apply = plan_of(books, crm).actions

    assert (move.kind, create.kind, apply.kind) == ("move_payment", "create_credit_memo", "apply_credit")
    assert create.depends_on == (move.id,)


@pytest.mark.parametrize(("other_open", "tier"), [(False, "recommended"), (True, "review")])
def test_s09_an_overpayment_may_be_used_by_itself_for_another_open_invoice(other_open: bool, tier: str) -> None:
    other = [an_invoice("302", total="30.00", number="1043")] if other_open else []
    record = [a_crm_invoice("I-2", number="1043", total="30.00")] if other_open else []
    books = a_snapshot(an_invoice("301", total="100.00"), *other, preferences=automatic(Preferences()))
    crm = the_crm(a_crm_invoice("I-1", total="100.00"), *record, a_crm_payment(amount="110.00", pays={"I-1": "110.00"}))

    action = only_action(plan_of(books, crm), "record_payment")

    assert action.tier == tier
    assert ("QuickBooks may use by itself for invoice 1043" in action.settles) == other_open


def test_s09_a_credit_older_than_its_invoice_is_for_review() -> None:
    """QuickBooks would join them under the credit's day, and cash-basis income of two months might move."""
    books = a_snapshot(an_invoice("301", total="100.00", date=SALE), preferences=automatic(Preferences()))
    crm = the_crm(a_crm_invoice(total="100.00", date=SALE), a_crm_credit(amount="40.00", date=SALE - timedelta(days=3)))

    create, apply = plan_of(books, crm).actions

    assert (create.tier, apply.tier) == ("review", "review")
    assert "The invoice is younger than the credit" in create.settles
