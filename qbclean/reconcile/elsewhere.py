"""Money and credits that QuickBooks has in another shape: sales receipts, deposit lines, refunds, journal entries.

One-to-one within a customer group: each such booking explains at most one CRM record, so that it cannot be used twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.reconciliation import Bucket
from qbclean.model.refs import DocumentRef, line_key
from qbclean.reconcile.places import Places

_WINDOW = timedelta(days=60)
_NAMELESS_WINDOW = timedelta(days=10)


NAMELESS = "nobody"
"""The party of a deposit line without customer; no customer group has this key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """One amount booked for a party; `line` tells lines of one document apart."""

    ref: DocumentRef
    line: int
    party: str
    day: date
    amount: Decimal
    bucket: Bucket


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A CRM payment or credit without its like in QuickBooks."""

    id: str
    party: str
    day: date
    amount: Decimal


def money_elsewhere(books: ReceivablesSnapshot, places: Places) -> Iterator[Booking]:
    """Receipts of money outside Payments: sales receipts, deposit lines, credits to A/R by journal."""
    for receipt in books.sales_receipts.values():
        yield Booking(
            ref=receipt.ref,
            line=0,
            party=places.of_customer(receipt.customer_id).party,
            day=receipt.txn_date,
            amount=receipt.total_amt,
            bucket="sales_receipt",
        )
    for deposit in books.deposits.values():
        for place, line, detail in deposit.own_lines:
            yield Booking(
                ref=deposit.ref,
                line=place,
                party=places.of_customer(detail.entity.value).party if detail.entity else NAMELESS,
                day=deposit.txn_date,
                amount=line.amount,
                bucket="deposit",
            )
    yield from _journal_credits(books, places)


def credits_elsewhere(books: ReceivablesSnapshot, places: Places) -> Iterator[Booking]:
    """Credits outside credit memos: refund receipts, and credits to A/R by journal."""
    for refund in books.refund_receipts.values():
        yield Booking(
            ref=refund.ref,
            line=0,
            party=places.of_customer(refund.customer_id).party,
            day=refund.txn_date,
            amount=refund.total_amt,
            bucket="refund",
        )
    yield from _journal_credits(books, places)


def claim(wanted: Iterable[Wanted], bookings: Iterable[Booking], claimants: Mapping[str, str]) -> Mapping[str, Booking]:
    """Record → the booking of the same party and amount that is nearest in time, none used twice (ties by id).

    A deposit line that names nobody is taken only by the one record whose amount and days it fits, of the party that
    is its claimant (`match/overview.py`).
    """
    records = sorted(wanted, key=lambda record: record.id)
    offered: dict[tuple[str, Decimal], list[Booking]] = defaultdict(list)
    for booking in bookings:
        offered[booking.party, booking.amount].append(booking)
    near = sorted(
        (abs(booking.day - record.day), record.id, booking.ref, booking.line)
        for record in records
        for booking in offered.get((record.party, record.amount), ())
        if abs(booking.day - record.day) <= _WINDOW
    )
    by_place = {(booking.ref, booking.line): booking for found in offered.values() for booking in found}
    claimed: dict[str, Booking] = {}
    used: set[tuple[DocumentRef, int]] = set()
    for _, record_id, ref, line in near:
        if record_id not in claimed and (ref, line) not in used:
            claimed[record_id] = by_place[ref, line]
            used.add((ref, line))
    return claimed | _nameless(records, claimed, by_place.values(), claimants)


def _nameless(
    records: Iterable[Wanted],
    claimed: Mapping[str, Booking],
    bookings: Iterable[Booking],
    claimants: Mapping[str, str],
) -> dict[str, Booking]:
    wanted: dict[tuple[str, Decimal], list[Wanted]] = defaultdict(list)
    for record in records:
        if record.id not in claimed:
            wanted[record.party, record.amount].append(record)
    found: dict[str, Booking] = {}
    for booking in sorted(
        (item for item in bookings if item.party == NAMELESS), key=lambda item: (item.ref, item.line)
    ):
        party = claimants.get(line_key(booking.ref, booking.line), NAMELESS)
        near = [item for item in wanted[party, booking.amount] if abs(item.day - booking.day) <= _NAMELESS_WINDOW]
        if len(near) == 1 and near[0].id not in found:
            found[near[0].id] = booking
    return found


def _journal_credits(books: ReceivablesSnapshot, places: Places) -> Iterator[Booking]:
    for entry in books.journal_entries.values():
        for place, line in enumerate(entry.line):
            detail = line.journal_entry_line_detail
            customer = detail.entity.entity_ref if detail and detail.entity else None
            if not detail or detail.posting_type != "Credit" or not detail.account_ref or not customer:
                continue
            if detail.account_ref.value in books.receivable_accounts:
                yield Booking(
                    ref=entry.ref,
                    line=place,
                    party=places.of_customer(customer.value).party,
                    day=entry.txn_date,
                    amount=line.amount,
                    bucket="journal_entry",
                )
