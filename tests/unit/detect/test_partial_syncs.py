"""Invoices that arrived only in part are completed where that is plain and safe (S01, S10)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from qbclean.model.crm import CrmInvoice, CrmPayment
from qbclean.model.documents import AnyDocument, Invoice
from qbclean.model.plan import Plan
from tests.builders import DAY, a_line, a_payment, a_sales_receipt, a_snapshot, an_invoice, tax_of
from tests.crm_builders import (
    a_crm_credit,
    a_crm_invoice,
    a_crm_line,
    a_crm_payment,
    actions,
    closed_through,
    only_action,
    plan_of,
    the_crm,
)
from tests.lists import LABOR, MATERIALS

SOLD = a_crm_invoice(
    total="1080.00",
    tax="80.00",
    lines=[
        a_crm_line("700.00", description="Install heater", taxable=True),
        a_crm_line("300.00", item="Materials", description="Fittings", taxable=True),
    ],
)
WHOLE = [
    a_line("700.00", description="Install heater", taxed=True),
    a_line("300.00", item=MATERIALS, description="Fittings", taxed=True, id="2"),
]
ARRIVED: dict[str, Invoice] = {
    "header only": an_invoice(lines=[]),
    "lines missing": an_invoice(lines=WHOLE[:1], txn_tax_detail=tax_of("80.00")),
    "tax missing": an_invoice(lines=WHOLE),
}


def plan_for(*documents: AnyDocument, record: CrmInvoice = SOLD, **fields: Any) -> Plan:
    return plan_of(a_snapshot(*documents, **fields), the_crm(record))


@pytest.mark.parametrize("how", ARRIVED)
def test_what_plainly_did_not_arrive_is_brought_to_the_crms_lines_tax_and_total(how: str) -> None:
    plan = plan_for(ARRIVED[how])

    action = only_action(plan)
    assert (action.kind, action.tier) == ("complete_invoice", "recommended")
    assert [finding.kind for finding in plan.findings] == ["partial_sync"]
    assert [(state.total, state.open) for state in action.after] == [(Decimal("1080.00"), Decimal("1080.00"))]


def test_lines_already_there_keep_their_ids_and_the_update_is_sparse() -> None:
    body = only_action(plan_for(ARRIVED["lines missing"])).requests[0].body

    assert (body["Id"], body["SyncToken"], body["sparse"]) == ("301", "0", True)
    assert [(line.get("Id"), line["Amount"]) for line in body["Line"]] == [("1", "700.00"), (None, "300.00")]
    items = [line["SalesItemLineDetail"]["ItemRef"]["value"] for line in body["Line"]]
    assert items == [LABOR, MATERIALS]
    assert body["TxnTaxDetail"]["TotalTax"] == "80.00"


def test_another_amount_is_for_review_because_either_side_may_be_right() -> None:
    lines = [a_line("650.00", description="Install heater"), a_line("300.00", item=MATERIALS, id="2")]

    action = only_action(plan_for(an_invoice(lines=lines)))

    assert (action.kind, action.tier) == ("complete_invoice", "review")
    assert "which amount was billed" in action.settles


def test_a_quantity_that_fell_back_to_one_is_brought_to_the_crms() -> None:
    hours = msgspec.structs.replace(
        a_crm_line("712.50", description="Repair"), quantity=Decimal("7.5"), unit_price=Decimal("95.00")
    )
    record = a_crm_invoice(total="1012.50", lines=[hours, a_crm_line("300.00", item="Materials")])
    fallen = an_invoice(lines=[a_line("95.00", description="Repair"), a_line("300.00", item=MATERIALS, id="2")])

    action = only_action(plan_for(fallen, record=record))

    assert action.tier == "recommended"
    assert "quantity of 1 of 2 lines is 1 instead of 7.5" in str(action.evidence)
    assert [state.total for state in action.after] == [Decimal("1012.50")]


def test_another_amount_is_the_crms_where_the_customer_paid_just_that() -> None:
    lines = [a_line("650.00", description="Install heater"), a_line("300.00", item=MATERIALS, id="2")]
    paid = a_payment(total="1080.00", pays={"301": "950.00"})

    def tier(*payments: CrmPayment) -> str:
        plan = plan_of(a_snapshot(an_invoice(lines=lines), paid), the_crm(SOLD, *payments))
        return only_action(plan, "complete_invoice").tier

    assert tier(a_crm_payment(amount="1080.00", pays={"I-1": "1080.00"})) == "recommended"
    assert tier(a_crm_payment(amount="1080.00", pays={"I-1": "980.00", "I-7": "100.00"})) == "review"
    assert tier() == "review"


def test_a_total_that_somebody_rounded_to_whole_dollars_is_left_to_a_person() -> None:
    """All of it arrived; it was typed in by hand, and the few cents are no failure of a sync."""
    sold = a_crm_invoice(total="5100.18", lines=[a_crm_line("5100.18", description="Final payment")])
    rounded = an_invoice(number="1042", total="5100.00", lines=[a_line("5100.00", description="Final payment")])
    cheque = a_payment(total="5100.18", pays={"301": "5100.00"})
    told = a_crm_payment(amount="5100.18", pays={"I-1": "5100.18"})

    action = only_action(plan_of(a_snapshot(rounded, cheque), the_crm(sold, told)), "complete_invoice")

    assert action.tier == "review"
    assert "rounded to whole dollars" in str(action.evidence)


ANOTHER = a_crm_invoice("I-2", number="1050", total="640.00", date=DAY + timedelta(days=8))


@pytest.mark.parametrize("how", ARRIVED)
def test_without_the_number_it_is_completed_where_nothing_else_near_it_could_be_meant(how: str) -> None:
    nameless = msgspec.structs.replace(ARRIVED[how], doc_number=None)
    its_own = an_invoice("305", number="1050", total="640.00", date=DAY + timedelta(days=8))

    plan = plan_of(a_snapshot(nameless, its_own), the_crm(SOLD, ANOTHER))

    assert [(action.kind, action.tier) for action in actions(plan)] == [("complete_invoice", "recommended")]


@pytest.mark.parametrize("how", ["header only", "lines missing"])
def test_without_the_number_it_is_for_review_while_another_sale_near_it_has_no_invoice(how: str) -> None:
    nameless = msgspec.structs.replace(ARRIVED[how], doc_number=None)

    plan = plan_of(a_snapshot(nameless), the_crm(SOLD, ANOTHER))

    assert only_action(plan, "complete_invoice").tier == "review"


def test_without_the_number_it_is_for_review_while_an_invoice_near_it_is_unexplained() -> None:
    nameless = msgspec.structs.replace(ARRIVED["header only"], doc_number=None)
    strange = an_invoice("305", number="8801", total="77.00", date=DAY + timedelta(days=8))

    assert only_action(plan_for(nameless, strange), "complete_invoice").tier == "review"


def test_s15_an_empty_invoice_is_not_filled_while_equal_money_is_booked_in_another_shape() -> None:
    nameless = msgspec.structs.replace(ARRIVED["header only"], doc_number=None)
    receipt = a_sales_receipt("520", total="1080.00")

    assert only_action(plan_for(nameless, receipt), "complete_invoice").tier == "review"


def test_s25_a_cent_of_tax_rounding_is_no_partial_sync() -> None:
    assert actions(plan_for(an_invoice(lines=WHOLE, txn_tax_detail=tax_of("80.01")))) == []


def test_s01_in_a_closed_period_nothing_is_completed() -> None:
    action = only_action(plan_for(ARRIVED["tax missing"], preferences=closed_through(date(2026, 3, 31))))

    assert action.requests == ()
    assert "closed period" in action.hold_reason


def test_more_paid_than_the_crms_total_is_left_to_a_person() -> None:
    small = a_crm_invoice(total="540.00", tax="40.00", lines=[a_crm_line("500.00", taxable=True)])
    paid = a_payment(total="1000.00", pays={"301": "1000.00"})

    assert only_action(plan_for(an_invoice(lines=WHOLE), paid, record=small)).requests == ()


def test_an_invoice_lowered_by_its_credit_is_no_partial_sync() -> None:
    crm = the_crm(a_crm_invoice(total="100.00"), a_crm_credit(amount="40.00"))

    plan = plan_of(a_snapshot(an_invoice(total="60.00")), crm)

    assert "partial_sync" not in [finding.kind for finding in plan.findings]


def test_the_rest_of_its_payment_is_applied_once_it_is_complete() -> None:
    books = a_snapshot(an_invoice(lines=WHOLE), a_payment(total="1080.00", pays={"301": "1000.00"}))
    crm = the_crm(SOLD, a_crm_payment(amount="1080.00", pays={"I-1": "1080.00"}))

    complete, apply = plan_of(books, crm).actions

    assert (complete.kind, apply.kind) == ("complete_invoice", "apply_payment")
    assert complete.id in apply.depends_on
    assert apply.requests[0].body["Line"][0]["Amount"] == "1080.00"
    assert {state.id: state.open for state in apply.after} == {"301": Decimal(0), "410": Decimal(0)}


def test_a_void_in_quickbooks_is_not_filled_with_lines_again() -> None:
    void = an_invoice(total="0.00", private_note="Voided", date=DAY)

    assert actions(plan_for(void)) == []


def test_a_warranty_visit_of_no_charge_is_whole_as_it_is() -> None:
    visit = [a_line("0.00", description="Warranty visit")]
    record = a_crm_invoice(total="0.00", lines=[a_crm_line("0.00", description="Warranty visit")])

    for lines in (visit, []):
        plan = plan_for(an_invoice(lines=lines), record=record)
        assert (plan.findings, plan.actions) == ((), ())
