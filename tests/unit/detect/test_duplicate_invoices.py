"""Each way one sale comes to be booked twice (accounting-rules.md 4) is found, and told from two sales."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from qbclean.model.crm import CrmLine, CrmRecords
from qbclean.model.documents import Invoice, Ref
from qbclean.model.lists import EmailAddress
from qbclean.model.plan import Plan
from tests.builders import DAY, a_customer, a_line, a_payment, a_snapshot, an_invoice
from tests.crm_builders import (
    a_crm_customer,
    a_crm_invoice,
    a_crm_line,
    a_crm_payment,
    actions,
    closed_through,
    plan_of,
    the_crm,
)
from tests.rules.copies import SALE, entered, first_copy, plan_for, second_copy
from tests.rules.look_alikes import (
    KINDS,
    a_case,
    consolidated,
    monthly_service,
    split_in_two,
    ten_houses,
    weekly_mowing,
)

LINES = [a_line("5000.00", description="Reroof garage"), a_line("400.00", item="13", description="Shingles", id="2")]
SOLD = a_crm_invoice(
    total="5400.00",
    date=SALE,
    lines=[a_crm_line("5000.00", description="Reroof garage"), a_crm_line("400.00", item="Materials")],
)


def cancelled(plan: Plan) -> list[tuple[str, str]]:
    """(kind, duplicate) of every action that takes a copy out, whatever its tier."""
    return [
        (action.kind, action.targets[0].id)
        for action in actions(plan)
        if action.kind in ("void_invoice", "credit_duplicate")
    ]


# ------------------------------------------------------------------ hand entry beside the sync
@pytest.mark.parametrize("days", [0, 1, 7, 20, 45])
def test_a_hand_entry_dated_up_to_45_days_off_is_found(days: int) -> None:
    copy = second_copy(date=SALE + timedelta(days=days))

    assert cancelled(plan_for(first_copy(), copy)) == [("void_invoice", "302")]


@pytest.mark.parametrize(
    "fields",
    [
        {"number": "1042"},
        {"number": None},
        {"number": "8801"},
        {"lines": [a_line("5400.00", description="Roof and materials")]},
        {"lines": [a_line("5000.00", description="garage roof"), a_line("400.00", description="misc", id="2")]},
        {"total": "5400.01", "tax": "0.01"},
        {"customer": "58"},
    ],
    ids=[
        "same number",
        "no number",
        "other number",
        "lines collapsed",
        "lines reworded",
        "a cent of tax",
        "on the parent",
    ],
)
def test_a_hand_entry_is_found_however_it_was_typed(fields: dict[str, Any]) -> None:
    jobs = [a_customer(), a_customer("81", "Garage", parent_ref=Ref("58"))]
    typed = {"customer": "81", "lines": None if "total" in fields else LINES, **fields}

    plan = plan_for(first_copy(customer="81", lines=LINES), second_copy(**typed), sale=SOLD, customers=jobs)

    assert cancelled(plan) == [("void_invoice", "302")]


def test_a_hand_entry_under_a_second_spelling_of_the_customer_is_found() -> None:
    mail = EmailAddress(address="till@harborlane.example")
    people = [a_customer(primary_email_addr=mail), a_customer("59", "Harbor Ln Bakery", primary_email_addr=mail)]
    books = a_snapshot(first_copy(), second_copy(customer="59"), customers=people)
    crm = the_crm(a_crm_invoice(total="5400.00", date=SALE), a_crm_customer(email="till@harborlane.example"))

    assert cancelled(plan_of(books, crm)) == [("void_invoice", "302")]


# ------------------------------------------------------------------ the sync ran twice
def test_a_copy_created_seconds_later_is_a_double_sync_and_recommended() -> None:
    plan = plan_for(first_copy(lines=LINES), second_copy(lines=LINES, meta_data=entered(seconds=4)), sale=SOLD)

    assert [(action.kind, action.tier) for action in actions(plan)] == [("void_invoice", "recommended")]
    assert plan.findings[0].root_cause == "double_sync"
    assert "sync" in plan.findings[0].prevention


def test_a_hand_entry_is_told_from_a_double_sync() -> None:
    assert plan_for(first_copy(), second_copy()).findings[0].root_cause == "manual_reentry"


def test_of_a_triplet_two_go() -> None:
    third = second_copy(id="303", number="1044", meta_data=entered(seconds=9))

    plan = plan_for(first_copy(), second_copy(meta_data=entered(seconds=4)), third)

    assert sorted(cancelled(plan)) == [("void_invoice", "302"), ("void_invoice", "303")]


def test_of_a_triplet_both_go_although_the_last_one_has_the_number_and_is_dated_weeks_later() -> None:
    paid = a_payment("410", total="5400.00", pays={"301": "5400.00"}, date=SALE)
    late = second_copy(id="303", number="1042", date=SALE + timedelta(days=20), meta_data=entered(days=25))

    plan = plan_for(
        first_copy(number=None, lines=LINES),
        second_copy(number=None, lines=LINES, meta_data=entered(seconds=30)),
        late,
        paid,
        sale=SOLD,
    )

    assert sorted(cancelled(plan)) == [("void_invoice", "302"), ("void_invoice", "303")]
    assert tiers(plan) == ["recommended", "recommended"]


def test_a_paid_hand_entry_stays_and_the_open_one_of_the_sync_goes() -> None:
    paid = a_payment("410", total="5400.00", pays={"302": "5400.00"}, date=SALE + timedelta(days=20))

    assert cancelled(plan_for(first_copy(), second_copy(), paid)) == [("void_invoice", "301")]


def test_one_copy_in_a_closed_period_is_credited_and_the_one_in_the_open_period_voided() -> None:
    early, late = date(2026, 1, 31), date(2026, 2, 6)
    plan = plan_for(
        first_copy(date=late, number="1042"),
        second_copy(date=early),
        sale=a_crm_invoice(total="5400.00", date=late),
        preferences=closed_through(early),
    )

    assert cancelled(plan) == [("credit_duplicate", "302")]


def test_a_copy_already_voided_is_left_as_it_is() -> None:
    void = msgspec.structs.replace(second_copy(total="0.00"), private_note="Voided")

    assert actions(plan_for(first_copy(), void)) == []


# ------------------------------------------------------------------ evidence and doubt
def test_evidence_says_what_speaks_for_and_against_in_words() -> None:
    (action,) = actions(plan_for(first_copy(), second_copy(date=SALE + timedelta(days=30))))

    assert "both are 5400.00" in [item.words for item in action.evidence.supports]
    assert any(item.words.startswith("dates are 30 days apart") for item in action.evidence.against)
    assert action.evidence.confidence == sum(
        item.points for item in (*action.evidence.supports, *action.evidence.against)
    )


def test_a_number_the_crm_never_gave_does_not_speak_against_a_copy() -> None:
    (action,) = actions(plan_for(first_copy(), second_copy(date=SALE + timedelta(days=30))))

    assert "number" not in [item.feature for item in action.evidence.against]


EARLIER = [SALE - timedelta(days=90 * place) for place in range(3)]
DRAWS = [
    a_crm_invoice(f"I-{place}", number=f"{1042 + 100 * place}", total="5400.00", date=day)
    for place, day in enumerate(EARLIER)
]


def draws_booked(*numbers: str | None, days_off: int = 0) -> list[Invoice]:
    """The QuickBooks invoices of `DRAWS`, under these numbers."""
    return [
        first_copy(id=str(500 + place), number=number, date=EARLIER[place] + timedelta(days=days_off))
        for place, number in enumerate(numbers)
    ]


def tiers(plan: Plan) -> list[str]:
    return [action.tier for action in actions(plan)]


def test_where_each_equal_sale_has_an_invoice_by_its_number_or_day_one_more_copies_one_of_them() -> None:
    late = second_copy(date=SALE + timedelta(days=12))

    def with_draws(*numbers: str, days_off: int = 0) -> list[str]:
        return tiers(plan_of(a_snapshot(late, *draws_booked(*numbers, days_off=days_off)), the_crm(*DRAWS)))

    assert tiers(plan_for(first_copy(), late)) == ["recommended"]
    assert with_draws("1042", "1142", "1242", days_off=2) == ["recommended"]
    assert with_draws("7001", "7002", "7003") == ["recommended"]
    assert with_draws("7001", "7002", "7003", days_off=2) == ["review"]


def test_of_two_equal_sales_of_one_day_the_day_does_not_tell_which_invoice_is_whose() -> None:
    late = second_copy(date=SALE + timedelta(days=12))
    both = [a_crm_invoice(f"I-{n}", number=f"20{n}", total="5400.00", date=SALE) for n in (1, 2)]
    booked = [first_copy(id=f"50{n}", number=f"700{n}") for n in (1, 2)]

    assert tiers(plan_of(a_snapshot(late, *booked), the_crm(*both))) == ["review"]


def test_one_more_of_a_total_billed_every_month_is_left_to_a_person_when_it_fits_the_rhythm() -> None:
    months = [
        a_crm_invoice(f"I-{month}", number=str(1040 + month), total="240.00", date=date(2026, month, 1))
        for month in (1, 3, 4, 5)
    ]
    booked = [
        an_invoice(str(300 + month), number=str(1040 + month), total="240.00", date=date(2026, month, 1))
        for month in (1, 3, 4, 5)
    ]
    february = an_invoice("302", number="8801", total="240.00", date=date(2026, 2, 14), meta_data=entered(days=3))

    plan = plan_of(a_snapshot(february, *booked), the_crm(*months), as_of=date(2026, 6, 1))

    assert "recommended" not in tiers(plan)


@pytest.mark.parametrize(("words", "tier"), [("Draw {} of 4", "recommended"), ("Progress billing", "review")])
def test_one_more_beside_all_the_draws_of_a_job_is_no_draw_that_the_crm_has_lost(words: str, tier: str) -> None:
    days = {draw: SALE + timedelta(days=21 * draw) for draw in (1, 2, 3, 4)}
    told, booked = [], []
    for draw, day in days.items():
        given: dict[str, Any] = {"number": f"1042-{draw}", "total": "5100.37", "date": day}
        told.append(a_crm_invoice(f"I-{draw}", lines=[a_crm_line("5100.37", description=words.format(draw))], **given))
        booked.append(an_invoice(f"30{draw}", lines=[a_line("5100.37", description=words.format(draw))], **given))
    typed = [a_line("5100.37", item="13", description="Job as quoted")]
    later = days[1] + timedelta(days=7)
    again = an_invoice("399", number="30419", total="5100.37", date=later, lines=typed, meta_data=entered(days=30))
    cheque = a_payment(total="5100.37", pays={"301": "5100.37"}, date=days[2])

    plan = plan_of(a_snapshot(again, cheque, *booked), the_crm(*told), as_of=date(2026, 12, 1))

    (action,) = actions(plan, "void_invoice")
    assert (action.tier, action.targets[0].id) == (tier, "399")


def test_s13_a_number_beside_the_sales_own_is_another_draw_that_the_crm_has_lost() -> None:
    second = a_crm_invoice(number="1042-2", total="5400.00", date=SALE)
    booked = first_copy(number="1042-2")

    for number in ("1042-3", "1042-1", "1042-CO1"):
        copy = second_copy(number=number, date=SALE + timedelta(days=5))
        assert "recommended" not in tiers(plan_for(booked, copy, sale=second))
    again = second_copy(number="1042-2-1", date=SALE + timedelta(days=5))
    assert tiers(plan_for(booked, again, sale=second)) == ["recommended"]


def test_s13_a_house_is_not_voided_because_quickbooks_gave_another_house_the_crms_number() -> None:
    """QuickBooks' own series ran into the CRM's: 1044 is lot 3 in the CRM and lot 9 in QuickBooks."""

    def house(lot: int) -> str:
        return f"Rough-in and trim, lot {lot}"

    crm = the_crm(
        a_crm_invoice(
            "I-9",
            number="1040",
            total="4800.00",
            date=SALE - timedelta(days=1),
            status="paid",
            lines=[a_crm_line("4800.00", description=house(9))],
        ),
        a_crm_invoice(
            "I-3", number="1044", total="4800.00", date=SALE, lines=[a_crm_line("4800.00", description=house(3))]
        ),
    )
    ninth = an_invoice(
        "301", number="1044", date=SALE - timedelta(days=1), lines=[a_line("4800.00", description=house(9))]
    )
    third = an_invoice("302", number="1047", date=SALE, lines=[a_line("4800.00", description=house(3))])
    paid = a_payment("410", total="4800.00", pays={"301": "4800.00"}, date=SALE)

    plan = plan_of(a_snapshot(ninth, third, paid), crm)

    assert "recommended" not in tiers(plan)


def test_a_double_sync_is_not_taken_for_the_missing_sale_of_two_months_before() -> None:
    """I-1 never arrived, I-2 arrived twice within seconds: the second 302 is clearly more a copy than it is I-1."""
    before = SALE - timedelta(days=60)
    crm = the_crm(
        a_crm_invoice("I-1", number="1030", total="5400.00", date=before),
        a_crm_invoice("I-2", number="1042", total="5400.00", date=SALE),
    )
    books = a_snapshot(first_copy(), second_copy(number="1043", meta_data=entered(seconds=5)))

    void = [action for action in actions(plan_of(books, crm)) if action.kind == "void_invoice"]

    assert [(action.tier, action.targets[0].id) for action in void] == [("recommended", "302")]


def test_a_copy_that_may_be_a_sale_the_crm_has_voided_is_left_to_a_person() -> None:
    reissued = [
        a_crm_invoice("I-1", number="1042", total="5400.00", date=SALE, status="void"),
        a_crm_invoice("I-2", number="1050", total="5400.00", date=SALE + timedelta(days=5)),
    ]
    copies = (first_copy(number=None), second_copy(number="1050", date=SALE + timedelta(days=5)))

    assert "recommended" not in tiers(plan_of(a_snapshot(*copies), the_crm(*reissued)))
    assert tiers(plan_of(a_snapshot(*copies), the_crm(reissued[1]))) == ["recommended"]


def test_a_total_rounded_to_whole_dollars_by_hand_is_found() -> None:
    rounded = second_copy(total="5400.00")
    sale = a_crm_invoice(total="5400.37", date=SALE)

    assert cancelled(plan_for(first_copy(total="5400.37"), rounded, sale=sale)) == [("void_invoice", "302")]


@pytest.mark.parametrize(
    "typed",
    [
        {"total": "5400.01", "tax": "0.01"},
        {"total": "5400.00", "lines": [a_line("5400.00", item="13", description=None)]},
    ],
    ids=["a cent of tax off", "in other words"],
)
def test_a_copy_too_late_to_be_the_twin_is_known_by_an_amount_billed_once(typed: dict[str, Any]) -> None:
    """Seven weeks after the CRM's date, but six after the date of the invoice that QuickBooks has."""
    first = first_copy(date=SALE + timedelta(days=9))
    copy = second_copy(date=SALE + timedelta(days=50), number="8801", **typed)

    assert cancelled(plan_for(first, copy)) == [("void_invoice", "302")]


