"""What each source of money settles, decided over all sources and open invoices of a customer at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import pytest

from qbclean.detect.allocation import Application, Source, Target, allocate, leftover
from qbclean.model.refs import DocumentRef

DAY = date(2026, 3, 2)


def a_target(name: str, amount: str, *, customer: str = "58", creator: str = "", sale: str = "") -> Target:
    return Target(
        ref=DocumentRef("Invoice", name),
        crm_id=sale or f"I-{name}",
        customer_id=customer,
        name=name,
        day=DAY,
        open=Decimal(amount),
        locked=False,
        creator=creator,
    )


def a_source(key: str, amount: str, *, named: dict[str, str | None] | None = None, **fields: object) -> Source:
    given = {
        "key": key,
        "customer_id": "58",
        "day": DAY + timedelta(days=9),
        "amount": Decimal(amount),
        "named": {name: None if part is None else Decimal(part) for name, part in (named or {}).items()},
    }
    return Source(**{**given, **fields})  # type: ignore[arg-type]


def taken(application: Application) -> dict[str, str]:
    return {target.name: str(amount) for target, amount in application.takes}


def allocated(sources: Sequence[Source], *targets: Target) -> list[tuple[dict[str, str], str]]:
    return [(taken(application), application.ground) for application in allocate(sources, targets)]


def test_what_the_crm_names_comes_first_and_leaves_less_for_the_others() -> None:
    named, fitting = a_source("b", "60.00", named={"I-1042": None}), a_source("a", "100.00")

    found = allocated([fitting, named], a_target("1042", "100.00"), a_target("1043", "100.00"))

    assert found == [({"1043": "100.00"}, "only exact amount"), ({"1042": "60.00"}, "CRM names it")]


def test_a_named_amount_is_not_exceeded() -> None:
    source = a_source("a", "100.00", named={"I-1042": "70.00", "I-1043": "30.00"})

    found = allocated([source], a_target("1042", "500.00"), a_target("1043", "500.00"))

    assert found == [({"1042": "70.00", "1043": "30.00"}, "CRM names it")]


def test_nothing_takes_more_than_is_open_or_than_it_has() -> None:
    overpaid = allocate([a_source("a", "100.00", named={"I-1042": None})], [a_target("1042", "80.00")])[0]

    assert taken(overpaid) == {"1042": "80.00"}
    assert leftover(overpaid) == Decimal("20.00")


def test_two_sources_do_not_settle_one_invoice_twice() -> None:
    sources = [a_source(key, "100.00", named={"I-1042": None}) for key in "ab"]

    found = allocated(sources, a_target("1042", "150.00"))

    assert [parts for parts, _ in found] == [{"1042": "100.00"}, {"1042": "50.00"}]


def test_a_reference_counts_only_for_the_same_customer_or_job() -> None:
    source = a_source("a", "40.00", reference="INV-1042")

    assert allocated([source], a_target("1042", "100.00")) == [({"1042": "40.00"}, "reference names it")]
    assert allocated([source], a_target("1042", "100.00", customer="81")) == [({}, "nothing fits")]


def test_a_reference_two_invoices_share_names_neither() -> None:
    twins = (a_target("1042", "90.00"), a_target("INV-1042", "80.00"))

    assert allocated([a_source("a", "40.00", reference="1042")], *twins) == [({}, "nothing fits")]


@pytest.mark.parametrize(
    ("opens", "ground"),
    [
        (("100.00", "250.00"), "only exact amount"),
        (("60.00", "40.00", "77.00"), "only sum"),
        (("100.00", "60.00", "40.00"), "several fit"),
        (("99.99", "100.01"), "nothing fits"),
    ],
)
def test_only_one_reading_of_the_amounts_is_taken(opens: tuple[str, ...], ground: str) -> None:
    targets = [a_target(str(1042 + place), amount) for place, amount in enumerate(opens)]

    ((parts, found),) = allocated([a_source("a", "100.00")], *targets)

    assert found == ground
    assert bool(parts) is ground.startswith("only")


def test_several_readings_are_listed() -> None:
    (application,) = allocate([a_source("a", "100.00")], [a_target(name, "100.00") for name in ("1042", "1043")])

    assert application.readings == (("1042",), ("1043",))


def test_money_on_account_takes_nothing() -> None:
    assert allocated([a_source("a", "100.00", on_account=True)], a_target("1042", "100.00")) == [({}, "nothing fits")]


def test_an_amount_alone_does_not_claim_an_invoice_that_is_yet_to_be_created() -> None:
    assert allocated([a_source("a", "100.00")], a_target("1042", "100.00", creator="A-1")) == [({}, "nothing fits")]


def test_an_order_of_sources_that_name_nothing_does_not_matter() -> None:
    sources = [a_source("a", "100.00"), a_source("b", "60.00")]
    opens = [("1042", "100.00"), ("1043", "60.00")]

    one = allocated(sources, *(a_target(*pair) for pair in opens))
    two = allocated(sources[::-1], *(a_target(*pair) for pair in opens[::-1]))

    assert one == two[::-1]


def test_what_takes_the_place_of_misapplied_money_waits_until_that_is_moved_off() -> None:
    """100.00 of "wrong" sits on 1042, of which 60.00 is open; "right" needs 100.00 of it, "small" only what is open."""
    wrong = a_source(
        "wrong", "100.00", named={"I-1043": None}, gives_up=[(DocumentRef("Invoice", "1042"), Decimal(100))]
    )
    small, right = (
        a_source("small", "60.00", named={"I-1042": None}),
        a_source("right", "100.00", named={"I-1042": None}),
    )

    found = allocate([wrong, small, right], [a_target("1042", "60.00"), a_target("1043", "100.00")])

    assert [(application.source.key, application.waits_for) for application in found] == [
        ("wrong", ()),
        ("small", ()),
        ("right", ("wrong",)),
    ]


def test_two_payments_that_sit_on_one_wrong_invoice_both_free_their_part_of_it() -> None:
    on_it = DocumentRef("Invoice", "1042")
    wrong = [
        a_source(key, "50.00", named={"I-1043": None}, gives_up=[(on_it, Decimal(50))]) for key in ("first", "second")
    ]
    right = a_source("right", "100.00", named={"I-1042": None})

    *_, last = allocate([*wrong, right], [a_target("1042", "0.00"), a_target("1043", "100.00")])

    assert taken(last) == {"1042": "100.00"}
    assert last.waits_for == ("first", "second")


# ------------------------------------------------------------------ a sale in several invoices
def parts(*opens: str) -> list[Target]:
    """Invoices 1042A, 1042B, … of those open balances, all of them CRM invoice I-1."""
    return [a_target(f"1042{letter}", amount, sale="I-1") for letter, amount in zip("ABCDEF", opens, strict=False)]


@pytest.mark.parametrize(
    ("amount", "opens", "takes"),
    [
        ("100.00", ("60.00", "40.00"), {"1042A": "60.00", "1042B": "40.00"}),
        ("150.00", ("60.00", "40.00"), {"1042A": "60.00", "1042B": "40.00"}),
        ("40.00", ("60.00", "40.00"), {"1042B": "40.00"}),
        ("25.00", ("0.00", "40.00"), {"1042B": "25.00"}),
        ("100.00", ("60.00", "30.00", "40.00"), {"1042A": "60.00", "1042C": "40.00"}),
    ],
    ids=["all of it", "more than all", "one part", "the only open part", "a set of parts"],
)
def test_money_goes_over_the_parts_of_its_sale_where_one_reading_fits(
    amount: str, opens: tuple[str, ...], takes: dict[str, str]
) -> None:
    ((found, ground),) = allocated([a_source("a", amount, named={"I-1": amount})], *parts(*opens))

    assert (found, ground) == (takes, "CRM names it")


@pytest.mark.parametrize(
    ("amount", "opens", "readings"),
    [
        ("40.00", ("40.00", "40.00"), (("1042A",), ("1042B",))),
        ("60.00", ("60.00", "35.00", "25.00"), (("1042A",), ("1042B", "1042C"))),
        ("10.00", ("60.00", "40.00"), ()),
    ],
    ids=["two parts alike", "a part and a set", "less than any part"],
)
def test_s07_of_several_readings_of_the_parts_or_none_nothing_is_taken(
    amount: str, opens: tuple[str, ...], readings: tuple[tuple[str, ...], ...]
) -> None:
    (found,) = allocate([a_source("a", amount, named={"I-1": amount})], parts(*opens))

    assert (found.takes, found.ground, found.readings) == ((), "parts unclear", readings)
    assert found.parts == tuple((target.name, target.open) for target in parts(*opens))


def test_s07_a_payment_with_one_sale_that_is_unclear_settles_no_other_either() -> None:
    source = a_source("a", "110.00", named={"I-1": "10.00", "I-1043": "100.00"})

    (found,) = allocate([source], [a_target("1043", "100.00"), *parts("60.00", "40.00")])

    assert (found.takes, found.ground) == ((), "parts unclear")


def test_s07_of_two_equal_payments_neither_takes_the_part_that_fits_both() -> None:
    sources = [a_source(key, "40.00", named={"I-1": "40.00"}) for key in ("a", "b")]

    assert [found.takes for found in allocate(sources, parts("60.00", "40.00"))] == [(), ()]


def test_a_part_that_is_settled_is_not_called_spent_while_another_is_open() -> None:
    source = a_source("a", "40.00", named={"I-1": "40.00"})

    (found,) = allocate([source], parts("0.00", "40.00"))

    assert found.spent == ()


def test_too_many_parts_are_not_added_up() -> None:
    many = [a_target(f"part {place}", "1.00", sale="I-1") for place in range(30)]

    (found,) = allocate([a_source("a", "7.00", named={"I-1": "7.00"})], many)

    assert (found.takes, found.readings) == ((), ())
