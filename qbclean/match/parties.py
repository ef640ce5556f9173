"""Comparing two parties: what is compared of a customer, and how much each observation says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from qbclean.match.normalize import NameKey
from qbclean.match.weights import WEIGHTS, Levels, points

_COMMON = {"token": 20, "email": 50, "phone": 50, "address": 50, "sale": 50, "shape": 50}
"""A key shared by more parties than this says too little to propose a comparison by itself; ids and full names do."""

_RANK = tuple(sorted(WEIGHTS["name"], key=lambda level: -WEIGHTS["name"][level]))
_SOMEWHAT = 72
"""Likeness of two names, of 100, below which they are other names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """One customer of either side. `sales` holds (number, cents) of its invoices; `qbo_id` is the id the CRM stored."""

    id: str
    names: tuple[NameKey, ...]
    email: str = ""
    phones: frozenset[str] = frozenset()
    addresses: frozenset[str] = frozenset()
    qbo_id: str = ""
    is_job: bool = False
    sales: frozenset[tuple[str, int]] = frozenset()


def compare_parties(left: Party, right: Party) -> Levels:
    """The levels observed; `right` is the QuickBooks side (whose id the left may have stored)."""
    name, generation = _names(left.names, right.names)
    shared = len(left.sales & right.sales)
    return {
        "QuickBooks id": "unknown" if not left.qbo_id else "same" if left.qbo_id == right.id else "other",
        "name": name,
        "generation": generation,
        "e-mail": _equal(left.email, right.email),
        "phone": _overlap(left.phones, right.phones),
        "address": _overlap(left.addresses, right.addresses),
        "shared invoices": "none" if not shared else "one" if shared == 1 else "several",
        "level": "job" if right.is_job else "customer",
    }


def score_parties(left: Sequence[Party], right: Sequence[Party], *, least: int) -> dict[str, dict[str, int]]:
    """Left id → right id → points, for every pair worth at least `least` among those that share a key.

    Rows and columns come in id order. A party is never compared with itself.
    """
    index: dict[tuple[str, object], list[Party]] = defaultdict(list)
    for party in sorted(right, key=lambda item: item.id):
        for key in _keys(party):
            index[key].append(party)
    scored: dict[str, dict[str, int]] = {}
    for party in sorted(left, key=lambda item: item.id):
        row = {
            other.id: points(compare_parties(party, other))
            for other in _candidates(party, index, len(right))
            if other.id != party.id
        }
        scored[party.id] = {other_id: row[other_id] for other_id in sorted(row) if row[other_id] >= least}
    return scored


def _candidates(party: Party, index: Mapping[tuple[str, object], Sequence[Party]], everyone: int) -> Iterable[Party]:
    """Whom it is worth comparing `party` with: who shares contact data, an invoice or a name, or has a name like it."""
    sure: dict[str, Party] = {}
    perhaps: dict[str, Party] = {}
    for key in _keys(party):
        sharing = index.get(key, ())
        if len(sharing) <= _COMMON.get(key[0], everyone):
            found = perhaps if key[0] in ("token", "shape") else sure
            for other in sharing:
                found[other.id] = other
    yield from sure.values()
    for other_id, other in perhaps.items():
        if other_id not in sure and _alike(party, other):
            yield other


def _alike(one: Party, two: Party) -> bool:
    """A common word alone makes no candidate: without anything else the names must be close."""
    return any(
        left.joint != right.joint or fuzz.ratio(left.text, right.text, score_cutoff=_SOMEWHAT)
        for left in one.names
        for right in two.names
    )


def _keys(party: Party) -> Iterable[tuple[str, object]]:
    yield "id", party.qbo_id or party.id
    if party.email:
        yield "email", party.email
    for phone in party.phones:
        yield "phone", phone
    for address in party.addresses:
        yield "address", address
    for sale in party.sales:
        yield "sale", sale
    for name in party.names:
        yield "name", name.text
        for token in name.tokens:
            if len(token) > 2:
                yield "token", token
        # Pairs of initials and a long token find "Jon Smyth" beside "John Smith" without comparing everyone.
        if len(name.tokens) > 1:
            yield "shape", " ".join(token[:2] for token in name.tokens)


def _names(left: tuple[NameKey, ...], right: tuple[NameKey, ...]) -> tuple[str, str]:
    """The best level over all pairs of names, and whether the generations of that pair agree."""
    best, agree = "other", "same"
    for one in left:
        for two in right:
            level = _name(one, two)
            if _RANK.index(level) < _RANK.index(best) or (best == "other" and level == "other"):
                best, agree = level, "same" if one.generation == two.generation else "other"
    return best, agree


def _name(one: NameKey, two: NameKey) -> str:
    if one.tokens == two.tokens:
        return "same"
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


def _overlap(one: frozenset[str], two: frozenset[str]) -> str:
    return "unknown" if not one or not two else "same" if one & two else "other"


def merged_sales(groups: Mapping[str, Iterable[tuple[str, int]]], ids: Iterable[str]) -> frozenset[tuple[str, int]]:
    """The sales of several parties as one set."""
    return frozenset(sale for party_id in ids for sale in groups.get(party_id, ()))
