"""Everything the detectors know about who and what belongs together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from qbclean.match.bundles import Bundle, find_bundles
from qbclean.match.customers import CustomerMap
from qbclean.match.invoices import InvoiceMatches, match_invoices
from qbclean.match.normalize import forget_keys
from qbclean.match.overview import Overview, overview_of
from qbclean.match.party_records import crm_party
from qbclean.match.settlement_pairs import SettlementMatches, match_credits, match_payments
from qbclean.match.strays import find_strays
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.crm import CrmInvoice, CrmRecords
from qbclean.model.settings import CompanySettings


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchSet:
    """The CRM's story paired with QuickBooks'."""

    overview: Overview
    customers: CustomerMap
    invoices: InvoiceMatches
    payments: SettlementMatches
    credits: SettlementMatches
    bundles: tuple[Bundle, ...]


def match(
    books: ReceivablesSnapshot, crm: CrmRecords, settings: CompanySettings, overview: Overview | None = None
) -> MatchSet:
    """Pair the invoices inside each customer group, then what settles them. Pure and order-free.

    `overview`: of the company that the books and records are a slice of; None when they are the whole of it.
    """
    overview = overview or overview_of(books, crm)
    customers = overview.customers
    invoices = match_invoices(books, crm, overview, settings)
    bundles = find_bundles(
        invoices,
        group_crm=lambda key: customers.group_of_crm.get(_party(crm.invoices_by_id[key]), ""),
        group_qbo=lambda key: customers.group_of_qbo.get(books.invoices[key].customer_id, ""),
        billed=lambda key: crm.invoices_by_id[key].is_final,
    )
    wholes, parts = _told(bundles)
    pairs = {**invoices.pairs, **wholes}
    payments = match_payments(books, crm, customers, pairs, {**_twins_of_copies(invoices), **parts})
    found = MatchSet(
        overview=overview,
        customers=customers,
        invoices=invoices,
        payments=find_strays(payments, books, crm, customers, pairs, overview.strays),
        credits=match_credits(books, crm, customers, pairs, parts),
        bundles=bundles,
    )
    forget_keys()
    return found


def _told(bundles: Iterable[Bundle]) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """CRM invoice → the QuickBooks invoice its money goes by, and each further part → the first, of told bundles."""
    sure = [bundle for bundle in bundles if bundle.told]
    wholes = {crm_id: bundle.qbo_ids[0] for bundle in sure for crm_id in bundle.crm_ids}
    return wholes, {part: bundle.qbo_ids[0] for bundle in sure for part in bundle.qbo_ids[1:]}


def _twins_of_copies(invoices: InvoiceMatches) -> Mapping[str, str]:
    """Left-over QuickBooks invoice → the twin of the one CRM invoice that it looks most like."""
    left_over = frozenset(invoices.spare_qbo)
    likest: dict[str, tuple[int, list[str]]] = {}
    for crm_id, row in invoices.scores.items():
        if twin := invoices.pairs.get(crm_id):
            for qbo_id in left_over.intersection(row):
                worth, twins = likest.get(qbo_id, (0, []))
                if row[qbo_id] >= worth:
                    likest[qbo_id] = row[qbo_id], [*twins, twin] if row[qbo_id] == worth else [twin]
    return {qbo_id: twins[0] for qbo_id, (_, twins) in likest.items() if len(twins) == 1}


def _party(invoice: CrmInvoice) -> str:
    return crm_party(invoice.customer_id, invoice.customer_name)
