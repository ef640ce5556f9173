"""What was billed on each job, on both sides: without sales tax, less credits, since the books began."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal

import msgspec

from qbclean.model.money import ZERO
from qbclean.model.reconciliation import Bucket, JobRevenue, Side
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
    sums: dict[str, JobSums] = {}
    for side, job, amount in (*_crm(sides, buckets), *_quickbooks(sides)):
        if job:
            found = sums.setdefault(job, JobSums())
            if side == "crm":
                found.crm += amount
            else:
                found.quickbooks += amount
    _put_contracts(sides, sums)
    _put_owners(sides, sums)
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


def _put_owners(sides: Sides, sums: Mapping[str, JobSums]) -> None:
    """A job is the customer's whom the CRM billed on it last, else the one's QuickBooks has it under."""
    places = sides.places
    for key, job in sums.items():
        rank = 1 if key in sides.books.customers else 0
        job.owner = Named(rank=rank, name=places.party_name(places.party_of_customer(key)))
    last: dict[str, str] = {}
    for invoice in sides.crm.invoices:
        key = places.job_of_invoice(invoice)
        if key in sums and invoice.crm_id >= last.get(key, ""):
            last[key] = invoice.crm_id
    for key, crm_id in last.items():
        party = places.party_of_invoice(sides.crm.invoices_by_id[crm_id])
        sums[key].owner = Named(rank=2, source=crm_id, name=places.party_name(party))


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
