"""Which QuickBooks invoices a CRM invoice has to be compared with: all that it might be worth `MATCH` with.

A customer who is billed the same again and again has as many equal amounts as visits, squared, and hardly any of them
are one sale. Either side of a comparison has its own share in what it can come to: a note that might name something, a
job that might be the same. What both shares leave to be desired, the dates must make up for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from qbclean.match.date_levels import APART, WITHIN
from qbclean.match.likeness import BEST, LINES_AT_BEST
from qbclean.match.sale_levels import SalesContext, strange_number
from qbclean.match.sales import Sale
from qbclean.match.weights import MATCH, WEIGHTS

_NEAR_DAYS = 10
_SAME_DUE = BEST["due date"]
_NEVER, _ANY = -1, 1 << 30
_DATES = tuple(zip((*WITHIN, _ANY), (WEIGHTS["date"][level] for level in APART), strict=True))


def furthest(wanted: int) -> int:
    """How many days two records may lie apart for their dates to be worth `wanted`; -1 when not even one day is."""
    return max((days for days, worth in _DATES if worth >= wanted), default=_NEVER)


class Candidate(msgspec.Struct, frozen=True, gc=False):
    """A QuickBooks invoice that CRM invoices are compared with; `share` is the most that it can bring in itself."""

    sale: Sale
    share: int
    total: int
    subtotal: int
    day: int
    due: int
    base: str

    @classmethod
    def of(cls, sale: Sale, context: SalesContext) -> Candidate:
        share = WEIGHTS["number"][strange_number(sale, context)]
        if sale.memo:
            share += BEST["memo"]
        if sale.status in ("void", "cancelled"):
            share += BEST["state"]
        return cls(sale, share, sale.total, sale.subtotal, sale.day, sale.due, sale.number.base if sale.number else "")


def within_reach(crm: Sale, candidates: Iterable[Candidate]) -> Iterator[Sale]:
    """Those of `candidates` that share number, stored id or amount with a CRM invoice, or are of about its day.

    Left out are equal amounts that lie too far apart for all else that the two may have in common.
    """
    total, subtotal, day, due, stored = crm.total, crm.subtotal, crm.day, crm.due, crm.qbo_id
    base = crm.number.base if crm.number else None
    share = (BEST["job"] if crm.job else 0) + (BEST["customer"] if crm.customer else 0)
    # Without a number nothing speaks against another one; without a day nothing tells how far apart.
    anywhere = base is None or not day
    for other in candidates:
        apart = abs(day - other.day)
        if other.total == total:
            best = share + other.share + (_SAME_DUE if other.due == due else 0)
            near = anywhere or apart <= _FURTHEST[best]
        else:
            near = apart <= _NEAR_DAYS or other.subtotal == subtotal
        if near or other.base == base or other.sale.id == stored:
            yield other.sale


_LEAST = MATCH - WEIGHTS["total"]["same"] - LINES_AT_BEST
_FURTHEST = {
    share: furthest(_LEAST - share) for share in range(min(WEIGHTS["number"].values()), sum(BEST.values()) + 1)
}
"""What both sides can bring in → how many days apart they may lie, at one total, to come to `MATCH`."""
