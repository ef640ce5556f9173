"""Records as one file gives them, with the names by which they point at others, before those are looked up."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Generic, NamedTuple, TypeVar

import msgspec

from qbclean.crm.staging import Pile, Staging
from qbclean.model.crm import CrmCredit, CrmCustomer, CrmInvoice, CrmJob, CrmLine, CrmPayment, CrmRefund

R = TypeVar("R", CrmInvoice, CrmPayment, CrmCredit, CrmRefund, CrmJob, CrmCustomer)


class Draft(msgspec.Struct, Generic[R], frozen=True, kw_only=True, gc=False):
    """`record` as far as its own rows tell. What they name of others: `customer` by name or `phone`, `jobs` and
    `invoices` by number. `own_id`: the export gives an id; else `record.crm_id` was made from what it says.
    """

    record: R
    own_id: bool
    id_column: str = ""
    customer: str | None = None
    phone: str | None = None
    jobs: tuple[str, ...] = ()
    invoices: tuple[str, ...] = ()
    by_number: bool = True
    """`invoices`, or the invoices of a payment's parts, are numbers, not the CRM's ids."""


AnyDraft = (
    Draft[CrmInvoice] | Draft[CrmPayment] | Draft[CrmCredit] | Draft[CrmRefund] | Draft[CrmJob] | Draft[CrmCustomer]
)


class LooseLine(NamedTuple):
    """A line that stands in another file than its invoice."""

    invoice: str
    by_number: bool
    place: Decimal
    line: CrmLine


class Drafts:
    """Everything the files of one profile say, each pile by the ids of its records."""

    def __init__(self, stage: Staging) -> None:
        self.stage = stage
        self.customers: Pile[Draft[CrmCustomer]] = stage.pile(Draft[CrmCustomer])
        self.jobs: Pile[Draft[CrmJob]] = stage.pile(Draft[CrmJob])
        self.invoices: Pile[Draft[CrmInvoice]] = stage.pile(Draft[CrmInvoice])
        self.payments: Pile[Draft[CrmPayment]] = stage.pile(Draft[CrmPayment])
        self.credits: Pile[Draft[CrmCredit]] = stage.pile(Draft[CrmCredit])
        self.refunds: Pile[Draft[CrmRefund]] = stage.pile(Draft[CrmRefund])
        self.lines: Pile[LooseLine] | None = None
        """Lines of files of their own; None when there is no such file."""

    @property
    def piles(self) -> tuple[Pile[Any], ...]:
        """All of them but the lines."""
        return (self.customers, self.jobs, self.invoices, self.payments, self.credits, self.refunds)

    def extend(self, drafts: Iterable[AnyDraft]) -> None:
        """Each to its pile: a file of invoices may hold credits, one of payments refunds."""
        piles: dict[type, Pile[Any]] = {
            CrmCustomer: self.customers,
            CrmJob: self.jobs,
            CrmInvoice: self.invoices,
            CrmPayment: self.payments,
            CrmCredit: self.credits,
            CrmRefund: self.refunds,
        }
        for draft in drafts:
            piles[type(draft.record)].add(draft, draft.record.crm_id)

    def extend_lines(self, lines: Iterable[LooseLine]) -> None:
        if self.lines is None:
            self.lines = self.stage.pile(LooseLine)
        for line in lines:
            self.lines.add(line, line.invoice)
