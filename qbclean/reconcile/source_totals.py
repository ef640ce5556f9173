"""The totals of both sides straight from the sources, without any bucket: what the buckets have to add up to.

QuickBooks' open balances by customer and job are its own CustomerBalance report, not our sum of documents.
"""

from __future__ import annotations

from collections.abc import Iterable

from qbclean.ledger.chart import Chart
from qbclean.ledger.receivable import open_amounts
from qbclean.ledger.world import World
from qbclean.model.documents import CreditMemo, Invoice, Payment
from qbclean.reconcile.counting import Counting, Measured
from qbclean.reconcile.sides import Sides
from qbclean.reconcile.tallies import MEASURES


def count_sources(counting: Counting, sides: Sides) -> None:
    """Add every amount of both sides to the totals of `counting`."""
    _crm(counting, sides)
    _quickbooks(counting.of["invoices"], sides, sides.books.invoices.values())
    _quickbooks(counting.of["payments"], sides, sides.books.payments.values())
    _quickbooks(counting.of["credits"], sides, sides.books.credit_memos.values())
    _open_in_quickbooks(counting.of["balances"], sides)


def _crm(counting: Counting, sides: Sides) -> None:
    places, open_, balances = sides.places, sides.crm_open, counting.of["balances"]
    invoices, payments, credits_ = (counting.of[measure] for measure in MEASURES[:3])
    for invoice in sides.crm.invoices:
        place = places.of_invoice(invoice)
        invoices.total("crm", invoice.total, place, invoice.date)
        balances.total("crm", open_.invoices[invoice.crm_id], place, invoice.date)
    for payment in sides.crm.payments:
        place = places.of_payment(payment)
        payments.total("crm", payment.amount, place, payment.date)
        balances.total("crm", open_.payments[payment.crm_id], place, payment.date)
    for credit in sides.crm.credits:
        place = places.of_credit(credit)
        credits_.total("crm", credit.amount, place, credit.date)
        balances.total("crm", open_.credits[credit.crm_id], place, credit.date)


def _quickbooks(measured: Measured, sides: Sides, documents: Iterable[Invoice | Payment | CreditMemo]) -> None:
    of_customer = sides.places.of_customer
    for document in documents:
        measured.total("quickbooks", document.total_amt, of_customer(document.customer_id), document.txn_date)


def _open_in_quickbooks(balances: Measured, sides: Sides) -> None:
    """By customer and job from the report; it has no months, so these are from the documents."""
    for customer, amount in sides.books.ar_by_customer.items():
        if amount:
            balances.total_of("quickbooks", amount, sides.places.of_customer(customer))
    chart, world = Chart.of(sides.books), World.of_books(sides.books)
    for document in sides.books.documents():
        if isinstance(document, Payment) and document.id not in sides.joins_entries:
            balances.total("quickbooks", -document.unapplied_amt, None, document.txn_date)
        elif not isinstance(document, Invoice):
            for _, amount in open_amounts(chart, world, document):
                balances.total("quickbooks", amount, None, document.txn_date)
        elif document.balance:
            balances.total("quickbooks", document.balance, None, document.txn_date)
