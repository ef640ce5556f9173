"""A company cut into slices by hand: each holds some parties with all their documents."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.documents import AnyDocument, Deposit, JournalEntry
from qbclean.model.refs import DocumentRef

_D = TypeVar("_D", bound=AnyDocument)


def cut(books: ReceivablesSnapshot, slice_of: Mapping[str, int]) -> dict[int, ReceivablesSnapshot]:
    """Slice → its books. `slice_of`: QuickBooks customer → slice; documents of nobody known go into slice 0.

    A deposit or journal entry is in every slice it touches and counted in the first of them.
    """
    touched: dict[DocumentRef, list[int]] = {}
    both: tuple[Deposit | JournalEntry, ...] = (*books.deposits.values(), *books.journal_entries.values())
    for shared in both:
        touched[shared.ref] = sorted({slice_of.get(customer, 0) for customer in _named(shared)}) or [0]
    members: dict[int, set[str]] = defaultdict(set)
    for customer in books.customers:
        members[slice_of.get(customer, 0)].add(customer)
    members[0] |= set()

    def of(number: int, documents: Mapping[str, _D]) -> dict[str, _D]:
        return {key: document for key, document in documents.items() if number in _slices(document, touched, slice_of)}

    return {
        number: replace(
            books,
            customers={key: customer for key, customer in books.customers.items() if key in customers},
            invoices=of(number, books.invoices),
            payments=of(number, books.payments),
            credit_memos=of(number, books.credit_memos),
            sales_receipts=of(number, books.sales_receipts),
            refund_receipts=of(number, books.refund_receipts),
            deposits=of(number, books.deposits),
            journal_entries=of(number, books.journal_entries),
            ar_by_customer={key: amount for key, amount in books.ar_by_customer.items() if key in customers},
            borrowed=frozenset(ref for ref, numbers in touched.items() if number in numbers[1:]),
        )
        for number, customers in sorted(members.items())
    }


def _slices(
    document: AnyDocument, touched: Mapping[DocumentRef, list[int]], slice_of: Mapping[str, int]
) -> Iterable[int]:
    if isinstance(document, Deposit | JournalEntry):
        return touched[document.ref]
    return (slice_of.get(document.customer_id, 0),)


def _named(shared: Deposit | JournalEntry) -> Iterable[str]:
    for line in shared.line:
        if line.deposit_line_detail and line.deposit_line_detail.entity:
            yield line.deposit_line_detail.entity.value
        journal = line.journal_entry_line_detail
        if journal and journal.entity and journal.entity.entity_ref:
            yield journal.entity.entity_ref.value