def test_a_copy_of_any_of_several_lots_goes_itself_and_none_of_the_lots() -> None:
    """Lot 2 lost its number on the way, so nothing but the words links it to the CRM; the copy was even sent."""
    lots = [a_crm_invoice(f"I-{n}", number=f"104{n}", total="5800.50", date=SALE, lines=[_lot(n)]) for n in (1, 2)]
    booked = [
        an_invoice("301", number="1041", total="5800.50", date=SALE, lines=[a_line("5800.50", description="Lot 1")]),
        an_invoice("302", number=None, total="5800.50", date=SALE, lines=[a_line("5800.50", description="Lot 2")]),
    ]
    vague = [a_line("5800.50", description="Work as agreed")]
    copy = an_invoice("303", number="8801", total="5800.50", date=SALE, lines=vague, email_status="EmailSent")

    assert cancelled(plan_of(a_snapshot(*booked, copy), the_crm(*lots))) == [("void_invoice", "303")]


def test_a_number_drawn_again_two_months_before_makes_no_copy_of_it() -> None:
    """303 was typed in for January's sale under a number that the CRM gave March's."""
    months = {1: date(2026, 1, 11), 3: date(2026, 3, 13)}
    told = [a_crm_invoice(f"I-{n}", number=f"170{n}", date=day) for n, day in months.items()]
    booked = [an_invoice(f"30{n}", number=f"170{n}", date=day, meta_data=entered(days=n)) for n, day in months.items()]
    early = an_invoice("309", number="1703", date=months[1], meta_data=entered(days=2))

    plan = plan_of(a_snapshot(*booked, early), the_crm(*told))

    assert cancelled(plan) == [("void_invoice", "309")]
    assert [finding.crm[0].id for finding in plan.findings if finding.kind == "duplicate_invoice"] == ["I-1"]


