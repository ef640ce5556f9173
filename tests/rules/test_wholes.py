"""S01, S05, S07, S09, S13, S15: money and credits of sales that QuickBooks has as one invoice, or in several."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from qbclean.model.action import PlannedAction
from qbclean.model.crm import CrmApplication, CrmRecord
from qbclean.model.documents import AnyDocument, Line, Ref
from qbclean.model.plan import Plan
from tests.builders import (
    DAY,
    a_credit_memo,
    a_customer,
    a_deposit,
    a_journal_entry,
    a_line,
    a_link_line,
    a_payment,
    a_snapshot,
    an_invoice,
)
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

VISITS = {"1042": ("210.00", "Drain cleared"), "1043": ("330.00", "Heater valve"), "1044": ("95.00", "Faucet seals")}
WORK = {"Labor": "700.00", "Materials": "410.00"}
PAID = DAY + timedelta(days=5)


def three_visits(**fields: Any) -> list[CrmRecord]:
    """CRM invoices I-1 to I-3, numbers 1042 to 1044: 210.00, 330.00 and 95.00, a week apart, the first on `DAY`."""
    return [
        a_crm_invoice(
            f"I-{place + 1}",
            number=number,
            total=amount,
            date=DAY - timedelta(days=7 * place),
            lines=[a_crm_line(amount, item="Labor", description=words)],
            **fields,
        )
        for place, (number, (amount, words)) in enumerate(VISITS.items())
    ]


def in_one(id: str = "301", **fields: Any) -> AnyDocument:  # noqa: A002
    """The QuickBooks invoice 5001 of 635.00 that the office wrote for all three, with their lines."""
    lines = [a_line(amount, description=words, id=str(place)) for place, (amount, words) in enumerate(VISITS.values())]
    return an_invoice(id, **{"number": "5001", "date": DAY, "lines": lines, **fields})


def by_sum_alone(**fields: Any) -> AnyDocument:
    """The same in one line that tells of none of them."""
    return in_one(lines=[a_line("635.00", description="As agreed")], **fields)


def a_job() -> CrmRecord:
    """CRM invoice I-1, number 1042: labor 700.00 and materials 410.00."""
    lines = [a_crm_line(amount, description=f"{words} for the job") for words, amount in WORK.items()]
    return a_crm_invoice("I-1", number="1042", total="1110.00", lines=lines)


def in_two(*totals: str, **fields: Any) -> list[AnyDocument]:
    """QuickBooks invoices 301 (5001) and 302 (5002): a line of the job each."""
    amounts = totals or tuple(WORK.values())
    return [
        an_invoice(
            str(301 + place),
            number=str(5001 + place),
            lines=[a_line(amount, description=f"{words} for the job")],
            **fields,
        )
        for place, (words, amount) in enumerate(zip(WORK, amounts, strict=True))
    ]


def plan_with(*entries: AnyDocument | CrmRecord, **fields: Any) -> Plan:
    documents = [entry for entry in entries if not isinstance(entry, CrmRecord)]
    records = [entry for entry in entries if isinstance(entry, CrmRecord)]
    return plan_of(a_snapshot(*documents, **fields), the_crm(*records))


def lines_of(action: PlannedAction) -> dict[str, str]:
    """Invoice id → what the action's request puts on it."""
    (request,) = action.requests
    return {line["LinkedTxn"][0]["TxnId"]: line["Amount"] for line in request.body["Line"]}


# ------------------------------------------------------------------ several sales on one invoice
def test_s07_a_payment_of_one_of_the_sales_on_an_invoice_is_applied_to_that_invoice() -> None:
    payment = a_payment("410", total="330.00", date=PAID)
    record = a_crm_payment(amount="330.00", pays={"I-2": "330.00"}, date=PAID)

    action = only_action(plan_with(in_one(), *three_visits(), payment, record))

    assert (action.kind, action.tier) == ("apply_payment", "recommended")
    assert lines_of(action) == {"301": "330.00"}


def test_s15_a_missing_payment_of_one_of_the_sales_is_recorded_on_the_invoice_that_holds_it() -> None:
    record = a_crm_payment(amount="95.00", pays={"I-3": "95.00"}, date=PAID)

    action = only_action(plan_with(in_one(), *three_visits(), record))

    assert (action.kind, action.tier) == ("record_payment", "recommended")
    assert lines_of(action) == {"301": "95.00"}


