"""Comparing two parties: what is compared of a customer, and how much each observation says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache
from itertools import product

from rapidfuzz import fuzz

from qbclean.match.names import SOMEWHAT, compare_names, likelier
from qbclean.match.normalize import NameKey
from qbclean.match.party_keys import TELLING, VAGUE, Party, Sharing
from qbclean.match.weights import WEIGHTS, Levels, points

_MOST_ALIKE = max(worth for level, worth in WEIGHTS["name"].items() if level != "same")
"""The most two parties are worth to each other that share nothing but words of their names."""


def compare_parties(left: Party, right: Party) -> Levels:
    """The levels observed; `right` is the QuickBooks side (whose id the left may have stored)."""
    return _levels(*_observed(left, right))


_FEATURES = ("QuickBooks id", "name", "generation", "e-mail", "phone", "address", "shared invoices", "level")


def _observed(left: Party, right: Party) -> tuple[str, ...]:
    name, generation = _names(left, right)
    shared = len(left.sales & right.sales)
    return (
        "unknown" if not left.qbo_id else "same" if left.qbo_id == right.id else "other",
        name,
        generation,
        _equal(left.email, right.email),
        _overlap(left.phones, right.phones),
        _overlap(left.addresses, right.addresses),
        "none" if not shared else "one" if shared == 1 else "several",
        "job" if right.is_job else "customer",
    )


@lru_cache(maxsize=4096)
def _levels(*observed: str) -> Levels:
    """Made once: a million customers show the same few hundred combinations."""
    return dict(zip(_FEATURES, observed, strict=True))


@lru_cache(maxsize=4096)
def _worth(*observed: str) -> int:
    return points(_levels(*observed))


def score_parties(
    left: Sequence[Party], right: Sequence[Party], *, least: int, by_names: bool = True
) -> dict[str, dict[str, int]]:
    """Left id → right id → points, for every pair worth at least `least` that shares a key.

    Left out are names merely alike that could change nothing: those of a party on the left that belongs so clearly to
    one on the right that no such name could part the two; without `by_names` all of them. Rows and columns come in id
    order. A party is never compared with itself, but a CRM customer is with the QuickBooks customer that happens to
    have its id.
    """
    ours, theirs = sorted(left, key=_id), sorted(right, key=_id)
    sharing = Sharing(ours, theirs, TELLING)
    rows = {party.id: {other.id: _worth(*_observed(party, other)) for other in sharing.others(party)} for party in ours}
    settled = _settled(rows, sharing.crowd) if by_names else rows.keys()
    still_open = [party for party in ours if party.id not in settled or sharing.is_crowded(party)]
    namesakes = Sharing(still_open, theirs, VAGUE)
    for party in still_open:
        row = rows[party.id]
        for other in namesakes.others(party):
            if other.id not in row and _alike(party, other):
                row[other.id] = _worth(*_observed(party, other))
    return {
        party_id: {other: row[other] for other in sorted(row) if row[other] >= least} for party_id, row in rows.items()
    }


def _id(party: Party) -> str:
    return party.id


def _settled(rows: Mapping[str, Mapping[str, int]], crowd: Collection[str]) -> Collection[str]:
    """Left ids whose best pair is worth more than all that its two could be worth to anybody else, taken together.

    Such a pair is part of the best assignment. Not so in a `crowd`: there, others share more than a name alike.
    """
    columns: dict[str, list[int]] = defaultdict(list)
    for row in rows.values():
        for other, worth in row.items():
            columns[other].append(worth)
    return {
        party_id
        for party_id, row in rows.items()
        if row
        and (best := max(row, key=row.__getitem__)) not in crowd
        and row[best] > _second(row.values()) + _second(columns[best])
    }


def _second(worth: Collection[int]) -> int:
    """The second largest, or what a name alike may be worth if that is more."""
    return max(_MOST_ALIKE, sorted(worth)[-2] if len(worth) > 1 else 0)


def _alike(one: Party, two: Party) -> bool:
    """A common word alone makes no candidate: without anything else the names must be close."""
    return any(
        left.joint != right.joint or fuzz.ratio(left.text, right.text, score_cutoff=SOMEWHAT)
        for left, right in _pairs_of_names(one, two)
    )


def _names(left: Party, right: Party) -> tuple[str, str]:
    """The best level over all pairs of names, and whether the generations of that pair agree.

    Whom to ask for at one is compared with the names of the other: two firms may have one bookkeeper.
    """
    best, agree = "other", "same"
    for one, two in _pairs_of_names(left, right):
        level = compare_names(one, two)
        if likelier(level, best) or (best == "other" and level == "other"):
            best, agree = level, "same" if one.generation == two.generation else "other"
            if best == "same":
                break
    return best, agree


def _pairs_of_names(left: Party, right: Party) -> Iterator[tuple[NameKey, NameKey]]:
    yield from product(left.names, right.names)
    if right.contact:
        yield from product(left.names, (right.contact,))
    if left.contact:
        yield from product((left.contact,), right.names)


def _equal(one: str, two: str) -> str:
    return "unknown" if not one or not two else "same" if one == two else "other"


def _overlap(one: tuple[str, ...], two: tuple[str, ...]) -> str:
    return "unknown" if not one or not two else "other" if set(one).isdisjoint(two) else "same"


def merged_sales(groups: Mapping[str, AbstractSet[str]], ids: Sequence[str]) -> AbstractSet[str]:
    """The sales of several parties as one set."""
    sold = [sales for party_id in ids if (sales := groups.get(party_id))]
    return sold[0] if len(sold) == 1 else frozenset().union(*sold)
