"""QuickBooks documents as typed, frozen views of the wire JSON.

The field names are QBO's in snake case (`rename="pascal"`), so that decoding is one step and nothing is translated
twice. Fields we do not use are skipped here and kept in the raw JSON of the snapshot. Amounts are exact Decimals with
cents, whether QBO says 0, 341.9 or 341.90; dates are company-local. Shapes: qbo-contract.md 6.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar

import msgspec

from qbclean.model.money import ZERO
from qbclean.model.refs import DocumentKind, DocumentRef


class Wire(msgspec.Struct, frozen=True, kw_only=True, rename="pascal", gc=False):
    """Base of everything decoded from QBO's JSON. Nothing in it can form a cycle, so the collector may skip it."""


_set = msgspec.structs.force_setattr
"""Amounts get cents by adding 0.00, in each class for itself: this runs for every line of every document."""


class Ref(msgspec.Struct, frozen=True, gc=False):
    """`{"value": id, "name": …}`; the name is a copy for people to read and takes a tenth of all memory: not kept."""

    value: str
    type: str | None = None


class MetaData(Wire, frozen=True, kw_only=True):
    create_time: datetime
    last_updated_time: datetime


class LinkedTxn(Wire, frozen=True, kw_only=True):
    txn_id: str
    txn_type: str
    txn_line_id: str | None = None


class SalesItemLineDetail(Wire, frozen=True, kw_only=True):
    item_ref: Ref | None = None
    class_ref: Ref | None = None
    qty: Decimal | None = None
    unit_price: Decimal | None = None
    tax_code_ref: Ref | None = None
    service_date: date | None = None


class DiscountLineDetail(Wire, frozen=True, kw_only=True):
    percent_based: bool = False
    discount_percent: Decimal | None = None
    discount_account_ref: Ref | None = None


class DepositLineDetail(Wire, frozen=True, kw_only=True):
    account_ref: Ref | None = None
    entity: Ref | None = None
    check_num: str | None = None
    payment_method_ref: Ref | None = None


class JournalEntity(Wire, frozen=True, kw_only=True):
    type: str | None = None
    entity_ref: Ref | None = None


class JournalEntryLineDetail(Wire, frozen=True, kw_only=True):
    posting_type: str = "Debit"
    account_ref: Ref | None = None
    entity: JournalEntity | None = None


class GroupLineDetail(Wire, frozen=True, kw_only=True):
    line: tuple[Line, ...] = ()


class Line(Wire, frozen=True, kw_only=True):
    """One line of any document; which detail is there depends on `detail_type`. Payment lines have only links."""

    amount: Decimal = ZERO
    id: str | None = None
    description: str | None = None
    detail_type: str | None = None
    linked_txn: tuple[LinkedTxn, ...] = ()
    sales_item_line_detail: SalesItemLineDetail | None = None
    discount_line_detail: DiscountLineDetail | None = None
    group_line_detail: GroupLineDetail | None = None
    deposit_line_detail: DepositLineDetail | None = None
    journal_entry_line_detail: JournalEntryLineDetail | None = None

    def __post_init__(self) -> None:
        _set(self, "amount", self.amount + ZERO)


class TaxLineDetail(Wire, frozen=True, kw_only=True):
    tax_rate_ref: Ref | None = None
    percent_based: bool = True
    tax_percent: Decimal | None = None
    net_amount_taxable: Decimal | None = None


class TaxLine(Wire, frozen=True, kw_only=True):
    amount: Decimal = ZERO
    tax_line_detail: TaxLineDetail | None = None


class TxnTaxDetail(Wire, frozen=True, kw_only=True):
    total_tax: Decimal = ZERO
    txn_tax_code_ref: Ref | None = None
    tax_line: tuple[TaxLine, ...] = ()

    def __post_init__(self) -> None:
        _set(self, "total_tax", self.total_tax + ZERO)


class Document(Wire, frozen=True, kw_only=True):
    """What every transaction has."""

    kind: ClassVar[DocumentKind]

    id: str
    sync_token: str
    meta_data: MetaData
    txn_date: date
    doc_number: str | None = None
    private_note: str | None = None
    currency_ref: Ref | None = None
    line: tuple[Line, ...] = ()
    linked_txn: tuple[LinkedTxn, ...] = ()
    total_amt: Decimal = ZERO

    def __post_init__(self) -> None:
        _set(self, "total_amt", self.total_amt + ZERO)

    @property
    def ref(self) -> DocumentRef:
        return DocumentRef(self.kind, self.id)

    @property
    def is_voided(self) -> bool:
        """QBO has no status flag: total 0 and a note that says so (contract 6.3, 7.1)."""
        return not self.total_amt and (self.private_note or "").lstrip().startswith("Voided")

    @property
    def is_deposited(self) -> bool:
        """Included in a Deposit: every update is refused with 6540 (contract 7.9, S05)."""
        return any(link.txn_type == "Deposit" for link in self.linked_txn)


