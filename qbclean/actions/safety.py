"""Preconditions several action kinds share, each answering with the reason why not, or ""."""

from __future__ import annotations

from datetime import date

from qbclean.actions.proposal import Proposal
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.documents import AnyDocument, Invoice, Payment, SalesDocument
from qbclean.model.lists import Customer
from qbclean.model.locks import Locks
from qbclean.model.refs import DocumentRef


def left_alone(books: ReceivablesSnapshot, document: AnyDocument) -> str:
    """S27: foreign currency, inventory items and QuickBooks Payments charges are not ours to touch."""
    home = books.preferences.currency_prefs.home_currency
    if document.currency_ref and home and document.currency_ref.value != home.value:
        return f"it is in {document.currency_ref.value}, not the home currency {home.value}"
    if isinstance(document, Payment) and document.process_payment:
        return "it was charged through QuickBooks Payments"
    if isinstance(document, SalesDocument):
        for line in document.item_lines:
            item = line.sales_item_line_detail.item_ref if line.sales_item_line_detail else None
            if item and item.value in books.items and books.items[item.value].type == "Inventory":
                return f"it sells the inventory item {books.items[item.value].name}"
    return ""


def other_currency(books: ReceivablesSnapshot, proposal: Proposal) -> str:
    """S07, S27: why the proposal crosses currencies or is about a foreign one; "" when all of it is in the home one.

    An amount of a foreign currency equals none of ours, whoever's copy or payment it looks like. Where the company does
    not say what its home currency is, all that the proposal names must be of one.
    """
    touched = [role.ref for role in proposal.roles]
    for write in proposal.writes:
        touched += [*filter(None, (write.target,)), *write.changes]
    named: list[tuple[str, AnyDocument | Customer | None]] = [(str(ref), books.document(ref)) for ref in touched]
    named.append((f"customer {proposal.customer_id}", books.customers.get(proposal.customer_id)))
    said = [(name, one.currency_ref.value) for name, one in named if one and one.currency_ref]
    home = books.preferences.currency_prefs.home_currency
    ours = home.value if home else said[0][1] if said else ""
    for name, currency in said:
        if currency != ours:
            return f"{name} is in {currency}, {f'not the home currency {ours}' if home else f'{said[0][0]} in {ours}'}"
    return ""


def not_voidable(books: ReceivablesSnapshot, invoice: Invoice, *, without: frozenset[DocumentRef] = frozenset()) -> str:
    """S03: a void needs Balance = TotalAmt and nothing linked, once the payments in `without` have been moved off."""
    linked = [link for link in invoice.linked_txn if DocumentRef(link.txn_type, link.txn_id) not in without]  # type: ignore[arg-type]
    payers = [payment for payment in books.payments_of.get(invoice.ref, ()) if payment.ref not in without]
    if linked or payers:
        named = sorted({f"{link.txn_type} {link.txn_id}" for link in linked} | {f"Payment {p.id}" for p in payers})
        return f"linked to {', '.join(named)}"
    if not without and invoice.balance != invoice.total_amt:
        return f"partly settled: {invoice.balance} of {invoice.total_amt} is open"
    return ""


def payment_fixed(books: ReceivablesSnapshot, payment: Payment, locks: Locks) -> str:
    """Why the payment's lines cannot be changed (S05, S08; contract 7.7, 7.9, 11.6)."""
    if payment.is_deposited:
        return "it is in a bank deposit; QuickBooks refuses every change until the deposit is edited"
    if payment.ref in books.reconciled:
        return "it is reconciled"
    if locks.is_locked(payment.txn_date, taxed=False):
        return f"it is dated {payment.txn_date}, in a closed period"
    return left_alone(books, payment)


def redated(true: date, on: date) -> str:
    """S16: what a person must decide before a record of a closed period is booked on another day; "" on its own day."""
    if on == true:
        return ""
    return f"The true date {true} is in a closed period; decide whether it may be booked on {on} (S16)."
