"""What customers and jobs are called in the report."""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

from qbclean.match.customers import CustomerGroup, CustomerMap
from qbclean.match.party_records import crm_party
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.crm import CrmInvoice, CrmRecords


class Named(NamedTuple):
    """A name as good as its source: of several for one thing, from several slices, the largest is taken.

    `rank` is 2 for the best kind of source, 0 for none, when the name is made of the key. `source`: the record it was
    read from.
    """

    rank: int = 0
    source: str = ""
    name: str = ""


class Names:
    """Names by the keys that `Places` gives."""

    def __init__(self, books: ReceivablesSnapshot, crm: CrmRecords, customers: CustomerMap) -> None:
        self._books, self._crm, self._customers = books, crm, customers
        self._found: dict[str, str] = {}

    def of_party(self, key: str) -> str:
        """The name of the QuickBooks customer linked to the CRM, else any of its names."""
        known = self._found.get(key)
        if known is None:
            known = self._found[key] = self._find(key) or key[1:].removeprefix("name:") or "Unknown customer"
        return known

    def _find(self, key: str) -> str:
        group = self._groups.get(key)
        if group is None:
            return ""
        if not group.qbo_ids:
            return self._crm_customers.get(group.crm_ids[0], group.crm_ids[0])
        linked = [link.primary for crm_id in group.crm_ids if (link := self._customers.links.get(crm_id))]
        tops = [customer for customer in (*linked, *group.qbo_ids) if not self._is_job(customer)]
        return self._books.customer_name((tops or group.qbo_ids)[0])

    def _is_job(self, customer_id: str) -> bool:
        customer = self._books.customers.get(customer_id)
        return customer is not None and customer.parent_ref is not None

    def of_job(self, key: str) -> Named:
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
                known = names.get(invoice.job_id)
                if known is None or known.source <= invoice.crm_id:
                    names[invoice.job_id] = Named(rank=2, source=invoice.crm_id, name=invoice.job_name)
        return names

    @cached_property
    def _crm_customers(self) -> dict[str, str]:
        """Names of CRM customers; of those in no list, as the last of their invoices spells it."""
        listed = {customer.crm_id: customer.name for customer in self._crm.customers}
        last: dict[str, CrmInvoice] = {}
        for invoice in self._crm.invoices:
            party = crm_party(invoice.customer_id, invoice.customer_name)
            if party not in listed and (party not in last or last[party].crm_id <= invoice.crm_id):
                last[party] = invoice
        return {party: invoice.customer_name for party, invoice in last.items()} | listed