def test_an_amount_that_comes_back_months_later_is_a_sale_of_its_own() -> None:
    assert cancelled(plan_for(first_copy(), second_copy(date=SALE + timedelta(days=75), number="8801"))) == []


def test_a_collapsed_hand_entry_rounded_to_whole_dollars_two_weeks_later_is_clearly_a_copy() -> None:
    """Two sales of one customer hardly ever come within cents of each other, one of them to the whole dollar."""
    sale = a_crm_invoice(
        total="5400.37",
        date=SALE,
        lines=[a_crm_line("5000.37", description="Reroof garage"), a_crm_line("400.00", item="Materials")],
    )
    sold = [a_line("5000.37", description="Reroof garage"), a_line("400.00", item="13", id="2")]
    late = second_copy(date=SALE + timedelta(days=14), lines=[a_line("5400.00", description="garage, see estimate")])

    assert tiers(plan_for(first_copy(lines=sold), late, sale=sale)) == ["recommended"]


def test_another_unit_in_the_words_leaves_the_copy_to_a_person() -> None:
    lines = [[a_line("5400.00", description=f"Tune-up, {unit} unit")] for unit in ("upstairs", "downstairs")]
    sold = a_crm_invoice(
        total="5400.00", date=SALE, lines=[a_crm_line("5400.00", description="Tune-up, upstairs unit")]
    )

    plan = plan_for(first_copy(lines=lines[0]), second_copy(lines=lines[1]), sale=sold)

    assert [action.tier for action in actions(plan)] == ["review"]


