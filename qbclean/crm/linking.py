"""Looks up what one file names of another: customers by name, phone or job, invoices and jobs by number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from qbclean.crm.drafts import Draft, Drafts, LooseLine, R
from qbclean.crm.remarks import Remarks
from qbclean.match.customers import crm_party
from qbclean.match.normalize import phone_key, plain
from qbclean.model.crm import (
    CrmApplication,
    CrmCredit,
    CrmCustomer,
    CrmInvoice,
    CrmJob,
    CrmLine,
    CrmPayment,
    CrmRecords,
    RejectedRow,
)

_Job = tuple[Draft[CrmJob], CrmJob]
_AMBIGUOUS = "Invoice numbers that several invoices have, so what was paid on them is not linked"


class Directory:
    """Customers by what other files call them; a name, phone or job that several share finds nobody."""

    def __init__(self, drafts: Drafts) -> None:
        self.names = {draft.record.crm_id: draft.record.name for draft in drafts.customers}
        self._by_name: dict[str, set[str]] = defaultdict(set)
        self._by_phone: dict[str, set[str]] = defaultdict(set)
        self._by_job: dict[str, set[str]] = defaultdict(set)
        for draft in drafts.customers:
            self._note(draft.record.crm_id, draft.record.name, draft.phone, draft.jobs)
        for job in drafts.jobs:
            party = job.record.customer_id or (self.id_of(job.customer) if job.customer else "")
            if party:
                self.names.setdefault(party, job.customer or party)
                self._note(party, "", job.phone, (*job.jobs, job.record.crm_id))

    def _note(self, crm_id: str, name: str, phone: str | None, jobs: Iterable[str]) -> None:
        if name:
            self._by_name[plain(name)].add(crm_id)
        if digits := phone_key(phone):
            self._by_phone[digits].add(crm_id)
        for job in jobs:
            self._by_job[job].add(crm_id)

    def id_of(self, name: str) -> str:
        """The id of the one customer of that name, else the id a bare name goes by."""
        found = self._by_name.get(plain(name), set())
        return next(iter(found)) if len(found) == 1 else crm_party(None, name)

    def joined(self, draft: Draft[R]) -> str | None:
        """The customer of a record that names none: the one with its phone, else the one with its job."""
        by_phone = self._by_phone.get(phone_key(draft.phone) or "-", set())
        if len(by_phone) == 1:
            return next(iter(by_phone))
        by_job: set[str] = set().union(*(self._by_job.get(job, set()) for job in draft.jobs))
        return next(iter(by_job)) if len(by_job) == 1 else None

    def party_of(self, draft: Draft[R], customer_id: str | None) -> str | None:
        """The id a record's customer goes by; None when nothing tells."""
        return customer_id or (self.id_of(draft.customer) if draft.customer else self.joined(draft))


class Numbers:
    """Invoices by id and by number; where several share a number, the customer decides or nobody."""

    def __init__(self, invoices: Sequence[CrmInvoice], remarks: Remarks) -> None:
        self._remarks = remarks
        self._ids = {invoice.crm_id for invoice in invoices}
        self._by_number: dict[str, list[CrmInvoice]] = defaultdict(list)
        for invoice in invoices:
            if invoice.number:
                self._by_number[invoice.number].append(invoice)

    def find(self, named: str, *, by_number: bool, party: str | None) -> str | None:
        """The id of the invoice named; `named` itself when there is no such invoice; None when there are several."""
        if not by_number:
            return named
        found = self._by_number.get(named, [])
        if len(found) > 1:
            own = [one for one in found if crm_party(one.customer_id, one.customer_name) == party]
            found = own if len(own) == 1 else found
        if len(found) > 1:
            self._remarks.add(_AMBIGUOUS, named)
            return None
        return found[0].crm_id if found else named


def linked(drafts: Drafts, rejected: list[RejectedRow], remarks: Remarks) -> CrmRecords:
    """The records of one CRM with every name looked up. What names no customer at all is rejected."""
    directory = Directory(drafts)
    jobs = _jobs(drafts.jobs, directory, rejected)
    invoices = _with_lines(_invoices(drafts, directory, jobs, rejected, remarks), drafts.lines, remarks)
    numbers = Numbers(invoices, remarks)
    return CrmRecords(
        customers=tuple(_merged_customers(drafts.customers)),
        jobs=tuple(job for _, job in jobs),
        invoices=tuple(invoices),
        payments=tuple(_payment(draft, directory, numbers) for draft in drafts.payments),
        credits=tuple(_credit(draft, directory, numbers) for draft in drafts.credits),
    )


def _merged_customers(drafts: Iterable[Draft[CrmCustomer]]) -> Iterable[CrmCustomer]:
    """Once each: a customer without an id of its own may stand in several rows, one per job."""
    seen: dict[str, CrmCustomer] = {}
    for draft in drafts:
        seen.setdefault(draft.record.crm_id, draft.record)
    return seen.values()


