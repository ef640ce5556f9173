"""Payments on the wrong invoice, payments nobody recorded, money booked past its invoice, money entered twice."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from qbclean.model.crm import CrmInvoice, CrmJob, CrmRecord, CrmRecords
from qbclean.model.documents import AnyDocument, Ref
from qbclean.model.lists import EmailAddress
from qbclean.model.plan import Plan
from tests.builders import (
    DAY,
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
    a_crm_payment,
    actions,
    closed_through,
    only_action,
    plan_of,
    requesting,
    the_crm,
)

LATER = DAY + timedelta(days=15)
PAIR: tuple[tuple[AnyDocument, AnyDocument], tuple[CrmInvoice, CrmInvoice]] = (
    (an_invoice("301"), an_invoice("302", number="1043", date=LATER)),
    (a_crm_invoice("I-1"), a_crm_invoice("I-2", number="1043", date=LATER)),
)


def plan_with(*more: AnyDocument | CrmRecord, **fields: object) -> Plan:
    """Two sales of 100.00, numbers 1042 and 1043, and whatever `more` adds to either side."""
    booked, told = PAIR
    documents = [entry for entry in more if not isinstance(entry, CrmRecord)]
    records = [entry for entry in more if isinstance(entry, CrmRecord)]
    return plan_of(a_snapshot(*booked, *documents, **fields), the_crm(*told, *records))  # type: ignore[arg-type]


def kinds(plan: Plan) -> list[str]:
    return [finding.kind for finding in plan.findings]


# ------------------------------------------------------------------ misapplied
def test_a_payment_on_the_wrong_invoice_is_moved_to_the_one_the_crm_names() -> None:
    plan = plan_with(a_payment(pays={"301": "100.00"}), a_crm_payment(pays={"I-2": "100.00"}))

    action = only_action(plan, "move_payment")
    assert (kinds(plan), action.tier) == (["misapplied_payment"], "recommended")
    assert action.requests[0].body["Line"] == [
        {"Amount": "100.00", "LinkedTxn": [{"TxnId": "302", "TxnType": "Invoice"}]}
    ]
    assert {state.id: state.open for state in action.after} == {
        "301": Decimal("100.00"),
        "302": Decimal("0.00"),
        "410": Decimal("0.00"),
    }


def test_s05_a_deposited_payment_on_the_wrong_invoice_stays_where_it_is() -> None:
    plan = plan_with(
        a_payment(pays={"301": "100.00"}),
        a_deposit(payments={"410": "100.00"}),
        a_crm_payment(pays={"I-2": "100.00"}),
    )

    assert only_action(plan, "move_payment").requests == ()


def test_s07_a_move_between_jobs_is_never_recommended() -> None:
    people = [
        a_customer(),
        a_customer("81", "Elm St", parent_ref=Ref("58")),
        a_customer("82", "Oak Ave", parent_ref=Ref("58")),
    ]
    books = a_snapshot(
        an_invoice("301", customer="81"),
        an_invoice("302", number="1043", date=LATER, customer="82"),
        a_payment(pays={"301": "100.00"}, customer="81"),
        customers=people,
    )

    plan = plan_of(books, the_crm(*PAIR[1], a_crm_payment(pays={"I-2": "100.00"})))

    assert [action for action in actions(plan) if action.tier == "recommended"] == []


def test_a_payment_where_the_crm_has_it_is_left_alone() -> None:
    assert actions(plan_with(a_payment(pays={"301": "100.00"}), a_crm_payment(pays={"I-1": "100.00"}))) == []


# ------------------------------------------------------------------ missing
def test_a_payment_nobody_recorded_is_recorded_where_no_money_is_unaccounted_for() -> None:
    plan = plan_with(a_crm_payment(pays={"I-1": "100.00"}, method="Check"))

    action = only_action(plan)
    assert (action.kind, action.tier) == ("record_payment", "recommended")
    assert action.requests[0].body == {
        "CustomerRef": {"value": "58"},
        "TotalAmt": "100.00",
        "TxnDate": DAY.isoformat(),
        "PrivateNote": f"CRM payment P-1 [qbclean {action.id}]",
        "Line": [{"Amount": "100.00", "LinkedTxn": [{"TxnId": "301", "TxnType": "Invoice"}]}],
        "PaymentRefNum": "CHK 7714",
        "PaymentMethodRef": {"value": "2"},
    }
    assert [(change.account, change.amount) for change in action.effect.bank] == [
        ("Undeposited Funds", Decimal("100.00"))
    ]


@pytest.mark.parametrize(
    ("booked", "said"),
    [
        (a_payment("499", total="140.00", reference="9001"), "payment 9001, which the CRM does not know"),
        (a_deposit(income=[a_deposit_line("97.10", customer=None)]), "deposit 601"),
        (a_deposit(income=[a_deposit_line("840.00", customer=None)]), "deposit 601"),
    ],
    ids=["a payment the CRM does not know", "a payout net of fees", "a deposit it may be part of"],
)
def test_a_missing_payment_that_may_be_part_of_other_money_is_for_review(booked: AnyDocument, said: str) -> None:
    plan = plan_with(booked, a_crm_payment(pays={"I-1": "100.00"}, method="Check"))

    (action,) = actions(plan, "record_payment")
    assert action.tier == "review"
    assert said in action.settles
    assert "bank statement" in action.settles


def test_a_missing_payment_may_be_the_rest_of_a_cheque_that_is_larger_than_the_crms_record_of_it() -> None:
    """One cheque paid two invoices; the CRM's rows of it name two customer records and so read as two payments."""
    cheque = a_payment("498", total="350.00", reference="9001")
    first = a_crm_payment("P-2", amount="250.00", pays={"I-9": "250.00"}, reference="9001", qbo_id="498")

    plan = plan_with(cheque, first, a_crm_payment(pays={"I-1": "100.00"}, reference="9001"))

    (action,) = actions(plan, "record_payment")
    assert action.tier == "review"
    assert "payment 9001, which is 100.00 more than the CRM has of it" in action.settles