def test_a_number_drawn_twice_by_chance_does_not_void_the_sale_of_three_months_later() -> None:
    by_chance = first_copy(date=SALE - timedelta(days=89))

    plan = plan_for(by_chance, second_copy(number=None))

    assert [action for action in actions(plan) if action.tier == "recommended"] == []


def test_a_copy_that_might_be_another_crm_invoice_without_twin_is_for_review() -> None:
    """Two records, two invoices, and the pairing cannot tell: nothing is voided outright, nothing created."""
    crm = the_crm(
        a_crm_invoice("I-1", total="5400.00", date=SALE),
        a_crm_invoice("I-2", number="1050", total="5400.00", date=SALE + timedelta(days=30)),
    )

    plan = plan_of(a_snapshot(first_copy(), second_copy(date=SALE + timedelta(days=29))), crm)

    assert [action for action in actions(plan) if action.tier == "recommended"] == []


def test_an_invoice_only_quickbooks_has_is_no_copy() -> None:
    strange = an_invoice("399", number="7777", total="640.00", date=SALE + timedelta(days=3))

    assert actions(plan_for(first_copy(), strange)) == []


# ------------------------------------------------------------------ a copy hidden among look-alikes
def with_one_copy(case_books: Any, of: Invoice) -> Any:
    """The books of a case with `of` booked again, a few seconds later."""
    meta = msgspec.structs.replace(of.meta_data, create_time=of.meta_data.create_time + timedelta(seconds=5))
    copy = msgspec.structs.replace(of, id="999", doc_number="9999", meta_data=meta)
    documents = [*case_books.documents(), copy]
    return a_snapshot(*documents, customers=list(case_books.customers.values()))


