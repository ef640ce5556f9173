"""S25, S27, S29: exact cents, what is never touched, and books that are not whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from qbclean.errors import IncompleteBooksError
from qbclean.model.documents import AnyDocument, Ref
from qbclean.model.lists import CurrencyPrefs
from qbclean.model.plan import Plan
from qbclean.model.settings import CompanySettings
from tests.builders import DAY, a_credit_memo, a_payment, a_snapshot, an_invoice
from tests.crm_builders import (
    a_crm_credit,
    a_crm_invoice,
    a_crm_payment,
    actions,
    only_action,
    plan_of,
    requesting,
    the_crm,
)
from tests.lists import ITEMS, LABOR, PREFERENCES
from tests.rules.copies import SALE, first_copy, plan_for, second_copy

MULTI_CURRENCY = msgspec.structs.replace(
    PREFERENCES, currency_prefs=CurrencyPrefs(multi_currency_enabled=True, home_currency=Ref("USD"))
)


# ------------------------------------------------------------------ S25
@pytest.mark.parametrize("total", ["5400.02", "5399.98", "5454.00", "5346.00"])
def test_s25_a_copy_whose_amount_is_near_but_not_equal_is_not_recommended(total: str) -> None:
    """One percent of 5,400 is 54 dollars; not even two cents pass."""
    plan = plan_for(first_copy(), second_copy(total=total))

    assert [action for action in actions(plan) if action.tier == "recommended"] == []


def test_s25_amounts_in_requests_are_text_with_two_decimals() -> None:
    crm = the_crm(a_crm_invoice(total="1234.50"), a_crm_credit(amount="0.10"))
    plan = plan_of(a_snapshot(a_payment("410", total="7.00", date=DAY)), crm)
    found: list[Any] = []

    def collect(value: Any) -> None:
        if isinstance(value, dict):
            found.extend(value[name] for name in ("Amount", "TotalAmt", "TotalTax") if name in value)
            value = list(value.values())
        if isinstance(value, list):
            for item in value:
                collect(item)

    for action in plan.actions:
        for request in action.requests:
            collect(request.body)
    assert found
    assert all(isinstance(amount, str) and amount == f"{Decimal(amount):.2f}" for amount in found)


def test_s25_the_tax_rounding_tolerance_is_the_setting_and_is_shown_as_evidence() -> None:
    copy = second_copy(total="5400.01", tax="400.01")
    sale = a_crm_invoice(total="5400.00", tax="400.00", date=SALE)

    lenient = plan_for(first_copy(tax="400.00"), copy, sale=sale)
    strict = plan_for(
        first_copy(tax="400.00"), copy, sale=sale, settings=CompanySettings(tax_rounding_per_line=Decimal("0.00"))
    )

    shown = [item.words for item in only_action(lenient).evidence.supports if item.feature == "total"]
    assert shown == ["CRM 5400.00, QuickBooks 5400.01 (tax rounding)"]
    assert not any(item.feature == "total" for action in actions(strict) for item in action.evidence.supports)


# ------------------------------------------------------------------ S27
def test_s27_a_copy_in_foreign_currency_is_left_alone_and_says_so() -> None:
    plan = plan_for(first_copy(), second_copy(currency_ref=Ref("CAD")), preferences=MULTI_CURRENCY)

    assert list(requesting(plan)) == []
    assert any("CAD" in action.hold_reason for action in actions(plan))


@pytest.mark.parametrize("home", [Ref("USD"), None])
@pytest.mark.parametrize("currencies", [("CAD", "USD"), ("USD", "CAD")])
def test_s27_an_invoice_is_no_copy_of_one_in_another_currency(home: Ref | None, currencies: tuple[str, str]) -> None:
    """5,400 Canadian dollars are no 5,400 of ours, whatever their number: voiding either would lose a sale."""
    one, two = (Ref(currency) for currency in currencies)
    books = first_copy(currency_ref=one), second_copy(number="1042", currency_ref=two)
    prefs = msgspec.structs.replace(PREFERENCES, currency_prefs=CurrencyPrefs(home_currency=home))

    plan = plan_for(*books, preferences=prefs)

    assert list(requesting(plan)) == []
    assert all("CAD" in action.hold_reason for action in actions(plan))


def test_s27_nothing_is_made_for_a_customer_in_foreign_currency() -> None:
    """QuickBooks would take the CRM's amounts for the customer's currency (contract 7.12)."""
    books = a_snapshot(an_invoice(), preferences=MULTI_CURRENCY)
    foreign = {key: msgspec.structs.replace(one, currency_ref=Ref("CAD")) for key, one in books.customers.items()}
    missing = a_crm_invoice("I-2", number="1050", total="75.00", date=DAY)
    records = a_crm_invoice(), missing, a_crm_payment(pays={"I-1": "100.00"}), a_crm_credit()

    plan = plan_of(replace(books, customers=foreign), the_crm(*records))

    assert {action.kind for action in actions(plan)} >= {"create_invoice", "record_payment"}
    assert list(requesting(plan)) == []


def test_s27_what_the_crm_says_of_an_invoice_in_foreign_currency_is_not_booked_on_it() -> None:
    records = a_crm_invoice(), a_crm_payment(pays={"I-1": "60.00"}), a_crm_credit(amount="40.00")
    books = a_snapshot(an_invoice(currency_ref=Ref("CAD")), preferences=MULTI_CURRENCY)

    plan = plan_of(books, the_crm(*records))

    assert actions(plan)
    assert list(requesting(plan)) == []


def test_s27_a_copy_that_sells_inventory_is_left_alone_and_says_so() -> None:
    items = {**ITEMS, LABOR: msgspec.structs.replace(ITEMS[LABOR], type="Inventory")}

    action = only_action(plan_for(first_copy(), second_copy(), items=items))

    assert action.requests == ()
    assert "inventory item Labor" in action.hold_reason


def hanging(*documents: AnyDocument, **fields: Any) -> Plan:
    crm = the_crm(a_crm_invoice(), a_crm_payment(pays={"I-1": "100.00"}), a_crm_credit())
    return plan_of(a_snapshot(an_invoice(), *documents, **fields), crm)


def test_s27_a_payment_charged_through_quickbooks_payments_is_left_alone() -> None:
    plan = hanging(a_payment("410", process_payment=True), a_credit_memo(total="40.00"))

    assert only_action(plan, "apply_payment").requests == ()
    assert "QuickBooks Payments" in only_action(plan, "apply_payment").hold_reason


def test_s27_a_payment_and_a_credit_in_foreign_currency_are_left_alone() -> None:
    foreign = Ref("CAD")

    plan = hanging(
        a_payment("410", currency_ref=foreign),
        a_credit_memo(total="40.00", currency_ref=foreign),
        preferences=MULTI_CURRENCY,
    )

    assert list(requesting(plan)) == []


def test_s27_nothing_is_applied_to_an_invoice_in_foreign_currency() -> None:
    """S07 too: money is applied within one currency."""
    crm = the_crm(a_crm_invoice(), a_crm_payment(pays={"I-1": "100.00"}))
    books = a_snapshot(an_invoice(currency_ref=Ref("CAD")), a_payment("410"), preferences=MULTI_CURRENCY)

    assert list(requesting(plan_of(books, crm))) == []


# ------------------------------------------------------------------ S29
@pytest.mark.parametrize(
    ("reported", "why"),
    [
        ({"58": Decimal("100.01")}, "the report says a cent more"),
        ({}, "the report does not know the customer"),
        ({"58": Decimal("100.00"), "77": Decimal("12.00")}, "the report has a customer without documents"),
    ],
)
def test_s29_books_that_are_not_the_whole_picture_are_refused(reported: dict[str, Decimal], why: str) -> None:
    books = a_snapshot(an_invoice(), ar_by_customer=reported)

    with pytest.raises(IncompleteBooksError, match="not the whole picture"):
        plan_of(books, the_crm(a_crm_invoice()))


def test_s29_a_paid_copy_is_seen_beside_the_open_one() -> None:
    """Reading open invoices only would create the sale again or void the paid copy."""
    paid = a_payment("410", total="5400.00", pays={"301": "5400.00"}, date=SALE + timedelta(days=9))

    plan = plan_for(first_copy(), second_copy(), paid)

    assert [(action.kind, action.requests[0].body["Id"]) for action in actions(plan)] == [("void_invoice", "302")]


def test_s29_a_voided_copy_is_left_as_it_is_and_its_sale_is_not_created_again() -> None:
    void = second_copy(total="0.00", private_note="Voided", date=date(2026, 2, 28))

    assert actions(plan_for(first_copy(), void)) == []
