"""Where a document belongs in the tables: its customer, job and month, named alike for both sides."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cached_property, lru_cache

from qbclean.match.customers import CustomerGroup, CustomerMap, crm_party
from qbclean.match.settlements import crm_group
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.crm import CrmCredit, CrmInvoice, CrmPayment, CrmRecords
from qbclean.reconcile.names import Named

NO_DATE = "no date"


class Places:
    """Customer groups are the parties; a job is the QuickBooks sub-customer, or the CRM's job where none matches it."""

    def __init__(self, books: ReceivablesSnapshot, crm: CrmRecords, customers: CustomerMap) -> None:
        self._books, self._crm, self._customers = books, crm, customers
        self._jobs = {customer.id: customer.id for customer in books.customers.values() if customer.parent_ref}
        self._job_of_invoice: dict[str, str] = {}
        self._job_of_payment: dict[str, str] = {}
        self._names: dict[str, str] = {}

    def knows(self, customer_id: str) -> bool:
        """Whether QuickBooks' list has the customer, of this slice or another."""
        return customer_id in self._customers.group_of_qbo

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
        known = self._names.get(key)
        if known is None:
            known = self._names[key] = self._find_name(key) or key[1:].removeprefix("name:") or "Unknown customer"
        return known

    def _find_name(self, key: str) -> str:
        group = self._groups.get(key)
        if group is None:
            return ""
        if not group.qbo_ids:
            return self._crm_names.get(group.crm_ids[0], group.crm_ids[0])
        linked = [link.primary for crm_id in group.crm_ids if (link := self._customers.links.get(crm_id))]
        tops = [customer for customer in (*linked, *group.qbo_ids) if not self.job_of_customer(customer)]
        return self._books.customer_name((tops or group.qbo_ids)[0])

    def job_name(self, key: str) -> Named:
        """`Customer:Job` as QuickBooks reports show it; the CRM's name for a job QuickBooks does not know."""
        if not key:
            return Named(name="No job")
        if key.startswith("crm:"):
            known = self._crm_jobs.get(key[4:], Named(name=key[4:]))
            return known._replace(name=f"{known.name} (not in QuickBooks)")
        return Named(rank=2 if key in self._books.customers else 0, name=self._books.customer_name(key))

    @cached_property
    def _groups(self) -> dict[str, CustomerGroup]:
        return {group.key: group for group in self._customers.groups}

    @cached_property
    def _crm_jobs(self) -> dict[str, Named]:
        """The name on the last invoice that has one goes before the CRM's list of jobs."""
        names = {job.crm_id: Named(rank=1, name=job.name) for job in self._crm.jobs}
        for invoice in self._crm.invoices:
            if invoice.job_id and invoice.job_name:
                named = Named(rank=2, source=invoice.crm_id, name=invoice.job_name)
                names[invoice.job_id] = max(named, names.get(invoice.job_id, named))
        return names

    @cached_property
    def _crm_names(self) -> dict[str, str]:
        """Names of CRM customers; of those in no list, as the last of their invoices spells it."""
        listed = {customer.crm_id: customer.name for customer in self._crm.customers}
        last: dict[str, CrmInvoice] = {}
        for invoice in self._crm.invoices:
            party = crm_party(invoice.customer_id, invoice.customer_name)
            if party not in listed and (party not in last or last[party].crm_id <= invoice.crm_id):
                last[party] = invoice
        return {party: invoice.customer_name for party, invoice in last.items()} | listed


@lru_cache(maxsize=1 << 12)
def month(day: date | None) -> str:
    """`2026-03`, or `no date`."""
    return day.isoformat()[:7] if day else NO_DATE
