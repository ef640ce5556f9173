"""Where a document belongs in the tables: its customer, job and month, told alike for both sides."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import NamedTuple

from qbclean.match.customers import CustomerMap
from qbclean.match.party_records import crm_party
from qbclean.match.settlements import crm_group
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.crm import CrmCredit, CrmInvoice, CrmPayment, CrmRecords

NO_DATE = "no date"


class Place(NamedTuple):
    """A customer group, and a QuickBooks sub-customer or else the CRM's job; `job` is "" for none."""

    party: str
    job: str


class Places:
    """The place of every customer and record, each worked out once."""

    def __init__(self, books: ReceivablesSnapshot, crm: CrmRecords, customers: CustomerMap) -> None:
        self._books, self._crm, self._customers = books, crm, customers
        self._of_customer: dict[str, Place] = {}
        self._of_invoice: dict[str, Place] = {}
        self._of_named: dict[tuple[str | None, str, str | None], Place] = {}
        self._of_payment: dict[str, Place] = {}
        self._of_credit: dict[str, Place] = {}

    def knows(self, customer_id: str) -> bool:
        """Whether QuickBooks' list has the customer, of this slice or another."""
        return customer_id in self._customers.group_of_qbo

    def of_customer(self, customer_id: str) -> Place:
        """The party a QuickBooks customer belongs to; a sub-customer is its own job."""
        place = self._of_customer.get(customer_id)
        if place is None:
            party = self._customers.group_of_qbo.get(customer_id, f"q{customer_id}" if customer_id else "")
            customer = self._books.customers.get(customer_id)
            job = customer_id if customer and customer.parent_ref else ""
            place = self._of_customer[customer_id] = Place(party, job)
        return place

    def of_invoice(self, invoice: CrmInvoice) -> Place:
        """The job is the sub-customer that is the CRM's job; else the CRM's own; else the customer, if that is one."""
        place = self._of_invoice.get(invoice.crm_id)
        if place is None:
            named = invoice.customer_id, invoice.customer_name, invoice.job_id
            if named not in self._of_named:
                self._of_named[named] = self._find(*named)
            place = self._of_invoice[invoice.crm_id] = self._of_named[named]
        return place

    def _find(self, customer_id: str | None, customer_name: str, job_id: str | None) -> Place:
        customer = crm_party(customer_id, customer_name)
        party = self._customers.group_of_crm.get(customer, f"c{customer}")
        if job_id:
            return Place(party, self._customers.jobs.get(job_id) or f"crm:{job_id}")
        link = self._customers.links.get(customer)
        return Place(party, self.of_customer(link.primary).job if link else "")

    def of_payment(self, payment: CrmPayment) -> Place:
        """The job is that of the invoices it pays, when they are all of one."""
        place = self._of_payment.get(payment.crm_id)
        if place is None:
            paid = [line.invoice_id for line in payment.applied]
            place = self._of_payment[payment.crm_id] = self._settling(payment.customer_id, paid)
        return place

    def of_credit(self, credit: CrmCredit) -> Place:
        """The job is that of the invoice it is for."""
        place = self._of_credit.get(credit.crm_id)
        if place is None:
            credited = [credit.invoice_id] if credit.invoice_id else []
            place = self._of_credit[credit.crm_id] = self._settling(credit.customer_id, credited)
        return place

    def _settling(self, customer_id: str | None, invoice_ids: list[str]) -> Place:
        group = self._customers.group_of_crm.get(customer_id or "")
        if not group:
            group = crm_group(customer_id, invoice_ids, self._crm, self._customers)
        party = group or (f"c{customer_id}" if customer_id else "")
        known = self._crm.invoices_by_id
        places = [self.of_invoice(invoice) for key in invoice_ids if (invoice := known.get(key))]
        if len(places) == 1 and places[0].party == party:
            return places[0]
        jobs = {place.job for place in places}
        return Place(party, jobs.pop() if len(jobs) == 1 else "")


@lru_cache(maxsize=1 << 12)
def month(day: date | None) -> str:
    """`2026-03`, or `no date`."""
    return day.isoformat()[:7] if day else NO_DATE
