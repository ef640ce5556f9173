"""Every record of both sides, each in its buckets."""

from __future__ import annotations

from collections.abc import Iterator

from qbclean.model.money import ZERO
from qbclean.model.reconciliation import ReconciledDocument
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
        sides,
        Buckets(
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
    yield from _crm_invoices(balances)
    yield from _crm_payments(balances)
    yield from _crm_credits(balances)
    yield from _invoices(balances)
    yield from _payments(balances)
    yield from _credits(balances)
    yield from _journal_entries(balances)


def _crm_invoices(balances: Balances) -> Iterator[ReconciledDocument]:
    sides, buckets, open_ = balances.sides, balances.buckets.crm_invoices, balances.sides.crm_open.invoices
    places, pairs = sides.places, sides.pairs
    for invoice in sides.crm.invoices:
        key, place = invoice.crm_id, places.of_invoice(invoice)
        yield ReconciledDocument(
            side="crm",
            sort="invoice",
            id=key,
            number=invoice.number or "",
            day=invoice.date,
            due=invoice.due_date,
            party=place.party,
            job=place.job,
            amount=invoice.total,
            bucket=buckets[key],
            open=open_[key],
            open_bucket=balances.of_crm_invoice(invoice),
            counterparts=pairs.bundle_crm[key][1] if key in pairs.bundle_crm else _one(pairs.invoice_of.get(key)),
        )


def _crm_payments(balances: Balances) -> Iterator[ReconciledDocument]:
    sides, buckets, open_ = balances.sides, balances.buckets.crm_payments, balances.sides.crm_open.payments
    places, twins = sides.places, sides.pairs.payment_of
    for payment in sides.crm.payments:
        key, place = payment.crm_id, places.of_payment(payment)
        yield ReconciledDocument(
            side="crm",
            sort="payment",
            id=key,
            number=payment.reference or "",
            day=payment.date,
            party=place.party,
            job=place.job,
            amount=payment.amount,
            bucket=buckets[key],
            open=open_[key],
            open_bucket=balances.of_crm_payment(key),
            counterparts=_one(twins.get(key)),
        )


def _crm_credits(balances: Balances) -> Iterator[ReconciledDocument]:
    sides, buckets, open_ = balances.sides, balances.buckets.crm_credits, balances.sides.crm_open.credits
    places, twins = sides.places, sides.pairs.credit_of
    for credit in sides.crm.credits:
        key, place = credit.crm_id, places.of_credit(credit)
        yield ReconciledDocument(
            side="crm",
            sort="credit",
            id=key,
            number=credit.number or "",
            day=credit.date,
            party=place.party,
            job=place.job,
            amount=credit.amount,
            bucket=buckets[key],
            open=open_[key],
            open_bucket=balances.of_crm_credit(key),
            counterparts=_one(twins.get(key)),
        )


def _invoices(balances: Balances) -> Iterator[ReconciledDocument]:
    sides, buckets = balances.sides, balances.buckets.invoices
    places, pairs, copies = sides.places, sides.pairs, sides.verdicts.copies
    for invoice in sides.books.invoices.values():
        key, place, day = invoice.id, places.of_customer(invoice.customer_id), invoice.txn_date
        known = pairs.crm_invoice_of.get(key) or copies.get(key)
        yield ReconciledDocument(
            side="quickbooks",
            sort="invoice",
            id=key,
            number=invoice.doc_number or "",
            day=day,
            due=invoice.due_date or day,
            party=place.party,
            job=place.job,
            amount=invoice.total_amt,
            bucket=buckets[key],
            open=invoice.balance,
            open_bucket=balances.of_invoice(invoice),
            counterparts=pairs.bundle_qbo[key][1] if key in pairs.bundle_qbo else _one(known),
        )


def _payments(balances: Balances) -> Iterator[ReconciledDocument]:
    sides, buckets = balances.sides, balances.buckets.payments
    places, twins = sides.places, sides.pairs.crm_payment_of
    for payment in sides.books.payments.values():
        key, place, still_open = payment.id, places.of_customer(payment.customer_id), balances.open_of_payment(payment)
        yield ReconciledDocument(
            side="quickbooks",
            sort="payment",
            id=key,
            number=payment.payment_ref_num or "",
            day=payment.txn_date,
            party=place.party,
            job=place.job,
            amount=payment.total_amt,
            bucket=buckets[key],
            open=still_open,
            open_bucket=balances.of_payment(payment, still_open),
            counterparts=_one(twins.get(key)),
        )


def _credits(balances: Balances) -> Iterator[ReconciledDocument]:
    sides, buckets = balances.sides, balances.buckets.credits
    places, twins = sides.places, sides.pairs.crm_credit_of
    for memo in sides.books.credit_memos.values():
        key, place = memo.id, places.of_customer(memo.customer_id)
        yield ReconciledDocument(
            side="quickbooks",
            sort="credit",
            id=key,
            number=memo.doc_number or "",
            day=memo.txn_date,
            party=place.party,
            job=place.job,
            amount=memo.total_amt,
            bucket=buckets[key],
            open=-memo.balance,
            open_bucket=balances.of_credit(memo),
            counterparts=_one(twins.get(key)),
        )


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