def test_s07_a_cheque_for_two_of_the_sales_pays_the_one_invoice_once() -> None:
    record = a_crm_payment(amount="305.00", pays={"I-1": "210.00", "I-3": "95.00"}, date=PAID)
    payment = a_payment("410", total="305.00", pays={"301": "100.00"}, date=PAID)

    action = only_action(plan_with(in_one(), *three_visits(), payment, record))

    assert (action.tier, action.amount) == ("recommended", Decimal("205.00"))
    assert lines_of(action) == {"301": "305.00"}


def test_s07_two_lines_of_a_payment_on_the_one_invoice_both_count() -> None:
    """A line per sale, as the CRM's sync writes them; what hangs is the part of another sale."""
    other = (an_invoice("309", number="1099", total="50.00"), a_crm_invoice("I-9", number="1099", total="50.00"))
    on_it = tuple(a_link_line("Invoice", "301", amount) for amount in ("210.00", "95.00"))
    payment = a_payment("410", total="355.00", date=PAID, line=on_it, unapplied_amt=Decimal("50.00"))
    shares = {"I-1": "210.00", "I-3": "95.00", "I-9": "50.00"}

    action = only_action(
        plan_with(in_one(), *three_visits(), *other, payment, a_crm_payment(amount="355.00", pays=shares, date=PAID))
    )

    assert lines_of(action) == {"301": "305.00", "309": "50.00"}


def test_s07_no_more_goes_on_the_invoice_than_it_has_open() -> None:
    paid = a_payment("409", total="425.00", pays={"301": "425.00"}, date=PAID, reference="1100")
    known = a_crm_payment("P-1", amount="425.00", pays={"I-2": "330.00", "I-3": "95.00"}, date=PAID, reference="1100")
    more = a_payment("410", total="250.00", date=PAID, reference="1200")
    record = a_crm_payment("P-2", amount="250.00", pays={"I-1": "250.00"}, date=PAID, reference="1200")

    action = only_action(plan_with(in_one(), *three_visits(), paid, known, more, record))

    assert lines_of(action) == {"301": "210.00"}


def test_money_that_sits_on_the_invoice_of_its_sale_is_where_it_belongs() -> None:
    payment = a_payment("410", total="210.00", pays={"301": "210.00"}, date=PAID)
    record = a_crm_payment(amount="210.00", pays={"I-1": "210.00"}, date=PAID)

    assert plan_with(in_one(), *three_visits(), payment, record).findings == ()


def test_s07_money_of_another_sale_is_moved_off_the_invoice() -> None:
    other = (an_invoice("309", number="1099", total="95.00"), a_crm_invoice("I-9", number="1099", total="95.00"))
    payment = a_payment("410", total="95.00", pays={"301": "95.00"}, date=PAID)
    record = a_crm_payment(amount="95.00", pays={"I-9": "95.00"}, date=PAID)

    action = only_action(plan_with(in_one(), *three_visits(), *other, payment, record))

    assert (action.kind, action.tier) == ("move_payment", "recommended")
    assert lines_of(action) == {"309": "95.00"}


def test_s07_money_of_one_of_the_sales_is_moved_onto_the_invoice() -> None:
    other = (an_invoice("309", number="1099", total="95.00"), a_crm_invoice("I-9", number="1099", total="95.00"))
    payment = a_payment("410", total="95.00", pays={"309": "95.00"}, date=PAID)
    record = a_crm_payment(amount="95.00", pays={"I-3": "95.00"}, date=PAID)

    plan = plan_with(in_one(), *three_visits(), *other, payment, record)

    action = only_action(plan)
    assert (action.kind, action.tier) == ("move_payment", "recommended")
    assert lines_of(action) == {"301": "95.00"}
    assert "the CRM applies it to 5001" in plan.findings[0].summary


def test_s09_a_credit_for_one_of_the_sales_is_joined_to_the_invoice() -> None:
    action = only_action(plan_with(in_one(), *three_visits(), a_credit_memo("388", total="40.00"), a_crm_credit()))

    assert (action.kind, action.tier) == ("apply_credit", "recommended")
    assert lines_of(action) == {"301": "40.00", "388": "40.00"}