def _jobs(drafts: Iterable[Draft[CrmJob]], directory: Directory, rejected: list[RejectedRow]) -> list[_Job]:
    jobs: list[_Job] = []
    for draft in drafts:
        party = directory.party_of(draft, draft.record.customer_id or None)
        if party is None:
            rejected.append(_nobody(draft))
        else:
            jobs.append((draft, msgspec.structs.replace(draft.record, customer_id=party)))
    return jobs


def _invoices(
    drafts: Drafts, directory: Directory, jobs: Sequence[_Job], rejected: list[RejectedRow], remarks: Remarks
) -> list[CrmInvoice]:
    job_ids: dict[str, CrmJob] = {}
    for job_draft, job in jobs:
        for number in (*job_draft.jobs, job.crm_id):
            job_ids.setdefault(number, job)
    made: list[CrmInvoice] = []
    for draft in drafts.invoices:
        record = draft.record
        changed: dict[str, object] = {}
        if record.customer_id is None and not record.customer_name:
            party = directory.joined(draft)
            if party is None:
                rejected.append(_nobody(draft))
                continue
            changed = {"customer_id": party, "customer_name": directory.names.get(party, "")}
        elif draft.customer and directory.names:
            known = directory.id_of(draft.customer)
            changed = {"customer_id": known} if known in directory.names else {}
        elif not record.customer_name and record.customer_id in directory.names:
            changed = {"customer_name": directory.names[record.customer_id]}
        changed |= _job_of(draft, job_ids, remarks)
        made.append(msgspec.structs.replace(record, **changed) if changed else record)
    return made


def _job_of(draft: Draft[CrmInvoice], jobs: Mapping[str, CrmJob], remarks: Remarks) -> dict[str, object]:
    """The one job of an invoice. Several are kept as a name only: the whole amount belongs to none of them."""
    if len(draft.jobs) > 1:
        name = draft.record.number or draft.record.crm_id
        remarks.add("Invoices over several jobs, counted to none of them", f"{name} ({', '.join(draft.jobs)})")
        return {"job_name": draft.record.job_name or ", ".join(draft.jobs)}
    if not draft.jobs or draft.record.job_id is not None:
        return {}
    job = jobs.get(draft.jobs[0])
    return {
        "job_id": job.crm_id if job else draft.jobs[0],
        "job_name": draft.record.job_name or (job.name if job else None),
    }


def _with_lines(invoices: list[CrmInvoice], lines: Sequence[LooseLine] | None, remarks: Remarks) -> list[CrmInvoice]:
    """Lines in the order of their places; an invoice that has none in the file has no lines, which is not unknown."""
    if lines is None:
        return invoices
    numbers = Numbers(invoices, remarks)
    ids = {invoice.crm_id for invoice in invoices}
    by_invoice: dict[str, list[LooseLine]] = defaultdict(list)
    for loose in lines:
        found = numbers.find(loose.invoice, by_number=loose.by_number, party=None)
        if found not in ids:
            remarks.add("Lines of invoices that are not in the invoices file, left out", loose.invoice)
        by_invoice[found or ""].append(loose)

    def placed(invoice: CrmInvoice) -> tuple[CrmLine, ...]:
        return tuple(loose.line for loose in sorted(by_invoice.get(invoice.crm_id, ()), key=lambda loose: loose.place))

    return [
        invoice if invoice.lines else msgspec.structs.replace(invoice, lines=placed(invoice)) for invoice in invoices
    ]


def _payment(draft: Draft[CrmPayment], directory: Directory, numbers: Numbers) -> CrmPayment:
    party = directory.party_of(draft, draft.record.customer_id)
    found = (
        (numbers.find(part.invoice_id, by_number=draft.by_number, party=party), part.amount)
        for part in draft.record.applied
    )
    applied = tuple(CrmApplication(invoice_id=invoice, amount=amount) for invoice, amount in found if invoice)
    return msgspec.structs.replace(draft.record, customer_id=party, applied=applied)


def _credit(draft: Draft[CrmCredit], directory: Directory, numbers: Numbers) -> CrmCredit:
    party = directory.party_of(draft, draft.record.customer_id)
    named = draft.invoices[0] if draft.invoices else None
    invoice_id = numbers.find(named, by_number=draft.by_number, party=party) if named else None
    return msgspec.structs.replace(draft.record, customer_id=party, invoice_id=invoice_id)


def _nobody(draft: Draft[R]) -> RejectedRow:
    hints = [f"phone {draft.phone}"] if draft.phone else []
    hints += [f"job {job}" for job in draft.jobs]
    by = f"; no single customer in the other files has {' or '.join(hints)}" if hints else ""
    return RejectedRow(
        file=draft.record.file,
        row=draft.record.rows[0],
        column=None,
        cell=None,
        reason=f"names no customer{by}; import the CRM's list of contacts or receivables together with it",
    )