LIVE_KINDS = [kind for kind in KINDS if kind not in (consolidated, split_in_two)]


@pytest.mark.parametrize("style", ["numbers kept", "numbers dressed"])
@pytest.mark.parametrize("kind", LIVE_KINDS, ids=lambda kind: kind.__name__)
def test_among_look_alikes_one_copy_too_many_is_found_and_nothing_else(kind: Any, style: str) -> None:
    case = a_case(kind, style, "on its day")
    last = [invoice for invoice in case.books.invoices.values() if not invoice.is_voided][-1]

    plan = plan_of(with_one_copy(case.books, last), case.crm)

    assert cancelled(plan) == [("void_invoice", "999")]


@pytest.mark.parametrize("kind", [monthly_service, weekly_mowing, ten_houses], ids=lambda kind: kind.__name__)
def test_among_equal_invoices_without_numbers_exactly_one_goes(kind: Any) -> None:
    """Which of two equal ones does not matter; that only one of them goes does."""
    case = a_case(kind, "no numbers", "on its day")
    last = list(case.books.invoices.values())[-1]
    unnumbered = with_one_copy(case.books, msgspec.structs.replace(last, doc_number=None))

    assert len(cancelled(plan_of(unnumbered, case.crm))) == 1


def test_of_equal_draws_the_one_that_the_cheque_is_for_was_entered_twice() -> None:
    """Draw 1 was typed in by hand, without a number, and paid there; only the cheque tells it from draw 2."""
    draws = [
        a_crm_invoice(f"I-{n}", number=f"1042-{n}", total="5800.50", date=SALE, lines=[_draw(n)], status="paid")
        for n in (1, 2)
    ]
    cheques = [
        a_crm_payment(f"P-{n}", amount="5800.50", pays={f"I-{n}": "5800.50"}, reference=f"CHK 771{n}") for n in (1, 2)
    ]
    books = a_snapshot(
        an_invoice("301", number="1042-1", date=SALE, lines=[a_line("5800.50", description="Draw 1 of 2")]),
        an_invoice("302", number="1042-2", date=SALE, lines=[a_line("5800.50", description="Draw 2 of 2")]),
        an_invoice("303", number=None, date=SALE, lines=[a_line("5800.50", description="Roof work")]),
        a_payment("411", total="5800.50", pays={"303": "5800.50"}, payment_ref_num="CHK 7711"),
        a_payment("412", total="5800.50", pays={"302": "5800.50"}, payment_ref_num="CHK 7712"),
    )

    plan = plan_of(books, the_crm(*draws, *cheques))

    (void,) = actions(plan, "void_invoice")
    assert [(target.role, target.id) for target in void.targets] == [("duplicate", "301"), ("survivor", "303")]
    assert [finding.kind for finding in plan.findings] == ["duplicate_invoice"]


