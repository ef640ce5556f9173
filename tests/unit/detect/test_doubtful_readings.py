"""Recommended means one reading only: where the ground is weak, or another reading fits, a person decides."""

from __future__ import annotations

from datetime import date

from qbclean.model.crm import CrmInvoice
from qbclean.model.plan import Plan
from tests.builders import a_credit_memo, a_line, a_payment, a_snapshot, an_invoice
from tests.crm_builders import a_crm_credit, a_crm_invoice, a_crm_line, a_crm_payment, actions, plan_of, the_crm
from tests.rules.copies import entered


def recommended(plan: Plan) -> list[str]:
    return [f"{action.kind}: {action.summary}" for action in actions(plan) if action.tier == "recommended"]


def test_a_paid_copy_of_either_of_two_sales_does_not_get_the_other_sales_invoice_voided() -> None:
    """303 was typed in between the two visits and paid. It may be a copy of 301 as well as of 302."""
    books = a_snapshot(
        an_invoice("301", number="7001", date=date(2026, 3, 2), meta_data=entered(days=0)),
        an_invoice("302", number="7002", date=date(2026, 3, 12), meta_data=entered(days=10)),
        an_invoice("303", number="7003", date=date(2026, 3, 7), meta_data=entered(days=5)),
        a_payment("410", pays={"303": "100.00"}, date=date(2026, 3, 20)),
    )
    crm = the_crm(
        a_crm_invoice("I-1", date=date(2026, 3, 2)), a_crm_invoice("I-2", number="1050", date=date(2026, 3, 12))
    )

    assert recommended(plan_of(books, crm)) == []


def test_a_number_drawn_by_chance_does_not_void_the_sale_whose_number_it_is() -> None:
    """303 is lot 2, typed in under QuickBooks' next number, which happens to be lot 1's; only its cheque tells."""
    lots = [
        a_crm_invoice(f"I-{n}", number=f"180{n}", lines=[a_crm_line(description=f"Rough-in, lot {n}")], status="paid")
        for n in (1, 2)
    ]
    books = a_snapshot(
        an_invoice("301", number="1610", lines=[a_line(description="Rough-in, lot 1")], meta_data=entered(days=0)),
        an_invoice("302", number="1802", lines=[a_line(description="Rough-in, lot 2")], meta_data=entered(days=1)),
        an_invoice("303", number="1801", lines=[a_line(description="Work as agreed")], meta_data=entered(days=3)),
        a_payment("410", pays={"303": "100.00"}, reference="5333"),
    )

    plan = plan_of(books, the_crm(*lots, a_crm_payment(pays={"I-2": "100.00"}, reference="5333")))

    assert [entry for entry in recommended(plan) if entry.startswith("void")] == []


def test_a_second_booking_of_an_applied_payment_is_not_applied_too() -> None:
    """The bank feed brought the payment again: 400.00 of a large invoice is paid, and 400.00 hangs beside it."""
    books = a_snapshot(
        an_invoice("301", total="5000.00"),
        a_payment("410", total="400.00", pays={"301": "400.00"}, reference=None),
        a_payment("411", total="400.00", reference="ch_31838495", date=date(2026, 3, 4)),
    )
    crm = the_crm(
        a_crm_invoice(total="5000.00", status="partial"),
        a_crm_payment(amount="400.00", pays={"I-1": "400.00"}, reference="ch_31838495"),
    )

    assert recommended(plan_of(books, crm)) == []


def test_money_is_not_recommended_for_an_invoice_that_is_only_perhaps_the_one_meant() -> None:
    """September's invoice is missing; November's was booked twice, and its copy is two months off."""
    books = a_snapshot(
        an_invoice("301", number="1042", date=date(2025, 11, 18)),
        an_invoice("302", number=None, date=date(2025, 11, 18), meta_data=entered(days=5)),
        a_payment("410", date=date(2025, 9, 25)),
    )
    crm = the_crm(
        a_crm_invoice("I-1", number="1042", date=date(2025, 11, 18)),
        a_crm_invoice("I-2", number="1030", date=date(2025, 9, 18), status="paid"),
        a_crm_payment(pays={"I-2": "100.00"}, date=date(2025, 9, 25)),
    )

    assert recommended(plan_of(books, crm)) == []


