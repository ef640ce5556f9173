"""Money booked past the invoices: sales receipts, lines of deposits and journal entries."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from qbclean.detect.order import in_id_order
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.documents import SalesReceipt
from qbclean.model.refs import DocumentRef, line_key

_INCOME = frozenset({"Income", "Other Income"})


class OtherMoney(NamedTuple):
    """One receipt or line. `customer` is "" where it names nobody; `is_income`: coded to an income account;
    `is_payment`: it may be money received, which a charge in a journal entry is not."""

    key: str
    ref: DocumentRef
    words: str
    date: date
    amount: Decimal
    customer: str
    reference: str
    text: str
    is_income: bool
    is_payment: bool


def money_past_invoices(books: ReceivablesSnapshot) -> Iterator[OtherMoney]:
    """All of it, sales receipts first, then deposit lines, then journal lines that name a customer; by id."""
    yield from map(_of_receipt, in_id_order(books.sales_receipts))
    income = {key for key, account in books.accounts.items() if account.account_type in _INCOME}
    for deposit in in_id_order(books.deposits):
        for place, line in enumerate(deposit.line):
            detail = line.deposit_line_detail
            if detail and not line.linked_txn:
                yield OtherMoney(
                    key=line_key(deposit.ref, place),
                    ref=deposit.ref,
                    words=f"deposit {deposit.id}",
                    date=deposit.txn_date,
                    amount=line.amount,
                    customer=detail.entity.value if detail.entity else "",
                    reference=detail.check_num or "",
                    text=line.description or "",
                    is_income=detail.account_ref is not None and detail.account_ref.value in income,
                    is_payment=True,
                )
    for entry in in_id_order(books.journal_entries):
        for place, line in enumerate(entry.line):
            journal = line.journal_entry_line_detail
            if journal and journal.entity and journal.entity.entity_ref:
                yield OtherMoney(
                    key=line_key(entry.ref, place),
                    ref=entry.ref,
                    words=f"journal entry {entry.doc_number or entry.id}",
                    date=entry.txn_date,
                    amount=line.amount,
                    customer=journal.entity.entity_ref.value,
                    reference="",
                    text=f"{line.description or ''} {entry.private_note or ''}",
                    is_income=False,
                    is_payment=journal.posting_type == "Credit",
                )


def _of_receipt(receipt: SalesReceipt) -> OtherMoney:
    return OtherMoney(
        key=str(receipt.ref),
        ref=receipt.ref,
        words=f"sales receipt {receipt.id}",
        date=receipt.txn_date,
        amount=receipt.total_amt,
        customer=receipt.customer_id,
        reference=receipt.payment_ref_num or "",
        text=receipt.private_note or "",
        is_income=True,
        is_payment=True,
    )
