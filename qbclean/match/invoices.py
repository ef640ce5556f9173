"""Pairs CRM invoices with QuickBooks invoices, one-to-one, over all of them: open, paid, voided and closed.

Pairs are not judged one by one: within a customer group the assignment with the largest total evidence wins. So twelve
equal monthly invoices pair with twelve CRM records, and a thirteenth copy is what is left over.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from qbclean.match.assignment import assign, uncontested
from qbclean.match.customers import CustomerMap, crm_party
from qbclean.match.likeness import likeness
from qbclean.match.normalize import plain
from qbclean.match.overview import Overview
from qbclean.match.plain_pairs import plain_pairs
from qbclean.match.sale_levels import SalesContext, compare_sales, same_money
from qbclean.match.sales import Sale, crm_sale, marks_in, qbo_sale
from qbclean.match.weights import CLEAR, Levels, points
from qbclean.match.wholes import told_wholes
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.crm import CrmRecords
from qbclean.model.documents import Invoice, SalesReceipt
from qbclean.model.money import cents
from qbclean.model.settings import CompanySettings

_DIGIT = re.compile(r"\d")
_SMALL = 1_500
"""Up to this many comparisons a group is compared whole; beyond, only invoices that share a key."""
_SECOND_CHANCE = 15
"""Added to the evidence of left-overs: neither has anything better to be (the prior odds are higher)."""
_LIKELIER_COPY = 8
"""Taken from it where the left-over looks like a copy of another sale: copies are commoner than lost numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceMatches:
    """`pairs`: CRM invoice → QuickBooks invoice. `spare_crm`, `spare_qbo`: left over, in id order.

    `weak`: CRM invoices whose pair is likely, but not beyond doubt. `receipts`: CRM invoice → the sales receipt
    that QuickBooks has instead of an invoice. `scores`: every comparison worth `MATCH` or more (CRM id → QuickBooks
    id → points), pairs or not.
    """

    pairs: Mapping[str, str]
    pair_of: Mapping[str, str]
    weak: frozenset[str]
    receipts: Mapping[str, str]
    spare_crm: tuple[str, ...]
    spare_qbo: tuple[str, ...]
    scores: Mapping[str, Mapping[str, int]]
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

    scores: dict[str, dict[str, int]] = {}
    pairs: dict[str, str] = {}
    for group, billed in by_group_crm.items():
        booked = by_group_qbo.get(group, [])
        told = told_wholes(billed, booked)
        paired, found = _paired(_without(billed, told.crm_ids), _without(booked, told.qbo_ids), context)
        pairs.update(paired)
        scores.update(found)
    pair_of = {qbo_id: crm_id for crm_id, qbo_id in pairs.items() if qbo_id in books.invoices}
    weak = frozenset(crm_id for qbo_id, crm_id in pair_of.items() if _is_weak(scores.get(crm_id), qbo_id))
    certain = pair_of.keys() - {pairs[crm_id] for crm_id in weak}
    return InvoiceMatches(
        pairs={crm_id: qbo_id for crm_id, qbo_id in pairs.items() if qbo_id in pair_of},
        pair_of=pair_of,
        weak=weak,
        receipts={
            crm_id: theirs[qbo_id].qbo_id for crm_id, qbo_id in pairs.items() if theirs[qbo_id].status == "receipt"
        },
        spare_crm=tuple(sorted(ours.keys() - pairs.keys())),
        spare_qbo=tuple(sorted(books.invoices.keys() - pair_of.keys(), key=_numeric)),
        scores=_open_questions(scores, books.invoices.keys() - certain),
        sales_crm=ours,
        sales_qbo=theirs,
        context=context,
    )


def _without(sales: Sequence[Sale], told: Collection[str]) -> Sequence[Sale]:
    return [sale for sale in sales if sale.id not in told] if told else sales


def _is_weak(row: Mapping[str, int] | None, qbo_id: str) -> bool:
    return row is not None and row.get(qbo_id, 0) < CLEAR


def _open_questions(scores: Mapping[str, Mapping[str, int]], open_qbo: Collection[str]) -> dict[str, dict[str, int]]:
    kept = {
        crm_id: {qbo_id: value for qbo_id, value in row.items() if qbo_id in open_qbo} for crm_id, row in scores.items()
    }
    return {crm_id: row for crm_id, row in kept.items() if row}


def _numeric(text: str) -> tuple[int, str]:
    return (int(text), text) if text.isdigit() else (0, text)


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

    documents: list[Invoice | SalesReceipt] = [*books.invoices.values(), *books.sales_receipts.values()]
    for invoice in sorted(documents, key=lambda document: _numeric(document.id)):
        customer = books.customers.get(invoice.customer_id)
        yield qbo_sale(
            invoice,
            group=customers.group_of_qbo.get(invoice.customer_id, ""),
            is_job=bool(customer and customer.parent_ref),
            cancelled=isinstance(invoice, Invoice) and is_cancelled(books, invoice),
            item_name=item_name,
        )


