"""S15: an invoice is created from the CRM only when every condition holds; each is taken away in turn."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from qbclean.model.crm import CrmJob, CrmRecord
from qbclean.model.documents import AnyDocument, Ref
from qbclean.model.lists import SalesFormsPrefs, TaxPrefs
from qbclean.model.plan import Plan
from qbclean.model.settings import CompanySettings
from tests.builders import (
    a_credit_memo,
    a_customer,
    a_deposit,
    a_deposit_line,
    a_journal_entry,
    a_payment,
    a_sales_receipt,
    a_snapshot,
    an_invoice,
)
from tests.crm_builders import (
    AS_OF,
    a_crm_invoice,
    a_crm_line,
    a_crm_payment,
    actions,
    closed_through,
    only_action,
    plan_of,
    the_crm,
)
from tests.lists import ITEMS, LABOR, PREFERENCES

DAY = date(2026, 3, 20)
"""The missing invoice's date; well away from everything else in these books."""


def missing(**fields: Any) -> CrmRecord:
    return a_crm_invoice(**{"id": "I-9", "number": "1077", "total": "864.00", "tax": "64.00", "date": DAY, **fields})


def plan_with(
    *documents: AnyDocument,
    record: CrmRecord | None = None,
    others: tuple[CrmRecord, ...] = (),
    settings: CompanySettings | None = None,
    **fields: Any,
) -> Plan:
    """Books with one healthy pair (invoice 301, number 1001) and `documents`, and a CRM that also has `record`."""
    healthy = an_invoice(number="1001", total="55.00", date=date(2025, 6, 2))
    twin = a_crm_invoice("I-1", number="1001", total="55.00", date=date(2025, 6, 2))
    return plan_of(a_snapshot(healthy, *documents, **fields), the_crm(twin, record or missing(), *others), settings)


# ------------------------------------------------------------------ all conditions hold
def test_s15_a_sound_invoice_is_recommended_with_the_crms_number_date_lines_and_tax() -> None:
    action = only_action(plan_with())

    assert (action.kind, action.tier) == ("create_invoice", "recommended")
    (request,) = action.requests
    assert request.path.startswith("/v3/company/9130347000000000/invoice?minorversion=75&requestid=qbc-")
    assert request.body == {
        "CustomerRef": {"value": "58"},
        "DocNumber": "1077",
        "TxnDate": "2026-03-20",
        "PrivateNote": f"CRM invoice I-9 [qbclean {action.id}]",
        "Line": [
            {
                "DetailType": "SalesItemLineDetail",
                "Amount": "800.00",
                "SalesItemLineDetail": {"ItemRef": {"value": LABOR}, "TaxCodeRef": {"value": "TAX"}},
                "Description": "Labor",
            }
        ],
        "EmailStatus": "NotSet",
        "AllowOnlineCreditCardPayment": False,
        "AllowOnlineACHPayment": False,
        "TxnTaxDetail": {
            "TxnTaxCodeRef": {"value": "2"},
            "TotalTax": "64.00",
            "TaxLine": [
                {
                    "Amount": "64.00",
                    "DetailType": "TaxLineDetail",
                    "TaxLineDetail": {
                        "TaxRateRef": {"value": "3"},
                        "PercentBased": True,
                        "TaxPercent": "8",
                        "NetAmountTaxable": "800.00",
                    },
                }
            ],
        },
    }


def test_s15_the_simulated_invoice_has_the_crms_total_to_the_cent() -> None:
    (state,) = only_action(plan_with()).after

    assert (state.total, state.open, state.doc_number) == (Decimal("864.00"), Decimal("864.00"), "1077")


# ------------------------------------------------------------------ not ours to create
@pytest.mark.parametrize("status", ["draft", "void"])
def test_s15_only_a_final_invoice_is_created(status: str) -> None:
    assert actions(plan_with(record=missing(status=status))) == []