class SalesDocument(Document, frozen=True, kw_only=True):
    """What Invoice, CreditMemo, SalesReceipt and RefundReceipt share."""

    customer_ref: Ref | None = None
    txn_tax_detail: TxnTaxDetail = TxnTaxDetail()
    apply_tax_after_discount: bool = False
    balance: Decimal = ZERO
    class_ref: Ref | None = None
    deposit_to_account_ref: Ref | None = None

    def __post_init__(self) -> None:
        _set(self, "total_amt", self.total_amt + ZERO)
        _set(self, "balance", self.balance + ZERO)

    @property
    def customer_id(self) -> str:
        return self.customer_ref.value if self.customer_ref else ""

    @property
    def total_tax(self) -> Decimal:
        return self.txn_tax_detail.total_tax

    @property
    def item_lines(self) -> tuple[Line, ...]:
        """The lines a person entered: without the computed SubTotal line."""
        return tuple([line for line in self.line if line.detail_type != "SubTotalLineDetail"])


class Invoice(SalesDocument, frozen=True, kw_only=True):
    """`balance` is the open balance."""

    kind: ClassVar[DocumentKind] = "Invoice"
    due_date: date | None = None
    deposit: Decimal = ZERO
    email_status: str | None = None
    sales_term_ref: Ref | None = None


class CreditMemo(SalesDocument, frozen=True, kw_only=True):
    """`balance` is the remaining credit, positive."""

    kind: ClassVar[DocumentKind] = "CreditMemo"


class SalesReceipt(SalesDocument, frozen=True, kw_only=True):
    kind: ClassVar[DocumentKind] = "SalesReceipt"
    payment_ref_num: str | None = None
    payment_method_ref: Ref | None = None


class RefundReceipt(SalesDocument, frozen=True, kw_only=True):
    kind: ClassVar[DocumentKind] = "RefundReceipt"


class Payment(Document, frozen=True, kw_only=True):
    """Lines link invoices and credits, all amounts positive; a zero payment joins a credit memo to an invoice."""

    kind: ClassVar[DocumentKind] = "Payment"
    customer_ref: Ref
    unapplied_amt: Decimal = ZERO
    payment_ref_num: str | None = None
    payment_method_ref: Ref | None = None
    deposit_to_account_ref: Ref | None = None
    process_payment: bool = False

    def __post_init__(self) -> None:
        _set(self, "total_amt", self.total_amt + ZERO)
        _set(self, "unapplied_amt", self.unapplied_amt + ZERO)

    @property
    def customer_id(self) -> str:
        return self.customer_ref.value

    @property
    def applications(self) -> tuple[tuple[DocumentRef, Decimal], ...]:
        """What the payment pays (Invoice) or uses up (CreditMemo, JournalEntry), with positive amounts, in order."""
        return tuple(
            [
                (DocumentRef(links[0].txn_type, links[0].txn_id), line.amount)  # type: ignore[arg-type]
                for line in self.line
                if (links := line.linked_txn)
            ]
        )

    @property
    def invoice_ids(self) -> tuple[str, ...]:
        """The invoices among them."""
        links = (line.linked_txn for line in self.line)
        return tuple([link[0].txn_id for link in links if link and link[0].txn_type == "Invoice"])


class Deposit(Document, frozen=True, kw_only=True):
    """Lines link payments and receipts, or carry an account and a customer of their own."""

    kind: ClassVar[DocumentKind] = "Deposit"
    deposit_to_account_ref: Ref | None = None

    @property
    def own_lines(self) -> Iterator[tuple[int, Line, DepositLineDetail]]:
        """(place, line, its detail) of the lines that link nothing: money booked on the deposit itself."""
        for place, line in enumerate(self.line):
            if line.deposit_line_detail and not line.linked_txn:
                yield place, line, line.deposit_line_detail


class JournalEntry(Document, frozen=True, kw_only=True):
    kind: ClassVar[DocumentKind] = "JournalEntry"


AnyDocument = Invoice | Payment | CreditMemo | SalesReceipt | RefundReceipt | Deposit | JournalEntry
DOCUMENT_TYPES: tuple[type[AnyDocument], ...] = (
    Invoice, Payment, CreditMemo, SalesReceipt, RefundReceipt, Deposit, JournalEntry,
)  # fmt: skip