def _context(books: ReceivablesSnapshot, overview: Overview, settings: CompanySettings) -> SalesContext:
    parents: dict[str, str] = {}
    for customer in books.customers.values():
        top = customer
        while top.parent_ref and top.parent_ref.value in books.customers:
            top = books.customers[top.parent_ref.value]
        if top is not customer:
            parents[customer.id] = top.id
    links = overview.customers.links.values()
    return SalesContext(
        crm_numbers=overview.crm_numbers,
        spellings={spelling: link.primary for link in links for spelling in link.spellings},
        parents=parents,
        rounding_cents=cents(settings.tax_rounding_per_line),
        name_marks=_name_marks(books),
        start=started.toordinal() if (started := books.company.company_start_date) else 0,
    )


def _name_marks(books: ReceivablesSnapshot) -> Mapping[str, frozenset[str]]:
    names = ((customer.id, customer.display_name) for customer in books.customers.values())
    return {key: frozenset(marks_in(plain(name))) for key, name in names if _DIGIT.search(name)}


def _paired(
    ours: Sequence[Sale], theirs: Sequence[Sale], context: SalesContext
) -> tuple[dict[str, str], dict[str, dict[str, int]]]:
    """The pairs of one group, and the comparisons worth `MATCH` or more (CRM id → QuickBooks id → points) of the rest.

    The rest are all but the plain pairs that none of the rest resembles.
    """
    plain = plain_pairs(ours, theirs, context)
    settled = {qbo.id for qbo in plain.values()}
    rows: dict[str, dict[str, int]] = {sale.id: {} for sale in ours}
    compare = [sale for sale in theirs if sale.id not in settled]
    left = list(compare)
    while compare:
        near_to = _neighbours(compare, whole=len(ours) * len(theirs) <= _SMALL)
        for sale in ours:
            rows[sale.id] |= _row(sale, near_to(sale), context)
        compare = [plain.pop(crm_id) for crm_id in [*plain] if rows[crm_id]]
        left += compare
    pairs = {crm_id: qbo.id for crm_id, qbo in plain.items()}
    others = [sale for sale in ours if sale.id not in pairs]
    found = {sale.id: rows[sale.id] for sale in others}
    # What is given up may be a copy of the other sale, and its own pair missing; it is looked at again below.
    paired = uncontested(assign(found), found)
    return pairs | paired | _second_chance(others, left, paired, found, context), found


def _neighbours(theirs: Sequence[Sale], *, whole: bool) -> Callable[[Sale], Iterable[Sale]]:
    """Tells which of `theirs` to compare an invoice with: all (`whole`), or those that share a key with it."""
    if whole:
        return lambda _: theirs
    index: dict[object, list[Sale]] = defaultdict(list)
    for sale in theirs:
        for key in _keys(sale):
            index[key].append(sale)
    return lambda sale: {other.id: other for key in _keys(sale) for other in index.get(key, ())}.values()


def _row(crm: Sale, near: Iterable[Sale], context: SalesContext) -> dict[str, int]:
    return {qbo.id: value for qbo in near if (value := likeness(crm, qbo, context)) is not None}


def _second_chance(
    ours: Sequence[Sale],
    theirs: Sequence[Sale],
    paired: Mapping[str, str],
    scores: Mapping[str, Mapping[str, int]],
    context: SalesContext,
) -> dict[str, str]:
    """Pairs among the left-overs of a group that agree on the total, or on the day and part of the lines.

    A CRM invoice without a twin beside a QuickBooks invoice without one are likelier one sale on a wrong job or number
    than one missing and one duplicated, unless the copy clearly looks like another sale. A pair voids and creates
    nothing, so that is also the cautious reading.
    """
    taken = set(paired.values())
    spare = [sale for sale in theirs if sale.id not in taken and sale.status == "live"]
    as_copy: dict[str, int] = {}
    told, booked = {sale.id: sale for sale in ours}, {sale.id: sale for sale in theirs}
    for crm_id in paired:
        for qbo_id, value in scores[crm_id].items():
            if same_money(told[crm_id], booked[qbo_id]):
                as_copy[qbo_id] = max(as_copy.get(qbo_id, 0), value + _LIKELIER_COPY)
    edges: dict[str, dict[str, int]] = {}
    for sale in ours:
        if sale.id in paired or sale.status in ("void", "draft") or not spare:
            continue
        for other in spare:
            levels = compare_sales(sale, other, context)
            if _could_be(levels):
                edges.setdefault(sale.id, {})[other.id] = points(levels) + _SECOND_CHANCE - as_copy.get(other.id, 0)
    return assign(edges)


def _could_be(levels: Levels) -> bool:
    if levels["number"] in ("names another", "other draw") or levels["date"] == "from before the start":
        return False
    near = levels["date"] in ("same day", "within 3 days", "within 10 days") and levels["lines"] != "nothing in common"
    return levels["total"] == "same" or near


def _keys(sale: Sale) -> Iterable[object]:
    """Same number, same CRM link, or same amount in the same or a neighbouring 45-day window."""
    if sale.number:
        yield "number", sale.number.base
    if sale.qbo_id:
        yield "id", sale.qbo_id
    window = sale.day // 45
    for amount in {sale.total, sale.subtotal}:
        yield "amount", amount, window
        yield "amount", amount, window + 1


def is_cancelled(books: ReceivablesSnapshot, invoice: Invoice) -> bool:
    """True when credit memos alone have settled the invoice in full: nothing was paid and nothing is owed on it."""
    payments = books.payments_of.get(invoice.ref, ())
    return (
        invoice.balance == 0
        and invoice.total_amt > 0
        and bool(payments)
        and all(payment.total_amt == 0 for payment in payments)
    )
