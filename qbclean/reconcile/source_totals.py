"""The totals of both sides straight from the sources, without any bucket: what the buckets have to add up to.

QuickBooks' open balances by customer and job are its own CustomerBalance report, not our sum of documents.
"""

from __future__ import annotations

from collections.abc import Iterable

from qbclean.ledger.chart import Chart
from qbclean.ledger.receivable import open_amounts
from qbclean.ledger.world import World
from qbclean.model.documents import CreditMemo, Invoice, Payment
from qbclean.reconcile.places import month
from qbclean.reconcile.sides import Sides
from qbclean.reconcile.tallies import Tables, Tallies


def count_sources(tallies: Tallies, sides: Sides) -> None:
    """Add every amount of both sides to the totals of `tallies`."""
    _crm(tallies, sides)
    _quickbooks(tallies.invoices, sides, sides.books.invoices.values())
    _quickbooks(tallies.payments, sides, sides.books.payments.values())
    _quickbooks(tallies.credits, sides, sides.books.credit_memos.values())
    _open_in_quickbooks(tallies.balances, sides)


def _crm(tallies: Tallies, sides: Sides) -> None:
    places, open_, balances = sides.places, sides.crm_open, tallies.balances
    for invoice in sides.crm.invoices:
        party, job, in_month = places.party_of_invoice(invoice), places.job_of_invoice(invoice), month(invoice.date)
        tallies.invoices.total("crm", invoice.total, party=party, job=job, month=in_month)
        balances.total("crm", open_.invoices[invoice.crm_id], party=party, job=job, month=in_month)
    for payment in sides.crm.payments:
        party, job, in_month = places.party_of_payment(payment), places.job_of_payment(payment), month(payment.date)
        tallies.payments.total("crm", payment.amount, party=party, job=job, month=in_month)
        balances.total("crm", open_.payments[payment.crm_id], party=party, job=job, month=in_month)
    for credit in sides.crm.credits:
        party, job, in_month = places.party_of_credit(credit), places.job_of_credit(credit), month(credit.date)
        tallies.credits.total("crm", credit.amount, party=party, job=job, month=in_month)
        balances.total("crm", open_.credits[credit.crm_id], party=party, job=job, month=in_month)


def _quickbooks(tables: Tables, sides: Sides, documents: Iterable[Invoice | Payment | CreditMemo]) -> None:
    places = sides.places
    for document in documents:
        customer = document.customer_id
        party, job = places.party_of_customer(customer), places.job_of_customer(customer)
        tables.total("quickbooks", document.total_amt, party=party, job=job, month=month(document.txn_date))


def _open_in_quickbooks(balances: Tables, sides: Sides) -> None:
    """By customer and job from the report; it has no months, so these are from the documents."""
    for customer, amount in sides.books.ar_by_customer.items():
        if amount:
            balances.customer.total("quickbooks", sides.places.party_of_customer(customer), amount)
            balances.job.total("quickbooks", sides.places.job_of_customer(customer), amount)
    chart, world = Chart.of(sides.books), World.of_books(sides.books)
    for document in sides.books.documents():
        for _, amount in open_amounts(chart, world, document):
            if amount:
                balances.month.total("quickbooks", month(document.txn_date), amount)