def test_of_several_sets_that_add_up_to_one_booked_invoice_none_is_created_outright() -> None:
    """300.00 in QuickBooks may stand for 100 + 200 of one day or 120 + 180 of the day before."""
    day, before = date(2026, 2, 27), date(2026, 2, 26)
    crm = the_crm(
        a_crm_invoice("I-1", number="101", total="100.00", date=day),
        a_crm_invoice("I-2", number="102", total="200.00", date=day),
        a_crm_invoice("I-3", number="103", total="120.00", date=before),
        a_crm_invoice("I-4", number="104", total="180.00", date=before),
    )

    assert recommended(plan_of(a_snapshot(an_invoice("301", number="7301", total="300.00", date=day)), crm)) == []


def test_a_payment_is_not_moved_off_an_invoice_that_is_only_perhaps_another_sales() -> None:
    """July was never invoiced in QuickBooks. August was, twice, and the copy is paid: it is August's, not July's."""

    def told(key: str, number: str, day: date, words: str) -> CrmInvoice:
        return a_crm_invoice(key, number=number, date=day, status="paid", lines=[a_crm_line(description=words)])

    august = date(2025, 8, 26)
    books = a_snapshot(
        an_invoice("301", number="50035", date=august, lines=[a_line(description="Filter service - August 2025")]),
        an_invoice(
            "302",
            number="50128",
            date=august,
            lines=[a_line(description="Filter service")],
            meta_data=entered(days=1),
        ),
        a_payment("410", pays={"302": "100.00"}, date=date(2025, 8, 28)),
    )
    crm = the_crm(
        told("I-1", "1506", date(2025, 7, 26), "Filter service - July 2025"),
        told("I-2", "1527", august, "Filter service - August 2025"),
        a_crm_payment(pays={"I-2": "100.00"}, date=date(2025, 8, 28)),
    )

    assert [what.split(":")[0] for what in recommended(plan_of(books, crm))] == ["void_invoice"]


def test_no_action_is_surer_than_what_it_depends_on() -> None:
    """A total the office changed: the invoice is for review, and so is the rest of the payment on it."""
    books = a_snapshot(
        an_invoice("301", number="1042", lines=[a_line("100.00")]),
        a_payment("410", total="150.00", pays={"301": "100.00"}),
    )
    crm = the_crm(
        a_crm_invoice("I-1", total="150.00", status="paid", lines=[a_crm_line("150.00")]),
        a_crm_payment(amount="150.00", pays={"I-1": "150.00"}),
    )
    plan = plan_of(books, crm)
    tiers = {action.id: action.tier for action in actions(plan)}
    order = ("hold", "review", "recommended")

    assert any(action.depends_on for action in actions(plan))
    for action in actions(plan):
        assert all(order.index(action.tier) <= order.index(tiers[needed]) for needed in action.depends_on)


def swapped(*, reference: str | None) -> Plan:
    """Payment 410 sits on 301 and 411 hangs; the CRM has 410 on 302 and 411 on 301."""
    books = a_snapshot(
        an_invoice("301", number="1042"),
        an_invoice("302", number="1050", date=date(2026, 3, 5)),
        a_payment("410", pays={"301": "100.00"}, reference=reference, date=date(2026, 3, 20)),
        a_payment("411", reference="ch_31838495", date=date(2026, 4, 20)),
    )
    crm = the_crm(
        a_crm_invoice("I-1", number="1042", status="paid"),
        a_crm_invoice("I-2", number="1050", date=date(2026, 3, 5), status="paid"),
        a_crm_payment("P-1", pays={"I-2": "100.00"}, reference=reference, date=date(2026, 3, 20)),
        a_crm_payment("P-2", pays={"I-1": "100.00"}, reference="ch_31838495", date=date(2026, 4, 20)),
    )
    return plan_of(books, crm)


def test_s18_what_settles_an_invoice_after_other_money_is_moved_off_it_is_no_surer_than_the_move() -> None:
    for reference, tier in ((None, "review"), ("CHK 5511", "recommended")):
        move, apply = swapped(reference=reference).actions

        assert (move.kind, apply.kind) == ("move_payment", "apply_payment")
        assert apply.depends_on == (move.id,)
        assert (move.tier, apply.tier) == (tier, tier)


