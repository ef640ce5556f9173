"""Everything the detectors know about who and what belongs together."""

from __future__ import annotations

from dataclasses import dataclass

from qbclean.match.customers import CustomerMap, map_customers
from qbclean.match.invoices import InvoiceMatches, match_invoices
from qbclean.match.settlements import SettlementMatches, match_credits, match_payments
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.crm import CrmRecords
from qbclean.model.settings import CompanySettings


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchSet:
    """The CRM's story paired with QuickBooks'."""

    customers: CustomerMap
    invoices: InvoiceMatches
    payments: SettlementMatches
    credits: SettlementMatches


def match(books: ReceivablesSnapshot, crm: CrmRecords, settings: CompanySettings) -> MatchSet:
    """Pair customers first, then invoices inside each group, then what settles them. Pure and order-free."""
    customers = map_customers(books, crm)
    invoices = match_invoices(books, crm, customers, settings)
    return MatchSet(
        customers=customers,
        invoices=invoices,
        payments=match_payments(books, crm, customers, invoices),
        credits=match_credits(books, crm, customers, invoices),
    )