def test_s09_a_missing_credit_for_one_of_the_sales_is_recorded_and_joined_to_the_invoice() -> None:
    create, apply = plan_with(in_one(), *three_visits(), a_crm_credit()).actions

    assert (create.kind, apply.kind) == ("create_credit_memo", "apply_credit")
    assert create.tier == apply.tier == "recommended"
    assert lines_of(apply)["301"] == "40.00"


def booked_apart(*amounts: str) -> list[Line]:
    """The three lines in a class each."""
    words = [words for _, words in VISITS.values()]
    return [
        a_line(amount, description=what, class_id=str(place), id=str(place))
        for place, (amount, what) in enumerate(zip(amounts, words, strict=True), start=1)
    ]


def test_s02_a_credit_takes_back_the_lines_of_its_sale_alone() -> None:
    create, _ = plan_with(
        in_one(lines=booked_apart("210.00", "330.00", "95.00")), *three_visits(), a_crm_credit()
    ).actions

    (line,) = create.requests[0].body["Line"]
    assert create.tier == "recommended"
    assert (line["Amount"], line["SalesItemLineDetail"]["ClassRef"]) == ("40.00", {"value": "1"})


def test_s02_of_equal_lines_that_are_booked_apart_a_person_says_which_the_credit_takes_back() -> None:
    visits = [
        a_crm_invoice(
            f"I-{place}", number=number, total="210.00", date=DAY, lines=[a_crm_line("210.00", description=words)]
        )
        for place, (number, (_, words)) in enumerate(VISITS.items(), start=1)
    ]

    plan = plan_with(in_one(lines=booked_apart("210.00", "210.00", "210.00")), *visits, a_crm_credit())

    assert {action.tier for action in plan.actions} == {"review"}
    assert "other sales" in plan.actions[0].settles


def test_s13_a_sum_that_may_be_chance_is_for_a_persons_eyes() -> None:
    record = a_crm_payment(amount="330.00", pays={"I-2": "330.00"}, date=PAID)

    action = only_action(plan_with(by_sum_alone(), *three_visits(), record))

    assert (action.kind, action.tier) == ("record_payment", "review")
    assert "Nothing but the sum" in action.settles


def test_s07_of_several_readings_of_an_invoice_none_is_chosen() -> None:
    """Two visits at one price, and the invoice tells of neither."""
    equal = [
        a_crm_invoice(f"I-{place}", number=str(1040 + place), total=amount, date=DAY - timedelta(days=place))
        for place, amount in enumerate(("210.00", "210.00", "425.00"), start=1)
    ]
    record = a_crm_payment(amount="425.00", pays={"I-3": "425.00"}, date=PAID)

    plan = plan_with(by_sum_alone(), *equal, record)

    (action,) = actions(plan, "record_payment")
    (create,) = (other for other in plan.actions if other.id in action.depends_on)
    assert action.tier == create.tier == "review"
    assert "It may be part of invoice 5001" in create.settles


def test_s07_a_sum_does_not_make_an_invoice_another_sales_that_it_looks_like() -> None:
    """Three visits happen to come to the total; the day and the words are those of a fourth sale."""
    lines = [a_crm_line("620.00", description="As agreed")]
    fourth = a_crm_invoice("I-9", number="3001", total="620.00", lines=lines)
    record = a_crm_payment(amount="330.00", pays={"I-2": "330.00"}, date=PAID)

    plan = plan_with(by_sum_alone(), *three_visits(), fourth, record)

    (finding,) = [finding for finding in plan.findings if finding.kind == "missing_payment"]
    assert actions(plan, "record_payment") == []
    assert "CRM invoice 1043 may be on invoice 5001" in finding.no_action


def test_s04_of_two_copies_of_the_invoice_neither_is_paid_unseen() -> None:
    record = a_crm_payment(amount="330.00", pays={"I-2": "330.00"}, date=PAID)

    plan = plan_with(in_one(), in_one("302", number="5002"), *three_visits(), record)

    assert [action.tier for action in actions(plan, "record_payment")] == ["review"]


