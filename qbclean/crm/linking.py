"""Drafts → records: what one file names of another is looked up, lines go to their invoices."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from qbclean.crm.directory import Directory, Numbers
from qbclean.crm.drafts import Draft, Drafts, LooseLine, R
from qbclean.crm.records import StagedRecords
from qbclean.crm.remarks import Remarks
from qbclean.crm.staging import Pile
from qbclean.model.crm import CrmApplication, CrmCredit, CrmInvoice, CrmJob, CrmPayment, RejectedRow


def linked(drafts: Drafts, rejected: list[RejectedRow], remarks: Remarks) -> StagedRecords:
    """The records of one CRM with every name looked up. What names no customer at all is rejected.

    Invoices that share a number are flagged: inside a CRM that is a finding, not an error.
    """
    made = StagedRecords.none(drafts.stage)
    directory = Directory(drafts)
    _link_customers(drafts, made)
    jobs = _Jobs(drafts, made, directory, rejected)
    numbers = Numbers(made.invoices, drafts.stage, remarks)
    for draft in drafts.invoices.watched("Linking invoices"):
        found = _invoice(draft, directory, jobs, remarks)
        if found is None:
            rejected.append(_nobody(draft))
        else:
            numbers.add(found)
            made.invoices.add(found, found.crm_id)
    made = _completed(made, drafts, numbers, remarks)
    for payment in drafts.payments.watched("Linking payments"):
        made.payments.add(_payment(payment, directory, numbers), payment.record.crm_id)
    for credit in drafts.credits:
        made.credits.add(_credit(credit, directory, numbers), credit.record.crm_id)
    for refund in drafts.refunds:
        party = directory.party_of(refund, refund.record.customer_id)
        made.refunds.add(msgspec.structs.replace(refund.record, customer_id=party), refund.record.crm_id)
    return made


def _link_customers(drafts: Drafts, made: StagedRecords) -> None:
    """Once each: a customer without an id of its own may stand in several rows, one per job."""
    for draft in drafts.customers:
        if draft.own_id or draft.record.crm_id not in made.customers:
            made.customers.add(draft.record, draft.record.crm_id)


class _Jobs:
    """The jobs of the import, by their ids and numbers; the first of a number counts."""

    def __init__(self, drafts: Drafts, made: StagedRecords, directory: Directory, rejected: list[RejectedRow]) -> None:
        self._by_number: Pile[CrmJob] = made.jobs.empty()
        for draft in drafts.jobs:
            party = directory.party_of(draft, draft.record.customer_id or None)
            if party is None:
                rejected.append(_nobody(draft))
                continue
            job = msgspec.structs.replace(draft.record, customer_id=party)
            made.jobs.add(job, job.crm_id)
            for number in (*draft.jobs, job.crm_id):
                self._by_number.add(job, number)

    def named(self, number: str) -> CrmJob | None:
        found = self._by_number.first(number)
        return found[1] if found else None


def _invoice(draft: Draft[CrmInvoice], directory: Directory, jobs: _Jobs, remarks: Remarks) -> CrmInvoice | None:
    """None when nothing tells whose it is."""
    record = draft.record
    changed: dict[str, object] = {}
    if record.customer_id is None and not record.customer_name:
        party = directory.joined(draft)
        if party is None:
            return None
        changed = {"customer_id": party, "customer_name": directory.name_of(party) or ""}
    elif draft.customer:
        party = directory.id_of(draft.customer)
        changed = {"customer_id": party} if directory.name_of(party) is not None else {}
    elif record.customer_id and not record.customer_name:
        name = directory.name_of(record.customer_id)
        changed = {"customer_name": name} if name is not None else {}
    changed |= _job_of(draft, jobs, remarks)
    return msgspec.structs.replace(record, **changed) if changed else record


def _job_of(draft: Draft[CrmInvoice], jobs: _Jobs, remarks: Remarks) -> dict[str, object]:
    """The one job of an invoice. Several are kept as a name only: the whole amount belongs to none of them."""
    if len(draft.jobs) > 1:
        name = draft.record.number or draft.record.crm_id
        remarks.add("Invoices over several jobs, counted to none of them", f"{name} ({', '.join(draft.jobs)})")
        return {"job_name": draft.record.job_name or ", ".join(draft.jobs)}
    if not draft.jobs or draft.record.job_id is not None:
        return {}
    job = jobs.named(draft.jobs[0])
    return {
        "job_id": job.crm_id if job else draft.jobs[0],
        "job_name": draft.record.job_name or (job.name if job else None),
    }


def _completed(made: StagedRecords, drafts: Drafts, numbers: Numbers, remarks: Remarks) -> StagedRecords:
    """The invoices with the lines of other files, and flagged where they share a number."""
    shared = numbers.shared()
    for number, times in shared.items():
        remarks.add("Invoice numbers that stand more than once", f"{number} ({times} times)")
    if drafts.lines is None and not shared:
        return made
    lines = None if drafts.lines is None else _placed(drafts.lines, made, numbers, remarks)
    invoices = made.invoices.empty()
    for invoice in made.invoices:
        changed: dict[str, object] = {}
        if lines is not None and not invoice.lines:
            loose = sorted(lines.of(invoice.crm_id), key=lambda loose: loose.place)
            changed["lines"] = tuple(one.line for one in loose)
        if invoice.number in shared:
            changed["flags"] = (*invoice.flags, "duplicate_number")
        invoices.add(msgspec.structs.replace(invoice, **changed) if changed else invoice, invoice.crm_id)
    return replace(made, invoices=invoices)


def _placed(lines: Pile[LooseLine], made: StagedRecords, numbers: Numbers, remarks: Remarks) -> Pile[LooseLine]:
    """The lines by the ids of their invoices; an invoice that has none there has no lines, which is not unknown."""
    by_invoice = lines.empty()
    for loose in lines:
        found = numbers.find(loose.invoice, by_number=loose.by_number, party=None)
        if found is None or found not in made.invoices:
            remarks.add("Lines of invoices that are not in the invoices file, left out", loose.invoice)
        else:
            by_invoice.add(loose, found)
    return by_invoice


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
