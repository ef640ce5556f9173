"""Customers are unique, look-alike pairs differ where it counts, and other spellings keep who is meant."""

import random

import pytest

from qbclean.sandbox.generate.people import Directory, plain
from qbclean.sandbox.generate.spelling import respelt


def test_ten_thousand_people_share_no_name_and_no_phone() -> None:
    people = Directory(random.Random(1))
    customers = [people.homeowner() for _ in range(10_000)]
    assert len({plain(customer.name).casefold() for customer in customers}) == 10_000
    assert len({customer.phone for customer in customers}) == 10_000


def test_father_and_son_share_the_name_and_nothing_else() -> None:
    senior, junior = Directory(random.Random(2)).father_and_son()
    assert junior.name == f"{senior.name} Jr."
    assert (senior.namesake, junior.namesake) == (junior, senior)
    assert senior.email != junior.email
    assert senior.phone != junior.phone


def test_every_address_is_made_up() -> None:
    people = Directory(random.Random(3))
    customers = [people.homeowner() for _ in range(50)] + [people.firm("manager") for _ in range(50)]
    assert all(customer.email.endswith(".example") for customer in customers)
    assert all(" 555-" in customer.phone for customer in customers)


@pytest.mark.parametrize("seed", range(20))
def test_another_spelling_never_drops_junior(seed: int) -> None:
    rng = random.Random(seed)
    _, junior = Directory(rng).father_and_son()
    assert "JR." in respelt(rng, junior).upper()


@pytest.mark.parametrize("seed", range(20))
def test_another_spelling_shares_most_letters(seed: int) -> None:
    rng = random.Random(seed)
    customer = Directory(rng).firm("business")
    theirs = set(plain(customer.name).casefold())
    assert len(theirs & set(plain(respelt(rng, customer)).casefold())) >= len(theirs) - 2


def test_accents_are_dropped_letter_by_letter() -> None:
    assert plain("Łukasik Grønberg Zoë Núñez") == "Lukasik Gronberg Zoe Nunez"


def test_a_large_company_does_not_run_out_of_names() -> None:
    """It searched for ever once every family had a firm of each trade."""
    people = Directory(random.Random(4))
    assert len({customer.name for _ in range(1_000) for customer in people.firm_and_supplier()}) == 2_000
