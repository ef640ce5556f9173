"""S05, S06, S07, S09, S11, S14: what may be done with money and credits that hang."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from qbclean.model.crm import CrmRecord
from qbclean.model.documents import AnyDocument, Ref
from qbclean.model.plan import Plan
from qbclean.model.refs import DocumentRef
from qbclean.model.settings import CompanySettings
from tests.builders import (
    DAY,
    a_credit_memo,
    a_customer,
    a_deposit,
    a_deposit_line,
    a_line,
    a_payment,
    a_snapshot,
    an_invoice,
)
from tests.crm_builders import (
    AS_OF,
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
from tests.lists import BAD_DEBT_ITEM, ITEMS, RETAINER

JOBS = [
    a_customer(),
    a_customer("81", "Elm St", parent_ref=Ref("58")),
    a_customer("82", "Oak Ave", parent_ref=Ref("58")),
]


def open_invoices(*totals: str) -> tuple[tuple[AnyDocument, ...], tuple[CrmRecord, ...]]:
    """Twins of those totals, ten days apart: invoices 301, 302, … and CRM I-1, I-2, …, numbers 1042, 1043, …"""
    days = [DAY - timedelta(days=10 * place) for place in range(len(totals))]
    numbers = [str(1042 + place) for place in range(len(totals))]
    booked = [
        an_invoice(str(301 + place), number=number, total=amount, date=day)
        for place, (amount, day, number) in enumerate(zip(totals, days, numbers, strict=True))
    ]
    told = [
        a_crm_invoice(f"I-{place + 1}", number=number, total=amount, date=day)
        for place, (amount, day, number) in enumerate(zip(totals, days, numbers, strict=True))
    ]
    return tuple(booked), tuple(told)


def plan_with(invoices: Any, *more: AnyDocument | CrmRecord, **fields: Any) -> Plan:
    booked, told = invoices
    documents = [entry for entry in more if not isinstance(entry, CrmRecord)]
    records = [entry for entry in more if isinstance(entry, CrmRecord)]
    return plan_of(a_snapshot(*booked, *documents, **fields), the_crm(*told, *records))


# ------------------------------------------------------------------ S05, S06
def test_s05_a_deposited_payment_is_never_edited() -> None:
    money = (a_payment("410", date=DAY), a_deposit("601", payments={"410": "100.00"}))

    action = only_action(plan_with(open_invoices("100.00"), *money, a_crm_payment(pays={"I-1": "100.00"})))

    assert (action.kind, action.tier, action.requests) == ("apply_payment", "hold", ())
    assert "bank deposit" in action.hold_reason


def test_s05_a_reconciled_payment_is_never_edited() -> None:
    plan = plan_with(
        open_invoices("100.00"),
        a_payment("410", date=DAY),
        a_crm_payment(pays={"I-1": "100.00"}),
        reconciled=frozenset({DocumentRef("Payment", "410")}),
    )

    assert only_action(plan).requests == ()


def test_s05_a_payment_over_both_copies_that_is_deposited_is_not_moved_and_nothing_is_voided() -> None:
    copies = (an_invoice("301"), an_invoice("302", number="1043"))
    payment = a_payment("410", pays={"301": "50.00", "302": "50.00"})
    plan = plan_with((copies, (a_crm_invoice(),)), payment, a_deposit("601", payments={"410": "100.00"}))

    assert list(requesting(plan)) == []


def test_s06_income_coded_on_a_deposit_is_left_as_it_is() -> None:
    deposit = a_deposit(income=[a_deposit_line("100.00")], date=DAY + timedelta(days=3))

    plan = plan_with(open_invoices("100.00"), deposit)

    assert not any(request.kind == "Deposit" for action in plan.actions for request in action.requests)
    assert not any(change for action in plan.actions for change in action.effect.bank)


# ------------------------------------------------------------------ S07
def test_s07_a_payment_goes_where_the_crm_says_though_another_amount_fits_better() -> None:
    action = only_action(
        plan_with(open_invoices("100.00", "250.00"), a_payment("410"), a_crm_payment(pays={"I-2": "100.00"}))
    )

    assert action.tier == "recommended"
    assert action.requests[0].body["Line"] == [
        {"Amount": "100.00", "LinkedTxn": [{"TxnId": "302", "TxnType": "Invoice"}]}
    ]


@pytest.mark.parametrize(("paid", "billed"), [("150.00", "100.00"), ("60.00", "100.00")])
def test_s07_no_more_is_applied_than_is_unapplied_and_open(paid: str, billed: str) -> None:
    action = only_action(
        plan_with(open_invoices(billed), a_payment("410", total=paid), a_crm_payment(amount=paid, pays={"I-1": paid}))
    )

    least = min(Decimal(paid), Decimal(billed))
    assert action.amount == least
    assert action.requests[0].body["TotalAmt"] == paid
    assert action.requests[0].body["Line"][0]["Amount"] == str(least)


def test_s07_lines_that_stay_are_sent_along() -> None:
    payment = a_payment("410", total="100.00", pays={"301": "30.00"}, sync_token="4")

    action = only_action(
        plan_with(open_invoices("30.00", "70.00"), payment, a_crm_payment(pays={"I-1": "30.00", "I-2": "70.00"}))
    )

    assert action.requests[0].body == {
        "Id": "410",
        "SyncToken": "4",
        "sparse": True,
        "CustomerRef": {"value": "58"},
        "TotalAmt": "100.00",
        "Line": [
            {"Amount": "30.00", "LinkedTxn": [{"TxnId": "301", "TxnType": "Invoice"}]},
            {"Amount": "70.00", "LinkedTxn": [{"TxnId": "302", "TxnType": "Invoice"}]},
        ],
    }


@pytest.mark.parametrize(
    "totals", [("100.00", "100.00"), ("100.00", "60.00", "40.00"), ("70.00", "30.00", "55.00", "45.00")]
)
def test_s07_of_several_sets_that_fit_all_are_shown_and_none_is_chosen(totals: tuple[str, ...]) -> None:
    plan = plan_with(open_invoices(*totals), a_payment("410", reference=None))

    assert actions(plan) == []
    (finding,) = plan.findings
    assert finding.kind == "unapplied_payment"
    assert "several readings fit" in finding.no_action
    assert all(number in finding.no_action for number in ("1042", "1043"))


def test_s07_two_equal_payments_do_not_race_for_one_invoice() -> None:
    plan = plan_with(open_invoices("100.00"), a_payment("410", reference=None), a_payment("411", reference=None))

    assert actions(plan) == []


def test_s07_an_amount_that_fits_one_invoice_only_is_for_review() -> None:
    action = only_action(plan_with(open_invoices("100.00", "250.00"), a_payment("410", reference=None)))

    assert action.tier == "review"
    assert action.settles


def test_s07_a_reference_that_names_the_invoice_and_its_amount_is_enough() -> None:
    action = only_action(plan_with(open_invoices("100.00", "100.00"), a_payment("410", reference="INV-1043")))

    assert action.tier == "recommended"
    assert action.requests[0].body["Line"][0]["LinkedTxn"][0]["TxnId"] == "302"


def test_s07_a_payment_that_is_as_well_another_of_the_crms_is_for_review() -> None:
    payments = [a_crm_payment(f"P-{place}", pays={f"I-{place}": "100.00"}, reference=None) for place in (1, 2)]

    plan = plan_with(open_invoices("100.00", "100.00"), a_payment("410", reference=None), *payments)

    (action,) = actions(plan, "apply_payment")
    assert (action.tier, action.amount) == ("review", Decimal("100.00"))
    assert "Another CRM payment" in action.settles


def test_s07_across_jobs_only_by_a_reviewers_choice() -> None:
    invoice = an_invoice(customer="81")
    record = a_crm_invoice(job_id=None)

    plan = plan_of(
        a_snapshot(invoice, a_payment("410", customer="82"), customers=JOBS),
        the_crm(record, a_crm_payment(pays={"I-1": "100.00"})),
    )

    assert [action for action in actions(plan) if action.tier == "recommended"] == []


def test_s07_a_parents_money_for_its_jobs_invoice_moves_to_the_job_by_a_reviewers_choice() -> None:
    plan = plan_of(
        a_snapshot(an_invoice(customer="81"), a_payment("410", customer="58"), customers=JOBS),
        the_crm(a_crm_invoice(), a_crm_payment(pays={"I-1": "100.00"})),
    )

    action = only_action(plan)
    assert (action.kind, action.tier) == ("apply_payment", "review")
    assert "S07" in action.settles
    (request,) = action.requests
    assert request.body["CustomerRef"] == {"value": "81"}


def test_s07_a_payment_that_pays_something_else_too_does_not_change_hands() -> None:
    on_parent = an_invoice("302", number="1043", total="60.00")
    payment = a_payment("410", customer="58", total="160.00", pays={"302": "60.00"})
    plan = plan_of(
        a_snapshot(an_invoice(customer="81"), on_parent, payment, customers=JOBS),
        the_crm(
            a_crm_invoice(),
            a_crm_invoice("I-2", number="1043", total="60.00"),
            a_crm_payment(amount="160.00", pays={"I-1": "100.00", "I-2": "60.00"}),
        ),
    )

    action = only_action(plan)
    assert (action.tier, action.requests) == ("hold", ())
    assert "S07" in action.hold_reason


def on_a_namesake(**fields: Any) -> Plan:
    """The father's cheque of 4 March pays an invoice of the son."""
    people = [a_customer("58", "John Smith"), a_customer("77", "John Smith Jr.")]
    fathers = an_invoice("301", customer="58", total="340.00")
    sons = an_invoice("302", customer="77", number="1043", total="520.00")
    payment = a_payment("410", **{"customer": "77", "total": "340.00", "pays": {"302": "340.00"}, **fields})
    crm = the_crm(
        a_crm_invoice("I-1", name="John Smith", total="340.00"),
        a_crm_invoice("I-2", number="1043", customer="C-2", name="John Smith Jr.", total="520.00"),
        a_crm_payment(amount="340.00", pays={"I-1": "340.00"}),
    )
    return plan_of(a_snapshot(fathers, sons, payment, customers=people), crm)