def test_an_overpayment_is_recorded_whole_where_the_crm_too_has_less_open() -> None:
    plan = plan_with(a_crm_payment(amount="110.00", pays={"I-1": "110.00"}))

    action = only_action(plan)
    assert (action.kind, action.tier) == ("record_payment", "recommended")
    assert action.requests[0].body["TotalAmt"] == "110.00"
    assert action.requests[0].body["Line"] == [
        {"Amount": "100.00", "LinkedTxn": [{"TxnId": "301", "TxnType": "Invoice"}]}
    ]


@pytest.mark.parametrize(
    "fields",
    [
        {"date": AS_OF - timedelta(days=3)},
        {"amount": "160.00", "pays": {"I-1": "100.00", "I-2": "60.00"}},
        {"amount": "90.00", "pays": {"I-1": "90.00"}},
    ],
    ids=["of this week", "more than is open of two", "more than is left open"],
)
def test_a_missing_payment_that_is_not_settled_to_the_cent_and_day_is_for_review(fields: dict[str, Any]) -> None:
    known = a_payment("498", total="90.00", pays={"301": "50.00", "302": "40.00"}, reference="9001")
    told = a_crm_payment("P-2", amount="90.00", pays={"I-1": "50.00", "I-2": "40.00"}, reference="9001", qbo_id="498")
    plan = plan_with(known, told, a_crm_payment(**{"pays": {"I-1": "50.00"}, "amount": "50.00", **fields}))

    (action,) = actions(plan, "record_payment")
    assert action.tier == "review"


def test_a_missing_payment_for_a_missing_invoice_of_a_job_is_booked_on_the_job() -> None:
    """QuickBooks takes a payment only on the invoice's own customer or job (contract 7.2)."""
    job = a_customer("59", name="Kitchen", parent_ref=Ref(value="58"))
    told = a_crm_invoice("I-3", number="1044", date=LATER, total="250.00", job_id="J-1", status="paid")
    paid = a_crm_payment(amount="250.00", pays={"I-3": "250.00"}, date=LATER)
    plan = plan_with(told, paid, CrmJob(crm_id="J-1", customer_id="C-1", name="Kitchen"), customers=(job,))

    assert only_action(plan, "create_invoice").requests[0].body["CustomerRef"] == {"value": "59"}
    action = only_action(plan, "record_payment")
    assert action.tier == "review"
    assert action.requests[0].body["CustomerRef"] == {"value": "59"}


