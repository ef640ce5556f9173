"""What was billed on each job, on both sides: without sales tax, less credits, since the books began."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from decimal import Decimal
from itertools import chain

import msgspec

from qbclean.model.documents import SalesDocument
from qbclean.model.money import ZERO
from qbclean.model.reconciliation import Bucket, JobRevenue
from qbclean.reconcile.balances import Buckets
from qbclean.reconcile.names import Named
from qbclean.reconcile.sides import Sides

_NOT_REVENUE: frozenset[Bucket] = frozenset(("crm_draft", "crm_void", "before_start", "after_as_of"))


class JobSums(msgspec.Struct, array_like=True, gc=False):
    """What was billed on one job. `owner` names its customer, `contract` the CRM's job and what was agreed."""

    crm: Decimal = ZERO
    quickbooks: Decimal = ZERO
    owner: Named = Named()
    contract: tuple[str, Decimal | None] = ("", None)

    def add(self, other: JobSums) -> None:
        """What another slice billed on the job: CRM invoices of two customers may name one job."""
        self.crm += other.crm
        self.quickbooks += other.quickbooks
        self.owner = max(self.owner, other.owner)
        self.contract = max(self.contract, other.contract, key=lambda contract: contract[0])


def job_sums(sides: Sides, buckets: Buckets) -> dict[str, JobSums]:
    """Job → what either side billed on it. Sales without a job are left out.

    Credits count in full, tax included, on both sides: the CRM does not tell their tax.
    """
    sums: dict[str, JobSums] = defaultdict(JobSums)
    last = _put_crm(sides, buckets, sums)
    _put_quickbooks(sides, sums)
    _put_contracts(sides, sums)
    _put_owners(sides, sums, last)
    return sums


def job_revenue(sums: Mapping[str, JobSums], job_name: Callable[[str], str]) -> tuple[JobRevenue, ...]:
    """One row per job that either side billed, by name."""
    rows = [
        JobRevenue(
            job=job,
            name=job_name(job),
            customer=found.owner.name,
            contract=found.contract[1],
            crm=found.crm,
            quickbooks=found.quickbooks,
            difference=found.quickbooks - found.crm,
        )
        for job, found in sums.items()
    ]
    return tuple(sorted(rows, key=lambda row: (row.name.casefold(), row.job)))


def _put_contracts(sides: Sides, sums: Mapping[str, JobSums]) -> None:
    for record in sides.crm.jobs:
        job = sums.get(sides.matches.customers.jobs.get(record.crm_id) or f"crm:{record.crm_id}")
        if job is not None and record.crm_id >= job.contract[0]:
            job.contract = record.crm_id, record.contract_amount


def _put_owners(sides: Sides, sums: Mapping[str, JobSums], last: Mapping[str, tuple[str, str]]) -> None:
    """A job is the customer's whom the CRM billed on it last, else the one's QuickBooks has it under."""
    places, names = sides.places, sides.names
    for key, job in sums.items():
        if key in last:
            crm_id, party = last[key]
            job.owner = Named(rank=2, source=crm_id, name=names.of_party(party))
        else:
            rank = 1 if key in sides.books.customers else 0
            job.owner = Named(rank=rank, name=names.of_party(places.of_customer(key).party))


def _put_crm(sides: Sides, buckets: Buckets, sums: Mapping[str, JobSums]) -> Mapping[str, tuple[str, str]]:
    """Returns the last invoice that counts on each job, by the CRM's id, and whose it is."""
    last: dict[str, tuple[str, str]] = {}
    place_of_invoice, place_of_credit = sides.places.of_invoice, sides.places.of_credit
    for invoice in sides.crm.invoices:
        party, job = place_of_invoice(invoice)
        if job and buckets.crm_invoices[invoice.crm_id] not in _NOT_REVENUE:
            sums[job].crm += invoice.total - invoice.tax if invoice.tax else invoice.total
            last[job] = max(last.get(job, ("", "")), (invoice.crm_id, party))
    for credit in sides.crm.credits:
        job = place_of_credit(credit).job
        if job and buckets.crm_credits[credit.crm_id] not in _NOT_REVENUE:
            sums[job].crm -= credit.amount
    return last


def _put_quickbooks(sides: Sides, sums: Mapping[str, JobSums]) -> None:
    books = sides.books
    jobs = {key for key, customer in books.customers.items() if customer.parent_ref}
    for sale in chain[SalesDocument](books.invoices.values(), books.sales_receipts.values()):
        job = sale.customer_ref.value if sale.customer_ref else ""
        if job in jobs:
            sums[job].quickbooks += sale.total_amt - sale.txn_tax_detail.total_tax
    for taken_back in chain[SalesDocument](books.credit_memos.values(), books.refund_receipts.values()):
        job = taken_back.customer_ref.value if taken_back.customer_ref else ""
        if job in jobs:
            sums[job].quickbooks -= taken_back.total_amt
