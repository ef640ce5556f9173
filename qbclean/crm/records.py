"""The linked records of an import while they are still on disk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from qbclean.crm.staging import Pile, Staging
from qbclean.model.crm import CrmCredit, CrmCustomer, CrmFile, CrmInvoice, CrmJob, CrmPayment, CrmRecords, CrmRefund


@dataclass(frozen=True, slots=True, kw_only=True)
class StagedRecords:
    """What `CrmRecords` has in memory: each pile in the order of the files, by the ids of its records."""

    customers: Pile[CrmCustomer]
    jobs: Pile[CrmJob]
    invoices: Pile[CrmInvoice]
    payments: Pile[CrmPayment]
    credits: Pile[CrmCredit]
    refunds: Pile[CrmRefund]
    files: tuple[CrmFile, ...] = ()

    @classmethod
    def none(cls, stage: Staging) -> StagedRecords:
        return cls(
            customers=stage.pile(CrmCustomer),
            jobs=stage.pile(CrmJob),
            invoices=stage.pile(CrmInvoice),
            payments=stage.pile(CrmPayment),
            credits=stage.pile(CrmCredit),
            refunds=stage.pile(CrmRefund),
        )

    @property
    def counts(self) -> Mapping[str, int]:
        """How many of each kind."""
        return {
            "customers": len(self.customers),
            "jobs": len(self.jobs),
            "invoices": len(self.invoices),
            "payments": len(self.payments),
            "credits": len(self.credits),
            "refunds": len(self.refunds),
        }

    def with_files(self, files: tuple[CrmFile, ...]) -> StagedRecords:
        return replace(self, files=files)

    def in_memory(self) -> CrmRecords:
        return CrmRecords(
            customers=tuple(self.customers),
            jobs=tuple(self.jobs),
            invoices=tuple(self.invoices),
            payments=tuple(self.payments),
            credits=tuple(self.credits),
            refunds=tuple(self.refunds),
            files=self.files,
        )


@dataclass(frozen=True, slots=True)
class Watched:
    """Staged records as they are saved, with how far that is."""

    records: StagedRecords

    @property
    def customers(self) -> Iterator[CrmCustomer]:
        return self.records.customers.watched("Saving customers")

    @property
    def jobs(self) -> Iterator[CrmJob]:
        return self.records.jobs.watched("Saving jobs")

    @property
    def invoices(self) -> Iterator[CrmInvoice]:
        return self.records.invoices.watched("Saving invoices")

    @property
    def payments(self) -> Iterator[CrmPayment]:
        return self.records.payments.watched("Saving payments")

    @property
    def credits(self) -> Iterator[CrmCredit]:
        return self.records.credits.watched("Saving credits")

    @property
    def refunds(self) -> Iterator[CrmRefund]:
        return self.records.refunds.watched("Saving refunds")

    @property
    def files(self) -> tuple[CrmFile, ...]:
        return self.records.files
