"""Four ways to accounts receivable that have to meet: ledger, aging, customers, documents."""

from __future__ import annotations

from decimal import Decimal

import msgspec

from qbclean.ledger.chart import Chart
from qbclean.ledger.receivable import posted
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.money import total
from qbclean.model.reconciliation import TieOutFigure


class Receivable(msgspec.Struct, array_like=True, gc=False):
    """Accounts receivable, each way."""

    ledger: Decimal
    aging: Decimal
    customers: Decimal
    documents: Decimal

    def add(self, other: Receivable) -> None:
        """What another slice has."""
        self.ledger += other.ledger
        self.aging += other.aging
        self.customers += other.customers
        self.documents += other.documents


def tie_out(found: Receivable) -> tuple[TieOutFigure, ...]:
    """Each figure with what it is off from the control account: 0.00 in sound books.

    They part where something is posted to A/R past the documents, such as a deposit line coded to the A/R account.
    """
    figures = (
        ("Accounts receivable in the ledger", found.ledger),
        ("Aging", found.aging),
        ("Customer balances in QuickBooks' report", found.customers),
        ("Open documents", found.documents),
    )
    return tuple(TieOutFigure(what=what, amount=amount, off=amount - found.ledger) for what, amount in figures)


def control(books: ReceivablesSnapshot) -> Decimal:
    """A/R as the ledger has it: what the documents post to accounts of that type."""
    chart = Chart.of(books)
    return total(posted(chart, document) for document in books.documents())
