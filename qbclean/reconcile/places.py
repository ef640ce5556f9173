"""Where a document belongs in the tables: its customer, job and month, named alike for both sides."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cached_property, lru_cache

from qbclean.match.customers import CustomerMap, crm_party
from qbclean.match.settlements import crm_group
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.crm import CrmCredit, CrmInvoice, CrmPayment, CrmRecords

NO_DATE = "no date"


class Places:
    """Customer groups are the parties; a job is the QuickBooks sub-customer, or the CRM's job where none matches it."""

    def __init__(self, books: ReceivablesSnapshot, crm: CrmRecords, customers: CustomerMap) -> None:
        self._books, self._crm, self._customers = books, crm, customers
        self._jobs = {customer.id: customer.id for customer in books.customers.values() if customer.parent_ref}
        self._job_of_invoice: dict[str, str] = {}
        self._job_of_payment: dict[str, str] = {}

    def party_of_customer(self, customer_id: str) -> str:
        """Key of the party a QuickBooks customer or job belongs to."""
        return self._customers.group_of_qbo.get(customer_id, f"q{customer_id}" if customer_id else "")

    def job_of_customer(self, customer_id: str) -> str:
        """A sub-customer is its own job; "" for a customer without parent."""
        return self._jobs.get(customer_id, "")

    def party_of_invoice(self, invoice: CrmInvoice) -> str:
        party = crm_party(invoice.customer_id, invoice.customer_name)
        return self._customers.group_of_crm.get(party, f"c{party}")

    def job_of_invoice(self, invoice: CrmInvoice) -> str:
        """The sub-customer that is the CRM's job; else the CRM's own; else where the CRM's customer is itself one."""
        known = self._job_of_invoice.get(invoice.crm_id)
        if known is None:
            known = self._job_of_invoice[invoice.crm_id] = self._find_job(invoice)
        return known

    def _find_job(self, invoice: CrmInvoice) -> str:
        if invoice.job_id:
            return self._customers.jobs.get(invoice.job_id) or f"crm:{invoice.job_id}"
        known = self._customers.links.get(crm_party(invoice.customer_id, invoice.customer_name))
        return self.job_of_customer(known.primary) if known else ""

    def party_of_payment(self, payment: CrmPayment) -> str:
        return self._party(payment.customer_id, [line.invoice_id for line in payment.applied])

    def job_of_payment(self, payment: CrmPayment) -> str:
        """The job of the invoices it pays, when they are all of one."""
        known = self._job_of_payment.get(payment.crm_id)
        if known is None:
            known = self._job_of_payment[payment.crm_id] = self._one_job(line.invoice_id for line in payment.applied)
        return known

    def party_of_credit(self, credit: CrmCredit) -> str:
        return self._party(credit.customer_id, [credit.invoice_id] if credit.invoice_id else [])

    def job_of_credit(self, credit: CrmCredit) -> str:
        return self._one_job([credit.invoice_id] if credit.invoice_id else [])

    def _party(self, customer_id: str | None, invoice_ids: list[str]) -> str:
        group = crm_group(customer_id, invoice_ids, self._crm, self._customers)
        return group or (f"c{customer_id}" if customer_id else "")

    def _one_job(self, invoice_ids: Iterable[str]) -> str:
        invoices = (self._crm.invoices_by_id.get(invoice_id) for invoice_id in invoice_ids)
        jobs = {self.job_of_invoice(invoice) for invoice in invoices if invoice}
        return jobs.pop() if len(jobs) == 1 else ""

    def party_name(self, key: str) -> str:
        """The name of the QuickBooks customer linked to the CRM, else any of its names."""
        return self._names.get(key) or key[1:].removeprefix("name:") or "Unknown customer"

    def job_name(self, key: str) -> str:
        """`Customer:Job` as QuickBooks reports show it; the CRM's name for a job QuickBooks does not know."""
        if not key:
            return "No job"
        if key.startswith("crm:"):
            return f"{self._crm_jobs.get(key[4:], key[4:])} (not in QuickBooks)"
        return self._books.customer_name(key)

    @cached_property
    def _crm_jobs(self) -> dict[str, str]:
        return {job.crm_id: job.name for job in self._crm.jobs} | {
            invoice.job_id: invoice.job_name
            for invoice in sorted(self._crm.invoices, key=lambda item: item.crm_id)
            if invoice.job_id and invoice.job_name
        }

    @cached_property
    def _names(self) -> dict[str, str]:
        crm_names = {
            crm_party(invoice.customer_id, invoice.customer_name): invoice.customer_name
            for invoice in sorted(self._crm.invoices, key=lambda item: item.crm_id)
        }
        crm_names |= {customer.crm_id: customer.name for customer in self._crm.customers}
        names: dict[str, str] = {}
        for group in self._customers.groups:
            linked = [link.primary for crm_id in group.crm_ids if (link := self._customers.links.get(crm_id))]
            tops = [key for key in (*linked, *group.qbo_ids) if not self.job_of_customer(key)]
            names[group.key] = (
                self._books.customer_name((tops or group.qbo_ids)[0])
                if group.qbo_ids
                else crm_names.get(group.crm_ids[0], group.crm_ids[0])
            )
        return names


@lru_cache(maxsize=1 << 12)
def month(day: date | None) -> str:
    """`2026-03`, or `no date`."""
    return day.isoformat()[:7] if day else NO_DATE
