"""A CRM export format as the import sees it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from qbclean.model.crm import CrmRecords, RejectedRow


@dataclass(frozen=True, slots=True, kw_only=True)
class CrmReading:
    """What an import yields: the records, the rows that could not be read, and remarks worth a person's look."""

    records: CrmRecords
    rejected: tuple[RejectedRow, ...] = ()
    remarks: tuple[str, ...] = ()


class CrmReader(Protocol):
    @property
    def name(self) -> str: ...

    def recognises(self, path: Path) -> bool: ...

    def read(self, paths: Sequence[Path]) -> CrmReading:
        """Raises CrmFormatError when a file as a whole cannot be read."""
        ...
