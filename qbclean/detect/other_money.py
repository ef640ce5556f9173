"""Money booked past the invoices: sales receipts, lines of deposits and journal entries."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from qbclean.detect.order import in_id_order
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.documents import Deposit, JournalEntry
from qbclean.model.refs import DocumentRef, line_key

_INCOME = frozenset({"Income", "Other Income"})


class OtherMoney(NamedTuple):
    """One receipt or line. `customer` is "" where it names nobody; `is_income`: coded to an income account;
    `is_payment`: it may be money received, which a charge in a journal entry is not; `settles`: invoices that payments
    of the customer set a journal entry off against, for it is theirs then."""

    key: str
    ref: DocumentRef
    words: str
    date: date
    amount: Decimal
    customer: str
    reference: str = ""
    text: str = ""
    is_income: bool = False
    is_payment: bool = True
    settles: tuple[str, ...] = ()


def money_past_invoices(books: ReceivablesSnapshot) -> Iterator[OtherMoney]:
    """All of it, sales receipts first, then deposit lines, then journal lines that name a customer; by id."""
    income = {key for key, account in books.accounts.items() if account.account_type in _INCOME}
    for receipt in in_id_order(books.sales_receipts):
        words, reference = f"sales receipt {receipt.id}", receipt.payment_ref_num or ""
        seen = (str(receipt.ref), receipt.ref, words, receipt.txn_date, receipt.total_amt, receipt.customer_id)
        yield OtherMoney(*seen, reference, receipt.private_note or "", is_income=True)
    for deposit in in_id_order(books.deposits):
        yield from _of_deposit(deposit, income)
    for entry in in_id_order(books.journal_entries):
        yield from _of_journal(entry, books)


def _of_deposit(deposit: Deposit, income: Collection[str]) -> Iterator[OtherMoney]:
    words = f"deposit {deposit.id}"
    for place, line, detail in deposit.own_lines:
        customer = detail.entity.value if detail.entity else ""
        coded = detail.account_ref is not None and detail.account_ref.value in income
        seen = (line_key(deposit.ref, place), deposit.ref, words, deposit.txn_date, line.amount, customer)
        yield OtherMoney(*seen, detail.check_num or "", line.description or "", is_income=coded)


def _of_journal(entry: JournalEntry, books: ReceivablesSnapshot) -> Iterator[OtherMoney]:
    words, note = f"journal entry {entry.doc_number or entry.id}", entry.private_note or ""
    for place, line in enumerate(entry.line):
        journal = line.journal_entry_line_detail
        if journal and journal.entity and journal.entity.entity_ref:
            customer, charges = journal.entity.entity_ref.value, journal.posting_type != "Credit"
            seen = (line_key(entry.ref, place), entry.ref, words, entry.txn_date, line.amount, customer)
            joining = (payment for payment in books.payments_of.get(entry.ref, ()) if payment.customer_id == customer)
            settles = tuple(invoice for payment in joining for invoice in payment.invoice_ids)
            text = f"{line.description or ''} {note}"
            yield OtherMoney(*seen, text=text, is_payment=not charges, settles=settles)
