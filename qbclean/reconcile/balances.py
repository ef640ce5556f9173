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


@dataclass(frozen=True, kw_only=True)
class Balances:
    """Open amounts of both sides, and the bucket of each."""

    sides: Sides
    buckets: Buckets

    @cached_property
    def _world(self) -> tuple[Chart, World]:
        return Chart.of(self.sides.books), World.of_books(self.sides.books)

    def open_by_customer(self, document: AnyDocument) -> Mapping[str, Decimal]:
        """Customer → what a QuickBooks document adds to A/R."""
        return open_sum(*self._world, document.ref)

    def open_of(self, document: Invoice | Payment | CreditMemo) -> Decimal:
        """What a QuickBooks document adds to A/R."""
        if isinstance(document, Invoice):
            return document.balance
        if isinstance(document, CreditMemo):
            return -document.balance
        if document.id in self.sides.joins_entries:
            # It takes part of what is open on the entry into A/R.
            return total(self.open_by_customer(document).values())
        return -document.unapplied_amt

    # ------------------------------------------------------------------ invoices
    def of_crm_invoice(self, record: CrmInvoice) -> Bucket | None:
        invoice = self.sides.books.invoices.get(self.sides.pairs.invoice_of.get(record.crm_id, ""))
        ours = self.sides.crm_open.invoices[record.crm_id]
        bucket = self.buckets.crm_invoices[record.crm_id]
        if invoice is None or bucket in ("consolidated", "split", "crm_draft", "crm_void"):
            return bucket if ours or (invoice and invoice.balance) else None
        return self._pair(record, invoice, bucket)

    def of_invoice(self, invoice: Invoice) -> Bucket | None:
        record = self.sides.crm.invoices_by_id.get(self.sides.pairs.crm_invoice_of.get(invoice.id, ""))
        bucket = self.buckets.invoices[invoice.id]
        if record is None or bucket in ("consolidated", "split", "not_billed"):
            ours = self.sides.crm_open.invoices[record.crm_id] if record else ZERO
            return bucket if invoice.balance or ours else None
        return self._pair(record, invoice, bucket)

    def _pair(self, record: CrmInvoice, invoice: Invoice, bucket: Bucket) -> Bucket | None:
        ours, theirs = self.sides.crm_open.invoices[record.crm_id], invoice.balance
        if ours == theirs:
            return (bucket if bucket in _SAME else "agreed") if ours else None
        if bucket == "quickbooks_void":
            return bucket
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
                credit = self.sides.credits_by_id.get(self.sides.pairs.crm_credit_of.get(ref.id, ""))
                bucket = self.buckets.credits.get(ref.id, "extra")
                if credit is None:
                    yield _OF_CREDIT.get(bucket, bucket), amount
                elif credit.invoice_id != record.crm_id:
                    yield "misapplied_payment", amount

    # ------------------------------------------------------------------ money and credits on account
    def of_crm_payment(self, payment_id: str) -> Bucket | None:
        payment = self.sides.books.payments.get(self.sides.pairs.payment_of.get(payment_id, ""))
        bucket = self.buckets.crm_payments[payment_id]
        ours = self.sides.crm_open.payments[payment_id]
        return _on_account(ours, self.open_of(payment) if payment else None, _OF_PAYMENT.get(bucket, bucket))

    def of_payment(self, payment: Payment) -> Bucket | None:
        known = self.sides.pairs.crm_payment_of.get(payment.id)
        bucket = self.buckets.payments[payment.id]
        ours = self.sides.crm_open.payments[known] if known else None
        return _on_account(ours, self.open_of(payment), _OF_PAYMENT.get(bucket, bucket))

    def of_crm_credit(self, credit_id: str) -> Bucket | None:
        memo = self.sides.books.credit_memos.get(self.sides.pairs.credit_of.get(credit_id, ""))
        bucket = self.buckets.crm_credits[credit_id]
        ours, theirs = self.sides.crm_open.credits[credit_id], self.open_of(memo) if memo else None
        return _on_account(ours, theirs, _OF_CREDIT.get(bucket, bucket), credit=True)

    def of_credit(self, memo: CreditMemo) -> Bucket | None:
        known = self.sides.pairs.crm_credit_of.get(memo.id)
        bucket = self.buckets.credits[memo.id]
        ours = self.sides.crm_open.credits[known] if known else None
        return _on_account(ours, self.open_of(memo), _OF_CREDIT.get(bucket, bucket), credit=True)


def _on_account(ours: Decimal | None, theirs: Decimal | None, bucket: Bucket, *, credit: bool = False) -> Bucket | None:
    """The bucket of what is on account (negative amounts); None for a side that has no such document."""
    if not ours and not theirs:
        return None
    if ours is None or theirs is None:
        return "journal_entry" if bucket == "joins_credit" else bucket
    if ours == theirs:
        return bucket if bucket in _SAME else "agreed"
    if bucket in ("amount_differs", "quickbooks_void"):
        return bucket
    if theirs < ours:
        return "unapplied_credit" if credit else "unapplied_payment"
    return "misapplied_payment"
