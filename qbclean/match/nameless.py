"""Money on deposit lines that name nobody: whose it may be, and which missing payments it may hold.

It may be anybody's, so it is looked for over the whole company, before that is cut into slices.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from qbclean.match.homes import Homes
from qbclean.match.memos import names_customer, names_number
from qbclean.match.strays import Home
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.documents import Invoice
from qbclean.model.refs import line_key

NEAR = timedelta(days=14)
"""How far the bank's day is from the day on which the CRM notes a payment, at most."""
NET_OF_FEES = Decimal("0.9")
"""Processors pay out net of their fees; less than this of a payment is not the payment."""
_CLEARED = timedelta(days=10)
_EARLY, _LATE = timedelta(days=-7), timedelta(days=45)
"""How long before and after its date an invoice is paid, as far as one would guess."""


class Nameless(NamedTuple):
    """One such line; in the order of days."""

    day: date
    key: str
    amount: Decimal
    words: str
    text: str


class _Wanted(NamedTuple):
    """A party that misses money like a line's, so long after `day` (before it, where negative): at the least and at
    the most, and what is `likely`; and the open invoice it would pay, as far as that is known. Days are subtracted and
    not moved, for there is none after 9999-12-31."""

    day: date
    home: str
    within: tuple[timedelta, timedelta]
    likely: tuple[timedelta, timedelta]
    invoice: Invoice | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NamelessMoney:
    """`rivals`: line (`line_key`) → keys of the parties that miss money like it. `claimants`: line → the only party
    that does within fewer days, or the only one of them whose customer or open invoice the line's text names.
    `holding`: CRM payment of which QuickBooks has too few → the money that may hold it, net of fees or with others, in
    words; "" for none."""

    rivals: Mapping[str, Collection[str]]
    claimants: Mapping[str, str]
    holding: Mapping[str, str]


def nameless_money(homes: Homes, balance: Mapping[Home, int]) -> NamelessMoney:
    """By what the CRM was paid and QuickBooks has not (`balance`: how many more payments of a party and amount the CRM
    has); where the CRM tells of no payments, by what QuickBooks has open."""
    lines = sorted(_lines(homes.books))
    wanted = _wanted(homes, balance, {line.amount for line in lines})
    rivals: dict[str, Collection[str]] = {}
    claimants: dict[str, str] = {}
    for line in lines:
        same = wanted.get(line.amount, ())
        near = [want for want in same if want.within[0] <= line.day - want.day <= want.within[1]]
        if near:
            rivals[line.key] = frozenset(want.home for want in near)
        likely = [want for want in near if want.likely[0] <= line.day - want.day <= want.likely[1]]
        for claims in (likely, [want for want in likely if _is_named(homes.books, want, line.text)]):
            if len(parties := {want.home for want in claims}) == 1:
                claimants[line.key] = parties.pop()
                break
    return NamelessMoney(rivals=rivals, claimants=claimants, holding=_holding(homes, balance, lines))


def _lines(books: ReceivablesSnapshot) -> Iterator[Nameless]:
    for deposit in books.deposits.values():
        for place, line, detail in deposit.own_lines:
            if not detail.entity:
                key, words = line_key(deposit.ref, place), f"deposit {deposit.id}"
                yield Nameless(deposit.txn_date, key, line.amount, words, line.description or "")


def _is_named(books: ReceivablesSnapshot, want: _Wanted, text: str) -> bool:
    """True where the text names the invoice, or the customer above its jobs."""
    if want.invoice is None:
        return False
    if names_number(text, want.invoice.doc_number):
        return True
    payer = want.invoice.customer_id
    customer = books.customers.get(books.tops.get(payer, payer))
    return customer is not None and names_customer(text, customer.display_name)


def _wanted(
    homes: Homes, balance: Mapping[Home, int], amounts: Collection[Decimal]
) -> Mapping[Decimal, Iterable[_Wanted]]:
    found: dict[Decimal, list[_Wanted]] = defaultdict(list)
    for payment, home in zip(homes.crm.payments, homes.of_payments, strict=True):
        if payment.amount in amounts and balance[home, payment.amount] > 0:
            found[payment.amount].append(_Wanted(payment.date, home, (-NEAR, NEAR), (-_CLEARED, _CLEARED)))
    for invoice in homes.books.invoices.values() if not homes.crm.tells("payment") else ():
        if invoice.balance in amounts:
            span, home = (_EARLY, _LATE), homes.of_customer(invoice.customer_id)
            found[invoice.balance].append(_Wanted(invoice.txn_date, home, span, span, invoice))
    return found


def _holding(homes: Homes, balance: Mapping[Home, int], lines: list[Nameless]) -> Mapping[str, str]:
    days = [line.day.toordinal() for line in lines]
    found: dict[str, str] = {}
    for payment, home in zip(homes.crm.payments, homes.of_payments, strict=True):
        if balance[home, payment.amount] > 0:
            least = payment.amount * NET_OF_FEES
            paid = payment.date.toordinal()
            near = range(bisect_left(days, paid - NEAR.days), bisect_right(days, paid + NEAR.days))
            found[payment.crm_id] = next((lines[at].words for at in near if lines[at].amount >= least), "")
    return found