def test_s08_a_payment_of_a_closed_period_is_offered_on_the_first_open_day_with_its_true_date_in_the_memo() -> None:
    """No locked period moves, and the date is a person's choice, as a missing invoice's is (S16)."""
    plan = plan_with(a_crm_payment(pays={"I-1": "100.00"}), preferences=closed_through(date(2026, 3, 31)))

    action = only_action(plan)
    assert (action.kind, action.tier) == ("record_payment", "review")
    assert f"The true date {DAY} is in a closed period" in action.settles
    assert action.requests[0].body["TxnDate"] == "2026-04-01"
    assert action.requests[0].body["PrivateNote"].startswith(f"CRM payment P-1, dated {DAY} in the CRM ")


def test_a_payment_dated_after_the_plan_is_not_missing_yet() -> None:
    assert actions(plan_with(a_crm_payment(pays={"I-1": "100.00"}, date=AS_OF + timedelta(days=1)))) == []


BOOKED_PAST: dict[str, AnyDocument] = {
    "deposit": a_deposit(income=[a_deposit_line("100.00")], date=DAY + timedelta(days=3)),
    "sales receipt": a_sales_receipt(date=DAY + timedelta(days=3), number="SR-7"),
    "journal entry": a_journal_entry(debits={"35": "100.00"}, credits={"84": "100.00"}, date=DAY),
}


@pytest.mark.parametrize("shape", BOOKED_PAST)
def test_s06_money_booked_past_its_invoice_is_named_and_neither_moved_nor_recorded_again(shape: str) -> None:
    plan = plan_with(BOOKED_PAST[shape], a_crm_payment(pays={"I-1": "100.00"}))

    assert list(requesting(plan)) == []
    (finding,) = (finding for finding in plan.findings if finding.kind == "paid_by_deposit")
    assert shape in finding.summary
    assert "S06" in finding.no_action


def test_equal_money_that_names_nobody_counts_when_it_is_the_only_one_near() -> None:
    nameless = a_deposit(income=[a_deposit_line("100.00", customer=None)], date=DAY + timedelta(days=3))

    plan = plan_with(nameless, a_crm_payment(pays={"I-1": "100.00"}))

    assert "paid_by_deposit" in kinds(plan)


SECOND: dict[str, AnyDocument] = {
    "its cheque on a receipt": a_sales_receipt(date=LATER, number="SR-7", payment_ref_num="7715"),
    "its cheque on a deposit": a_deposit(income=[a_deposit_line("100.00", cheque="7715")], date=LATER),
    "its invoice named on a deposit": a_deposit(income=[a_deposit_line("100.00", words="pmt 1043")], date=LATER),
    "its day": a_journal_entry(debits={"35": "100.00"}, credits={"84": "100.00"}, date=LATER),
}


@pytest.mark.parametrize("known_by", SECOND)
def test_of_two_equal_payments_only_the_one_that_the_money_is_counts_as_booked_past_its_invoice(known_by: str) -> None:
    first = a_crm_payment("P-1", pays={"I-1": "100.00"}, date=LATER - timedelta(days=5), reference="7714")
    second = a_crm_payment("P-2", pays={"I-2": "100.00"}, date=LATER, reference="7715")

    plan = plan_with(SECOND[known_by], first, second)

    assert [action.crm[0].id for action in actions(plan, "record_payment")] == ["P-1"]
    (booked,) = (finding for finding in plan.findings if finding.kind == "paid_by_deposit")
    assert booked.crm[0].id == "P-2"


@pytest.mark.parametrize(("settled", "booked"), [("301", ["P-1"]), ("302", [])])
def test_a_journal_entry_set_off_against_an_invoice_is_the_payment_of_no_other(settled: str, booked: list[str]) -> None:
    entry = a_journal_entry(debits={"1": "100.00"}, credits={"84": "100.00"}, date=DAY)
    joined = a_payment(total="0.00", pays={settled: "100.00"}, uses_entries={"701": "100.00"}, date=DAY)

    plan = plan_with(entry, joined, a_crm_payment("P-1", pays={"I-1": "100.00"}))

    past = [finding.crm[0].id for finding in plan.findings if finding.kind == "paid_by_deposit"]
    assert past == booked
    assert [action.tier for action in actions(plan, "record_payment")] == ([] if booked else ["recommended"])


def test_money_that_may_be_either_of_two_payments_gets_neither_recorded() -> None:
    nameless = a_deposit(income=[a_deposit_line("100.00", customer=None)], date=DAY + timedelta(days=3))
    either = (a_crm_payment(f"P-{n}", pays={f"I-{n}": "100.00"}, reference=None) for n in (1, 2))

    plan = plan_with(nameless, *either)

    assert kinds(plan).count("paid_by_deposit") == 2
    assert actions(plan, "record_payment") == []


