"""What received money posts: payments of customers and deposits to the bank."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from qbclean.sandbox.ledger.chart import Chart
from qbclean.sandbox.ledger.posting import Entry, Posting, document_entry, payment_links
from qbclean.sandbox.ledger.wire_values import cents, detail, ref

HeldIn = Callable[[str, str], str]
"""Tells in which account the money of a receipt (kind, id) waits."""


def payment_entries(document: Mapping[str, Any], chart: Chart, today: date) -> Iterator[Entry]:
    """Yield the payment: credit A/R of the paying customer, debit where the money went."""
    total = cents(document.get("TotalAmt"))
    customer = ref(document, "CustomerRef")
    receivable = ref(document, "ARAccountRef") or chart.receivable
    into = ref(document, "DepositToAccountRef") or chart.undeposited
    postings = (Posting(receivable, -total, customer), Posting(into, total, customer))
    yield document_entry(document, "Payment", today, postings, payment_links(document))


def deposit_entries(document: Mapping[str, Any], chart: Chart, today: date, held_in: HeldIn) -> Iterator[Entry]:
    """Yield the deposit: debit the bank and any cash back, credit what was deposited."""
    taken = [_deposited(line, chart, held_in) for line in document.get("Line") or ()]
    cash_back = detail(document, "CashBack")
    kept = cents(cash_back.get("Amount"))
    banked = -sum(posting.amount for posting in taken) - kept
    postings = [Posting(ref(document, "DepositToAccountRef"), banked), *taken]
    if kept:
        postings.append(Posting(ref(cash_back, "AccountRef"), kept, memo=cash_back.get("Memo") or ""))
    yield document_entry(document, "Deposit", today, tuple(postings))


def _deposited(line: Mapping[str, Any], chart: Chart, held_in: HeldIn) -> Posting:
    """Return what a deposit line takes the money from: a receipt that waited, or any account."""
    amount = -cents(line.get("Amount"))
    memo = line.get("Description") or ""
    for link in line.get("LinkedTxn") or ():
        return Posting(held_in(str(link.get("TxnType")), str(link.get("TxnId"))), amount, memo=memo)
    source = detail(line, "DepositLineDetail")
    entity = detail(source, "Entity")
    party = ref(source, "Entity")
    is_vendor = str(entity.get("type") or "").casefold() == "vendor"
    return Posting(
        ref(source, "AccountRef") or chart.uncategorized_income,
        amount,
        "" if is_vendor else party,
        party if is_vendor else "",
        class_id=ref(source, "ClassRef"),
        memo=memo,
    )
