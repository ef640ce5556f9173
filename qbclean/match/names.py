"""How two names of customers compare: what one person or firm may be written as, and what tells two apart.

Relatives share a surname and a house. Their given names differ at the end or by another letter (Andre and Andrea, Tim
and Tom), so such a difference says little; a letter doubled, dropped or turned round inside a word, or anywhere in the
surname or in the name of a firm, is a slip of whoever typed it.
"""

from __future__ import annotations

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from qbclean.match.normalize import NameKey
from qbclean.match.weights import WEIGHTS

SOMEWHAT = 72
"""Likeness of two names, of 100, below which they are other names."""
ONE_PARTY = frozenset({"same", "middle initial", "household", "slip", "first initial", "form of firm", "other letter"})
"""Levels that tell no relatives or sister firms apart."""

_RANK = {level: rank for rank, level in enumerate(sorted(WEIGHTS["name"], key=lambda level: -WEIGHTS["name"][level]))}
_FORMS_OF_FIRM = frozenset({"group", "partners", "associates", "holdings", "enterprises"})
"""Words that the name of a firm is often written without."""


def likelier(one: str, two: str) -> bool:
    """True when level `one` says more for one party than `two`."""
    return _RANK[one] < _RANK[two]


def compare_names(one: NameKey, two: NameKey) -> str:
    """The level of the feature "name"."""
    if one.tokens == two.tokens:
        return "same"
    if one.letters == two.letters:  # "RuthW right", "De la Cruz" beside "Delacruz": only a space slipped
        return "slip"
    return _by_words(one, two) or _by_letters(one, two)


def _by_letters(one: NameKey, two: NameKey) -> str:
    ratio = int(fuzz.ratio(one.text, two.text, score_cutoff=SOMEWHAT))
    if ratio >= 92:
        return "very close"
    if ratio >= 84:
        return "close"
    return "somewhat" if ratio >= SOMEWHAT else "other"


def _by_words(one: NameKey, two: NameKey) -> str:
    """What whole words, slips in one of them and initials tell, the least likely of it; "" where all letters count."""
    left = [word for word in one.tokens if word not in two.tokens]
    right = [word for word in two.tokens if word not in one.tokens]
    named = len(one.tokens) - len(left)
    if not named:
        return ""
    seen: list[str] = []
    for word in tuple(left):
        for other in right:
            if level := _spelling(word, other, no_given=one.firm or two.firm or _surnames(one, word, two, other)):
                seen.append(level)
                left.remove(word)
                right.remove(other)
                break
    named += len(seen)
    if one.joint != two.joint and named > 1 and (spouse := left if one.joint else right):
        spouse.clear()
        seen.append("household")
    for words in (left, right):
        if not _FORMS_OF_FIRM.isdisjoint(words):
            words[:] = [word for word in words if word not in _FORMS_OF_FIRM]
            seen.append("form of firm")
    if left and right:
        if seen or len(left) > 1 or len(right) > 1 or 1 not in (len(left[0]), len(right[0])):
            return ""
        return "other middle initial" if named > 1 else "other initial"
    if more := left or right:
        seen.append("middle initial" if named > 1 and all(_is_initial(word) for word in more) else "longer")
    return max(seen, key=_RANK.__getitem__, default="")


def _spelling(one: str, two: str, *, no_given: bool) -> str:
    """The level of two words that may be one, "" for two words; `no_given` where neither can be a given name."""
    short, long = sorted((one, two), key=len)
    if _is_initial(short):
        return "first initial" if len(long) > 1 and long.startswith(short) else ""
    if len(short) < 3 or len(long) < 4 or not (one.isalpha() and two.isalpha()):
        return ""
    if OSA.distance(one, two, score_cutoff=1) > 1:
        return ""
    if len(one) == len(two) and sorted(one) != sorted(two):
        return "other letter" if no_given else ""
    return "slip" if no_given or (one[0], one[-1]) == (two[0], two[-1]) else ""


def _surnames(one: NameKey, word: str, two: NameKey, other: str) -> bool:
    return word == one.surname and other == two.surname


def _is_initial(word: str) -> bool:
    return len(word) == 1 and word.isalpha()
