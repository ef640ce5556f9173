"""Who owes what since when: as the books show it, and as it truly is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal

from qbclean.model.money import ZERO, total
from qbclean.model.reconciliation import Aged, AgedCustomer, Aging, Bucket, ReconciledDocument

_CRM_SAYS: frozenset[Bucket] = frozenset(
    (
        "agreed",
        "timing",
        "other_job",
        "rounding",
        "amount_differs",
        "lowered_invoice",
        "consolidated",
        "split",
        "missing",
        "quickbooks_void",
        "nothing",
    )
)
"""CRM records in these buckets are billed, paid or credited, whatever QuickBooks has of them."""
_QUICKBOOKS_SAYS: frozenset[Bucket] = frozenset(("extra", "not_compared", "joins_credit"))
"""QuickBooks documents in these buckets have no counterpart and are not known to be wrong."""


def aging(
    documents: Iterable[ReconciledDocument],
    as_of: date,
    *,
    settled_elsewhere: frozenset[str],
    party_name: Callable[[str], str],
    crm_tells_balances: bool,
) -> Aging:
    """Both agings, in all and by customer (those with anything open), by name.

    `settled_elsewhere`: ids of journal entries that stand for CRM payments, which the CRM's balances count already.
    `crm_tells_balances`: the CRM has invoices but no payments, so unapplied money is in its balances too.
    """
    books: dict[str, list[Decimal]] = defaultdict(_none)
    true: dict[str, list[Decimal]] = defaultdict(_none)
    for document in documents:
        if not document.open:
            continue
        span = _span(document, as_of)
        if document.side == "quickbooks":
            books[document.party][span] += document.open
        if _counts(document, settled_elsewhere, crm_tells_balances=crm_tells_balances):
            true[document.party][span] += document.open
    rows = [
        AgedCustomer(key=key, name=party_name(key), books=_aged([books[key]]), true=_aged([true[key]]))
        for key in sorted(books.keys() | true.keys())
        if any(books[key]) or any(true[key])
    ]
    return Aging(
        books=_aged(books.values()),
        true=_aged(true.values()),
        by_customer=tuple(sorted(rows, key=lambda row: (row.name.casefold(), row.key))),
    )


def _counts(document: ReconciledDocument, settled_elsewhere: frozenset[str], *, crm_tells_balances: bool) -> bool:
    """Whether a document's open amount is truly open: each balance is counted on one side only."""
    if document.side == "crm":
        return document.bucket in _CRM_SAYS
    if document.sort == "journal_entry":
        return document.id not in settled_elsewhere
    if crm_tells_balances and document.sort != "invoice":
        return False
    return document.bucket in _QUICKBOOKS_SAYS


def _span(document: ReconciledDocument, as_of: date) -> int:
    """Index of the span: invoices age from their due date, payments and credits from their own, as in QuickBooks."""
    due = document.due or document.day
    overdue = (as_of - due).days if due else 0
    return 0 if overdue <= 0 else min((overdue - 1) // 30 + 1, 4)


def _none() -> list[Decimal]:
    return [ZERO] * 5


def _aged(amounts: Iterable[list[Decimal]]) -> Aged:
    spans = [total(span) for span in zip(*amounts, strict=True)] or _none()
    return Aged(
        current=spans[0],
        days_1_30=spans[1],
        days_31_60=spans[2],
        days_61_90=spans[3],
        days_91_over=spans[4],
        total=total(spans),
    )