@pytest.mark.parametrize("reference", ["7714", None], ids=["same cheque", "reference lost"])
def test_s07_a_payment_on_a_look_alike_customer_moves_by_a_reviewers_choice(reference: str | None) -> None:
    plan = on_a_namesake(reference=reference)

    (finding,) = plan.findings
    action = only_action(plan)
    unlink, link = action.requests
    assert finding.kind == "misapplied_payment"
    assert (action.kind, action.tier) == ("move_payment", "review")
    assert "John Smith Jr." in action.settles
    assert (unlink.body["CustomerRef"], unlink.body["Line"]) == ({"value": "77"}, [])
    assert link.body["CustomerRef"] == {"value": "58"}
    assert link.body["SyncToken"] == f"${{{action.id}.SyncToken}}"
    assert link.body["Line"] == [{"Amount": "340.00", "LinkedTxn": [{"TxnId": "301", "TxnType": "Invoice"}]}]


def test_s07_another_cheque_of_a_namesake_is_his_own() -> None:
    plan = on_a_namesake(reference="1188")

    assert [finding.kind for finding in plan.findings] == ["missing_payment"]


def test_s07_an_equal_amount_on_another_job_is_no_reason_at_all() -> None:
    plan = plan_of(
        a_snapshot(an_invoice(customer="81"), a_payment("410", customer="82", reference=None), customers=JOBS),
        the_crm(a_crm_invoice()),
    )

    assert actions(plan) == []


