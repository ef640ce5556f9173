"""Cash basis: when a sale becomes income, and how much of each line (contract 13, Reports).

- An invoice's parts become income in proportion to what is applied, on the later of payment and invoice date.
- A credit memo counts only as applied, on the date of the joining payment; mirrored line by line it cancels exactly
  what it pays, so no period moves (S02).
- Money is income on Unapplied Cash Payment Income from the payment's date until it is applied.
- Receipts, deposit lines and journal lines count at their own date.

Cents: of A applied out of a total T each part has become round(part × A ÷ T) so far, the last part (tax, if any)
A less the others; a single payment brings the difference between two such states. So parts always add up to what is
applied, and to themselves once all is paid.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from qbclean.ledger.applications import applied_to, is_paid_by
from qbclean.ledger.chart import Chart
from qbclean.ledger.postings import Part, Posting, at_own_date, deposit_taken, money_in, parts
from qbclean.ledger.world import World
from qbclean.model.documents import AnyDocument, CreditMemo, Invoice, JournalEntry, Payment
from qbclean.model.money import ZERO, rounded, total
from qbclean.model.refs import DocumentRef


class Application(NamedTuple):
    """What is applied to a sale, and the day on which that counts."""

    day: date
    amount: Decimal


def cash(chart: Chart, world: World, document: AnyDocument) -> Iterator[Posting]:
    """What `document` posts on cash basis in `world`: debits positive.

    It depends on the document and those it is linked to, no others. Single documents do not balance on this basis;
    a payment with everything it touches does, on every day.
    """
    match document:
        case Invoice():
            yield from deposit_taken(chart, document)
            taken = [Application(document.txn_date, document.deposit)] if document.deposit else []
            if applied := [*taken, *applications_to(world, document)]:
                yield from recognised(parts(chart, document), document, applied, sign=-1)
        case CreditMemo():
            if applied := applications_to(world, document):
                yield from recognised(parts(chart, document), document, applied, sign=1)
        case Payment():
            yield from money_in(chart, document)
            yield from until_applied(chart, world, document)
        case _:
            yield from at_own_date(chart, document)


def shares(amounts: Sequence[Decimal], applied: Decimal) -> list[Decimal]:
    """How much of each amount has become income when `applied` of their sum is applied; adds up to `applied`."""
    whole = total(amounts)
    if not amounts or not whole:
        return [ZERO for _ in amounts]
    found = [rounded(amount * applied / whole) for amount in amounts[:-1]]
    return [*found, applied - total(found)]


def recognised(
    of: Sequence[Part], sale: Invoice | CreditMemo, applications: Sequence[Application], *, sign: int
) -> Iterator[Posting]:
    """What of the parts `of` a sale becomes income by `applications`, in their order; `sign` is −1 for an invoice."""
    amounts = [part.amount for part in of]
    if len(applications) == 1 and applications[0].amount == total(amounts):
        # Paid at once, as most are: every part in full, no shares to work out.
        for part in of:
            yield Posting(sale.ref, applications[0].day, part.account, sign * part.amount, part.agency)
        return
    so_far, before = ZERO, [ZERO for _ in of]
    for application in applications:
        so_far += application.amount
        after = shares(amounts, so_far)
        for part, new, old in zip(of, after, before, strict=True):
            if new != old:
                yield Posting(sale.ref, application.day, part.account, sign * (new - old), part.agency)
        before = after


def applications_to(world: World, sale: Invoice | CreditMemo) -> list[Application]:
    """What payments apply to `sale`, in the order in which it counts: by day, then by the payment's id."""
    found: list[tuple[date, int, str, Decimal]] = []
    for payment_id in {link.txn_id for link in sale.linked_txn if link.txn_type == "Payment"}:
        payment = world.get(DocumentRef("Payment", payment_id))
        if isinstance(payment, Payment) and (amount := applied_to(sale, payment)):
            day = max(payment.txn_date, sale.txn_date) if isinstance(sale, Invoice) else payment.txn_date
            found.append((day, len(payment_id), payment_id, amount))
    return [Application(day, amount) for day, _, _, amount in sorted(found)]


def until_applied(chart: Chart, world: World, payment: Payment) -> Iterator[Posting]:
    """The part of a payment and its credits that is not yet income of an invoice, until it is.

    A journal entry's A/R line stays in A/R on this basis; using it or paying it moves it out again.
    """
    waiting = payment.total_amt
    for ref, amount in payment.applications:
        target = world.get(ref)
        if isinstance(target, Invoice):
            if target.txn_date > payment.txn_date:
                yield Posting(payment.ref, target.txn_date, chart.unapplied_cash, amount)
            else:
                waiting -= amount
        elif isinstance(target, CreditMemo):
            waiting += amount
        elif isinstance(target, JournalEntry):
            signed = -amount if is_paid_by(target) else amount
            yield Posting(payment.ref, payment.txn_date, chart.receivable, signed)
            waiting += signed
    if waiting:
        yield Posting(payment.ref, payment.txn_date, chart.unapplied_cash, -waiting)