def test_s07_more_money_than_the_sale_has_does_not_spill_over_to_the_others() -> None:
    record = a_crm_payment(amount="250.00", pays={"I-1": "250.00"}, date=PAID)

    action = only_action(plan_with(in_one(), *three_visits(), a_payment("410", total="250.00", date=PAID), record))

    assert (action.tier, lines_of(action)) == ("review", {"301": "210.00"})
    assert "more money and credit than its total on 1042" in action.settles


def test_s07_what_is_overpaid_stays_unapplied_though_the_invoice_is_open() -> None:
    payment = a_payment("410", total="250.00", pays={"301": "210.00"}, date=PAID)
    record = a_crm_payment(amount="250.00", pays={"I-1": "250.00"}, date=PAID)

    plan = plan_with(in_one(), *three_visits(), payment, record)

    assert plan.actions == ()
    assert [finding.kind for finding in plan.findings] == ["unapplied_payment"]


def test_s07_a_payment_whose_shares_the_crm_does_not_tell_is_for_review() -> None:
    other = (an_invoice("309", number="1099", total="290.00"), a_crm_invoice("I-9", number="1099", total="290.00"))
    shares = (CrmApplication(invoice_id="I-1"), CrmApplication(invoice_id="I-9"))
    record = a_crm_payment(amount="500.00", applied=shares, date=PAID)

    action = only_action(plan_with(in_one(), *three_visits(), *other, record))

    assert action.tier == "review"
    assert "does not say how much" in action.settles


def test_s15_an_invoice_that_something_else_has_paid_in_part_is_looked_at_first() -> None:
    """QuickBooks has 300.00 on it of which the CRM knows nothing, long before."""
    unknown = a_payment("409", total="300.00", pays={"301": "300.00"}, date=DAY, reference="77")
    record = a_crm_payment(amount="210.00", pays={"I-1": "210.00"}, date=DAY + timedelta(days=5))
    visits = three_visits(balance=Decimal("210.00"))

    (action,) = actions(plan_with(in_one(), *visits, unknown, record), "record_payment")

    assert action.tier == "review"


def test_s15_a_payment_that_a_journal_entry_has_set_off_against_the_invoice_is_not_recorded() -> None:
    entry = a_journal_entry("701", debits={"35": "95.00"}, credits={"84": "95.00"}, date=PAID)
    joined = a_payment("411", total="0.00", pays={"301": "95.00"}, uses_entries={"701": "95.00"}, date=PAID)
    record = a_crm_payment(amount="95.00", pays={"I-3": "95.00"}, date=PAID)

    plan = plan_with(in_one(), *three_visits(), entry, joined, record)

    assert actions(plan, "record_payment") == []


def test_a_payment_of_a_sale_on_an_invoice_without_anything_open_is_told_so() -> None:
    lump = a_payment("409", total="635.00", pays={"301": "635.00"}, date=PAID, reference="77")
    record = a_crm_payment(amount="330.00", pays={"I-2": "330.00"}, date=PAID)

    plan = plan_with(in_one(), *three_visits(), lump, record)

    (finding,) = [finding for finding in plan.findings if finding.kind == "missing_payment"]
    assert plan.actions == ()
    assert "QuickBooks has CRM invoice 1043 as 5001, with nothing open" in finding.no_action


def test_a_payment_of_a_sale_that_quickbooks_has_not_is_told_so() -> None:
    draft = a_crm_invoice(status="draft")

    plan = plan_with(an_invoice("309", number="1099"), draft, a_crm_payment(pays={"I-1": "100.00"}, date=PAID))

    (finding,) = [finding for finding in plan.findings if finding.kind == "missing_payment"]
    assert "CRM invoice 1042 is not in QuickBooks" in finding.no_action


def test_s07_a_parents_invoice_for_its_jobs_sales_takes_the_jobs_money_by_a_reviewers_choice() -> None:
    jobs = [a_customer(), a_customer("81", "Elm St", parent_ref=Ref("58"))]
    payment = a_payment("410", total="330.00", customer="81", date=PAID)
    record = a_crm_payment(amount="330.00", pays={"I-2": "330.00"}, date=PAID)

    action = only_action(plan_with(in_one(), *three_visits(), payment, record, customers=jobs))

    assert action.tier == "review"
    assert "S07" in action.settles