def test_s07_money_of_another_customer_is_never_taken() -> None:
    other = [a_customer(), a_customer("77", "Quarry Road Dental")]

    plan = plan_with(open_invoices("100.00"), a_payment("410", customer="77", reference="1042"), customers=other)

    assert actions(plan) == []


# ------------------------------------------------------------------ S09
def test_s09_a_credit_memo_is_joined_to_its_invoice_by_a_zero_payment_and_both_balances_fall() -> None:
    memo = a_credit_memo("388", total="40.00", date=DAY)

    action = only_action(plan_with(open_invoices("100.00"), memo, a_crm_credit()))

    (request,) = action.requests
    assert (action.kind, action.tier) == ("apply_credit", "recommended")
    assert (request.operation, request.kind) == ("create", "Payment")
    assert request.body == {
        "CustomerRef": {"value": "58"},
        "TotalAmt": "0.00",
        "TxnDate": DAY.isoformat(),
        "PrivateNote": f"Applies credit CM-118 [qbclean {action.id}]",
        "Line": [
            {"Amount": "40.00", "LinkedTxn": [{"TxnId": "301", "TxnType": "Invoice"}]},
            {"Amount": "40.00", "LinkedTxn": [{"TxnId": "388", "TxnType": "CreditMemo"}]},
        ],
    }
    assert {state.id: state.open for state in action.after if state.kind != "Payment"} == {
        "301": Decimal("60.00"),
        "388": Decimal("0.00"),
    }


def test_s09_a_credit_the_crm_gave_is_created_and_then_applied_by_two_actions() -> None:
    create, apply = plan_with(open_invoices("100.00"), a_crm_credit(amount="40.00")).actions

    assert (create.kind, apply.kind) == ("create_credit_memo", "apply_credit")
    assert apply.depends_on == (create.id,)
    assert apply.requests[0].body["Line"][1] == {
        "Amount": "40.00",
        "LinkedTxn": [{"TxnId": f"${{{create.id}.Id}}", "TxnType": "CreditMemo"}],
    }
    assert create.requests[0].body["DocNumber"] == "CM-118"
    assert create.effect.ar == Decimal("-40.00")
    assert apply.effect.ar == 0