def _draw(number: int) -> CrmLine:
    return a_crm_line("5800.50", description=f"Draw {number} of 2")


@pytest.mark.parametrize(
    "again",
    [{"reference": "CHK 7711", "total": "5800.00"}, {"reference": None, "total": "5800.50"}],
    ids=["the same cheque, rounded", "the same amount days later"],
)
def test_money_the_crm_does_not_know_tells_whose_copy_it_was_put_on(again: dict[str, Any]) -> None:
    """Two lots at one price; the copy says nothing of its lot, and was paid with what paid lot 1 already."""
    houses = [
        a_crm_invoice(f"I-{n}", number=f"104{n}", total="5800.50", date=SALE, lines=[_lot(n)], status="paid")
        for n in (1, 2)
    ]
    cheques = [
        a_crm_payment(f"P-{n}", amount="5800.50", pays={f"I-{n}": "5800.50"}, reference=f"CHK 771{n}", date=day)
        for n, day in ((1, SALE + timedelta(days=6)), (2, SALE + timedelta(days=40)))
    ]
    booked = [
        an_invoice(f"30{n}", number=f"104{n}", date=SALE, lines=[a_line("5800.50", description=f"Lot {n}")])
        for n in (1, 2)
    ]
    money = [
        a_payment(f"41{n}", total="5800.50", pays={f"30{n}": "5800.50"}, reference=f"CHK 771{n}", date=cheque.date)
        for n, cheque in enumerate(cheques, 1)
    ]
    copy = an_invoice("303", number="8801", date=SALE, lines=[a_line(again["total"], description="Work as agreed")])
    second = a_payment("413", pays={"303": again["total"]}, date=SALE + timedelta(days=8), **again)

    plan = plan_of(a_snapshot(*booked, *money, copy, second), the_crm(*houses, *cheques))

    twice = [finding for finding in plan.findings if finding.kind == "possible_double_payment"]
    assert [finding.crm[0].id for finding in twice if finding.documents[0].kind == "Invoice"] == ["I-1"]


def _lot(number: int) -> CrmLine:
    return a_crm_line("5800.50", description=f"Lot {number}")


# ------------------------------------------------------------------ no CRM
def test_that_there_is_one_bill_more_than_draws_does_not_say_which_of_them_goes() -> None:
    """Three draws are told of and four bills are there: found, and left to a person however plain the number is."""
    books = [
        an_invoice(
            f"30{place}",
            number=f"1042-{place}",
            total="8350.37",
            date=DAY + timedelta(days=9 * place),
            lines=[a_line("8350.37", description=f"Draw {place} of 3")],
            balance="0.00",
        )
        for place in (1, 2, 3)
    ]
    labor = [a_line("8350.37", description="Labor")]
    one_more = an_invoice("399", number="70017", total="8350.37", date=DAY + timedelta(days=19), lines=labor)

    plan = plan_of(a_snapshot(*books, one_more, as_given=True), CrmRecords())

    (action,) = actions(plan)
    assert (action.kind, action.tier, action.targets[0].id) == ("void_invoice", "review", "399")
    assert "draws: one more than told" in [item.words for item in action.evidence.supports]
    assert action.evidence.confidence >= 42


