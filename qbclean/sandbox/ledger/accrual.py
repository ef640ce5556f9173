"""Books every posting document of a company on its own date: the accrual basis."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
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
from qbclean.sandbox.ledger.receipts import DocumentKey, deposit_entries, payment_entries
from qbclean.sandbox.ledger.sales import (
    credit_memo_entries,
    invoice_entries,
    refund_receipt_entries,
    sales_receipt_entries,
)
from qbclean.sandbox.view import BooksView

Poster = Callable[[Mapping[str, Any], Chart, date], Iterator[Entry]]

# Deposits come after these, for they take the money from where these put it.
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


def accrual_entries(view: BooksView, chart: Chart) -> Iterator[Entry]:
    """Yield the entries of all documents, kind by kind, each kind in ascending id order."""
    held_in: dict[DocumentKey, str] = {}
    for kind, poster in POSTERS.items():
        for document in view.documents(kind):
            for entry in poster(document, chart, view.today):
                account = _receiving_account(entry)
                if account and account != chart.undeposited:
                    held_in[kind, entry.id] = account
                yield entry
    for document in view.documents("Deposit"):
        yield from deposit_entries(document, chart, view.today, held_in)


def _receiving_account(entry: Entry) -> str:
    """Return the account a receipt's money is in until it is deposited."""
    if entry.kind == "Payment":
        return entry.postings[1].account
    return entry.postings[0].account if entry.kind in {"SalesReceipt", "RefundReceipt"} else ""
