"""Pairs that nothing comes between: number and amount agree, and no other invoice of the party could matter to either.

Most invoices of a company that syncs are such pairs. They are told by number and amount, so that only the others need
to be compared with one another. What comes out is what comparing all with all would: where a number is one CRM
invoice's, the table of weights lets any other be worth `_ALIKE` at most, so a pair worth more belongs to the best
assignment as long as its CRM invoice fits none but the QuickBooks invoices of such pairs. To take any of those away
from its pair gains less than it loses.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from qbclean.match.likeness import BEST, is_surely_worth, worth
from qbclean.match.sale_levels import FEATURES, NUMBERED_WITHIN, SalesContext, names_in_notes
from qbclean.match.sales import Sale
from qbclean.match.weights import CLEAR, WEIGHTS

_TOTAL, _TAX = WEIGHTS["total"], WEIGHTS["tax"]
_OF_THE_AMOUNT = ("total", "tax")
_OF_THE_NAME = ("number", "CRM id", "memo", "state")
# Tax says something only where the totals differ, and nothing is left to say where that is the tax's rounding.
_ALIKE = (
    max(_TOTAL["same"], _TOTAL["tax rounding"], max(_TOTAL["same before tax"], _TOTAL["rounded off"]) + _TAX["same"])
    + max(WEIGHTS["number"]["names another"], WEIGHTS["number"]["other draw"])
    + WEIGHTS["CRM id"]["unknown"]
    + WEIGHTS["memo"]["silent"]
    + WEIGHTS["state"]["both live"]
    + sum(BEST[feature] for feature in FEATURES.keys() - {*_OF_THE_AMOUNT, *_OF_THE_NAME})
)
_LEAST = max(CLEAR, _ALIKE + 1)
"""What a plain pair is worth: more than its QuickBooks invoice is to any other CRM invoice."""


def plain_pairs(ours: Sequence[Sale], theirs: Sequence[Sale], context: SalesContext) -> dict[str, Sale]:
    """CRM id → QuickBooks invoice, of one customer group.

    Each pair is worth `CLEAR` or more, and stays together unless one of `theirs` that is in no such pair parts it.
    """
    if not theirs or any(sale.number is None for sale in ours):
        return {}
    booked = _by_number(theirs)
    stored: dict[str, str] = {}
    for sale in ours:
        if sale.qbo_id:
            stored[sale.qbo_id] = "" if sale.qbo_id in stored else sale.id
    notes = _Notes(ours)
    return {
        crm.id: qbo
        for number, crm in _by_number(ours).items()
        if crm is not None
        and (qbo := booked.get(number)) is not None
        and crm.total == qbo.total > 0
        and abs(crm.day - qbo.day) <= NUMBERED_WITHIN
        and qbo.status == "live"
        and stored.get(qbo.id, crm.id) == crm.id
        and (is_surely_worth(_LEAST, crm, qbo, context) or worth(crm, qbo, context, least=_LEAST) is not None)
        and not notes.name_another(qbo, crm)
    }


def _by_number(sales: Iterable[Sale]) -> dict[str, Sale | None]:
    """Number → the sale so numbered, None for several."""
    found: dict[str, Sale | None] = {}
    for sale in sales:
        if number := sale.number:
            found[number.body] = None if number.body in found else sale
    return found


class _Notes:
    """What private notes say of the CRM invoices of a party."""

    def __init__(self, ours: Iterable[Sale]) -> None:
        self._ours = ours
        self._names: list[tuple[str, Sale]] | None = None

    def name_another(self, qbo: Sale, crm: Sale) -> bool:
        """True when the private note of `qbo` names another CRM invoice than `crm`."""
        note = qbo.memo
        if not note:
            return False
        if self._names is None:
            self._names = [(name, sale) for sale in self._ours for name in names_in_notes(sale)]
        return any(name in note and sale is not crm for name, sale in self._names)
