"""The assignment: who pairs with whom when several could."""

from __future__ import annotations

from qbclean.match.assignment import assign


def test_nobody_pairs_without_positive_weight() -> None:
    assert assign({"a": {"x": 0, "y": -5}, "b": {}}) == {}


def test_the_heavier_edge_wins() -> None:
    assert assign({"a": {"x": 10}, "b": {"x": 20}}) == {"b": "x"}


def test_two_good_pairs_beat_one_excellent_pair() -> None:
    assert assign({"a": {"x": 30, "y": 20}, "b": {"x": 20}}) == {"a": "y", "b": "x"}


def test_one_excellent_pair_beats_two_poor_ones() -> None:
    assert assign({"a": {"x": 30, "y": 4}, "b": {"x": 4}}) == {"a": "x"}


def test_a_row_may_be_sent_away_to_stay_alone() -> None:
    """Rows come in order; a later and better one takes the only column from an earlier."""
    assert assign({"a": {"x": 5}, "b": {"x": 6}, "c": {"x": 7}}) == {"c": "x"}


def test_a_long_chain_of_second_choices_is_followed_to_its_end() -> None:
    edges = {number: {number: 10, number + 1: 10} for number in range(50)} | {50: {0: 10}}

    paired = assign(edges)

    assert len(paired) == 51
    assert paired[50] == 0


def test_ties_are_settled_by_the_order_given() -> None:
    assert assign({"a": {"x": 5, "y": 5}, "b": {"x": 5, "y": 5}}) == {"a": "x", "b": "y"}
