"""Who and what other files mean: customers by name, phone or job, jobs and invoices by number."""

from __future__ import annotations

from functools import lru_cache

from qbclean.crm.drafts import Draft, Drafts, R
from qbclean.crm.remarks import Remarks
from qbclean.crm.staging import Pile, Staging
from qbclean.match.normalize import phone_key, plain
from qbclean.match.party_records import crm_party
from qbclean.model.crm import CrmInvoice

_REMEMBERED = 10_000
_AMBIGUOUS = "Invoice numbers that several invoices have, so what was paid on them is not linked"


class Directory:
    """Customers by what other files call them; a name, phone or job that several share finds nobody."""

    def __init__(self, drafts: Drafts) -> None:
        stage = drafts.stage
        self._names, self._by_name, self._by_phone, self._by_job = (stage.index() for _ in range(4))
        self.id_of = lru_cache(_REMEMBERED)(self._id_of)
        self.name_of = lru_cache(_REMEMBERED)(self._name_of)
        for draft in drafts.customers:
            self._names.add(draft.record.crm_id, draft.record.name)
            self._note(draft.record.crm_id, draft.record.name, draft.phone, draft.jobs)
        for job in drafts.jobs:
            party = job.record.customer_id or (self._id_of(job.customer) if job.customer else "")
            if party:
                self._names.add(party, job.customer or party)
                self._note(party, "", job.phone, (*job.jobs, job.record.crm_id))

    def _note(self, crm_id: str, name: str, phone: str | None, jobs: tuple[str, ...]) -> None:
        if name:
            self._by_name.add(plain(name), crm_id)
        if digits := phone_key(phone):
            self._by_phone.add(digits, crm_id)
        for job in jobs:
            self._by_job.add(job, crm_id)

    def _id_of(self, name: str) -> str:
        """The id of the one customer of that name, else the id a bare name goes by."""
        return self._by_name.only(plain(name)) or crm_party(None, name)

    def _name_of(self, crm_id: str) -> str | None:
        """The first name a customer's id stands with; None for an id no file explains."""
        found = self._names.of(crm_id)
        return found[0] if found else None

    def joined(self, draft: Draft[R]) -> str | None:
        """The customer of a record that names none: the one with its phone, else the one with its job."""
        by_phone = self._by_phone.only(phone_key(draft.phone) or "-")
        if by_phone is not None:
            return by_phone
        by_job = {party for job in draft.jobs for party in self._by_job.of(job)}
        return by_job.pop() if len(by_job) == 1 else None

    def party_of(self, draft: Draft[R], customer_id: str | None) -> str | None:
        """The id a record's customer goes by; None when nothing tells."""
        return customer_id or (self.id_of(draft.customer) if draft.customer else self.joined(draft))


class Numbers:
    """Invoices by id and by number; where several share a number, the customer decides or nobody."""

    def __init__(self, invoices: Pile[CrmInvoice], stage: Staging, remarks: Remarks) -> None:
        self._invoices, self._remarks = invoices, remarks
        self._ids = stage.index()

    def add(self, invoice: CrmInvoice) -> None:
        if invoice.number:
            self._ids.add(invoice.number, invoice.crm_id)

    def shared(self) -> dict[str, int]:
        """Number → how many invoices have it, of those more than one has."""
        return dict(self._ids.several())

    def find(self, named: str, *, by_number: bool, party: str | None) -> str | None:
        """The id of the invoice named; `named` itself when there is no such invoice; None when there are several."""
        if not by_number:
            return named
        found = self._ids.of(named)
        if len(found) > 1:
            own = [crm_id for crm_id in found if self._party_of(crm_id) == party]
            found = own if len(own) == 1 else found
        if len(found) > 1:
            self._remarks.add(_AMBIGUOUS, named)
            return None
        return found[0] if found else named

    def _party_of(self, crm_id: str) -> str | None:
        found = self._invoices.first(crm_id)
        return crm_party(found[1].customer_id, found[1].customer_name) if found else None
