"""Four ways to accounts receivable that have to meet: ledger, aging, customers, documents."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import msgspec

from qbclean.ledger.chart import Chart
from qbclean.ledger.receivable import posted
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.money import ZERO, total
from qbclean.model.reconciliation import TieOutFigure


class Receivable(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Accounts receivable, each way."""

    ledger: Decimal
    aging: Decimal
    customers: Decimal
    documents: Decimal


def tie_out(parts: Iterable[Receivable]) -> tuple[TieOutFigure, ...]:
    """Each figure, added up over the slices, with what it is off from the control account: 0.00 in sound books.

    They part where something is posted to A/R past the documents, such as a deposit line coded to the A/R account.
    """
    ledger = aging = customers = documents = ZERO
    for part in parts:
        ledger += part.ledger
        aging += part.aging
        customers += part.customers
        documents += part.documents
    figures = (
        ("Accounts receivable in the ledger", ledger),
        ("Aging", aging),
        ("Customer balances in QuickBooks' report", customers),
        ("Open documents", documents),
    )
    return tuple(TieOutFigure(what=what, amount=amount, off=amount - ledger) for what, amount in figures)


def control(books: ReceivablesSnapshot) -> Decimal:
    """A/R as the ledger has it: what the documents post to accounts of that type."""
    chart = Chart.of(books)
    return total(posted(chart, document) for document in books.documents())
