"""Pairs CRM invoices with QuickBooks invoices, one-to-one, over all of them: open, paid, voided and closed.

Pairs are not judged one by one: within a customer group the assignment with the largest total evidence wins. So twelve
equal monthly invoices pair with twelve CRM records, and a thirteenth copy is what is left over.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from qbclean.match.customers import CustomerMap
from qbclean.match.group_pairs import Scores, pair_group
from qbclean.match.normalize import plain
from qbclean.match.overview import Overview
from qbclean.match.party_records import crm_party
from qbclean.match.sale_levels import SalesContext
from qbclean.match.sales import Sale, crm_sale, marks_in, qbo_sale, sale_key
from qbclean.match.weights import CLEAR
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.crm import CrmRecords
from qbclean.model.documents import Invoice, SalesReceipt
from qbclean.model.money import cents
from qbclean.model.settings import CompanySettings

_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceMatches:
    """`pairs`: CRM invoice → QuickBooks invoice; `uneven` those whose totals differ, in id order. `spare_crm`,
    `spare_qbo`: left over, in id order.

    `weak`: CRM invoices whose pair is likely, but not beyond doubt. `receipts`: CRM invoice → the sales receipt
    that QuickBooks has instead of an invoice. `scores`: those of QuickBooks invoices that are left over, or whose pair
    is weak.
    """

    pairs: Mapping[str, str]
    pair_of: Mapping[str, str]
    uneven: tuple[tuple[str, str], ...]
    weak: frozenset[str]
    receipts: Mapping[str, str]
    spare_crm: tuple[str, ...]
    spare_qbo: tuple[str, ...]
    scores: Scores
    sales_crm: Mapping[str, Sale]
    sales_qbo: Mapping[str, Sale]
    context: SalesContext


def match_invoices(
    books: ReceivablesSnapshot, crm: CrmRecords, overview: Overview, settings: CompanySettings
) -> InvoiceMatches:
    """The best one-to-one pairing per customer group. Independent of input order."""
    customers = overview.customers
    ours = {sale.id: sale for sale in _crm_sales(crm, customers)}
    theirs = {sale.id: sale for sale in _qbo_sales(books, customers)}
    context = _context(books, overview, settings)
    by_group_crm, by_group_qbo = _by_group(ours.values()), _by_group(theirs.values())

    scores: dict[str, Mapping[str, int]] = {}
    found: dict[str, str] = {}
    uneven: list[tuple[str, str]] = []
    for group, billed in by_group_crm.items():
        booked = by_group_qbo.get(group, [])
        paired, seen = pair_group(billed, booked, context)
        found.update(paired)
        scores.update(seen)
        # Plain pairs agree on the total; all others have a row of scores.
        uneven += [
            (crm_id, paired[crm_id])
            for crm_id in seen
            if crm_id in paired and ours[crm_id].total != theirs[paired[crm_id]].total
        ]
    receipts = {sale_key(receipt): receipt.id for receipt in books.sales_receipts.values()}
    pairs = {crm_id: qbo_id for crm_id, qbo_id in found.items() if qbo_id not in receipts}
    pair_of = {qbo_id: crm_id for crm_id, qbo_id in pairs.items()}
    weak = frozenset(crm_id for crm_id, row in scores.items() if crm_id in pairs and _is_weak(row, pairs[crm_id]))
    left_over = books.invoices.keys() - pair_of.keys()
    return InvoiceMatches(
        pairs=pairs,
        pair_of=pair_of,
        weak=weak,
        uneven=tuple(sorted(pair for pair in uneven if pair[1] not in receipts)),
        receipts={crm_id: receipts[qbo_id] for crm_id, qbo_id in found.items() if qbo_id in receipts},
        spare_crm=tuple(sorted(ours.keys() - found.keys())),
        spare_qbo=tuple(sorted(left_over, key=_numeric)),
        scores=_open_questions(scores, left_over | {pairs[crm_id] for crm_id in weak}),
        sales_crm=ours,
        sales_qbo=theirs,
        context=context,
    )


def _is_weak(row: Mapping[str, int], qbo_id: str) -> bool:
    return row.get(qbo_id, 0) < CLEAR


def _open_questions(scores: Scores, open_qbo: Collection[str]) -> Scores:
    """The scores of QuickBooks invoices that are left over, or whose pair is weak: nobody asks for others."""
    kept = {
        crm_id: {qbo_id: value for qbo_id, value in row.items() if qbo_id in open_qbo} for crm_id, row in scores.items()
    }
    return {crm_id: row for crm_id, row in kept.items() if row}


def _numeric(text: str) -> tuple[int, str]:
    return (int(text), text) if text.isdecimal() else (0, text)


def _by_group(sales: Iterable[Sale]) -> Mapping[str, list[Sale]]:
    groups: dict[str, list[Sale]] = defaultdict(list)
    for sale in sales:
        groups[sale.group].append(sale)
    return groups


def _crm_sales(crm: CrmRecords, customers: CustomerMap) -> Iterable[Sale]:
    for invoice in sorted(crm.invoices, key=lambda item: item.crm_id):
        party = crm_party(invoice.customer_id, invoice.customer_name)
        known = customers.known_as(party)
        yield crm_sale(
            invoice,
            group=customers.group_of_crm.get(party, ""),
            customer=known[0] if known else "",
            job=customers.jobs.get(invoice.job_id or "", ""),
        )


def _qbo_sales(books: ReceivablesSnapshot, customers: CustomerMap) -> Iterable[Sale]:
    def item_name(item_id: str) -> str:
        item = books.items.get(item_id)
        return item.name if item else ""

    jobs = {customer.id for customer in books.customers.values() if customer.parent_ref}
    credited = {
        invoice_id
        for payment in books.payments.values()
        if payment.total_amt == 0
        for invoice_id in payment.invoice_ids
    }
    documents: list[Invoice | SalesReceipt] = [*books.invoices.values(), *books.sales_receipts.values()]
    for invoice in sorted(documents, key=lambda document: _numeric(document.id)):
        yield qbo_sale(
            invoice,
            group=customers.group_of_qbo.get(invoice.customer_id, ""),
            is_job=invoice.customer_id in jobs,
            cancelled=isinstance(invoice, Invoice) and invoice.id in credited and is_cancelled(books, invoice),
            item_name=item_name,
        )


def _context(books: ReceivablesSnapshot, overview: Overview, settings: CompanySettings) -> SalesContext:
    links = overview.customers.links.values()
    return SalesContext(
        crm_numbers=overview.crm_numbers,
        own_numbers=overview.own_numbers,
        spellings={spelling: link.primary for link in links for spelling in link.spellings},
        parents=books.tops,
        rounding_cents=cents(settings.tax_rounding_per_line),
        name_marks=_name_marks(books),
        start=started.toordinal() if (started := books.company.company_start_date) else 0,
    )


def _name_marks(books: ReceivablesSnapshot) -> Mapping[str, frozenset[str]]:
    names = ((customer.id, customer.display_name) for customer in books.customers.values())
    return {key: frozenset(marks_in(plain(name))) for key, name in names if _DIGIT.search(name)}


def is_cancelled(books: ReceivablesSnapshot, invoice: Invoice) -> bool:
    """True when credit memos alone have settled the invoice in full: nothing was paid and nothing is owed on it."""
    payments = books.payments_of.get(invoice.ref, ())
    return (
        invoice.balance == 0
        and invoice.total_amt > 0
        and bool(payments)
        and all(payment.total_amt == 0 for payment in payments)
    )
