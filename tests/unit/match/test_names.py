"""How two names compare: what one party may be written as, and what tells two apart."""

from __future__ import annotations

import pytest

from qbclean.match.names import ONE_PARTY, compare_names
from qbclean.match.normalize import name_key


def level(one: str, two: str) -> str:
    """The level, which is the same read either way."""
    there, back = (compare_names(name_key(a), name_key(b)) for a, b in ((one, two), (two, one)))
    assert there == back
    return there


@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [
        ("Smith, John", "John Smith", "same"),
        ("Marsh Property Mgmt", "Marsh Property Management LLC", "same"),
        ("Núñez & Núñez", "Nunez", "same"),
        ("Ruth Wright", "RuthW right", "slip"),
        ("Wright, Ruth", "RuthW right", "slip"),
        ("Paula Müller", "Paula Mülelr", "slip"),
        ("Dario St.Clair", "Dario St.lair", "slip"),
        ("Vernon Bhatt", "Vernonn Bhatt", "slip"),
        ("Vernon Bhatt", "Venron Bhatt", "slip"),
        ("Vernon Bhatt", "Vernon Bhatts", "slip"),
        ("Ember Dairy LLC", "Emebr Dairy", "slip"),
        ("Nora Hansen", "Nora Hanson", "other letter"),
        ("Stephen Marsh", "Stephen R. Marsh", "middle initial"),
        ("Stephen A. Marsh", "Stephen R. Marsh", "other middle initial"),
        ("John & Mary Smith", "John Smith", "household"),
        ("Miles & Imogen Nakagawa", "Miles Nkaagawa", "slip"),
        ("Kenji & Casper Ashworth", "K. Ashworth", "first initial"),
        ("Casper & Linnea Ostrander", "Casper B Ostrander", "household"),
        ("J. R. Smith", "John Smith", "first initial"),
        ("Foxglove Law Group", "Foxglove Law", "form of firm"),
        ("Granite Catering Partners", "Grainte Catering", "form of firm"),
    ],
)
def test_one_party_may_be_written_so(one: str, two: str, expected: str) -> None:
    assert level(one, two) == expected


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Andre Yates", "Andrea Yates"),
        ("Christian Yates", "Christina Yates"),
        ("Tim Yates", "Tom Yates"),
        ("Ann Yates", "Ben Yates"),
        ("A. Yates", "Ben Yates"),
        ("Smith Roofing", "Smith Roofing Supply"),
        ("Cedar Lot 4", "Cedar Lot 5"),
        ("Cedar Realty", "Cedar Realty 2"),
        ("Summit Bakery North", "Summit Bakery South"),
        ("John M Smith", "Mary Smith"),
    ],
)
def test_relatives_and_sister_firms_are_told_apart(one: str, two: str) -> None:
    assert level(one, two) not in ONE_PARTY
