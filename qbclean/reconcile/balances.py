"""Which bucket explains each open balance: the document's own, or what keeps the two sides from settling it alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from qbclean.ledger.applications import applied_amounts
from qbclean.ledger.chart import Chart
from qbclean.ledger.receivable import open_sum
from qbclean.ledger.world import World
from qbclean.model.crm import CrmInvoice
from qbclean.model.documents import AnyDocument, CreditMemo, Invoice, Payment
from qbclean.model.money import ZERO, total
from qbclean.model.reconciliation import Bucket
from qbclean.model.refs import DocumentRef
from qbclean.reconcile.credits import credited_invoices
from qbclean.reconcile.crm_balances import paid_on
from qbclean.reconcile.sides import Sides

_OF_PAYMENT: Mapping[Bucket, Bucket] = {"missing": "missing_payment", "extra": "extra_payment"}
_OF_CREDIT: Mapping[Bucket, Bucket] = {"missing": "missing_credit", "extra": "extra_credit"}
_SAME: frozenset[Bucket] = frozenset(("agreed", "timing", "other_job"))


@dataclass(frozen=True, kw_only=True)
class Buckets:
    """The buckets of all amounts, by id."""

    crm_invoices: Mapping[str, Bucket]
    crm_payments: Mapping[str, Bucket]
    crm_credits: Mapping[str, Bucket]
    invoices: Mapping[str, Bucket]
    payments: Mapping[str, Bucket]
    credits: Mapping[str, Bucket]


class Balances:
    """Open amounts of both sides, and the bucket of each; None where neither side has anything open."""

    def __init__(self, sides: Sides, buckets: Buckets) -> None:
        self.sides, self.buckets = sides, buckets
        self._pairs, self._crm_open, self._joins_entries = sides.pairs, sides.crm_open, sides.joins_entries
        self._largest_causes: dict[tuple[str, Bucket], Bucket] = {}

    @cached_property
    def _world(self) -> tuple[Chart, World]:
        return Chart.of(self.sides.books), World.of_books(self.sides.books)

    def open_by_customer(self, document: AnyDocument) -> Mapping[str, Decimal]:
        """Customer → what a QuickBooks document adds to A/R."""
        return open_sum(*self._world, document.ref)

    def open_of_payment(self, payment: Payment) -> Decimal:
        """What a QuickBooks payment adds to A/R: it takes part of what is open on a journal entry into it."""
        if payment.id in self._joins_entries:
            return total(self.open_by_customer(payment).values())
        return -payment.unapplied_amt

    # ------------------------------------------------------------------ invoices
    def of_crm_invoice(self, record: CrmInvoice) -> Bucket | None:
        key = record.crm_id
        invoice = self.sides.books.invoices.get(self._pairs.invoice_of.get(key, ""))
        ours = self._crm_open.invoices[key]
        if not ours and not (invoice and invoice.balance):
            return None
        bucket = self.buckets.crm_invoices[key]
        if invoice is None or bucket in ("consolidated", "split", "crm_draft", "crm_void"):
            return bucket
        return self._pair(record, invoice, bucket)

    def of_invoice(self, invoice: Invoice) -> Bucket | None:
        known = self._pairs.crm_invoice_of.get(invoice.id, "")
        ours = self._crm_open.invoices.get(known, ZERO)
        if not invoice.balance and not ours:
            return None
        bucket = self.buckets.invoices[invoice.id]
        record = self.sides.crm.invoices_by_id.get(known)
        if record is None or bucket in ("consolidated", "split", "not_billed"):
            return bucket
        return self._pair(record, invoice, bucket)

    def _pair(self, record: CrmInvoice, invoice: Invoice, bucket: Bucket) -> Bucket:
        if self._crm_open.invoices[record.crm_id] == invoice.balance:
            return bucket if bucket in _SAME else "agreed"
        if bucket == "quickbooks_void":
            return bucket
        asked = record.crm_id, bucket
        if asked not in self._largest_causes:
            self._largest_causes[asked] = self._largest_cause(record, invoice, bucket)
        return self._largest_causes[asked]

    def _largest_cause(self, record: CrmInvoice, invoice: Invoice, bucket: Bucket) -> Bucket:
        causes: dict[Bucket, Decimal] = {}
        for cause, amount in self._causes(record, invoice, bucket):
            causes[cause] = causes.get(cause, ZERO) + amount
        if not causes:
            return "unexplained"
        largest: Bucket = max(causes, key=lambda cause: (causes[cause], cause))
        return largest

    def _causes(self, record: CrmInvoice, invoice: Invoice, bucket: Bucket) -> Iterator[tuple[Bucket, Decimal]]:
        """(why, how much): all that keeps an invoice from being settled alike on both sides."""
        if bucket not in _SAME:
            yield bucket, abs(record.total - invoice.total_amt)
        if record.status == "written_off":
            yield "written_off", invoice.balance
        yield from self._unlike_payments(record, invoice)
        yield from self._unlike_credits(record, invoice)
        yield from self._settled_only_in_quickbooks(record, invoice)

    def _unlike_payments(self, record: CrmInvoice, invoice: Invoice) -> Iterator[tuple[Bucket, Decimal]]:
        for payment_id, amount in paid_on(self.sides.crm, record.crm_id).items():
            payment = self.sides.books.payments.get(self.sides.pairs.payment_of.get(payment_id, ""))
            if payment is None:
                bucket = self.buckets.crm_payments[payment_id]
                yield _OF_PAYMENT.get(bucket, bucket), amount
            elif short := max(ZERO, amount - applied_amounts(payment).get(invoice.ref, ZERO)):
                loose = min(short, payment.unapplied_amt)
                if loose:
                    yield "unapplied_payment", loose
                if short > loose:
                    yield "misapplied_payment", short - loose

    def _unlike_credits(self, record: CrmInvoice, invoice: Invoice) -> Iterator[tuple[Bucket, Decimal]]:
        for credit in self.sides.crm.credits_by_invoice.get(record.crm_id, ()):
            memo = self.sides.books.credit_memos.get(self.sides.pairs.credit_of.get(credit.crm_id, ""))
            if memo is None:
                bucket = self.buckets.crm_credits[credit.crm_id]
                yield _OF_CREDIT.get(bucket, bucket), credit.amount
            elif memo.balance:
                yield "unapplied_credit", memo.balance
            elif invoice.id not in credited_invoices(self.sides, memo):
                yield "misapplied_payment", credit.amount

    def _settled_only_in_quickbooks(self, record: CrmInvoice, invoice: Invoice) -> Iterator[tuple[Bucket, Decimal]]:
        ours = paid_on(self.sides.crm, record.crm_id)
        for payment in self.sides.books.payments_of.get(invoice.ref, ()):
            applied = applied_amounts(payment)
            if not payment.total_amt:
                yield from self._joined_only_in_quickbooks(record, applied)
                continue
            known = self.sides.pairs.crm_payment_of.get(payment.id)
            if known is None:
                bucket = self.buckets.payments[payment.id]
                yield _OF_PAYMENT.get(bucket, bucket), applied[invoice.ref]
            elif over := max(ZERO, applied[invoice.ref] - ours.get(known, ZERO)):
                yield "misapplied_payment", over

    def _joined_only_in_quickbooks(
        self, record: CrmInvoice, applied: Mapping[DocumentRef, Decimal]
    ) -> Iterator[tuple[Bucket, Decimal]]:
        """What a payment of zero brings to an invoice: credit memos and journal entries."""
        for ref, amount in applied.items():
            if ref.kind == "JournalEntry":
                yield "journal_entry", amount
            elif ref.kind == "CreditMemo":
                credit = self.sides.crm.credits_by_id.get(self.sides.pairs.crm_credit_of.get(ref.id, ""))
                bucket = self.buckets.credits.get(ref.id, "extra")
                if credit is None:
                    yield _OF_CREDIT.get(bucket, bucket), amount
                elif credit.invoice_id != record.crm_id:
                    yield "misapplied_payment", amount

    # ------------------------------------------------------------------ money and credits on account
    def of_crm_payment(self, payment_id: str) -> Bucket | None:
        payment = self.sides.books.payments.get(self._pairs.payment_of.get(payment_id, ""))
        theirs = self.open_of_payment(payment) if payment else None
        return _on_account(
            self._crm_open.payments[payment_id], theirs, self.buckets.crm_payments[payment_id], _OF_PAYMENT
        )

    def of_payment(self, payment: Payment, theirs: Decimal) -> Bucket | None:
        ours = self._crm_open.payments.get(self._pairs.crm_payment_of.get(payment.id, ""))
        return _on_account(ours, theirs, self.buckets.payments[payment.id], _OF_PAYMENT)

    def of_crm_credit(self, credit_id: str) -> Bucket | None:
        memo = self.sides.books.credit_memos.get(self._pairs.credit_of.get(credit_id, ""))
        theirs = -memo.balance if memo else None
        return _on_account(self._crm_open.credits[credit_id], theirs, self.buckets.crm_credits[credit_id], _OF_CREDIT)

    def of_credit(self, memo: CreditMemo) -> Bucket | None:
        ours = self._crm_open.credits.get(self._pairs.crm_credit_of.get(memo.id, ""))
        return _on_account(ours, -memo.balance, self.buckets.credits[memo.id], _OF_CREDIT)


def _on_account(
    ours: Decimal | None, theirs: Decimal | None, bucket: Bucket, alone: Mapping[Bucket, Bucket]
) -> Bucket | None:
    """The bucket of what is on account (negative amounts); None for a side that has no such document.

    `alone`: what a bucket of the lists is called among the balances, of payments or of credits.
    """
    if not ours and not theirs:
        return None
    if ours is None or theirs is None:
        return "journal_entry" if bucket == "joins_credit" else alone.get(bucket, bucket)
    if ours == theirs:
        return bucket if bucket in _SAME else "agreed"
    if bucket in ("amount_differs", "quickbooks_void"):
        return bucket
    if theirs < ours:
        return "unapplied_credit" if alone is _OF_CREDIT else "unapplied_payment"
    return "misapplied_payment"
