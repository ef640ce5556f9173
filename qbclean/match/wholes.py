"""An invoice that tells of others: it names them in its number or memo, or it carries their lines.

Such a whole is known for what it is before anything is paired. Otherwise one of its parts would be paired with it at
another total, and the rest with what merely costs the same.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qbclean.match.sales import Sale

TOLD_WINDOW_DAYS = 130
"""A quarter's visits on one invoice, and some weeks until it is written."""
_BILLED = frozenset({"live", "paid"})
"""Statuses of what is neither void nor a draft, on either side."""
_NAME_LENGTH = 4
"""Shorter numbers turn up in a memo by chance."""


def names(whole: Sale, part: Sale) -> bool:
    """The part's number stands in the whole's number or memo."""
    number = part.number_text.casefold()
    return len(number) >= _NAME_LENGTH and (number in whole.memo or number in whole.number_text.casefold())


def carries(whole: Sale, part: Sale) -> bool:
    """Each line of the part is in the whole, amounts and words."""
    if not part.amounts or not whole.amounts or not part.words or len(part.amounts) >= len(whole.amounts):
        return False
    return Counter(part.amounts) <= Counter(whole.amounts) and set(part.words.split()) <= set(whole.words.split())


def itemises(whole: Sale, parts: Sequence[Sale]) -> bool:
    """The lines of the whole are those of the parts, amount by amount, in words that are half the same or more.

    Weaker than `carries`, for items have other names in other systems. So equal amounts prove nothing.
    """
    lines = whole.amounts or ()
    told = Counter(amount for part in parts for amount in part.amounts or ())
    if len(set(lines)) < len(lines) or Counter(lines) != told:
        return False
    words = set(whole.words.split())
    return all(
        part.words and 2 * len(words & set(part.words.split())) >= len(set(part.words.split())) for part in parts
    )


@dataclass(frozen=True, slots=True)
class Told:
    """Ids of wholes and of their parts, on either side."""

    crm_ids: frozenset[str]
    qbo_ids: frozenset[str]


def told_wholes(ours: Sequence[Sale], theirs: Sequence[Sale]) -> Told:
    """The wholes of one customer group; `ours` are the CRM's, `theirs` QuickBooks' invoices.

    A whole has no twin at its own total, tells of two records or more and comes to their sum, and none of them is on
    its side under its own number.
    """
    consolidated, split = list(_told(theirs, ours)), list(_told(ours, theirs))
    return Told(
        frozenset([*(part for _, parts in consolidated for part in parts), *(whole for whole, _ in split)]),
        frozenset([*(whole for whole, _ in consolidated), *(part for _, parts in split for part in parts)]),
    )


def _told(wholes: Sequence[Sale], parts: Sequence[Sale]) -> Iterator[tuple[str, Sequence[str]]]:
    totals = {sale.total for sale in parts if sale.status in _BILLED}
    odd = [
        sale
        for sale in wholes
        if sale.total not in totals and sale.total > 0 and sale.status in _BILLED and _tells(sale)
    ]
    if not odd:
        return
    own = {(sale.number.body, sale.total) for sale in wholes if sale.number and sale.status in _BILLED}
    dated = sorted((sale for sale in parts if sale.status in _BILLED), key=lambda sale: sale.day)
    days = [sale.day for sale in dated]
    for whole in odd:
        first, last = whole.day - TOLD_WINDOW_DAYS, whole.day + TOLD_WINDOW_DAYS
        near = dated[bisect_left(days, first) : bisect_right(days, last)]
        for tells_of in (names, carries):
            told = [part for part in near if 0 < part.total < whole.total and tells_of(whole, part)]
            booked = any(part.number and (part.number.body, part.total) in own for part in told)
            if len(told) > 1 and not booked and sum(part.total for part in told) == whole.total:
                yield whole.id, [part.id for part in told]
                break


def _tells(whole: Sale) -> bool:
    return bool(whole.memo) or len(whole.amounts or ()) > 1