def test_s15_nothing_is_created_from_before_the_books_were_started() -> None:
    assert actions(plan_with(record=missing(date=date(2019, 12, 31)))) == []


def test_s15_nothing_is_created_from_before_the_cut_off_of_the_settings() -> None:
    settings = CompanySettings(start_date=DAY + timedelta(days=1))

    assert actions(plan_with(settings=settings)) == []


def test_s15_nothing_is_created_that_is_dated_after_the_day_the_plan_is_made_for() -> None:
    assert actions(plan_with(record=missing(date=AS_OF + timedelta(days=1)))) == []


def test_s15_an_invoice_without_a_date_is_not_created() -> None:
    assert [action for action in actions(plan_with(record=missing(date=None))) if action.requests] == []


def test_s15_an_invoice_dated_on_the_lock_date_is_not_recommended() -> None:
    plan = plan_with(preferences=closed_through(DAY.replace(day=31)))

    assert only_action(plan).tier == "review"


# ------------------------------------------------------------------ equal money is there already
EQUAL_MONEY: dict[str, tuple[AnyDocument, ...]] = {
    "open invoice": (an_invoice("350", number="9100", total="864.00", date=DAY - timedelta(days=50)),),
    "paid invoice": (
        an_invoice("350", number="9100", total="864.00", date=DAY - timedelta(days=50)),
        a_payment("450", total="864.00", pays={"350": "864.00"}, date=DAY),
    ),
    "sales receipt": (a_sales_receipt(total="864.00", date=DAY - timedelta(days=30)),),
    "deposit": (a_deposit(income=[a_deposit_line("864.00")], date=DAY + timedelta(days=4)),),
    "journal entry": (a_journal_entry(debits={"84": "864.00"}, credits={"1": "864.00"}, date=DAY),),
}


@pytest.mark.parametrize("shape", EQUAL_MONEY)
def test_s15_equal_money_of_the_customer_in_any_shape_stops_the_creation(shape: str) -> None:
    plan = plan_with(*EQUAL_MONEY[shape])

    assert [action for action in actions(plan, "create_invoice") if action.tier == "recommended"] == []


@pytest.mark.parametrize("shape", ["sales receipt", "deposit", "journal entry"])
def test_s15_equal_money_booked_otherwise_is_named_as_the_reason(shape: str) -> None:
    action = only_action(plan_with(*EQUAL_MONEY[shape]), "create_invoice")

    assert action.requests == ()
    assert shape in action.hold_reason


def test_s15_a_payment_booked_as_income_without_a_name_stops_the_creation() -> None:
    """The invoice never arrived and its cheque went to the bank as income: created, it would be income twice."""
    nameless = a_deposit(income=[a_deposit_line("864.00", customer=None)], date=DAY + timedelta(days=6))
    paid = a_crm_payment(pays={"I-9": "864.00"}, amount="864.00", date=DAY + timedelta(days=3))

    plan = plan_with(nameless, record=missing(status="paid"), others=(paid,))

    action = only_action(plan, "create_invoice")
    assert action.requests == ()
    assert "names no customer" in action.hold_reason
    (booked,) = (finding for finding in plan.findings if finding.kind == "paid_by_deposit")
    assert "QuickBooks has no invoice 1077" in booked.summary


def test_s15_the_paid_copy_of_another_draw_is_that_draws_money() -> None:
    """Its copy survives, because the payment sits on it; the one that goes is the CRM's own twin (S04)."""
    before = DAY - timedelta(days=23)
    draw = a_crm_invoice("I-8", number="1076", total="864.00", tax="64.00", date=before, status="paid")
    copies = [
        an_invoice(key, number=number, total="864.00", date=before)
        for key, number in (("350", "1076"), ("351", "9100"))
    ]
    cheque = a_payment("450", total="864.00", pays={"351": "864.00"}, date=DAY, reference="4411")
    told = a_crm_payment(amount="864.00", pays={"I-8": "864.00"}, date=DAY, reference="4411")

    plan = plan_with(*copies, cheque, others=(draw, told))

    assert only_action(plan, "create_invoice").hold_reason == ""


