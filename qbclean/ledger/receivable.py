"""A/R both ways: what is open on each document, as QuickBooks' CustomerBalance report counts it, and what is posted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal

from qbclean.ledger.applications import is_paid_by
from qbclean.ledger.chart import Chart
from qbclean.ledger.postings import accrual
from qbclean.ledger.world import World
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.documents import (
    AnyDocument,
    CreditMemo,
    Deposit,
    Invoice,
    JournalEntry,
    Payment,
    RefundReceipt,
    SalesDocument,
    SalesReceipt,
)
from qbclean.model.money import ZERO, total
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


def open_in_all(books: ReceivablesSnapshot) -> Decimal:
    """Σ of `open_amounts` over the documents of `books`."""
    chart, world = Chart.of(books), World.of_books(books)
    entries = (entry for entry in books.journal_entries.values() if entry.ref not in books.borrowed)
    joined = (amount for payment in books.payments.values() for amount in _joined_entries(world, payment))
    return (
        total([invoice.balance for invoice in books.invoices.values()])
        - total([memo.balance for memo in books.credit_memos.values()])
        - total([payment.unapplied_amt for payment in books.payments.values()])
        + total(joined)
        + total(amount for entry in entries for _, amount in _journal_lines(chart, entry))
    )


def open_amounts(chart: Chart, world: World, document: AnyDocument) -> Iterator[tuple[str, Decimal]]:
    """(customer id, amount) that `document` adds to A/R; what a payment uses of a journal entry goes the other way."""
    match document:
        case Invoice():
            yield document.customer_id, document.balance
        case CreditMemo():
            yield document.customer_id, -document.balance
        case Payment():
            yield document.customer_id, -document.unapplied_amt
            for amount in _joined_entries(world, document):
                yield document.customer_id, amount
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


def posted(chart: Chart, document: AnyDocument) -> Decimal:
    """What `document` posts to A/R accounts on accrual basis.

    Most documents post to A/R once, with their total; only where the rest may go there too is it all worked out.
    """
    if isinstance(document, Deposit | JournalEntry) or _posts_elsewhere(chart, document):
        return total(entry.amount for entry in accrual(chart, document) if chart.is_receivable(entry.account))
    if isinstance(document, Invoice):
        return document.total_amt - document.deposit
    return ZERO if isinstance(document, SalesReceipt | RefundReceipt) else -document.total_amt


def _posts_elsewhere(chart: Chart, document: SalesDocument | Payment) -> bool:
    """Whether the till or a line of a sale or payment might be an A/R account, or what should be none is no such."""
    till = document.deposit_to_account_ref
    if (till and chart.is_receivable(till.value)) or not chart.is_receivable(chart.receivable):
        return True
    if isinstance(document, Payment):
        return False
    for line in document.line:
        if line.discount_line_detail or line.group_line_detail:
            return True
    return chart.sells_to_receivable


def _joined_entries(world: World, payment: Payment) -> Iterator[Decimal]:
    """What the payment uses up (+) or pays (−) of journal entries; few do either."""
    for line in payment.line:
        if line.linked_txn and (link := line.linked_txn[0]).txn_type == "JournalEntry":
            entry = world.get(DocumentRef("JournalEntry", link.txn_id))
            yield -line.amount if is_paid_by(entry) else line.amount


def _journal_lines(chart: Chart, entry: JournalEntry) -> Iterator[tuple[str, Decimal]]:
    for line in entry.line:
        detail = line.journal_entry_line_detail
        if not detail or not detail.account_ref or not chart.is_receivable(detail.account_ref.value):
            continue
        customer = detail.entity.entity_ref if detail.entity else None
        yield customer.value if customer else "", line.amount if detail.posting_type == "Debit" else -line.amount
