"""Whose a CRM invoice is that gives a name and no id: exports leave the id blank, and a name alone is nobody."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import msgspec

from qbclean.match.normalize import name_key, plain
from qbclean.model.crm import CrmInvoice, CrmRecords


def owners_of(crm: CrmRecords) -> Mapping[str, str]:
    """Such invoice → its customer: the only one so called, else the customer of its job.

    Where neither is one customer, the invoice is not there and keeps its bare name.
    """
    nameless = [invoice for invoice in crm.invoices if not invoice.customer_id] if crm.customers else []
    directory = _Directory(crm) if nameless else None
    return {invoice.crm_id: owner for invoice in nameless if directory and (owner := directory.owner_of(invoice))}


def with_owners(crm: CrmRecords, owners: Mapping[str, str] | None = None) -> CrmRecords:
    """`crm` with the customers filled in that `owners_of` found, in it or in the company that it is a slice of."""
    owners = owners_of(crm) if owners is None else owners
    if not owners:
        return crm
    invoices = tuple(
        msgspec.structs.replace(invoice, customer_id=owners[invoice.crm_id]) if invoice.crm_id in owners else invoice
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
