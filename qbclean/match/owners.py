"""Whose a CRM invoice is that gives a name and no id: exports leave the id blank, and a name alone is nobody."""

from __future__ import annotations

from collections import defaultdict

import msgspec

from qbclean.match.normalize import name_key, plain
from qbclean.model.crm import CrmInvoice, CrmRecords


def with_owners(crm: CrmRecords) -> CrmRecords:
    """`crm` with the customer of each such invoice filled in: the only one so called, else the customer of its job.

    Where neither is one customer, the invoice keeps its bare name.
    """
    if not crm.customers or all(invoice.customer_id for invoice in crm.invoices):
        return crm
    directory = _Directory(crm)
    invoices = tuple(
        invoice if invoice.customer_id else msgspec.structs.replace(invoice, customer_id=directory.owner_of(invoice))
        for invoice in crm.invoices
    )
    return msgspec.structs.replace(crm, invoices=invoices)


class _Directory:
    """Customers by name, as written and as the words of it in any order (`Smith, John`)."""

    def __init__(self, crm: CrmRecords) -> None:
        self._called: dict[str, set[str]] = defaultdict(set)
        for customer in crm.customers:
            for name in filter(None, (customer.name, customer.company)):
                self._called[plain(name)].add(customer.crm_id)
                self._called[_words(name)].add(customer.crm_id)
        self._by_job = {job.crm_id: job.customer_id for job in crm.jobs}

    def owner_of(self, invoice: CrmInvoice) -> str | None:
        for name in (plain(invoice.customer_name), _words(invoice.customer_name)):
            if len(found := self._called.get(name, ())) == 1:
                return next(iter(found))
        return self._by_job.get(invoice.job_id or "")


def _words(name: str) -> str:
    key = name_key(name)
    return f"words: {key.text} {key.generation}"
