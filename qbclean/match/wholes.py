"""An invoice that tells of others: it names them in its number or memo, or it carries their lines.

Such a whole is known for what it is before anything is paired. Otherwise one of its parts would be paired with it at
another total, and the rest with what merely costs the same.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
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


def told_wholes(ours: Sequence[Sale], theirs: Sequence[Sale], plain: Mapping[str, Sale]) -> Told:
    """The wholes of one customer group; `ours` are the CRM's, `theirs` QuickBooks' invoices, `plain` the plain pairs.

    A whole has no twin at its own total, tells of two records or more and comes to their sum, and none of them is on
    its side under its own number. So nothing in a plain pair is a whole, or a part of one.
    """
    paired = {qbo.id for qbo in plain.values()}
    left, spare = [sale for sale in ours if sale.id not in plain], [sale for sale in theirs if sale.id not in paired]
    consolidated, split = list(_told(spare, theirs, left, ours)), list(_told(left, ours, spare, theirs))
    return Told(
        frozenset([*(part for _, parts in consolidated for part in parts), *(whole for whole, _ in split)]),
        frozenset([*(whole for whole, _ in consolidated), *(part for _, parts in split for part in parts)]),
    )


def _told(
    wholes: Sequence[Sale], beside: Sequence[Sale], parts: Sequence[Sale], everything: Sequence[Sale]
) -> Iterator[tuple[str, Sequence[str]]]:
    """Those of `wholes`, each with its parts. `beside`: all on the side of the wholes, `everything`: on the other."""
    if not wholes or len(parts) < 2:
        return
    totals = {sale.total for sale in everything if sale.status in _BILLED}
    dated = _ByDay(parts)
    for whole in wholes:
        if whole.total in totals or whole.total <= 0 or whole.status not in _BILLED or not _tells(whole):
            continue
        for tells_of in (names, carries):
            told = dated.told_by(whole, tells_of)
            if len(told) < 2 or sum(part.total for part in told) != whole.total:
                continue
            own = {(sale.number.body, sale.total) for sale in beside if sale.number and sale.status in _BILLED}
            booked = any(part.number and (part.number.body, part.total) in own for part in told)
            # Whatever else it tells of is in a plain pair, and so on its side under its own number.
            if not booked and len(_ByDay(everything).told_by(whole, tells_of)) == len(told):
                yield whole.id, [part.id for part in told]
                break


class _ByDay:
    """Billed sales, found by their days."""

    def __init__(self, sales: Iterable[Sale]) -> None:
        self._sales = sorted((sale for sale in sales if sale.status in _BILLED), key=lambda sale: sale.day)
        self._days = [sale.day for sale in self._sales]

    def told_by(self, whole: Sale, tells_of: Callable[[Sale, Sale], bool]) -> Sequence[Sale]:
        """Those of about its time that a whole tells of."""
        first = bisect_left(self._days, whole.day - TOLD_WINDOW_DAYS)
        last = bisect_right(self._days, whole.day + TOLD_WINDOW_DAYS)
        return [sale for sale in self._sales[first:last] if 0 < sale.total < whole.total and tells_of(whole, sale)]


def _tells(whole: Sale) -> bool:
    return bool(whole.memo) or len(whole.amounts or ()) > 1
