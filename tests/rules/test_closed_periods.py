"""S01, S02, S08, S10, S16, S22, S30: what is closed or filed does not move."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from qbclean.model.documents import Line, Ref
from qbclean.model.plan import Plan
from qbclean.model.settings import CompanySettings
from tests.builders import a_credit_memo, a_discount_line, a_line, a_payment, a_snapshot, an_invoice, tax_of
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

OPEN_DAY = SALE + timedelta(days=1)


def moved_months(plan: Plan) -> set[str]:
    """The months whose income or tax any action of the plan would move, on either basis."""
    return {change.month for action in plan.actions for change in (*action.effect.income, *action.effect.tax)}


# ------------------------------------------------------------------ S01
def test_s01_a_copy_dated_on_the_closing_date_is_credited_and_never_voided() -> None:
    plan = plan_for(first_copy(), second_copy(), preferences=closed_through(SALE))

    action = only_action(plan)
    assert (action.kind, action.tier) == ("credit_duplicate", "recommended")
    assert {request.body["TxnDate"] for request in action.requests} == {OPEN_DAY.isoformat()}


def test_s01_a_copy_dated_the_day_after_the_closing_date_is_voided() -> None:
    plan = plan_for(first_copy(), second_copy(), preferences=closed_through(SALE - timedelta(days=1)))

    assert only_action(plan).kind == "void_invoice"


def test_s01_a_filed_income_tax_return_locks_like_the_closing_date() -> None:
    plan = plan_for(first_copy(), second_copy(), settings=CompanySettings(income_tax_filed_through=SALE))

    assert only_action(plan).kind == "credit_duplicate"


def test_s01_books_closed_in_the_middle_of_a_month_leave_the_rest_of_it_open() -> None:
    mid_month = date(2026, 3, 10)
    plan = plan_for(
        first_copy(date=mid_month),
        second_copy(date=mid_month),
        sale=a_crm_invoice(total="5400.00", date=mid_month),
        preferences=closed_through(mid_month),
    )

    assert (only_action(plan).kind, only_action(plan).tier) == ("credit_duplicate", "recommended")


@pytest.mark.parametrize(("tax", "kind"), [("400.00", "credit_duplicate"), ("0.00", "void_invoice")])
def test_s01_a_filed_sales_tax_return_locks_taxed_invoices_only(tax: str, kind: str) -> None:
    plan = plan_for(
        first_copy(tax=tax),
        second_copy(tax=tax),
        sale=a_crm_invoice(total="5400.00", tax=tax, date=SALE),
        settings=CompanySettings(sales_tax_filed_through=SALE),
    )

    assert only_action(plan).kind == kind


# ------------------------------------------------------------------ S02
def test_s02_the_credit_mirrors_every_line_item_class_and_tax_of_the_copy() -> None:
    lines = [
        a_line("4500.00", description="Roof", class_id="7", taxed=True),
        a_line("500.00", item="13", description="Shingles", id="2", taxed=True),
    ]
    copy = second_copy(lines=lines, tax="400.00", class_ref=Ref("9"), customer="58")
    plan = plan_for(
        first_copy(lines=lines, tax="400.00"),
        copy,
        sale=a_crm_invoice(total="5400.00", tax="400.00", date=SALE),
        preferences=closed_through(SALE),
    )

    body = only_action(plan, "credit_duplicate").requests[0].body

    def line(amount: str, words: str, **detail: object) -> dict[str, object]:
        refs = {name: {"value": value} for name, value in detail.items()}
        return {
            "DetailType": "SalesItemLineDetail",
            "Amount": amount,
            "SalesItemLineDetail": refs,
            "Description": words,
        }

    assert body["CustomerRef"] == {"value": "58"}
    assert body["ClassRef"] == {"value": "9"}
    assert body["Line"] == [
        line("4500.00", "Roof", ItemRef="12", ClassRef="7", TaxCodeRef="TAX"),
        line("500.00", "Shingles", ItemRef="13", TaxCodeRef="TAX"),
    ]
    assert body["TxnTaxDetail"]["TotalTax"] == "400.00"
    assert body["TxnTaxDetail"]["TxnTaxCodeRef"] == {"value": "2"}


def test_s02_the_credit_moves_no_cash_basis_income_and_accrual_income_only_in_the_open_month() -> None:
    plan = plan_for(
        first_copy(date=date(2026, 1, 15)),
        second_copy(date=date(2026, 1, 15)),
        sale=a_crm_invoice(total="5400.00", date=date(2026, 1, 15)),
        preferences=closed_through(date(2026, 1, 31)),
    )

    effect = only_action(plan, "credit_duplicate").effect

    assert [(change.basis, change.month, change.amount) for change in effect.income] == [
        ("accrual", "2026-02", Decimal("-5400.00"))
    ]
    assert effect.ar == Decimal("-5400.00")


def test_s02_a_discount_is_mirrored_like_any_line() -> None:
    lines = [a_line("5500.00"), a_discount_line("100.00")]
    plan = plan_for(first_copy(lines=lines), second_copy(lines=lines), preferences=closed_through(SALE))

    action = only_action(plan, "credit_duplicate")
    assert [line["Amount"] for line in action.requests[0].body["Line"]] == ["5500.00", "100.00"]
    assert action.effect.ar == Decimal("-5400.00")


def test_s02_a_line_that_cannot_be_mirrored_puts_the_credit_on_hold() -> None:
    lines = [Line(amount=Decimal("5400.00"), detail_type="GroupLineDetail")]
    plan = plan_for(first_copy(lines=lines), second_copy(lines=lines), preferences=closed_through(SALE))

    action = only_action(plan, "credit_duplicate")
    assert (action.tier, action.requests) == ("hold", ())


# ------------------------------------------------------------------ S08, S22
def unapplied(day: date, **fields: object) -> Plan:
    """A payment of that day hangs beside the one invoice the CRM says it is for."""
    books = a_snapshot(
        an_invoice(date=date(2026, 1, 9)),
        a_payment("410", date=day, **fields),
        preferences=closed_through(date(2026, 1, 31)),
    )  # type: ignore[arg-type]
    crm = the_crm(a_crm_invoice(date=date(2026, 1, 9)), a_crm_payment(pays={"I-1": "100.00"}, date=day))
    return plan_of(books, crm)


def test_s08_a_payment_in_a_locked_cash_period_is_put_on_hold() -> None:
    action = only_action(unapplied(date(2026, 1, 20)), "apply_payment")

    assert (action.tier, action.requests) == ("hold", ())
    assert "closed period" in action.hold_reason


def test_s08_a_payment_in_the_open_period_is_applied_and_its_cash_income_moves_there() -> None:
    action = only_action(unapplied(date(2026, 2, 20)), "apply_payment")

    assert action.requests
    assert {(change.basis, change.month) for change in action.effect.income} == {("cash", "2026-02")}
    assert sum(change.amount for change in action.effect.income) == 0


def test_s22_a_credit_and_an_invoice_of_a_closed_month_are_joined_in_the_open_one() -> None:
    closed = date(2026, 1, 20)
    books = a_snapshot(
        an_invoice(date=closed),
        a_credit_memo(total="40.00", date=closed),
        preferences=closed_through(date(2026, 1, 31)),
    )
    plan = plan_of(books, the_crm(a_crm_invoice(date=closed), a_crm_credit(date=closed)))

    action = only_action(plan, "apply_credit")
    assert action.tier == "review"
    assert action.requests[0].body["TxnDate"] == "2026-02-01"
    assert "2026-01" not in moved_months(plan)


def test_s22_no_action_of_a_whole_messy_plan_moves_a_closed_month() -> None:
    closed = date(2026, 1, 20)
    books = a_snapshot(
        an_invoice("301", number="1042", date=closed),
        an_invoice("302", number="9042", date=closed),
        an_invoice("303", number="1043", date=SALE),
        an_invoice("304", number="9043", date=SALE),
        a_payment("410", date=closed, total="70.00"),
        preferences=closed_through(date(2026, 1, 31)),
    )
    crm = the_crm(
        a_crm_invoice("I-1", number="1042", date=closed),
        a_crm_invoice("I-2", number="1043", date=SALE),
        a_crm_invoice("I-3", number="1044", date=closed, total="512.00"),
        a_crm_payment("P-1", amount="70.00", date=closed, pays={"I-1": "70.00"}),
        a_crm_credit("CR-1", invoice="I-1", date=closed, amount="30.00"),
    )

    plan = plan_of(books, crm)

    assert len(list(requesting(plan))) >= 3
    assert "2026-01" not in moved_months(plan)


# ------------------------------------------------------------------ S10
def test_s10_a_credit_on_a_taxed_invoice_is_dated_after_the_filed_sales_tax_period() -> None:
    books = a_snapshot(an_invoice(total="108.00", tax="8.00", date=SALE))
    crm = the_crm(a_crm_invoice(total="108.00", tax="8.00"), a_crm_credit(amount="54.00", date=SALE))

    create = only_action(
        plan_of(books, crm, CompanySettings(sales_tax_filed_through=date(2026, 3, 31))), "create_credit_memo"
    )

    assert create.requests[0].body["TxnDate"] == "2026-04-01"
    assert create.requests[0].body["TxnTaxDetail"]["TotalTax"] == "4.00"


def test_s10_a_credit_is_left_to_a_person_only_where_its_tax_depends_on_the_line_it_is_for() -> None:
    """100.00 of a roof that is taxed and a permit that is not: the tax part is one of several."""
    alike = [a_line("60.00", taxed=True), a_line("40.00", item="13", taxed=True, id="2")]
    mixed = [a_line("60.00", taxed=True), a_line("40.00", item="13", id="2")]
    sold = a_crm_invoice(total="108.00", tax="8.00", date=SALE)

    def tiers(lines: list[Line], amount: str) -> set[str]:
        invoice = an_invoice(lines=lines, txn_tax_detail=tax_of("8.00"), date=SALE)
        plan = plan_of(a_snapshot(invoice), the_crm(sold, a_crm_credit(amount=amount, date=SALE)))
        return {action.tier for action in actions(plan)}

    assert tiers(alike, "54.00") == {"recommended"}
    assert tiers(mixed, "54.00") == {"review"}
    assert tiers(mixed, "108.00") == {"recommended"}


# ------------------------------------------------------------------ S16
def test_s16_a_missing_invoice_of_a_closed_period_is_never_recommended_and_keeps_its_true_date_in_the_memo() -> None:
    books = a_snapshot(preferences=closed_through(date(2026, 3, 31)))

    action = only_action(plan_of(books, the_crm(a_crm_invoice(date=SALE))), "create_invoice")

    assert action.tier == "review"
    assert "S16" in action.settles
    (request,) = action.requests
    assert request.body["TxnDate"] == "2026-04-01"
    assert SALE.isoformat() in request.body["PrivateNote"]


def test_s16_a_missing_credit_of_a_closed_period_is_a_persons_choice_as_a_missing_invoice_is() -> None:
    given = a_crm_credit(date=SALE)
    crm, sold = the_crm(a_crm_invoice(date=SALE), given), an_invoice(date=SALE)

    closed = only_action(plan_of(a_snapshot(sold, preferences=closed_through(SALE)), crm), "create_credit_memo")
    still_open = only_action(plan_of(a_snapshot(sold), crm), "create_credit_memo")

    assert (closed.tier, still_open.tier) == ("review", "recommended")
    assert f"The true date {SALE} is in a closed period" in closed.settles


# ------------------------------------------------------------------ S30
def test_s30_nothing_moves_the_income_of_a_year_whose_return_is_filed() -> None:
    last_year = date(2025, 11, 5)
    plan = plan_for(
        first_copy(date=last_year),
        second_copy(date=last_year),
        a_payment("420", total="77.00", date=date(2025, 12, 1)),
        sale=a_crm_invoice(total="5400.00", date=last_year),
        settings=CompanySettings(income_tax_filed_through=date(2025, 12, 31)),
    )

    assert actions(plan)
    assert not any(month.startswith("2025") for month in moved_months(plan))
    assert not any(change.year == 2025 and change.before != change.after for change in plan.summary.income)
