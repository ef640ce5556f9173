"""Every record of both sides, each in its buckets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from qbclean.model.documents import CreditMemo, Invoice, Payment
from qbclean.model.money import ZERO
from qbclean.model.reconciliation import Bucket, DocumentSort, ReconciledDocument
from qbclean.reconcile.balances import Balances, Buckets
from qbclean.reconcile.credits import crm_credits, quickbooks_credits
from qbclean.reconcile.invoices import crm_invoices, quickbooks_invoices
from qbclean.reconcile.payments import crm_payments, quickbooks_payments
from qbclean.reconcile.sides import Sides


def balances_of(sides: Sides) -> Balances:
    """All buckets of amounts, and with them what is needed to bucket the balances."""
    payments = crm_payments(sides)
    invoices = crm_invoices(sides, payments)
    credits_ = crm_credits(sides, invoices)
    return Balances(
        sides=sides,
        buckets=Buckets(
            crm_invoices=invoices,
            crm_payments=payments,
            crm_credits=credits_,
            invoices=quickbooks_invoices(sides, invoices),
            payments=quickbooks_payments(sides, payments),
            credits=quickbooks_credits(sides, credits_),
        ),
    )


def reconciled(balances: Balances) -> Iterator[ReconciledDocument]:
    """Every record exactly once (a journal entry once per customer it touches in A/R), in no particular order."""
    yield from _of_crm(balances)
    for invoice in balances.sides.books.invoices.values():
        yield _invoice(balances, invoice)
    for payment in balances.sides.books.payments.values():
        yield _payment(balances, payment)
    for memo in balances.sides.books.credit_memos.values():
        yield _credit(balances, memo)
    yield from _journal_entries(balances)


def _of_crm(balances: Balances) -> Iterator[ReconciledDocument]:
    sides, places, buckets, open_ = balances.sides, balances.sides.places, balances.buckets, balances.sides.crm_open
    pairs = sides.pairs
    for invoice in sides.crm.invoices:
        key = invoice.crm_id
        yield ReconciledDocument(
            side="crm",
            sort="invoice",
            id=key,
            number=invoice.number or "",
            day=invoice.date,
            due=invoice.due_date,
            party=(place := places.of_invoice(invoice)).party,
            job=place.job,
            amount=invoice.total,
            bucket=buckets.crm_invoices[key],
            open=open_.invoices[key],
            open_bucket=balances.of_crm_invoice(invoice),
            counterparts=pairs.bundle_crm[key][1] if key in pairs.bundle_crm else _one(pairs.invoice_of.get(key)),
        )
    for payment in sides.crm.payments:
        key = payment.crm_id
        yield ReconciledDocument(
            side="crm",
            sort="payment",
            id=key,
            number=payment.reference or "",
            day=payment.date,
            party=(place := places.of_payment(payment)).party,
            job=place.job,
            amount=payment.amount,
            bucket=buckets.crm_payments[key],
            open=open_.payments[key],
            open_bucket=balances.of_crm_payment(key),
            counterparts=_one(pairs.payment_of.get(key)),
        )
    for credit in sides.crm.credits:
        key = credit.crm_id
        yield ReconciledDocument(
            side="crm",
            sort="credit",
            id=key,
            number=credit.number or "",
            day=credit.date,
            party=(place := places.of_credit(credit)).party,
            job=place.job,
            amount=credit.amount,
            bucket=buckets.crm_credits[key],
            open=open_.credits[key],
            open_bucket=balances.of_crm_credit(key),
            counterparts=_one(pairs.credit_of.get(key)),
        )


def _invoice(balances: Balances, invoice: Invoice) -> ReconciledDocument:
    pairs, copies = balances.sides.pairs, balances.sides.verdicts.copies
    known = pairs.crm_invoice_of.get(invoice.id) or copies.get(invoice.id)
    return _document(
        balances,
        invoice,
        due=invoice.due_date or invoice.txn_date,
        bucket=balances.buckets.invoices[invoice.id],
        open_bucket=balances.of_invoice(invoice),
        counterparts=pairs.bundle_qbo[invoice.id][1] if invoice.id in pairs.bundle_qbo else _one(known),
    )


def _payment(balances: Balances, payment: Payment) -> ReconciledDocument:
    return _document(
        balances,
        payment,
        bucket=balances.buckets.payments[payment.id],
        open_bucket=balances.of_payment(payment),
        counterparts=_one(balances.sides.pairs.crm_payment_of.get(payment.id)),
    )


def _credit(balances: Balances, memo: CreditMemo) -> ReconciledDocument:
    return _document(
        balances,
        memo,
        bucket=balances.buckets.credits[memo.id],
        open_bucket=balances.of_credit(memo),
        counterparts=_one(balances.sides.pairs.crm_credit_of.get(memo.id)),
    )


def _document(
    balances: Balances,
    document: Invoice | Payment | CreditMemo,
    *,
    bucket: Bucket,
    open_bucket: Bucket | None,
    counterparts: tuple[str, ...],
    due: date | None = None,
) -> ReconciledDocument:
    place = balances.sides.places.of_customer(document.customer_id)
    return ReconciledDocument(
        side="quickbooks",
        sort=_SORTS[document.kind],
        id=document.id,
        number=(document.payment_ref_num if isinstance(document, Payment) else document.doc_number) or "",
        day=document.txn_date,
        due=due,
        party=place.party,
        job=place.job,
        amount=document.total_amt,
        bucket=bucket,
        open=balances.open_of(document),
        open_bucket=open_bucket,
        counterparts=counterparts,
    )


_SORTS: Mapping[str, DocumentSort] = {"Invoice": "invoice", "Payment": "payment", "CreditMemo": "credit"}


def _journal_entries(balances: Balances) -> Iterator[ReconciledDocument]:
    """An entry is listed with each customer it touches; with customers nobody knows, only where it is not borrowed."""
    books, places = balances.sides.books, balances.sides.places
    for entry in books.journal_entries.values():
        for customer, amount in balances.open_by_customer(entry).items():
            ours = customer in books.customers or (not places.knows(customer) and entry.ref not in books.borrowed)
            if not amount or not ours:
                continue
            yield ReconciledDocument(
                side="quickbooks",
                sort="journal_entry",
                id=entry.id,
                number=entry.doc_number or "",
                day=entry.txn_date,
                party=places.of_customer(customer).party,
                job=places.of_customer(customer).job,
                amount=ZERO,
                bucket=None,
                open=amount,
                open_bucket="journal_entry",
            )


def _one(key: str | None) -> tuple[str, ...]:
    return (key,) if key else ()
