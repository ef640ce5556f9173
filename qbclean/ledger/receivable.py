"""A/R as QuickBooks' CustomerBalance report counts it: what is open on each document, per customer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal

from qbclean.ledger.applications import is_paid_by
from qbclean.ledger.chart import Chart
from qbclean.ledger.world import World
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.documents import AnyDocument, CreditMemo, Invoice, JournalEntry, Payment
from qbclean.model.money import ZERO
from qbclean.model.refs import DocumentRef


def ar_by_customer(books: ReceivablesSnapshot, world: World) -> Mapping[str, Decimal]:
    """Customer id → Σ invoice balances − unapplied money − remaining credits ± open A/R journal lines (contract 13).

    Every customer with a receivable document is there, also those whose balance is zero. Without jobs.
    """
    chart = Chart.of(books)
    sums: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for document in world.values():
        for customer, amount in open_amounts(chart, world, document):
            sums[customer] += amount
    return dict(sums)


def open_amounts(chart: Chart, world: World, document: AnyDocument) -> Iterator[tuple[str, Decimal]]:
    """(customer id, amount) that `document` adds to A/R; what a payment uses of a journal entry goes the other way."""
    match document:
        case Invoice():
            yield document.customer_id, document.balance
        case CreditMemo():
            yield document.customer_id, -document.balance
        case Payment():
            yield document.customer_id, -document.unapplied_amt
            for ref, amount in document.applications:
                if ref.kind == "JournalEntry":
                    yield document.customer_id, -amount if is_paid_by(world.get(ref)) else amount
        case JournalEntry():
            yield from _journal_lines(chart, document)
        case _:
            return


def open_sum(chart: Chart, world: World, ref: DocumentRef) -> dict[str, Decimal]:
    """`open_amounts` of the document `ref` names, added up per customer; empty when it is not in `world`."""
    sums: dict[str, Decimal] = {}
    document = world.get(ref)
    if document is not None:
        for customer, amount in open_amounts(chart, world, document):
            sums[customer] = sums.get(customer, ZERO) + amount
    return sums


def _journal_lines(chart: Chart, entry: JournalEntry) -> Iterator[tuple[str, Decimal]]:
    for line in entry.line:
        detail = line.journal_entry_line_detail
        if not detail or not detail.account_ref or not chart.is_receivable(detail.account_ref.value):
            continue
        customer = detail.entity.entity_ref if detail.entity else None
        yield customer.value if customer else "", line.amount if detail.posting_type == "Debit" else -line.amount