def test_s15_a_sale_whose_job_the_crm_leaves_out_is_no_surer_to_be_missing_than_its_equal_on_the_job() -> None:
    booked = an_invoice("302", number="50017", total="864.00", tax="64.00", date=DAY, customer="81")
    jobs = [a_customer(), a_customer("81", "Gutters 6399 Nettle Ave", parent_ref=Ref("58"))]
    job = CrmJob(crm_id="J-1", customer_id="C-1", name="Gutters 6399 Nettle Ave")

    plan = plan_with(booked, others=(missing(id="I-10", number="1078", job_id="J-1"), job), customers=jobs)

    assert [action.tier for action in actions(plan, "create_invoice")] == ["review"]


def test_s15_a_journal_entry_that_writes_another_invoice_off_is_no_money_of_this_one() -> None:
    before = DAY - timedelta(days=40)
    written_off = an_invoice("350", number="1076", total="864.00", date=before)
    entry = a_journal_entry(debits={"1": "864.00"}, credits={"84": "864.00"}, date=DAY)
    joined = a_payment("450", total="0.00", pays={"350": "864.00"}, uses_entries={"701": "864.00"}, date=DAY)
    draw = a_crm_invoice("I-8", number="1076", total="864.00", date=before)

    plan = plan_with(written_off, entry, joined, others=(draw,))

    assert only_action(plan, "create_invoice").tier == "recommended"


def test_s15_equal_money_of_another_customer_does_not_count() -> None:
    stranger = a_sales_receipt(total="864.00", date=DAY, customer="77")

    plan = plan_with(stranger, customers=[a_customer("77", "Quarry Road Dental")])

    assert only_action(plan, "create_invoice").tier == "recommended"


@pytest.mark.parametrize(("number", "tier"), [("50017", "review"), ("1078", "recommended")])
def test_s15_of_two_equal_sales_of_a_day_the_missing_one_is_created_only_where_something_tells_which_it_is(
    number: str, tier: str
) -> None:
    booked = an_invoice("302", number=number, total="864.00", tax="64.00", date=DAY)

    plan = plan_with(booked, others=(missing(id="I-10", number="1078"),))

    (created,) = actions(plan, "create_invoice")
    assert created.tier == tier
    assert ("may be the missing one instead" in created.settles) == (tier == "review")


def test_s15_equal_money_long_before_does_not_count() -> None:
    assert only_action(plan_with(a_sales_receipt(total="864.00", date=date(2025, 6, 1)))).tier == "recommended"


# ------------------------------------------------------------------ its number
@pytest.mark.parametrize(
    "taken",
    [
        an_invoice("360", number="1077", total="12.00", date=date(2024, 1, 5), customer="77"),
        a_credit_memo("388", number="1077", total="12.00", date=date(2024, 1, 5), customer="77", balance="12.00"),
        a_sales_receipt(number="1077", total="12.00", date=date(2024, 1, 5), customer="77"),
    ],
    ids=["by an invoice", "by a credit memo", "by a sales receipt"],
)
def test_s15_a_taken_number_stops_the_creation(taken: AnyDocument) -> None:
    action = only_action(plan_with(taken), "create_invoice")

    assert action.requests == ()
    assert "number is taken" in action.hold_reason


@pytest.mark.parametrize("number", [None, "2026-MAIN-STREET-REMODEL-1"], ids=["none", "over 21 characters"])
def test_s15_a_number_that_cannot_be_kept_stops_the_creation(number: str | None) -> None:
    assert only_action(plan_with(record=missing(number=number))).requests == ()


def test_s15_a_company_that_numbers_by_itself_stops_the_creation() -> None:
    preferences = msgspec.structs.replace(PREFERENCES, sales_forms_prefs=SalesFormsPrefs(custom_txn_numbers=False))

    assert "custom transaction numbers" in only_action(plan_with(preferences=preferences)).hold_reason


