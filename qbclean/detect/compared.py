"""CRM invoices held against QuickBooks invoices: any two are compared once, whichever detector asks, and asks again."""

from __future__ import annotations

from qbclean.match.invoices import InvoiceMatches
from qbclean.match.sale_levels import compare_sales
from qbclean.match.weights import Levels


class Compared:
    """The invoices of both sides, with what was seen of those compared so far."""

    def __init__(self, matches: InvoiceMatches) -> None:
        self._matches = matches
        self._seen: dict[tuple[str, str], Levels] = {}

    def levels(self, crm_id: str, qbo_id: str) -> Levels:
        """The level of each feature for a CRM invoice against a QuickBooks invoice."""
        pair, matches = (crm_id, qbo_id), self._matches
        if pair not in self._seen:
            self._seen[pair] = compare_sales(matches.sales_crm[crm_id], matches.sales_qbo[qbo_id], matches.context)
        return self._seen[pair]
