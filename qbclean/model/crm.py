"""What the CRM says, in one canonical form whatever the export looked like (crm-formats.md 1).

Absent is None, never 0 or "". Amounts of payments and credits are positive. `source` points at the rows read.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cached_property
from typing import Literal, TypeVar

import msgspec

from qbclean.model.refs import CrmKind, CrmRef

CrmStatus = Literal["draft", "open", "partial", "paid", "void", "written_off"]


class CrmRecord(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Base: `file` and the 1-based `rows` (header is row 1) the record was read from."""

    crm_id: str
    qbo_id: str | None = None
    file: str = ""
    rows: tuple[int, ...] = ()


class CrmCustomer(CrmRecord, frozen=True, kw_only=True):
    name: str
    company: str | None = None
    email: str | None = None
    phone: str | None = None
    address: str | None = None


class CrmJob(CrmRecord, frozen=True, kw_only=True):
    customer_id: str
    name: str
    status: str | None = None
    contract_amount: Decimal | None = None
    start_date: dt.date | None = None
    end_date: dt.date | None = None


class CrmLine(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    item: str | None = None
    description: str | None = None
    quantity: Decimal | None = None
    unit_price: Decimal | None = None
    amount: Decimal
    taxable: bool | None = None


class CrmInvoice(CrmRecord, frozen=True, kw_only=True):
    """`lines` None: not in the export. `tax` None: not in the export; 0: no tax."""

    number: str | None = None
    customer_id: str | None = None
    customer_name: str = ""
    job_id: str | None = None
    job_name: str | None = None
    date: dt.date | None = None
    due_date: dt.date | None = None
    status: CrmStatus
    subtotal: Decimal | None = None
    tax: Decimal | None = None
    total: Decimal
    balance: Decimal | None = None
    lines: tuple[CrmLine, ...] | None = None
    flags: tuple[str, ...] = ()

    @property
    def ref(self) -> CrmRef:
        return CrmRef("invoice", self.crm_id)

    @property
    def is_final(self) -> bool:
        """Billed to the customer: neither draft nor void."""
        return self.status not in ("draft", "void")


class CrmApplication(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    invoice_id: str
    amount: Decimal | None = None


class CrmPayment(CrmRecord, frozen=True, kw_only=True):
    """One cheque, transfer or card charge. `applied` may be empty: a retainer or an unallocated payment."""

    customer_id: str | None = None
    date: dt.date
    amount: Decimal
    method: str | None = None
    reference: str | None = None
    applied: tuple[CrmApplication, ...] = ()

    @property
    def ref(self) -> CrmRef:
        return CrmRef("payment", self.crm_id)


class CrmCredit(CrmRecord, frozen=True, kw_only=True):
    """A credit given; without `invoice_id` it is a credit on account."""

    number: str | None = None
    invoice_id: str | None = None
    customer_id: str | None = None
    date: dt.date
    amount: Decimal
    reason: str | None = None

    @property
    def ref(self) -> CrmRef:
        return CrmRef("credit", self.crm_id)


class CrmRefund(CrmRecord, frozen=True, kw_only=True):
    """Money given back: no credit against an invoice, it uses up what the customer had on account."""

    customer_id: str | None = None
    date: dt.date
    amount: Decimal
    method: str | None = None
    reference: str | None = None


class CrmFile(msgspec.Struct, frozen=True, kw_only=True):
    """One imported file, as the plan names it. `rejected`: rows left out because a person allowed it."""

    profile: str
    file: str
    sha256: str
    records: int
    rejected: int = 0


class RejectedRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row that cannot be read without guessing. `row` is 1-based, the header being row 1."""

    file: str
    row: int
    column: str | None
    cell: str | None
    reason: str


class CrmRecords(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """Everything imported for one company, or a slice of it: the records of some customers.

    `elsewhere`, of a slice: the kinds of record that other slices have. Silence means something else where the export
    has no records of a kind at all.
    """

    customers: tuple[CrmCustomer, ...] = ()
    jobs: tuple[CrmJob, ...] = ()
    invoices: tuple[CrmInvoice, ...] = ()
    payments: tuple[CrmPayment, ...] = ()
    credits: tuple[CrmCredit, ...] = ()
    refunds: tuple[CrmRefund, ...] = ()
    files: tuple[CrmFile, ...] = ()
    elsewhere: frozenset[CrmKind] = frozenset()

    def tells(self, kind: Literal["invoice", "payment", "credit"]) -> bool:
        """Whether the export has any record of `kind`, be it of a customer of another slice."""
        here = {"invoice": self.invoices, "payment": self.payments, "credit": self.credits}
        return kind in self.elsewhere or bool(here[kind])

    @cached_property
    def invoices_by_id(self) -> Mapping[str, CrmInvoice]:
        return {invoice.crm_id: invoice for invoice in self.invoices}

    @cached_property
    def payments_by_id(self) -> Mapping[str, CrmPayment]:
        return {payment.crm_id: payment for payment in self.payments}

    @cached_property
    def credits_by_id(self) -> Mapping[str, CrmCredit]:
        return {credit.crm_id: credit for credit in self.credits}

    @cached_property
    def payments_by_invoice(self) -> Mapping[str, tuple[CrmPayment, ...]]:
        """Invoice id → the payments that name it, in id order."""
        return _by_invoice((line.invoice_id, payment) for payment in self.payments for line in payment.applied)

    @cached_property
    def credits_by_invoice(self) -> Mapping[str, tuple[CrmCredit, ...]]:
        """Invoice id → the credits that name it, in id order."""
        return _by_invoice((credit.invoice_id, credit) for credit in self.credits if credit.invoice_id)

    @property
    def is_empty(self) -> bool:
        return not (self.invoices or self.payments or self.credits or self.refunds or self.elsewhere)


_R = TypeVar("_R", CrmPayment, CrmCredit)


def _by_invoice(pairs: Iterable[tuple[str, _R]]) -> Mapping[str, tuple[_R, ...]]:
    found: dict[str, list[_R]] = {}
    for invoice_id, record in pairs:
        found.setdefault(invoice_id, []).append(record)
    return {
        invoice_id: tuple(sorted(records, key=lambda record: record.crm_id)) if len(records) > 1 else (records[0],)
        for invoice_id, records in found.items()
    }
