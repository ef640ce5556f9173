"""Pairs that nothing comes between: number and amount agree, and no other invoice of the party could matter to either.

Most invoices of a company that syncs are such pairs. They are told by number and amount, so that only the others need
to be compared with one another. What comes out is what comparing all with all would: where a number and an amount are
one CRM invoice's, the table of weights lets any other be worth `_ELSEWHERE` at most, or `_ALIKE` at about that amount.
A pair worth more than twice that belongs to the best assignment, whoever else is there: to part it would free one
invoice of each side, and neither could make up for half of what is lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from qbclean.match.likeness import BEST, likeness, likeness_at_least
from qbclean.match.sale_levels import FEATURES, NUMBERED_WITHIN, SalesContext
from qbclean.match.sales import Sale
from qbclean.match.weights import CLEAR, WEIGHTS

_TOTAL, _TAX = WEIGHTS["total"], WEIGHTS["tax"]
_OF_THE_AMOUNT = ("total", "tax")
_OF_THE_NAME = ("number", "CRM id", "memo", "state")
_STRANGER = (
    max(WEIGHTS["number"]["names another"], WEIGHTS["number"]["other draw"])
    + WEIGHTS["CRM id"]["unknown"]
    + WEIGHTS["memo"]["silent"]
    + WEIGHTS["state"]["both live"]
    + sum(BEST[feature] for feature in FEATURES.keys() - {*_OF_THE_AMOUNT, *_OF_THE_NAME})
)
_ELSEWHERE = _STRANGER + _TOTAL["part of it"] + _TAX["same"]
# Tax says something only where the totals differ, and nothing is left to say where that is the tax's rounding.
_ALIKE = _STRANGER + max(
    _TOTAL["same"], _TOTAL["tax rounding"], max(_TOTAL["same before tax"], _TOTAL["rounded off"]) + _TAX["same"]
)


def plain_pairs(ours: Sequence[Sale], theirs: Sequence[Sale], context: SalesContext) -> dict[str, Sale]:
    """CRM id → QuickBooks invoice, of one customer group.

    Each pair is worth `CLEAR` or more, and stays together unless one of `theirs` that is in no such pair parts it.
    """
    if not theirs or any(sale.number is None for sale in ours):
        return {}
    booked = _by_number(theirs)
    billed_at = _by_amount((*ours, *theirs))
    stored: dict[str, str] = {}
    for sale in ours:
        stored[sale.qbo_id] = "" if sale.qbo_id in stored else sale.id
    pairs: dict[str, Sale] = {}
    for number, crm in _by_number(ours).items():
        qbo = booked.get(number)
        if (
            crm is not None
            and qbo is not None
            and crm.total == qbo.total > 0
            and abs(crm.day - qbo.day) <= NUMBERED_WITHIN
            and qbo.status == "live"
            and stored.get(qbo.id, crm.id) == crm.id
            and not _named_by(qbo, crm, ours, context)
            and _is_plain(crm, qbo, context, alone=_alone(number, (crm, qbo), billed_at))
        ):
            pairs[crm.id] = qbo
    return pairs


def _is_plain(crm: Sale, qbo: Sale, context: SalesContext, *, alone: bool) -> bool:
    """True when the two are worth enough to each other; `alone` with their amount, the lines seldom have to be read."""
    least = max(CLEAR, 2 * max(_ELSEWHERE if alone else _ALIKE, 0) + 1)
    return likeness_at_least(crm, qbo, context) >= least or (likeness(crm, qbo, context) or 0) >= least


def _by_number(sales: Iterable[Sale]) -> dict[str, Sale | None]:
    """Number → the sale so numbered, None for several."""
    found: dict[str, Sale | None] = {}
    for sale in sales:
        if sale.number:
            found[sale.number.body] = None if sale.number.body in found else sale
    return found


def _by_amount(sales: Iterable[Sale]) -> dict[int, str]:
    """Whole dollars of a total, with tax and without → the number of the sales at that price, "" for several.

    Whole dollars, because a total that was rounded off or whose tax was rounded is still the same amount.
    """
    found: dict[int, str] = {}
    for sale in sales:
        number = sale.number.body if sale.number else ""
        for dollars in (sale.total // 100, sale.subtotal // 100):
            if found.setdefault(dollars, number) != number:
                found[dollars] = ""
    return found


def _alone(number: str, pair: tuple[Sale, Sale], billed_at: Mapping[int, str]) -> bool:
    """True when no sale of another number comes to about the amount of either of `pair`."""
    amounts = {amount // 100 for sale in pair for amount in (sale.total, sale.subtotal)}
    return all(
        billed_at.get(dollars, number) == number for amount in amounts for dollars in (amount - 1, amount, amount + 1)
    )


def _named_by(qbo: Sale, crm: Sale, ours: Iterable[Sale], context: SalesContext) -> bool:
    """True when the private note of the QuickBooks invoice names another CRM invoice than `crm`."""
    memo = FEATURES["memo"]
    return bool(qbo.memo) and any(memo(other, qbo, context) != "silent" for other in ours if other is not crm)
