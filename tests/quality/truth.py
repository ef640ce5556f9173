"""`truth.json` of a generated company as types; the form is told in `qbclean/sandbox/generate/answers.py`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Literal

import msgspec

from qbclean.model.refs import DocumentRef


class TruthDocument(msgspec.Struct, frozen=True):
    type: str
    id: str

    @property
    def ref(self) -> DocumentRef:
        return DocumentRef(self.type, self.id)  # type: ignore[arg-type]


class Step(msgspec.Struct, frozen=True):
    """One right action. `qbo` names its documents, money first; `crm` the records that say so."""

    action: str
    qbo: tuple[TruthDocument, ...]
    crm: tuple[str, ...]
    amount: Decimal


class Remedy(msgspec.Struct, frozen=True):
    tier: Literal["act", "hold"]
    why: str
    hold_is_right_too: bool
    steps: tuple[Step, ...]


class Mess(msgspec.Struct, frozen=True):
    id: str
    kind: str
    variant: str
    qbo: tuple[TruthDocument, ...]
    crm: tuple[str, ...]
    amount: Decimal
    remedy: Remedy
    survivor: TruthDocument | None = None
    extra: tuple[TruthDocument, ...] = ()
    interchangeable: bool = False


class LookAlike(msgspec.Struct, frozen=True):
    kind: str
    qbo: tuple[TruthDocument, ...]
    crm: tuple[str, ...]


class InvoiceGroup(msgspec.Struct, frozen=True):
    kind: str
    crm: tuple[str, ...]
    qbo: tuple[str, ...]


class TrueBalances(msgspec.Struct, frozen=True):
    """What customers owe after a complete repair, by CRM id, jobs and money on account included."""

    customers: Mapping[str, Decimal] = {}


class Truth(msgspec.Struct, frozen=True):
    today: date
    close_date: date
    mess: tuple[Mess, ...]
    lookalikes: tuple[LookAlike, ...]
    customers: Mapping[str, tuple[str, ...]]
    jobs: Mapping[str, tuple[str, ...]]
    invoice_groups: tuple[InvoiceGroup, ...]
    true_balances: TrueBalances = TrueBalances()

    @classmethod
    def of(cls, folder: Path) -> Truth:
        """The truth about the company in `folder`."""
        return msgspec.json.decode((folder / "truth.json").read_bytes(), type=cls, strict=False)

    @property
    def parts(self) -> Mapping[str, frozenset[str]]:
        """Invoice id → the ids that stand for the same CRM invoice, itself included, where one was split."""
        return {qbo_id: frozenset(group.qbo) for group in self.invoice_groups for qbo_id in group.qbo}