def test_of_several_equal_sums_the_one_nearest_to_a_missing_sale_is_named_in_any_order() -> None:
    sold = a_crm_invoice("I-3", total="500.00", number="1044", date=LATER, status="partial")
    paid = a_crm_payment(amount="70.00", pays={"I-3": "70.00"}, date=LATER)
    others = [
        an_invoice(str(500 + days), total="70.00", number=None, date=LATER + timedelta(days)) for days in (30, 50)
    ]

    for order in (others, others[::-1]):
        (found,) = [each for each in plan_with(*order, sold, paid).findings if each.kind == "missing_invoice"]
        assert "id 530" in found.no_action


def test_a_receipt_that_is_another_sale_does_not_stop_a_missing_one() -> None:
    """May was rung up as a sales receipt; April is not in QuickBooks in any shape."""
    april, may = (
        a_crm_invoice(f"I-{n}", number=f"{1040 + n}", date=DAY + timedelta(days=n), status="paid") for n in (4, 30)
    )
    receipt = a_sales_receipt(date=DAY + timedelta(days=30), number="SR-7")

    plan = plan_of(a_snapshot(receipt), the_crm(april, may))

    (action,) = actions(plan, "create_invoice")
    assert (action.crm[0].id, action.tier) == ("I-4", "review")


@pytest.mark.parametrize("shape", ["sales receipt", "deposit", "nameless deposit"])
def test_without_a_crm_income_of_just_an_open_invoices_amount_is_shown_with_it(shape: str) -> None:
    paid = {**BOOKED_PAST, "nameless deposit": a_deposit(income=[a_deposit_line("100.00", customer=None)])}[shape]
    plan = plan_of(a_snapshot(an_invoice(), paid), CrmRecords())

    (finding,) = plan.findings
    assert (finding.kind, finding.documents, actions(plan)) == ("paid_by_deposit", (an_invoice().ref, paid.ref), [])


@pytest.mark.parametrize(
    "other",
    [
        a_deposit("602", income=[a_deposit_line("100.00")]),
        a_deposit("601", income=[a_deposit_line("100.00", account="35")]),
        a_deposit("601", income=[a_deposit_line("100.00", customer="59")]),
        a_deposit("601", income=[a_deposit_line("100.00")], date=DAY + timedelta(days=200)),
    ],
    ids=["two deposits", "not income", "another customer", "long after"],
)
def test_without_a_crm_income_that_may_be_another_sale_is_not_shown(other: AnyDocument) -> None:
    income = [] if other.id == "601" else [a_deposit(income=[a_deposit_line("100.00")])]
    people = [a_customer(), a_customer("59", "Maple Grove Church")]
    plan = plan_of(a_snapshot(an_invoice(), *income, other, customers=people), CrmRecords())

    assert "paid_by_deposit" not in kinds(plan)


def test_s07_without_a_crm_income_that_may_have_paid_either_of_two_invoices_is_shown_with_both() -> None:
    """A monthly service at one price, two months of it open: which one was paid is for a person to say."""
    april, may = an_invoice(), an_invoice("302", number="1050", date=DAY + timedelta(days=5))
    deposit = a_deposit(income=[a_deposit_line("100.00")], date=DAY + timedelta(days=9))

    plan = plan_of(a_snapshot(april, may, deposit), CrmRecords())

    (finding,) = [each for each in plan.findings if each.kind == "paid_by_deposit"]
    assert finding.documents == (april.ref, may.ref, deposit.ref)
    assert "which of these invoices" in finding.no_action
    assert [action for action in actions(plan) if action.kind != "write_off_invoice"] == []


@pytest.mark.parametrize(
    ("text", "paid"), [("Deposit inv 1050", ["302"]), ("Deposit ref 110503", ["301", "302"])], ids=["names", "contains"]
)
def test_without_a_crm_the_invoice_that_a_deposit_names_is_the_one_it_paid(text: str, paid: list[str]) -> None:
    """1050 inside a longer number is no name."""
    line = msgspec.structs.replace(a_deposit_line("100.00"), description=text)
    twins = an_invoice(), an_invoice("302", number="1050", date=DAY + timedelta(days=5))
    deposit = a_deposit(income=[line], date=DAY + timedelta(days=9))

    plan = plan_of(a_snapshot(*twins, deposit), CrmRecords())

    (finding,) = [each for each in plan.findings if each.kind == "paid_by_deposit"]
    assert [ref.id for ref in finding.documents[:-1]] == paid


