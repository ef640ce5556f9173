"""Who owes what since when: as the books show it, and as it truly is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal

import msgspec

from qbclean.model.money import ZERO, total
from qbclean.model.reconciliation import Aged, AgedCustomer, Aging, Bucket, Listed, ReconciledDocument

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


class Ages(msgspec.Struct, array_like=True, gc=False):
    """What one party owes in each of the five spans, both ways."""

    books: list[Decimal] = msgspec.field(default_factory=lambda: [ZERO] * 5)
    true: list[Decimal] = msgspec.field(default_factory=lambda: [ZERO] * 5)

    def put(self, document: ReconciledDocument, as_of: date, *, truly: bool) -> None:
        """Count an open document, in the books when it is of QuickBooks, `truly` in the true aging."""
        span = _span(document, as_of)
        if document.side == "quickbooks":
            self.books[span] += document.open
        if truly:
            self.true[span] += document.open

    def add(self, other: Ages) -> None:
        """All that `other` counts."""
        self.books = [mine + theirs for mine, theirs in zip(self.books, other.books, strict=True)]
        self.true = [mine + theirs for mine, theirs in zip(self.true, other.true, strict=True)]


def aging(ages: Mapping[str, Ages], party_name: Callable[[str], str], *, listed: Listed = "every") -> Aging:
    """Both agings, in all and, unless "none" are listed, by customer (those with anything open), by name."""
    rows = [
        AgedCustomer(key=key, name=party_name(key), books=_aged([found.books]), true=_aged([found.true]))
        for key, found in (ages.items() if listed != "none" else ())
        if any(found.books) or any(found.true)
    ]
    return Aging(
        books=_aged(found.books for found in ages.values()),
        true=_aged(found.true for found in ages.values()),
        by_customer=tuple(sorted(rows, key=lambda row: (row.name.casefold(), row.key))),
    )


def truly_open(
    document: ReconciledDocument, settled_elsewhere: frozenset[tuple[str, str]], *, crm_tells_balances: bool
) -> bool:
    """Whether a document's open amount is truly open: each balance is counted on one side only.

    `settled_elsewhere`: (journal entry, party) that stand for a CRM payment, which the CRM's balances count already.
    `crm_tells_balances`: the CRM has invoices but no payments, so unapplied money is in its balances too.
    """
    if document.side == "crm":
        return document.bucket in _CRM_SAYS
    if document.sort == "journal_entry":
        return (document.id, document.party) not in settled_elsewhere
    if crm_tells_balances and document.sort != "invoice":
        return False
    return document.bucket in _QUICKBOOKS_SAYS


def _span(document: ReconciledDocument, as_of: date) -> int:
    """Index of the span: invoices age from their due date, payments and credits from their own, as in QuickBooks."""
    due = document.due or document.day
    overdue = (as_of - due).days if due else 0
    return 0 if overdue <= 0 else min((overdue - 1) // 30 + 1, 4)


def _aged(amounts: Iterable[list[Decimal]]) -> Aged:
    spans = [total(span) for span in zip(*amounts, strict=True)] or [ZERO] * 5
    return Aged(
        current=spans[0],
        days_1_30=spans[1],
        days_31_60=spans[2],
        days_61_90=spans[3],
        days_91_over=spans[4],
        total=total(spans),
    )