def test_s09_a_credit_already_taken_off_the_invoice_is_not_recorded_again() -> None:
    lower = ((an_invoice(total="60.00"),), (a_crm_invoice(total="100.00"),))

    plan = plan_with(lower, a_crm_credit(amount="40.00"))

    assert [action for action in actions(plan, "create_credit_memo") if action.requests] == []


# ------------------------------------------------------------------ S11
OLD = date(2022, 3, 1)
LINES = [a_line("60.00", description="Labor"), a_line("40.00", item="13", id="2", description="Materials")]


def written_off(settings: CompanySettings | None = None, **fields: Any) -> Plan:
    """The plan for one invoice of 2022, of which a quarter is paid, with books closed through 31 January 2026."""
    invoice = an_invoice(date=OLD, balance="75.00", lines=LINES)
    paid = a_payment("410", total="25.00", pays={"301": "25.00"}, date=OLD, reference=None)
    given = {"preferences": closed_through(date(2026, 1, 31)), **fields}
    return plan_of(a_snapshot(invoice, paid, **given), the_crm(a_crm_invoice(date=OLD, status="written_off")), settings)


def test_s11_an_old_open_invoice_is_never_written_off_on_the_tools_own_account() -> None:
    action = only_action(written_off())

    assert (action.kind, action.tier) == ("write_off_invoice", "review")
    assert "reason" in action.settles
    assert "the CRM has written it off" in [item.words for item in action.evidence.supports]


def test_s11_a_write_off_on_accrual_books_is_bad_debt_of_today() -> None:
    memo, joining = only_action(written_off()).requests

    (line,) = memo.body["Line"]
    assert (line["Amount"], line["SalesItemLineDetail"]["ItemRef"]) == ("75.00", {"value": BAD_DEBT_ITEM})
    assert memo.body["TxnDate"] == joining.body["TxnDate"] == AS_OF.isoformat()
    assert [line["Amount"] for line in joining.body["Line"]] == ["75.00", "75.00"]


def test_s11_a_write_off_on_cash_books_mirrors_the_income_and_never_bad_debt() -> None:
    action = only_action(written_off(CompanySettings(basis="cash")))

    lines = action.requests[0].body["Line"]
    assert [(line["Amount"], line["SalesItemLineDetail"]["ItemRef"]["value"]) for line in lines] == [
        ("45.00", "12"),
        ("30.00", "13"),
    ]
    assert {change.basis for change in action.effect.income} == {"accrual"}
    assert action.effect.ar == Decimal("-75.00")


def test_s11_without_a_bad_debt_item_accrual_books_are_not_written_off() -> None:
    items = {key: item for key, item in ITEMS.items() if key != BAD_DEBT_ITEM}

    action = only_action(written_off(items=items))

    assert (action.tier, action.requests) == ("hold", ())
    assert "bad-debt account" in action.hold_reason


def test_s11_a_write_off_is_dated_after_the_lock_date() -> None:
    ahead = closed_through(AS_OF + timedelta(days=40))

    action = only_action(written_off(preferences=ahead))

    assert action.requests[0].body["TxnDate"] == (AS_OF + timedelta(days=41)).isoformat()


def test_s11_carrying_a_write_off_out_leaves_nothing_open_on_the_invoice() -> None:
    action = only_action(written_off())

    assert [(state.id, state.open) for state in action.after if state.kind == "Invoice"] == [("301", Decimal(0))]
    assert action.undo.class_ == "exact while untouched"


# ------------------------------------------------------------------ S14
def test_s14_a_retainer_the_crm_holds_on_account_stays_unapplied() -> None:
    plan = plan_with(open_invoices("100.00"), a_payment("410"), a_crm_payment(pays={}))

    assert actions(plan) == []
    assert "retainer" in plan.findings[0].no_action


def test_s14_an_invoice_on_the_liability_item_is_a_sale_of_its_own_and_no_copy() -> None:
    advance = an_invoice("301", lines=[a_line("100.00", item=RETAINER, description="Deposit on kitchen")])
    final = an_invoice("302", number="1043", date=DAY + timedelta(days=30))
    told = (a_crm_invoice("I-1"), a_crm_invoice("I-2", number="1043", date=DAY + timedelta(days=30)))

    assert actions(plan_with(((advance, final), told))) == []
