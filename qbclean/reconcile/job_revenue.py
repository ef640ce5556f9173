"""What was billed on each job, on both sides: without sales tax, less credits, since the books began."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from qbclean.model.money import ZERO
from qbclean.model.reconciliation import Bucket, JobRevenue, Side
from qbclean.reconcile.balances import Buckets
from qbclean.reconcile.sides import Sides

_NOT_REVENUE: frozenset[Bucket] = frozenset(("crm_draft", "crm_void", "before_start", "after_as_of"))


def job_revenue(sides: Sides, buckets: Buckets) -> tuple[JobRevenue, ...]:
    """One row per job that either side billed, by name. Sales without a job are left out.

    Credits count in full, tax included, on both sides: the CRM does not tell their tax.
    """
    sums: dict[str, dict[Side, Decimal]] = defaultdict(lambda: {"crm": ZERO, "quickbooks": ZERO})
    for side, job, amount in (*_crm(sides, buckets), *_quickbooks(sides)):
        if job:
            sums[job][side] += amount
    contracts = {
        sides.matches.customers.jobs.get(job.crm_id) or f"crm:{job.crm_id}": job.contract_amount
        for job in sorted(sides.crm.jobs, key=lambda item: item.crm_id)
    }
    owners = {sides.places.job_of_invoice(item): sides.places.party_of_invoice(item) for item in sides.crm.invoices}
    rows = [
        JobRevenue(
            job=job,
            name=sides.places.job_name(job),
            customer=sides.places.party_name(owners.get(job) or sides.places.party_of_customer(job)),
            contract=contracts.get(job),
            crm=amounts["crm"],
            quickbooks=amounts["quickbooks"],
            difference=amounts["quickbooks"] - amounts["crm"],
        )
        for job, amounts in sums.items()
    ]
    return tuple(sorted(rows, key=lambda row: (row.name.casefold(), row.job)))


def _crm(sides: Sides, buckets: Buckets) -> Iterator[tuple[Side, str, Decimal]]:
    for invoice in sides.crm.invoices:
        if buckets.crm_invoices[invoice.crm_id] not in _NOT_REVENUE:
            yield "crm", sides.places.job_of_invoice(invoice), invoice.total - (invoice.tax or ZERO)
    for credit in sides.crm.credits:
        if buckets.crm_credits[credit.crm_id] not in _NOT_REVENUE:
            yield "crm", sides.places.job_of_credit(credit), -credit.amount


def _quickbooks(sides: Sides) -> Iterator[tuple[Side, str, Decimal]]:
    books, job = sides.books, sides.places.job_of_customer
    for sale in (*books.invoices.values(), *books.sales_receipts.values()):
        yield "quickbooks", job(sale.customer_id), sale.total_amt - sale.total_tax
    for taken_back in (*books.credit_memos.values(), *books.refund_receipts.values()):
        yield "quickbooks", job(taken_back.customer_id), -taken_back.total_amt
