"""Records as one file gives them, with the names by which they point at others, before those are looked up."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Generic, NamedTuple, TypeVar

from qbclean.model.crm import CrmCredit, CrmCustomer, CrmInvoice, CrmJob, CrmLine, CrmPayment

R = TypeVar("R", CrmInvoice, CrmPayment, CrmCredit, CrmJob, CrmCustomer)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft(Generic[R]):
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


class LooseLine(NamedTuple):
    """A line that stands in another file than its invoice."""

    invoice: str
    by_number: bool
    place: Decimal
    line: CrmLine


@dataclass(kw_only=True)
class Drafts:
    """Everything the files of one profile say."""

    customers: list[Draft[CrmCustomer]] = field(default_factory=list)
    jobs: list[Draft[CrmJob]] = field(default_factory=list)
    invoices: list[Draft[CrmInvoice]] = field(default_factory=list)
    payments: list[Draft[CrmPayment]] = field(default_factory=list)
    credits: list[Draft[CrmCredit]] = field(default_factory=list)
    lines: list[LooseLine] | None = None
    """Lines of files of their own; None when there is no such file."""
