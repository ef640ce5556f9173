"""Books every posting document of a company on its own date: the accrual basis."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from qbclean.sandbox.ledger.chart import Chart
from qbclean.sandbox.ledger.journals import journal_entries, transfer_entries
from qbclean.sandbox.ledger.posting import Entry
from qbclean.sandbox.ledger.purchases import (
    bill_entries,
    bill_payment_entries,
    card_payment_entries,
    expense_entries,
    vendor_credit_entries,
)
from qbclean.sandbox.ledger.receipts import deposit_entries, payment_entries
from qbclean.sandbox.ledger.sales import (
    credit_memo_entries,
    invoice_entries,
    refund_receipt_entries,
    sales_receipt_entries,
)
from qbclean.sandbox.view import BooksView

Poster = Callable[[Mapping[str, Any], Chart, date], Iterator[Entry]]

POSTERS: dict[str, Poster] = {
    "Invoice": invoice_entries,
    "CreditMemo": credit_memo_entries,
    "Payment": payment_entries,
    "SalesReceipt": sales_receipt_entries,
    "RefundReceipt": refund_receipt_entries,
    "JournalEntry": journal_entries,
    "Bill": bill_entries,
    "VendorCredit": vendor_credit_entries,
    "BillPayment": bill_payment_entries,
    "Purchase": expense_entries,
    "CreditCardPayment": card_payment_entries,
    "Transfer": transfer_entries,
}


CHART_KINDS = frozenset({"Account", "Item", "TaxAgency", "TaxRate"})
"""What decides where documents post to; when one of these changes, every entry may."""

PostedBooks = dict[str, dict[str, tuple[Entry, ...]]]
"""Kind → document id → what the document posts; each kind in ascending id order."""


def posted_books(view: BooksView, chart: Chart) -> PostedBooks:
    """Return the entries of all documents."""
    books: PostedBooks = {
        kind: {str(document["Id"]): tuple(poster(document, chart, view.today)) for document in view.documents(kind)}
        for kind, poster in POSTERS.items()
    }
    _post_deposits(books, view, chart)
    return books


def reposted_books(
    before: PostedBooks, view: BooksView, chart: Chart, changed: Iterable[tuple[str, str]]
) -> PostedBooks:
    """Return the entries after some documents were written or deleted, the others' taken over. `before` stays."""
    books = {kind: dict(entries) for kind, entries in before.items()}
    for kind, document_id in changed:
        poster = POSTERS.get(kind)
        if poster is None:
            continue
        document = view.document(kind, document_id)
        if document is None:
            books[kind].pop(document_id, None)
        else:
            books[kind][document_id] = tuple(poster(document, chart, view.today))
    _post_deposits(books, view, chart)
    return books


def _post_deposits(books: PostedBooks, view: BooksView, chart: Chart) -> None:
    """Post the deposits, which take money from where the receipts have put it."""

    def held_in(kind: str, document_id: str) -> str:
        entries = books.get(kind, {}).get(document_id)
        return (_receiving_account(entries[0]) if entries else "") or chart.undeposited

    books["Deposit"] = {
        str(document["Id"]): tuple(deposit_entries(document, chart, view.today, held_in))
        for document in view.documents("Deposit")
    }


def _receiving_account(entry: Entry) -> str:
    """Return the account a receipt's money is in until it is deposited."""
    if entry.kind == "Payment":
        return entry.postings[1].account
    return entry.postings[0].account if entry.kind in {"SalesReceipt", "RefundReceipt"} else ""