def test_s05_a_deposited_payment_of_one_of_the_sales_is_not_edited() -> None:
    payment = a_payment("410", total="330.00", date=PAID)
    record = a_crm_payment(amount="330.00", pays={"I-2": "330.00"}, date=PAID)

    action = only_action(
        plan_with(in_one(), *three_visits(), payment, a_deposit("601", payments={"410": "330.00"}), record)
    )

    assert (action.tier, action.requests) == ("hold", ())


def test_s01_an_invoice_of_a_closed_period_is_paid_by_a_reviewers_choice() -> None:
    payment = a_payment("410", total="330.00", date=PAID)
    record = a_crm_payment(amount="330.00", pays={"I-2": "330.00"}, date=PAID)

    action = only_action(plan_with(in_one(), *three_visits(), payment, record, preferences=closed_through(DAY)))

    assert action.tier == "review"


@pytest.mark.parametrize(("balance", "kinds"), [("0.00", []), ("210.00", ["stale_open_invoice"])])
def test_s11_an_invoice_is_old_and_open_only_while_the_crm_has_one_of_its_sales_open(
    balance: str, kinds: list[str]
) -> None:
    old = DAY - timedelta(days=500)
    visits = [
        a_crm_invoice(
            f"I-{place}",
            number=number,
            total=amount,
            date=old,
            status="open" if place == 1 else "paid",
            balance=Decimal(balance) if place == 1 else Decimal(0),
            lines=[a_crm_line(amount, item="Labor", description=words)],
        )
        for place, (number, (amount, words)) in enumerate(VISITS.items(), start=1)
    ]

    plan = plan_with(in_one(date=old), *visits)

    assert [finding.kind for finding in plan.findings] == kinds


# ------------------------------------------------------------------ one sale in several invoices
def test_s07_a_payment_of_the_whole_sale_goes_over_all_its_parts() -> None:
    payment = a_payment("410", total="1110.00", date=PAID)
    record = a_crm_payment(amount="1110.00", pays={"I-1": "1110.00"}, date=PAID)

    action = only_action(plan_with(*in_two(), a_job(), payment, record))

    assert (action.kind, action.tier) == ("apply_payment", "recommended")
    assert lines_of(action) == {"301": "700.00", "302": "410.00"}


def test_s15_a_missing_payment_of_the_whole_sale_is_recorded_over_all_its_parts() -> None:
    record = a_crm_payment(amount="1110.00", pays={"I-1": "1110.00"}, date=PAID)

    plan = plan_with(*in_two(), a_job(), record)

    action = only_action(plan)
    assert (action.kind, action.tier) == ("record_payment", "recommended")
    assert lines_of(action) == {"301": "700.00", "302": "410.00"}
    assert "invoices 5001 and 5002 stay open" in plan.findings[0].summary


def test_s07_a_payment_that_comes_to_one_part_goes_there() -> None:
    payment = a_payment("410", total="410.00", date=PAID)
    record = a_crm_payment(amount="410.00", pays={"I-1": "410.00"}, date=PAID)

    action = only_action(plan_with(*in_two(), a_job(), payment, record))

    assert (action.tier, lines_of(action)) == ("recommended", {"302": "410.00"})


def test_s07_the_rest_of_a_payment_that_has_settled_one_part_goes_to_the_other() -> None:
    payment = a_payment("410", total="900.00", pays={"301": "700.00"}, date=PAID)
    record = a_crm_payment(amount="900.00", pays={"I-1": "900.00"}, date=PAID)

    action = only_action(plan_with(*in_two(), a_job(), payment, record))

    assert (action.tier, action.amount) == ("recommended", Decimal("200.00"))
    assert lines_of(action) == {"301": "700.00", "302": "200.00"}


def half_and_half() -> list[AnyDocument | CrmRecord]:
    """A sale whose two parts come to the same."""
    lines = [a_crm_line("400.00", description=f"{words} for the job") for words in WORK]
    return [*in_two("400.00", "400.00"), a_crm_invoice("I-1", number="1042", total="800.00", lines=lines)]


def test_s07_of_two_parts_that_fit_both_are_shown_and_none_is_chosen() -> None:
    record = a_crm_payment(amount="400.00", pays={"I-1": "400.00"}, date=PAID)

    plan = plan_with(*half_and_half(), record)

    (finding,) = plan.findings
    assert plan.actions == ()
    assert "it fits 5001; 5002" in finding.no_action


