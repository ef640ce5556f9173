"""What is joined stands together under one name."""

from __future__ import annotations

from itertools import permutations

from qbclean.match.together import Together

JOINED = (("b", "d"), ("c", "d"), ("e", "f"))


def test_all_that_was_joined_is_found_under_the_first_in_order_however_it_was_joined() -> None:
    for order in permutations(JOINED):
        together = Together()
        for one, two in order:
            together.join(one, two)
        assert [together.find(one) for one in "abcdef"] == ["a", "b", "b", "b", "e", "e"]


def test_a_name_joined_with_itself_stands_for_itself() -> None:
    together = Together()
    together.join("a", "a")
    assert together.find("a") == "a"
