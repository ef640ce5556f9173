"""Several CRMs in one import: a client that moved keeps its old invoices in one export and the new ones in another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from qbclean.crm.drafts import R
from qbclean.crm.records import StagedRecords
from qbclean.crm.remarks import Remarks
from qbclean.crm.staging import Index, Pile, Staging
from qbclean.match.normalize import number_key, plain
from qbclean.model.crm import CrmApplication, CrmCredit, CrmCustomer, CrmInvoice, CrmPayment, CrmRefund


def merged(parts: Sequence[tuple[str, StagedRecords]], stage: Staging, remarks: Remarks) -> StagedRecords:
    """All records of `parts` (profile, records); where two CRMs tell of one invoice or payment, the first counts.

    Ids that mean different things in two CRMs get the profile's name before them.
    """
    (_, together), *others = parts
    for profile, more in others:
        same = _same_invoices(together, more, stage, remarks)
        ids = _Ids.between(together, more, profile, same, stage)
        _add_parties(together, more, ids)
        _add_invoices(together, more, ids, same)
        _add_payments(together, more, ids, stage, remarks)
        for credit in more.credits:
            moved = ids.of_credit(credit)
            together.credits.add(moved, moved.crm_id)
        for refund in more.refunds:
            given_back = ids.of_refund(refund)
            together.refunds.add(given_back, given_back.crm_id)
        together = together.with_files((*together.files, *more.files))
    return together


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ids:
    """What ids of the second CRM become, by kind."""

    customers: Index
    jobs: Index
    invoices: Index
    payments: Index
    credits: Index
    refunds: Index

    @classmethod
    def between(cls, base: StagedRecords, more: StagedRecords, profile: str, same: Index, stage: Staging) -> _Ids:
        return cls(
            customers=_taken(base.customers, more.customers, profile, stage.index()),
            jobs=_taken(base.jobs, more.jobs, profile, stage.index()),
            invoices=_taken(base.invoices, more.invoices, profile, stage.index(), same),
            payments=_taken(base.payments, more.payments, profile, stage.index()),
            credits=_taken(base.credits, more.credits, profile, stage.index()),
            refunds=_taken(base.refunds, more.refunds, profile, stage.index()),
        )

    def customer(self, crm_id: str | None) -> str | None:
        return crm_id and (self.customers.only(crm_id) or crm_id)

    def invoice(self, crm_id: str) -> str:
        return self.invoices.only(crm_id) or crm_id

    def of_invoice(self, one: CrmInvoice) -> CrmInvoice:
        return msgspec.structs.replace(
            one, crm_id=self.invoice(one.crm_id), customer_id=self.customer(one.customer_id),
            job_id=one.job_id and (self.jobs.only(one.job_id) or one.job_id),
        )  # fmt: skip

    def of_payment(self, one: CrmPayment) -> CrmPayment:
        return msgspec.structs.replace(
            one, crm_id=self.payments.only(one.crm_id) or one.crm_id, customer_id=self.customer(one.customer_id),
            applied=tuple(
                CrmApplication(invoice_id=self.invoice(part.invoice_id), amount=part.amount) for part in one.applied
            ),
        )  # fmt: skip

    def of_credit(self, one: CrmCredit) -> CrmCredit:
        return msgspec.structs.replace(
            one, crm_id=self.credits.only(one.crm_id) or one.crm_id, customer_id=self.customer(one.customer_id),
            invoice_id=one.invoice_id and self.invoice(one.invoice_id),
        )  # fmt: skip

    def of_refund(self, one: CrmRefund) -> CrmRefund:
        return msgspec.structs.replace(
            one, crm_id=self.refunds.only(one.crm_id) or one.crm_id, customer_id=self.customer(one.customer_id)
        )


def _taken(base: Pile[R], more: Pile[R], profile: str, found: Index, same: Index | None = None) -> Index:
    """Old id → new id for those already taken. A customer of one id and one name is one customer in both."""
    for one in more:
        twin = same.only(one.crm_id) if same is not None else None
        first = base.first(one.crm_id)
        if twin is not None:
            found.add(one.crm_id, twin)
        elif first is not None and not _one_customer(first[1], one):
            found.add(one.crm_id, f"{profile}:{one.crm_id}")
    return found


def _one_customer(one: object, other: object) -> bool:
    return isinstance(one, CrmCustomer) and isinstance(other, CrmCustomer) and plain(one.name) == plain(other.name)


def _same_invoices(base: StagedRecords, more: StagedRecords, stage: Staging, remarks: Remarks) -> Index:
    """Id in `more` → id in `base` of invoices that were taken over from the old CRM into the new one."""
    known, found, used = stage.index(), stage.index(), stage.index()
    for one in base.invoices:
        if key := _invoice_key(one):
            known.add(key, one.crm_id)
    for one in more.invoices:
        key = _invoice_key(one)
        twin = next((crm_id for crm_id in known.of(key) if crm_id not in used), None) if key else None
        first = base.invoices.first(twin) if twin is not None else None
        if twin is not None and first is not None:
            remarks.add("The same invoice in two CRMs, read once", f"{one.number} ({first[1].file}, {one.file})")
            found.add(one.crm_id, twin)
            used.add(twin, "")
    return found


def _add_parties(base: StagedRecords, more: StagedRecords, ids: _Ids) -> None:
    for customer in more.customers:
        crm_id = ids.customer(customer.crm_id) or customer.crm_id
        if crm_id not in base.customers:
            base.customers.add(msgspec.structs.replace(customer, crm_id=crm_id), crm_id)
    for job in more.jobs:
        crm_id = ids.jobs.only(job.crm_id) or job.crm_id
        party = ids.customer(job.customer_id) or job.customer_id
        base.jobs.add(msgspec.structs.replace(job, crm_id=crm_id, customer_id=party), crm_id)


def _add_invoices(base: StagedRecords, more: StagedRecords, ids: _Ids, same: Index) -> None:
    for invoice in more.invoices:
        if invoice.crm_id not in same:
            moved = ids.of_invoice(invoice)
            base.invoices.add(moved, moved.crm_id)


def _add_payments(base: StagedRecords, more: StagedRecords, ids: _Ids, stage: Staging, remarks: Remarks) -> None:
    known = stage.index()
    for payment in base.payments:
        known.add(_payment_key(payment), "")
    for payment in more.payments:
        moved = ids.of_payment(payment)
        if moved.applied and _payment_key(moved) in known:
            remarks.add("The same payment in two CRMs, read once", f"{payment.crm_id} ({payment.file})")
        else:
            base.payments.add(moved, moved.crm_id)


def _invoice_key(invoice: CrmInvoice) -> str:
    """ "" for an invoice that nothing makes recognisable."""
    key = number_key(invoice.number)
    known = key and invoice.customer_name
    return repr((key, plain(invoice.customer_name), str(invoice.date), str(invoice.total))) if known else ""


def _payment_key(payment: CrmPayment) -> str:
    return repr((str(payment.date), str(payment.amount), sorted(part.invoice_id for part in payment.applied)))
