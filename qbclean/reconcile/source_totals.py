"""The totals of both sides straight from the sources, without any bucket: what the buckets have to add up to.

QuickBooks' open balances by customer and job are its own CustomerBalance report, not our sum of documents.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from qbclean.ledger.chart import Chart
from qbclean.ledger.receivable import open_amounts
from qbclean.ledger.world import World
from qbclean.model.reconciliation import MeasureName, Side
from qbclean.reconcile.places import month
from qbclean.reconcile.sides import Sides


class Amount(NamedTuple):
    """One amount of one side and where it counts; None where this source cannot tell (a report has no months)."""

    measure: MeasureName
    side: Side
    amount: Decimal
    party: str | None
    job: str | None
    month: str | None


def source_amounts(sides: Sides) -> Iterator[Amount]:
    """Every amount of both sides that is not zero, per measure."""
    for amounts in (_crm(sides), _quickbooks(sides), _open_in_quickbooks(sides)):
        yield from (amount for amount in amounts if amount.amount)


def _crm(sides: Sides) -> Iterator[Amount]:
    places, open_ = sides.places, sides.crm_open
    for invoice in sides.crm.invoices:
        where = places.party_of_invoice(invoice), places.job_of_invoice(invoice), month(invoice.date)
        yield Amount("invoices", "crm", invoice.total, *where)
        yield Amount("balances", "crm", open_.invoices[invoice.crm_id], *where)
    for payment in sides.crm.payments:
        where = places.party_of_payment(payment), places.job_of_payment(payment), month(payment.date)
        yield Amount("payments", "crm", payment.amount, *where)
        yield Amount("balances", "crm", open_.payments[payment.crm_id], *where)
    for credit in sides.crm.credits:
        where = places.party_of_credit(credit), places.job_of_credit(credit), month(credit.date)
        yield Amount("credits", "crm", credit.amount, *where)
        yield Amount("balances", "crm", open_.credits[credit.crm_id], *where)


def _quickbooks(sides: Sides) -> Iterator[Amount]:
    books = sides.books
    for invoice in books.invoices.values():
        yield Amount("invoices", "quickbooks", invoice.total_amt, *_where(sides, invoice.customer_id, invoice.txn_date))
    for payment in books.payments.values():
        yield Amount("payments", "quickbooks", payment.total_amt, *_where(sides, payment.customer_id, payment.txn_date))
    for memo in books.credit_memos.values():
        yield Amount("credits", "quickbooks", memo.total_amt, *_where(sides, memo.customer_id, memo.txn_date))


def _open_in_quickbooks(sides: Sides) -> Iterator[Amount]:
    for customer, amount in sides.books.ar_by_customer.items():
        party, job = sides.places.party_of_customer(customer), sides.places.job_of_customer(customer)
        yield Amount("balances", "quickbooks", amount, party, job, None)
    chart, world = Chart.of(sides.books), World.of_books(sides.books)
    for document in sides.books.documents():
        for _, amount in open_amounts(chart, world, document):
            yield Amount("balances", "quickbooks", amount, None, None, month(document.txn_date))


def _where(sides: Sides, customer_id: str, day: date) -> tuple[str, str, str]:
    return sides.places.party_of_customer(customer_id), sides.places.job_of_customer(customer_id), month(day)