# ------------------------------------------------------------------ lines, items, tax
def held(record: CrmRecord, **fields: Any) -> str:
    action = only_action(plan_with(record=record, **fields), "create_invoice")
    assert action.requests == ()
    return action.hold_reason


def test_s15_lines_that_are_not_in_the_export_stop_the_creation() -> None:
    assert "no lines" in held(missing(lines=[]))


def test_s15_lines_that_do_not_add_up_to_the_total_stop_the_creation() -> None:
    assert "do not add up" in held(missing(lines=[a_crm_line("799.99", taxable=True)]))


def test_s15_a_line_of_an_unknown_item_stops_the_creation() -> None:
    assert "Gutter guard" in held(missing(lines=[a_crm_line("800.00", item="Gutter guard", description=None)]))


def test_s15_an_item_without_an_income_account_stops_the_creation() -> None:
    items = {**ITEMS, LABOR: msgspec.structs.replace(ITEMS[LABOR], income_account_ref=None)}

    assert "no QuickBooks item" in held(missing(), items=items)


def test_s15_an_inactive_item_stops_the_creation() -> None:
    items = {**ITEMS, LABOR: msgspec.structs.replace(ITEMS[LABOR], active=False)}

    assert "no QuickBooks item" in held(missing(), items=items)


def test_s15_the_default_item_of_the_settings_takes_lines_of_unknown_items() -> None:
    record = missing(lines=[a_crm_line("800.00", item="Gutter guard", description=None, taxable=True)])

    action = only_action(plan_with(record=record, settings=CompanySettings(default_item="Labor")))

    assert action.requests[0].body["Line"][0]["SalesItemLineDetail"]["ItemRef"] == {"value": LABOR}


def test_s15_tax_that_no_rate_gives_to_the_cent_stops_the_creation() -> None:
    record = missing(total="864.01", tax="64.01", lines=[a_crm_line("800.00", taxable=True)])

    assert "to the cent" in held(record)


def test_s10_a_company_whose_tax_quickbooks_computes_stops_the_creation_of_a_taxed_invoice() -> None:
    preferences = msgspec.structs.replace(PREFERENCES, tax_prefs=TaxPrefs(partner_tax_enabled=True))

    assert "S10" in held(missing(), preferences=preferences)


# ------------------------------------------------------------------ its customer and its money
def test_s15_an_unknown_customer_stops_the_creation() -> None:
    assert "not in QuickBooks" in held(missing(customer="C-5", name="Quarry Road Dental"))


def test_s15_an_inactive_customer_stops_the_creation() -> None:
    assert "inactive" in held(missing(), customers=[a_customer(active=False)])


def test_s15_an_invoice_paid_in_the_crm_waits_for_its_payment_to_be_found() -> None:
    paid = a_crm_payment("P-9", amount="864.00", pays={"I-9": "864.00"}, date=DAY)

    action = only_action(plan_with(record=missing(status="paid"), others=(paid,)), "create_invoice")

    assert action.tier == "review"


def test_s15_its_unapplied_payment_is_applied_once_the_invoice_is_there() -> None:
    money = a_payment("410", total="864.00", date=DAY)
    paid = a_crm_payment("P-9", amount="864.00", pays={"I-9": "864.00"}, date=DAY)

    create, apply = plan_with(money, record=missing(status="paid"), others=(paid,)).actions

    assert (create.kind, apply.kind) == ("create_invoice", "apply_payment")
    assert (create.tier, apply.tier) == ("recommended", "recommended")
    assert apply.depends_on == (create.id,)
    assert apply.requests[0].body["Line"] == [
        {"Amount": "864.00", "LinkedTxn": [{"TxnId": f"${{{create.id}.Id}}", "TxnType": "Invoice"}]}
    ]
    assert apply.after[0].open == 0


def test_s15_a_credit_memo_is_not_created_as_an_invoice() -> None:
    assert "credit memo" in held(missing(total="-50.00", tax="0.00"))