@pytest.mark.parametrize(("record", "tier"), [("58", "recommended"), ("59", "review")])
def test_without_a_crm_a_copy_on_another_customer_record_waits_until_both_are_known_to_be_one(
    record: str, tier: str
) -> None:
    copy = second_copy(customer=record, lines=LINES, meta_data=entered(seconds=4))
    paid = a_payment("410", total="5400.00", pays={"301": "5400.00"}, date=SALE)
    people = [a_customer(), a_customer("59", "Harbor Lane Bakery (2)")]

    plan = plan_of(a_snapshot(first_copy(lines=LINES), copy, paid, customers=people), CrmRecords())

    assert cancelled(plan) == [("void_invoice", "302")]
    assert tiers(plan) == [tier]


@pytest.mark.parametrize(("number", "tier"), [("1042", "recommended"), (None, "review")])
def test_without_a_crm_that_a_number_is_blank_does_not_void_one_of_two_equal_calls_of_a_day(
    number: str | None, tier: str
) -> None:
    """A blank where nearly all have numbers tells of a hand entry, not that there was one call."""
    others = [
        an_invoice(f"5{n}", number=f"10{n}", total=f"{n}.00", date=SALE + timedelta(days=n)) for n in range(20, 60)
    ]
    call = [a_line("150.00", description="Work as per proposal")]
    paid, again = (
        an_invoice(key, number=name, total="150.00", date=SALE, lines=call, balance=left, meta_data=entered(days=days))
        for key, name, left, days in (("301", "1042", "0.00", 0), ("302", number, "150.00", 1))
    )

    plan = plan_of(a_snapshot(paid, again, *others, as_given=True), CrmRecords(), as_of=date(2026, 12, 1))

    assert tiers(plan) == [tier]


# ------------------------------------------------------------------ equal sales of one day
def test_s13_that_a_nights_sync_entered_equal_calls_a_minute_apart_makes_none_of_them_a_copy() -> None:
    """Three calls of one day, and one of them typed in again the day after: four invoices, of which one has to go."""
    calls = [a_crm_invoice(f"I-{n}", number=f"148{n}", total="185.00", date=SALE) for n in (5, 6, 7)]
    synced = [
        an_invoice(f"30{n}", number=f"5031{n}", total="185.00", date=SALE, meta_data=entered(seconds=80 * n))
        for n in (1, 2, 3)
    ]
    again = an_invoice(
        "309",
        number=None,
        total="185.00",
        date=SALE + timedelta(days=1),
        meta_data=entered(days=3),
        private_note="crew",
    )

    plan = plan_of(a_snapshot(*synced, again), the_crm(*calls))

    assert len(cancelled(plan)) == 1
    assert tiers(plan) == ["review"]


def test_s13_the_crms_own_twin_does_not_go_where_it_may_be_an_equal_sales() -> None:
    due = [SALE + timedelta(days=15), SALE + timedelta(days=30)]
    calls = [
        a_crm_invoice(f"I-{n}", number=f"290{n}", total="149.00", date=SALE, due_date=day) for n, day in enumerate(due)
    ]
    booked = [
        an_invoice(f"30{n}", number=f"3179{n}", total="149.00", date=SALE, due_date=day, meta_data=entered(days=n))
        for n, day in enumerate(due)
    ]
    paid = an_invoice("309", number="31799", total="149.00", date=SALE, due_date=SALE, meta_data=entered(days=5))
    money = a_payment("410", total="149.00", pays={"309": "149.00"}, date=SALE + timedelta(days=9))
    told = a_crm_payment(amount="149.00", pays={"I-1": "149.00"}, date=SALE + timedelta(days=9))

    plan = plan_of(a_snapshot(*booked, paid, money), the_crm(*calls, told))

    assert cancelled(plan) == [("void_invoice", "301")]
    assert tiers(plan) == ["review"]
