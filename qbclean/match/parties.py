"""Comparing two parties: what is compared of a customer, and how much each observation says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache

from rapidfuzz import fuzz

from qbclean.match.normalize import NameKey
from qbclean.match.party_keys import TELLING, VAGUE, Party, Sharing
from qbclean.match.weights import WEIGHTS, Levels, points

_RANK = {level: rank for rank, level in enumerate(sorted(WEIGHTS["name"], key=lambda level: -WEIGHTS["name"][level]))}
_SOMEWHAT = 72
"""Likeness of two names, of 100, below which they are other names."""
_MOST_ALIKE = max(worth for level, worth in WEIGHTS["name"].items() if level != "same")
"""The most two parties are worth to each other that share nothing but words of their names."""


def compare_parties(left: Party, right: Party) -> Levels:
    """The levels observed; `right` is the QuickBooks side (whose id the left may have stored)."""
    return _levels(*_observed(left, right))


_FEATURES = ("QuickBooks id", "name", "generation", "e-mail", "phone", "address", "shared invoices", "level")


def _observed(left: Party, right: Party) -> tuple[str, ...]:
    name, generation = _names(left.names, right.names)
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


def score_parties(left: Sequence[Party], right: Sequence[Party], *, least: int) -> dict[str, dict[str, int]]:
    """Left id → right id → points, for every pair worth at least `least` that shares a key.

    Left out are names merely alike that could change nothing: those of a party on the left that belongs so clearly to
    one on the right that no such name could part the two. Rows and columns come in id order. A party is never compared
    with itself, but a CRM customer is with the QuickBooks customer that happens to have its id.
    """
    ours, theirs = sorted(left, key=_id), sorted(right, key=_id)
    sharing = Sharing(ours, theirs, TELLING)
    rows = {party.id: {other.id: _worth(*_observed(party, other)) for other in sharing.others(party)} for party in ours}
    settled = _settled(rows, sharing.crowd) if least <= _MOST_ALIKE else rows.keys()
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
        left.joint != right.joint or fuzz.ratio(left.text, right.text, score_cutoff=_SOMEWHAT)
        for left in one.names
        for right in two.names
    )


def _names(left: tuple[NameKey, ...], right: tuple[NameKey, ...]) -> tuple[str, str]:
    """The best level over all pairs of names, and whether the generations of that pair agree."""
    best, agree = "other", "same"
    for one in left:
        for two in right:
            level = _name(one, two)
            if _RANK[level] < _RANK[best] or (best == "other" and level == "other"):
                best, agree = level, "same" if one.generation == two.generation else "other"
                if best == "same":
                    return best, agree
    return best, agree


def _name(one: NameKey, two: NameKey) -> str:
    if one.tokens == two.tokens:
        return "same"
    if one.letters == two.letters:  # "RuthW right", "De la Cruz" beside "Delacruz": only a space slipped
        return "very close"
    if level := _by_words(one, two):
        return level
    ratio = int(fuzz.ratio(one.text, two.text, score_cutoff=_SOMEWHAT))
    if ratio >= 92:
        return "very close"
    if ratio >= 84:
        return "close"
    return "somewhat" if ratio >= _SOMEWHAT else "other"


def _by_words(one: NameKey, two: NameKey) -> str:
    """What whole words and initials tell, "" where letters have to be compared."""
    few, many = sorted((set(one.tokens), set(two.tokens)), key=len)
    less, more = few - many, many - few
    if not less and more:
        if one.joint != two.joint and len(few) > 1:
            return "household"
        return "middle initial" if len(few) > 1 and all(len(word) == 1 for word in more) else "longer"
    if len(less) != 1 or len(more) != 1:
        return ""
    short, long = sorted((*less, *more), key=len)
    if len(short) > 1:
        return ""
    return "first initial" if short.isalpha() and long.startswith(short) else "other initial"


def _equal(one: str, two: str) -> str:
    return "unknown" if not one or not two else "same" if one == two else "other"


def _overlap(one: tuple[str, ...], two: tuple[str, ...]) -> str:
    return "unknown" if not one or not two else "other" if set(one).isdisjoint(two) else "same"


def merged_sales(groups: Mapping[str, AbstractSet[str]], ids: Sequence[str]) -> AbstractSet[str]:
    """The sales of several parties as one set."""
    sold = [sales for party_id in ids if (sales := groups.get(party_id))]
    return sold[0] if len(sold) == 1 else frozenset().union(*sold)
