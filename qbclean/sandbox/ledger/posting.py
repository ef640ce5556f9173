"""One side of a booking, and the balanced entry it belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from qbclean.sandbox.ledger.wire_values import cents, day


class Posting(NamedTuple):
    """An amount on an account in whole cents: debits are positive, credits negative."""

    account: str
    amount: int
    customer: str = ""
    vendor: str = ""
    item: str = ""
    class_id: str = ""
    department: str = ""
    memo: str = ""


class Link(NamedTuple):
    """What a payment's line applies, in cents, to (or, from a credit, takes from) which document."""

    amount: int
    kind: str
    id: str


class Entry(NamedTuple):
    """What one document posts on one date; the postings add up to zero.

    The first posting is the document's own account (A/R of an invoice, the bank of a deposit) and is there
    even when it is zero, so that a voided document still shows where it was booked.
    """

    kind: str
    id: str
    on: date
    due: date
    number: str
    memo: str
    postings: tuple[Posting, ...]
    links: tuple[Link, ...] = ()


# An amount taken when the invoice was written is booked like a payment of its own.
INVOICE_DEPOSIT = "InvoiceDeposit"


def document_entry(
    document: Mapping[str, Any],
    kind: str,
    today: date,
    postings: tuple[Posting, ...],
    links: tuple[Link, ...] = (),
) -> Entry:
    """Return the entry of a wire document on its TxnDate; without a due date it is due that day."""
    booked_on = day(document, "TxnDate", today)
    due = day(document, "DueDate", booked_on)
    number = document.get("DocNumber") or document.get("PaymentRefNum") or ""
    memo = document.get("PrivateNote") or ""
    return Entry(kind, str(document["Id"]), booked_on, due, number, memo, postings, links)


def payment_links(document: Mapping[str, Any]) -> tuple[Link, ...]:
    """Return what the lines of a payment link, in their order."""
    return tuple(
        Link(cents(line.get("Amount")), str(link.get("TxnType")), str(link.get("TxnId")))
        for line in document.get("Line") or ()
        for link in line.get("LinkedTxn") or ()
    )
