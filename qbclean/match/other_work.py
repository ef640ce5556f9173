"""Whether the words of two sales name two works: "Replace faucet" beside "Furnace tune-up", not "Work as agreed"."""

from __future__ import annotations

from functools import lru_cache

from rapidfuzz import fuzz

from qbclean.match.sales import Sale

_SHORTEST, _ALIKE = 4, 80
_WORDS_OF_ANY_WORK = (
    "agreed agreement amount annual approved assembly attached balance bill billed billing call calls change "
    "charge charges check complete completed completion contract contracted cost customer date days deposit details "
    "diagnostic done draw email emailed emergency entry estimate extra final first from general hand hour hours house "
    "included includes including inspect inspection install installation installed installing invoice items jobs "
    "labor labour lump main maintenance manual material materials miscellaneous office order original parts payment "
    "performed price progress project proposal quote quoted rate regular removal remove removed rendered repair "
    "repaired repairs replace replaced replacement retainage same scope season second sent service serviced services "
    "signed site standard start supplies task third ticket time total travel trip under verbal visit with work works"
)
_OF_ANY_WORK = frozenset(_WORDS_OF_ANY_WORK.split())
"""Words that bills of any work share: what is done and how it is charged, not to what."""


def name_other_work(one: Sale, two: Sale) -> bool:
    """True when each says what was worked on and nothing of it is the same, misspellings allowed.

    One of them must say it in two words at least: a single word on each may be a place or a name.
    """
    ours, theirs = _subjects(one.words), _subjects(two.words)
    if not ours or not theirs or max(len(ours), len(theirs)) < 2:
        return False
    return not any(fuzz.partial_ratio(mine, other) >= _ALIKE for mine in ours for other in theirs)


@lru_cache(maxsize=1 << 10)
def _subjects(words: str) -> frozenset[str]:
    return frozenset(
        word for word in words.split() if word.isalpha() and len(word) >= _SHORTEST and word not in _OF_ANY_WORK
    )
