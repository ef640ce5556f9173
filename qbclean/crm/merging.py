"""Several CRMs in one import: a client that moved keeps its old invoices in one export and the new ones in another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet

import msgspec

from qbclean.crm.remarks import Remarks
from qbclean.match.normalize import number_key, plain
from qbclean.model.crm import CrmApplication, CrmCredit, CrmInvoice, CrmPayment, CrmRecord, CrmRecords


def merged(parts: Sequence[tuple[str, CrmRecords]], remarks: Remarks) -> CrmRecords:
    """All records of `parts` (profile, records); where two CRMs tell of one invoice or payment, the first counts.

    Ids that mean different things in two CRMs get the profile's name before them.
    """
    together = CrmRecords()
    for profile, records in parts:
        together = _added(together, profile, records, remarks) if together.files or not together.is_empty else records
    return together


def _added(base: CrmRecords, profile: str, more: CrmRecords, remarks: Remarks) -> CrmRecords:
    same = _same_invoices(base, more, remarks)
    invoices = _ids(base.invoices, more.invoices, profile) | same
    customers = _ids(base.customers, more.customers, profile, keep=_names(base) & _names(more))
    jobs = _ids(base.jobs, more.jobs, profile)

    def customer(crm_id: str | None) -> str | None:
        return customers.get(crm_id or "", crm_id)

    new_invoices = [
        msgspec.structs.replace(
            one, crm_id=invoices.get(one.crm_id, one.crm_id), customer_id=customer(one.customer_id),
            job_id=jobs.get(one.job_id or "", one.job_id),
        )
        for one in more.invoices
        if one.crm_id not in same
    ]  # fmt: skip
    known = {_payment_key(payment) for payment in base.payments}
    new_payments: list[CrmPayment] = []
    payment_ids = _ids(base.payments, more.payments, profile)
    for payment in more.payments:
        moved = msgspec.structs.replace(
            payment,
            crm_id=payment_ids.get(payment.crm_id, payment.crm_id),
            customer_id=customer(payment.customer_id),
            applied=tuple(
                CrmApplication(invoice_id=invoices.get(part.invoice_id, part.invoice_id), amount=part.amount)
                for part in payment.applied
            ),
        )
        if moved.applied and _payment_key(moved) in known:
            remarks.add("The same payment in two CRMs, read once", f"{payment.crm_id} ({payment.file})")
        else:
            new_payments.append(moved)
    credit_ids = _ids(base.credits, more.credits, profile)
    new_credits: list[CrmCredit] = [
        msgspec.structs.replace(
            one, crm_id=credit_ids.get(one.crm_id, one.crm_id), customer_id=customer(one.customer_id),
            invoice_id=invoices.get(one.invoice_id or "", one.invoice_id),
        )
        for one in more.credits
    ]  # fmt: skip
    there = {one.crm_id for one in base.customers}
    moved_customers = [
        msgspec.structs.replace(one, crm_id=customers.get(one.crm_id, one.crm_id)) for one in more.customers
    ]
    moved_jobs = [
        msgspec.structs.replace(
            one, crm_id=jobs.get(one.crm_id, one.crm_id), customer_id=customers.get(one.customer_id, one.customer_id)
        )
        for one in more.jobs
    ]
    return CrmRecords(
        customers=(*base.customers, *(one for one in moved_customers if one.crm_id not in there)),
        jobs=(*base.jobs, *moved_jobs),
        invoices=(*base.invoices, *new_invoices),
        payments=(*base.payments, *new_payments),
        credits=(*base.credits, *new_credits),
        files=(*base.files, *more.files),
    )


def _names(records: CrmRecords) -> set[tuple[str, str]]:
    return {(one.crm_id, plain(one.name)) for one in records.customers}


def _ids(
    base: Iterable[CrmRecord],
    more: Iterable[CrmRecord],
    profile: str,
    *,
    keep: AbstractSet[tuple[str, str]] = frozenset(),
) -> dict[str, str]:
    """Old id → new id for those already taken. `keep`: ids (with their names) that mean the same in both."""
    taken, kept = {one.crm_id for one in base}, {crm_id for crm_id, _ in keep}
    return {one.crm_id: f"{profile}:{one.crm_id}" for one in more if one.crm_id in taken and one.crm_id not in kept}


def _same_invoices(base: CrmRecords, more: CrmRecords, remarks: Remarks) -> dict[str, str]:
    """Id in `more` → id in `base` of invoices that were taken over from the old CRM into the new one."""
    known = {key: one for one in base.invoices if (key := _invoice_key(one))}
    found: dict[str, str] = {}
    for one in more.invoices:
        key = _invoice_key(one)
        twin = known.pop(key, None) if key else None
        if twin is not None:
            remarks.add("The same invoice in two CRMs, read once", f"{one.number} ({twin.file}, {one.file})")
            found[one.crm_id] = twin.crm_id
    return found


def _invoice_key(invoice: CrmInvoice) -> tuple[object, ...] | None:
    key = number_key(invoice.number)
    return (key, plain(invoice.customer_name), invoice.date, invoice.total) if key and invoice.customer_name else None


def _payment_key(payment: CrmPayment) -> tuple[object, ...]:
    return (payment.date, payment.amount, tuple(sorted(part.invoice_id for part in payment.applied)))
