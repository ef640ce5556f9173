"""Money booked past the invoices: sales receipts, lines of deposits and journal entries."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from qbclean.detect.order import in_id_order
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.refs import DocumentRef

_INCOME = frozenset({"Income", "Other Income"})


class OtherMoney(NamedTuple):
    """`customer` is "" where the document names nobody; `is_income`: coded to an income account."""

    ref: DocumentRef
    words: str
    date: date
    amount: Decimal
    customer: str
    is_income: bool


def money_past_invoices(books: ReceivablesSnapshot) -> Iterator[OtherMoney]:
    """All of it, sales receipts first, then deposit lines, then journal lines that name a customer; by id."""
    income = {key for key, account in books.accounts.items() if account.account_type in _INCOME}
    for receipt in in_id_order(books.sales_receipts):
        words = f"sales receipt {receipt.id}"
        yield OtherMoney(receipt.ref, words, receipt.txn_date, receipt.total_amt, receipt.customer_id, is_income=True)
    for deposit in in_id_order(books.deposits):
        for line in deposit.line:
            detail = line.deposit_line_detail
            if detail and not line.linked_txn:
                yield OtherMoney(
                    deposit.ref,
                    f"deposit {deposit.id}",
                    deposit.txn_date,
                    line.amount,
                    detail.entity.value if detail.entity else "",
                    is_income=detail.account_ref is not None and detail.account_ref.value in income,
                )
    for entry in in_id_order(books.journal_entries):
        words = f"journal entry {entry.doc_number or entry.id}"
        for line in entry.line:
            journal = line.journal_entry_line_detail
            if journal and journal.entity and journal.entity.entity_ref:
                customer = journal.entity.entity_ref.value
                yield OtherMoney(entry.ref, words, entry.txn_date, line.amount, customer, is_income=False)
