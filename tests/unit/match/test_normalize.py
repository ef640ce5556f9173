"""Numbers, names, phones, e-mails and addresses in one spelling."""

from __future__ import annotations

import pytest

from qbclean.match.normalize import address_key, email_key, name_key, number_body, number_key, phone_key, plain


# ------------------------------------------------------------------ numbers
@pytest.mark.parametrize(
    "spelling",
    ["1042", "INV-1042", "Inv 1042", "#1042", "001042", "Invoice No. 1042", "inv1042", " 1042 ", "BILL#1042"],
)
def test_dress_of_a_number_does_not_count(spelling: str) -> None:
    assert number_key(spelling) == number_key("1042")


@pytest.mark.parametrize(
    ("one", "two"), [("1042-1", "1042-2"), ("1042", "1042-1"), ("1042", "1042-R1"), ("1042", "10420")]
)
def test_draws_and_reissues_keep_numbers_of_their_own(one: str, two: str) -> None:
    first, second = number_key(one), number_key(two)

    assert first is not None
    assert second is not None
    assert first.body != second.body


@pytest.mark.parametrize("number", ["1042-1", "1042-R1", "INV-1042-R1", "1042 / 2"])
def test_draws_share_the_base_of_their_job(number: str) -> None:
    key = number_key(number)

    assert key is not None
    assert key.base == "1042"
    assert key.suffix


def test_leading_zeros_of_a_draw_do_not_count() -> None:
    assert number_key("1042-01") == number_key("1042-1")


@pytest.mark.parametrize("number", ["001042", "INV-1042", "1042-02", "S-7", "000", "Draft", "", None])
def test_the_body_alone_is_that_of_the_key(number: str | None) -> None:
    key = number_key(number)

    assert number_body(number) == (key.body if key else "")


def test_a_series_letter_is_kept_as_prefix_and_a_word_for_invoice_is_not() -> None:
    service, plain_number = number_key("S-1042"), number_key("INV-1042")

    assert service is not None
    assert plain_number is not None
    assert (service.prefix, plain_number.prefix) == ("S", "")
    assert service.body == plain_number.body


@pytest.mark.parametrize("number", [None, "", "   ", "N/A", "INV-", "draft"])
def test_a_text_without_digits_is_no_number(number: str | None) -> None:
    assert number_key(number) is None


# ------------------------------------------------------------------ names
@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Smith, John", "John Smith"),
        ("JOHN SMITH", "john smith"),
        ("Smith Roofing, LLC", "Smith Roofing"),
        ("Smith Roofing Inc.", "Smith Roofing Corporation"),
        ("José Núñez", "Jose Nunez"),
        ("O'Brien Plumbing", "OBrien Plumbing"),
        ("Mr. John Smith", "John Smith"),
        ("John Smith (deleted)", "John Smith"),
        ("The Quarry Company", "Quarry"),
    ],
)
def test_spelling_of_a_name_does_not_count(one: str, two: str) -> None:
    assert name_key(one).tokens == name_key(two).tokens


@pytest.mark.parametrize(("one", "two"), [("Smith Roofing", "Smith Roofing Supply"), ("John Smith", "Jon Smith")])
def test_other_words_make_another_name(one: str, two: str) -> None:
    assert name_key(one).tokens != name_key(two).tokens


@pytest.mark.parametrize(
    ("name", "generation"),
    [
        ("John Smith Jr.", "jr"),
        ("John Smith, Junior", "jr"),
        ("John Smith Sr", "sr"),
        ("John Smith III", "iii"),
        ("John Smith", ""),
    ],
)
def test_generation_is_kept_apart_from_the_name(name: str, generation: str) -> None:
    key = name_key(name)

    assert key.tokens == ("john", "smith")
    assert key.generation == generation


@pytest.mark.parametrize(
    ("name", "joint"), [("John & Mary Smith", True), ("John and Mary Smith", True), ("John Smith", False)]
)
def test_a_couple_is_noticed(name: str, joint: bool) -> None:
    assert name_key(name).joint is joint


def test_a_name_of_nothing_but_legal_words_keeps_them() -> None:
    assert name_key("The Company Inc").tokens


# ------------------------------------------------------------------ phones, e-mails, addresses, words
@pytest.mark.parametrize("spelling", ["(555) 010-4242", "555-010-4242", "+1 555 010 4242", "1.555.010.4242"])
def test_dress_of_a_phone_number_does_not_count(spelling: str) -> None:
    assert phone_key(spelling) == "5550104242"


@pytest.mark.parametrize("phone", [None, "", "n/a", "4242", "x104"])
def test_too_few_digits_are_no_phone_number(phone: str | None) -> None:
    assert phone_key(phone) == ""


def test_case_and_blanks_of_an_email_address_do_not_count() -> None:
    assert email_key(" Ann@Quarry.example ") == email_key("ann@quarry.example")


@pytest.mark.parametrize("email", [None, "", "none", "na@quarry.example", "noemail@quarry.example", "ann at quarry"])
def test_placeholders_are_no_email_address(email: str | None) -> None:
    assert email_key(email) == ""


@pytest.mark.parametrize("spelling", ["12 North Elm Street", "12 N. Elm St.", "12 n elm st, Unit 4"])
def test_spelling_of_a_street_does_not_count(spelling: str) -> None:
    assert address_key(spelling) == "12 n elm"


@pytest.mark.parametrize("address", [None, "", "PO Box 12", "Elm Street"])
def test_an_address_without_house_number_says_nothing(address: str | None) -> None:
    assert address_key(address) == ""


def test_plain_text_has_no_accents_case_or_punctuation() -> None:
    assert plain("  Über-Façade, No. 7! ") == "uber facade no 7"
