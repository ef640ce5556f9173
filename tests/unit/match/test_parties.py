"""How much two customer records look like one party."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from qbclean.match.normalize import address_key, email_key, name_key, phone_key
from qbclean.match.parties import compare_parties, score_parties
from qbclean.match.party_keys import Party, sold
from qbclean.match.weights import CLEAR, MATCH, points


def party(name: str, id: str = "1", **fields: Any) -> Party:  # noqa: A002
    given = {
        "email": email_key(fields.pop("email", None)),
        "phones": tuple(filter(None, [phone_key(fields.pop("phone", None))])),
        "addresses": tuple(filter(None, [address_key(fields.pop("address", None))])),
    }
    return Party(**{"id": id, "names": (name_key(name),), **given, **fields})


def alike(one: Party, two: Party) -> int:
    return points(compare_parties(one, two))


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Smith, John", "John Smith"),
        ("Quarry Road Dental LLC", "Quarry Road Dental"),
        ("José Núñez", "Jose Nunez"),
        ("Harbor Lane Bakery", "Harbour Lane Bakery"),
        ("Ruth Wright", "RuthW right"),
        ("Maria De la Cruz", "Maria Delacruz"),
    ],
)
def test_spellings_of_one_name_are_enough_to_match(one: str, two: str) -> None:
    assert alike(party(one), party(two)) >= MATCH


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("John Smith Sr.", "John Smith Jr."),
        ("John Smith", "John Smith Jr."),
        ("Smith Roofing", "Smith Roofing Supply"),
        ("Ann Baker", "Tom Baker"),
        ("Elm Street HOA", "Oak Street HOA"),
    ],
)
def test_people_and_firms_that_share_words_are_not_one_party(one: str, two: str) -> None:
    assert alike(party(one), party(two)) < MATCH


def test_father_and_son_at_one_address_with_one_phone_stay_two() -> None:
    home = {"phone": "555-010-4242", "address": "12 Elm St"}

    assert alike(party("John Smith Sr.", **home), party("John Smith Jr.", **home)) < MATCH


def test_firm_and_supply_house_at_one_address_are_never_clear() -> None:
    home = {"phone": "555-010-4242", "address": "12 Elm St"}

    assert alike(party("Smith Roofing", **home), party("Smith Roofing Supply", **home)) < CLEAR


def test_a_couple_and_one_of_them_at_one_address_are_one_household() -> None:
    home = {"phone": "555-010-4242", "address": "12 Elm St"}

    assert alike(party("John & Mary Smith", **home), party("John Smith", **home)) >= CLEAR


@pytest.mark.parametrize(
    ("one", "two", "shared"),
    [
        ("Stephen Marsh", "Stephen R. Marsh", {"address": "12 Elm St"}),
        ("Marsh, Stephen R", "Stephen Marsh", {"email": "marsh@mail.example"}),
        ("C. Marsh", "Christine Marsh", {"email": "marsh@mail.example"}),
        ("Sarah & Shirley Hill", "Sarah Hill", {"address": "12 Elm St"}),
        ("Hill, Sarah", "Sarah and Tom Hill", {"email": "hill@mail.example"}),
    ],
)
def test_an_initial_or_a_spouse_more_and_one_thing_in_common_are_one_party(
    one: str, two: str, shared: dict[str, str]
) -> None:
    assert alike(party(one, **shared), party(two, **shared)) >= CLEAR
    assert alike(party(one), party(two)) < CLEAR


@pytest.mark.parametrize(
    ("one", "two"), [("John A. Smith", "John B. Smith"), ("T. Baker", "Ann Baker"), ("Ann Baker", "Baker")]
)
def test_another_initial_in_one_house_is_not_clearly_one_party(one: str, two: str) -> None:
    home = {"phone": "555-010-4242", "address": "12 Elm St"}

    assert alike(party(one, **home), party(two, **home)) < CLEAR


@pytest.mark.parametrize("same", [{"email": "ann@quarry.example"}, {"phone": "555 010 4242"}, {"address": "12 Elm St"}])
def test_each_thing_in_common_speaks_for_one_party_and_another_value_against(same: dict[str, str]) -> None:
    other = {"email": "tom@quarry.example", "phone": "555 010 9999", "address": "99 Oak Ave"}
    key = next(iter(same))
    bare = alike(party("Ann Baker"), party("Ann Baker"))

    assert alike(party("Ann Baker", **same), party("Ann Baker", **same)) > bare
    assert alike(party("Ann Baker", **same), party("Ann Baker", **{key: other[key]})) < bare


def test_what_one_side_does_not_have_says_nothing() -> None:
    full = party("Ann Baker", email="ann@quarry.example", phone="555 010 4242", address="12 Elm St")

    assert alike(full, party("Ann Baker")) == alike(party("Ann Baker"), party("Ann Baker"))


def test_a_stored_quickbooks_id_makes_up_for_another_name() -> None:
    crm, booked = party("Baker, A.", qbo_id="58"), party("Annabel Baker-Lund", id="58")

    assert alike(crm, booked) > alike(replace(crm, qbo_id=""), booked)


def test_shared_invoices_make_up_for_another_name_the_more_the_better() -> None:
    sales = [sold("1042", Decimal(100)), sold("1043", Decimal(200))]
    scores = [
        alike(party("A. B.", sales=frozenset(sales[:n])), party("Baker", sales=frozenset(sales[:n]))) for n in range(3)
    ]

    assert scores == sorted(set(scores))


def test_a_job_is_less_likely_to_be_the_customer_than_a_customer_of_that_name() -> None:
    assert alike(party("Elm St"), party("Elm St", is_job=True)) < alike(party("Elm St"), party("Elm St"))


def test_the_best_of_several_names_counts() -> None:
    crm = Party(id="1", names=(name_key("Ann Baker"), name_key("Quarry Road Dental")))

    assert alike(crm, party("Quarry Road Dental")) >= MATCH


def test_nobody_is_compared_with_itself_and_weak_likeness_is_left_out() -> None:
    people = [party("Ann Baker", id="1"), party("Ann Baker", id="2"), party("Tom Lund", id="3")]

    scored = score_parties(people, people, least=MATCH)

    assert {left: set(row) for left, row in scored.items()} == {"1": {"2"}, "2": {"1"}, "3": set()}


def test_a_crm_customer_that_happens_to_have_the_id_of_its_twin_is_compared_with_it() -> None:
    assert score_parties([party("Ann Baker", id="7")], [party("Ann Baker", id="7")], least=MATCH)["7"].keys() == {"7"}


def test_a_name_alike_is_looked_for_unless_somebody_else_is_clearly_meant() -> None:
    sure = party("Jon Smyth", id="c1", email="jon@smyth.example", phone="555 010 7788")
    bare = party("Jon Smyth", id="c2")
    theirs = [party("John Smith", id="1"), party("Jon Smyth", id="2", email="jon@smyth.example", phone="555 010 7788")]

    scored = score_parties([sure, bare], theirs, least=0)

    assert scored["c1"].keys() == {"2"}
    assert scored["c2"].keys() == {"1", "2"}


def test_who_shares_what_too_many_share_is_looked_for_by_name() -> None:
    """Fifty-one customers with the e-mail of the office: the e-mail proposes nobody any more, but it still counts."""
    office = [party(f"Customer {number}", id=f"{number}", email="office@roofing.example") for number in range(60)]

    scored = score_parties([party("Jon Smyth", id="c", email="office@roofing.example")], office, least=MATCH)
    named = [*office, party("John Smith", id="77", email="office@roofing.example")]
    again = score_parties([party("Jon Smyth", id="c", email="office@roofing.example")], named, least=MATCH)

    assert scored["c"] == {}
    assert again["c"].keys() == {"77"}
