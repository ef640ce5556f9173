"""The assignment is the best one there is, against trying them all."""

from __future__ import annotations

from itertools import permutations, product
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from qbclean.match.assignment import assign

Edges = dict[str, dict[int, int]]

WEIGHTS = st.integers(-10, 40)
EDGES = st.dictionaries(
    st.sampled_from("abcdef"), st.dictionaries(st.integers(0, 5), WEIGHTS, max_size=6), min_size=1, max_size=6
)


def total(edges: Edges, paired: dict[str, int]) -> int:
    return sum(edges[row][column] for row, column in paired.items())


def best_total(edges: Edges) -> int:
    """The optimum by trying every way, a row at a time, of giving it a free column or none."""
    best = {frozenset[int](): 0}
    for columns in edges.values():
        grown = dict(best)
        for taken, worth in best.items():
            for column, weight in columns.items():
                if column not in taken:
                    key = taken | {column}
                    grown[key] = max(grown.get(key, -1), worth + weight)
        best = grown
    return max(best.values())


@settings(max_examples=400, deadline=None, derandomize=True)
@given(EDGES)
def test_total_weight_is_the_optimum_of_all_assignments(edges: Edges) -> None:
    assert total(edges, assign(edges)) == best_total(edges)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(EDGES)
def test_pairs_are_one_to_one_and_along_positive_edges(edges: Edges) -> None:
    paired = assign(edges)

    assert len(set(paired.values())) == len(paired)
    assert all(edges[row][column] > 0 for row, column in paired.items())


@settings(max_examples=150, deadline=None, derandomize=True)
@given(EDGES, st.randoms(use_true_random=False))
def test_the_order_of_rows_and_columns_does_not_change_the_total(edges: Edges, random: Random) -> None:
    rows = list(edges)
    random.shuffle(rows)
    mixed = {row: dict(sorted(edges[row].items(), reverse=True)) for row in rows}

    assert total(mixed, assign(mixed)) == total(edges, assign(edges))


def test_every_small_matrix_of_three_weights_is_solved_best() -> None:
    """Exhaustive where chance might not look: all 3×3 matrices over the weights 0, 1, 2."""
    for cells in product((0, 1, 2), repeat=9):
        edges = {row: {column: cells[3 * place + column] for column in range(3)} for place, row in enumerate("abc")}
        best = max(sum(cells[3 * row + column] for row, column in enumerate(order)) for order in permutations(range(3)))
        assert total(edges, assign(edges)) == best