def test_two_payments_that_sit_on_each_others_invoices_wait_for_no_ring() -> None:
    """Neither can go first: the plan is made all the same, and what cannot be carried out is on hold."""
    pays = {"410": "301", "411": "302"}
    books = a_snapshot(
        an_invoice("301", number="1042"),
        an_invoice("302", number="1050", date=date(2026, 3, 5)),
        *(a_payment(key, pays={invoice: "100.00"}, reference=f"CHK {key}") for key, invoice in pays.items()),
    )
    crm = the_crm(
        a_crm_invoice("I-1", number="1042", status="paid"),
        a_crm_invoice("I-2", number="1050", date=date(2026, 3, 5), status="paid"),
        a_crm_payment("P-1", pays={"I-2": "100.00"}, reference="CHK 410"),
        a_crm_payment("P-2", pays={"I-1": "100.00"}, reference="CHK 411"),
    )

    assert recommended(plan_of(books, crm)) == []


def test_money_is_not_applied_outright_to_an_invoice_that_may_copy_the_next_sale() -> None:
    """August was never invoiced in QuickBooks, September twice; the copy without a number is dated between the two."""
    books = a_snapshot(
        an_invoice("301", number="1050", date=date(2026, 3, 9)),
        an_invoice("302", number=None, date=date(2026, 3, 4), meta_data=entered(days=12)),
        a_payment("410", reference=None, date=date(2026, 3, 28)),
    )
    crm = the_crm(
        a_crm_invoice("I-1", number="1042", date=date(2026, 3, 2), status="paid"),
        a_crm_invoice("I-2", number="1050", date=date(2026, 3, 9)),
        a_crm_payment(pays={"I-1": "100.00"}, reference=None, date=date(2026, 3, 28)),
    )

    assert recommended(plan_of(books, crm)) == []


def test_a_sale_is_not_voided_because_a_copy_of_the_next_one_was_given_its_number_by_chance() -> None:
    """301 is February's invoice under QuickBooks' own number; 303, a copy of March's, drew the CRM's for February."""
    february, march = date(2026, 2, 13), date(2026, 3, 16)

    def told(key: str, number: str, day: date, month: str) -> CrmInvoice:
        line = a_crm_line(description=f"Maintenance plan - {month} 2026")
        return a_crm_invoice(key, number=number, date=day, status="paid", lines=[line])

    books = a_snapshot(
        an_invoice("301", number="1592", date=february, lines=[a_line(description="Maintenance plan - February 2026")]),
        an_invoice("302", number="1744", date=march, lines=[a_line(description="Maintenance plan - March 2026")]),
        an_invoice("303", number="1720", date=march, lines=[a_line(description="Maintenance plan")]),
        a_payment("410", reference="ACH128565", date=date(2026, 3, 29)),
    )
    crm = the_crm(
        told("I-1", "1720", february, "February"),
        told("I-2", "1744", march, "March"),
        a_crm_payment(pays={"I-1": "100.00"}, reference="ACH128565", date=date(2026, 3, 29)),
    )

    assert recommended(plan_of(books, crm)) == []


def test_a_credit_memo_that_either_of_two_credits_may_be_is_neither_applied_nor_is_the_other_recorded() -> None:
    books = a_snapshot(an_invoice("301"), an_invoice("302", number="1043"), a_credit_memo(total="40.00", number=None))
    crm = the_crm(
        *(a_crm_invoice(f"I-{place}", number=f"104{place + 1}") for place in (1, 2)),
        *(a_crm_credit(f"CR-{place}", invoice=f"I-{place}", number=f"K-{place}") for place in (1, 2)),
    )

    plan = plan_of(books, crm)

    assert recommended(plan) == []
    assert {action.kind for action in actions(plan)} == {"apply_credit", "create_credit_memo"}


def test_money_for_two_invoices_of_which_one_has_nothing_open_is_for_a_person() -> None:
    books = a_snapshot(
        an_invoice("301", number="1042"),
        an_invoice("302", number="1050", date=date(2026, 3, 5), total="70.00"),
        a_payment("410", total="70.00", pays={"302": "70.00"}, reference="CHK 1", date=date(2026, 3, 9)),
        a_payment("411", total="170.00", reference="CHK 2", date=date(2026, 4, 1)),
    )
    crm = the_crm(
        a_crm_invoice("I-1", number="1042", status="paid"),
        a_crm_invoice("I-2", number="1050", date=date(2026, 3, 5), total="70.00", status="paid"),
        a_crm_payment(
            amount="170.00", pays={"I-1": "100.00", "I-2": "70.00"}, reference="CHK 2", date=date(2026, 4, 1)
        ),
    )

    (apply,) = actions(plan_of(books, crm), "apply_payment")

    assert apply.tier == "review"
    assert "1050 too, which has nothing open" in apply.settles
