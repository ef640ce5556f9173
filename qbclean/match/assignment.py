"""The global one-to-one assignment: of all ways to pair rows with columns, the one with the largest total weight.

Sparse shortest augmenting paths with potentials (the Jonker–Volgenant form of the Hungarian method), in whole numbers,
so the result is exact and the same on every machine. A row may stay alone: that is worth 0, so only edges with positive
weight are ever used.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Generic, TypeVar

R = TypeVar("R", bound=Hashable)
C = TypeVar("C", bound=Hashable)


def assign(edges: Mapping[R, Mapping[C, int]]) -> dict[R, C]:
    """Row → column of the best one-to-one assignment over `edges` (weights; those ≤ 0 are ignored).

    Ties are broken by the order of the rows and columns given, so callers sort them first. Cost per row is that of one
    Dijkstra search over the part of the graph within reach of an augmenting path; sparse inputs stay near-linear.
    """
    state: _State[R, C] = _State()
    wanted = Counter(chain.from_iterable(edges.values()))
    for row, columns in edges.items():
        # The reduced cost of an edge, worth − weight + price, is never negative.
        state.worth[row] = worth = max(columns.values(), default=0)
        if worth <= 0:
            state.worth[row] = 0
        elif len(columns) == 1 and wanted[column := next(iter(columns))] == 1:
            state.column_of[row], state.row_of[column] = column, row
        else:
            _augment(row, edges, state)
    return state.column_of


def uncontested(paired: Mapping[R, C], edges: Mapping[R, Mapping[C, int]], *, by: int = 0) -> dict[R, C]:
    """The pairs without those whose column is worth as much, or more `by` so much, to a row that has a better column.

    Such a column may be a further copy of what that row's own is, and the row paired with it have none: the assignment
    alone, which leaves as little as it can, would hide both.
    """
    elsewhere: dict[C, int] = {}
    for row, column in paired.items():
        own = edges[row][column]
        for other, worth in edges[row].items():
            if other != column and worth <= own:
                elsewhere[other] = max(elsewhere.get(other, 0), worth)
    return {row: column for row, column in paired.items() if elsewhere.get(column, 0) < edges[row][column] + by}


@dataclass(slots=True)
class _State(Generic[R, C]):
    """The matching so far and the prices (potentials) that prove it is the best one for the rows seen."""

    row_of: dict[C, R] = field(default_factory=dict)
    column_of: dict[R, C] = field(default_factory=dict)
    worth: dict[R, int] = field(default_factory=dict)
    price: dict[C, int] = field(default_factory=dict)


@dataclass(slots=True)
class _Search(Generic[R, C]):
    """Distances of one Dijkstra run, and where the cheapest path found so far ends."""

    rows: dict[R, int]
    columns: dict[C, int] = field(default_factory=dict)
    came_from: dict[C, R] = field(default_factory=dict)
    settled: list[R] = field(default_factory=list)
    cost: int | None = None
    end_column: C | None = None
    end_row: R | None = None

    def ends_at(self, cost: int, *, column: C | None = None, row: R | None = None) -> None:
        """Note a complete path; a free column is preferred to leaving a row alone at the same cost."""
        better = self.cost is None or cost < self.cost
        if better or (cost == self.cost and column is not None and self.end_column is None):
            self.cost, self.end_column, self.end_row = cost, column, row


def _augment(start: R, edges: Mapping[R, Mapping[C, int]], state: _State[R, C]) -> None:
    """Match `start` along the cheapest path that ends in a free column or in a row better left alone."""
    search: _Search[R, C] = _Search(rows={start: 0})
    heap: list[tuple[int, int, R]] = [(0, 0, start)]
    pushed = 0
    while heap:
        cost, _, row = heapq.heappop(heap)
        if cost > search.rows[row] or (search.cost is not None and cost >= search.cost):
            continue
        search.settled.append(row)
        # A row leaves the matching at the price of what it would still have been worth.
        search.ends_at(cost + state.worth[row], row=row)
        for column, weight in edges[row].items():
            reached = cost + state.worth[row] - weight + state.price.get(column, 0)
            if weight <= 0 or reached >= search.columns.get(column, reached + 1):
                continue
            search.columns[column] = reached
            search.came_from[column] = row
            other = state.row_of.get(column)
            if other is None:
                search.ends_at(reached, column=column)
            elif reached < search.rows.get(other, reached + 1):
                search.rows[other] = reached
                pushed += 1
                heapq.heappush(heap, (reached, pushed, other))
    _reprice(search, state)
    _flip(start, search, state)


def _reprice(search: _Search[R, C], state: _State[R, C]) -> None:
    """Keep every reduced cost at zero or more after the path is taken."""
    cost = search.cost or 0
    for row in search.settled:
        state.worth[row] -= max(0, cost - search.rows[row])
    for column, reached in search.columns.items():
        if reached < cost:
            state.price[column] = state.price.get(column, 0) + cost - reached


def _flip(start: R, search: _Search[R, C], state: _State[R, C]) -> None:
    """Re-match along the path back to `start`; a path that ends in a row sends that row out of the matching."""
    column = search.end_column
    if column is None:
        if search.end_row is None or search.end_row == start:
            return
        column = state.column_of.pop(search.end_row)
    while True:
        row = search.came_from[column]
        previous = state.column_of.get(row)
        state.column_of[row], state.row_of[column] = column, row
        if row == start or previous is None:
            return
        column = previous