@pytest.mark.parametrize("booked", [True, False], ids=["unapplied", "missing"])
def test_s07_a_payment_that_comes_to_no_set_of_the_parts_is_left_to_a_person(*, booked: bool) -> None:
    record = a_crm_payment(amount="300.00", pays={"I-1": "300.00"}, date=PAID)
    money = [a_payment("410", total="300.00", date=PAID)] if booked else []

    plan = plan_with(*in_two(), a_job(), record, *money)

    (finding,) = plan.findings
    assert plan.actions == ()
    assert "5001 (700.00 open) and 5002 (410.00 open)" in finding.no_action
    assert "no set of them comes to it" in finding.no_action


def test_s07_two_equal_payments_do_not_race_for_one_part() -> None:
    records = [
        a_crm_payment(f"P-{place}", amount="410.00", pays={"I-1": "410.00"}, date=PAID, reference=f"70{place}")
        for place in (1, 2)
    ]

    assert plan_with(*in_two(), a_job(), *records).actions == ()


def test_s07_a_sale_on_two_jobs_is_not_paid_by_one_payment() -> None:
    jobs = [a_customer(), a_customer("81", "Elm St", parent_ref=Ref("58"))]
    labor, materials = in_two()[0], in_two(customer="81")[1]
    record = a_crm_payment(amount="1110.00", pays={"I-1": "1110.00"}, date=PAID)

    (action,) = actions(plan_with(labor, materials, a_job(), record, customers=jobs), "record_payment")

    assert (action.tier, action.requests) == ("hold", ())


def test_s09_a_credit_of_a_part_is_recorded_and_joined_to_it() -> None:
    credit = a_crm_credit(amount="410.00")

    create, apply = plan_with(*in_two(), a_job(), credit).actions

    assert (create.tier, apply.tier) == ("recommended", "recommended")
    assert create.requests[0].body["Line"][0]["Description"] == "Materials for the job"
    assert lines_of(apply)["302"] == "410.00"


def test_s09_a_credit_that_may_be_for_any_part_is_entered_by_hand() -> None:
    plan = plan_with(*in_two(), a_job(), a_crm_credit(amount="40.00"))

    (finding,) = plan.findings
    assert plan.actions == ()
    assert "5001 (700.00 open) and 5002 (410.00 open)" in finding.no_action


def test_money_on_the_parts_of_a_sale_is_where_it_belongs() -> None:
    payment = a_payment("410", total="1110.00", pays={"301": "700.00", "302": "410.00"}, date=PAID)
    record = a_crm_payment(amount="1110.00", pays={"I-1": "1110.00"}, date=PAID)

    assert plan_with(*in_two(), a_job(), payment, record).findings == ()


def test_s07_money_of_another_sale_is_moved_off_a_part() -> None:
    other = (
        an_invoice("309", number="1099", lines=[a_line("410.00", description="Snow removal")]),
        a_crm_invoice("I-9", number="1099", total="410.00", lines=[a_crm_line("410.00", description="Snow removal")]),
    )
    payment = a_payment("410", total="410.00", pays={"302": "410.00"}, date=PAID)
    record = a_crm_payment(amount="410.00", pays={"I-9": "410.00"}, date=PAID)

    action = only_action(plan_with(*in_two(), a_job(), *other, payment, record))

    assert (action.kind, lines_of(action)) == ("move_payment", {"309": "410.00"})


def test_money_beyond_what_the_crm_records_is_not_called_misapplied() -> None:
    """One deposit slip in QuickBooks, of which the CRM's record is the part that pays the split sale."""
    other = (an_invoice("309", number="1099"), a_crm_invoice("I-9", number="1099"))
    payment = a_payment("410", total="1210.00", pays={"301": "700.00", "302": "410.00", "309": "100.00"}, date=PAID)
    record = a_crm_payment(amount="1110.00", pays={"I-1": "1110.00"}, date=PAID, qbo_id="410", reference=None)

    plan = plan_with(*in_two(), a_job(), *other, payment, record)

    assert [finding for finding in plan.findings if finding.kind == "misapplied_payment"] == []
