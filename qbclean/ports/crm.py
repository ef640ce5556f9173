"""A CRM export format as the import sees it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from qbclean.model.crm import (
    CrmCredit,
    CrmCustomer,
    CrmFile,
    CrmInvoice,
    CrmJob,
    CrmPayment,
    CrmRecords,
    CrmRefund,
    RejectedRow,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CrmReading:
    """What an import yields: the records, the rows that could not be read, and remarks worth a person's look."""

    records: CrmRecords
    rejected: tuple[RejectedRow, ...] = ()
    remarks: tuple[str, ...] = ()


class CrmSource(Protocol):
    """Records by kind, in memory (`CrmRecords`) or still on disk; each kind can be read again and again."""

    @property
    def customers(self) -> Iterable[CrmCustomer]: ...
    @property
    def jobs(self) -> Iterable[CrmJob]: ...
    @property
    def invoices(self) -> Iterable[CrmInvoice]: ...
    @property
    def payments(self) -> Iterable[CrmPayment]: ...
    @property
    def credits(self) -> Iterable[CrmCredit]: ...
    @property
    def refunds(self) -> Iterable[CrmRefund]: ...
    @property
    def files(self) -> Iterable[CrmFile]: ...


class CrmReader(Protocol):
    @property
    def name(self) -> str: ...

    def recognises(self, path: Path) -> bool: ...

    def read(self, paths: Sequence[Path]) -> CrmReading:
        """Raises CrmFormatError when a file as a whole cannot be read."""
        ...
