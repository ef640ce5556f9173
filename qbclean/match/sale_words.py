"""What the comparison of two sales shows, in a bookkeeper's words."""

from __future__ import annotations

from datetime import date

from qbclean.match.sales import Sale
from qbclean.match.weights import Levels
from qbclean.model.money import from_cents


def explain(crm: Sale, qbo: Sale, levels: Levels, *, left: str = "CRM") -> dict[str, str]:
    """The observations in a bookkeeper's words, for the features where the values say more than the level.

    `left` names the side of the first: QuickBooks itself, when two of its invoices are compared.
    """
    words = {
        "number": {
            "same": f"the number {qbo.number_text} is the {left}'s {crm.number_text}",
            "one count": f"QuickBooks numbers all invoices itself ({crm.number_text} and {qbo.number_text})",
            "unknown": f"no number to compare ({crm.number_text or 'none'} / {qbo.number_text or 'none'})",
        }.get(levels["number"], f"the numbers differ: {left} {crm.number_text}, QuickBooks {qbo.number_text}"),
        "total": f"both are {from_cents(qbo.total)}"
        if crm.total == qbo.total
        else f"{left} {from_cents(crm.total)}, QuickBooks {from_cents(qbo.total)} ({levels['total']})",
    }
    if crm.day and qbo.day:
        words["date"] = (
            f"both are dated {date.fromordinal(qbo.day)}"
            if crm.day == qbo.day
            else f"dates are {abs(crm.day - qbo.day)} days apart "
            f"({left} {date.fromordinal(crm.day)}, QuickBooks {date.fromordinal(qbo.day)})"
        )
    if levels.get("CRM id") == "same":
        words["CRM id"] = f"the CRM stores QuickBooks id {qbo.id} for it"
    return words