def test_without_a_crm_what_one_invoice_alone_answers_to_is_not_offered_to_others() -> None:
    """One deposit names 1050; the other is left with 1042, the only other invoice of that amount."""
    named = msgspec.structs.replace(a_deposit_line("100.00"), description="Deposit inv 1050")
    twins = an_invoice(), an_invoice("302", number="1050", date=DAY + timedelta(days=5))
    deposits = (
        a_deposit(income=[named], date=DAY + timedelta(days=9)),
        a_deposit("602", income=[a_deposit_line("100.00")], date=DAY + timedelta(days=8)),
    )

    plan = plan_of(a_snapshot(*twins, *deposits), CrmRecords())

    found = [each.documents for each in plan.findings if each.kind == "paid_by_deposit"]
    assert sorted((*map(str, found),)) == sorted(
        map(str, [(twins[0].ref, deposits[1].ref), (twins[1].ref, deposits[0].ref)])
    )


@pytest.mark.parametrize(("owed", "shown"), [("0.00", True), ("100.00", False)])
def test_an_export_without_payments_tells_by_its_balances_what_was_paid(owed: str, shown: bool) -> None:
    told = a_crm_invoice(status="paid" if shown else "open", balance=Decimal(owed))
    deposit = a_deposit(income=[a_deposit_line("100.00")], date=DAY + timedelta(days=3))

    plan = plan_of(a_snapshot(an_invoice(), deposit), the_crm(told))

    assert ("paid_by_deposit" in kinds(plan)) is shown


# ------------------------------------------------------------------ for a person to decide
def test_a_payment_entered_again_is_shown_and_nothing_is_done() -> None:
    again = a_payment("411", pays={}, date=DAY + timedelta(days=2))
    plan = plan_with(a_payment(pays={"301": "100.00"}), again, a_crm_payment(pays={"I-1": "100.00"}))

    assert "possible_double_payment" in kinds(plan)
    assert [action for action in actions(plan) if action.tier == "recommended"] == []


def test_s12_a_journal_entry_in_receivables_is_shown_and_none_is_posted() -> None:
    plan = plan_with(a_journal_entry(debits={"84": "75.00"}, credits={"1": "75.00"}))

    assert (kinds(plan), actions(plan)) == (["ar_journal_entry"], [])


def test_s12_duplicate_customers_are_shown_and_not_merged() -> None:
    mail = EmailAddress(address="till@harborlane.example")
    people = [
        a_customer(primary_email_addr=mail),
        a_customer("59", "Harbor Lane Bakery LLC", primary_email_addr=mail),
    ]

    plan = plan_with(customers=people)

    assert (kinds(plan), actions(plan)) == (["duplicate_customer"], [])
    assert [ref.id for ref in plan.findings[0].documents] == ["58", "59"]


def test_s11_an_invoice_open_for_more_than_a_year_is_a_question_to_the_owner() -> None:
    old = date(2024, 5, 1)

    plan = plan_of(a_snapshot(an_invoice(date=old)), the_crm(a_crm_invoice(date=old)))

    (action,) = actions(plan)
    assert kinds(plan) == ["stale_open_invoice"]
    assert (action.kind, action.tier) == ("write_off_invoice", "review")
    assert "Ask the owner" in action.settles


def test_a_sale_voided_in_quickbooks_only_is_shown_and_not_entered_again() -> None:
    void = an_invoice(total="0.00", private_note="Voided")

    plan = plan_of(a_snapshot(void), the_crm(a_crm_invoice()))

    assert (kinds(plan), actions(plan)) == (["missing_invoice"], [])


def test_an_invoice_on_another_job_than_in_the_crm_is_shown() -> None:
    people = [
        a_customer(),
        a_customer("81", "Elm St", parent_ref=Ref("58")),
        a_customer("82", "Oak Ave", parent_ref=Ref("58")),
    ]
    crm = the_crm(
        CrmJob(crm_id="J-1", customer_id="C-1", name="Elm St"),
        a_crm_invoice(job_id="J-1", job_name="Elm St"),
    )

    plan = plan_of(a_snapshot(an_invoice(customer="82"), customers=people), crm)

    assert (kinds(plan), actions(plan)) == (["job_revenue_mismatch"], [])
