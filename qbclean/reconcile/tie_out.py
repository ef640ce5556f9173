"""Four ways to accounts receivable that have to meet: ledger, aging, customers, documents."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from qbclean.ledger.chart import Chart
from qbclean.ledger.postings import accrual
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.money import total
from qbclean.model.reconciliation import Aging, ReconciledDocument, TieOutFigure


def tie_out(
    books: ReceivablesSnapshot, aged: Aging, documents: Iterable[ReconciledDocument]
) -> tuple[TieOutFigure, ...]:
    """Each figure with what it is off from the control account: 0.00 in sound books.

    They part where something is posted to A/R past the documents, such as a deposit line coded to the A/R account.
    """
    control = _control(books)
    figures = (
        ("Accounts receivable in the ledger", control),
        ("Aging", aged.books.total),
        ("Customer balances in QuickBooks' report", total(books.ar_by_customer.values())),
        ("Open documents", total(document.open for document in documents if document.side == "quickbooks")),
    )
    return tuple(TieOutFigure(what=what, amount=amount, off=amount - control) for what, amount in figures)


def _control(books: ReceivablesSnapshot) -> Decimal:
    chart = Chart.of(books)
    return total(
        posting.amount
        for document in books.documents()
        for posting in accrual(chart, document)
        if chart.is_receivable(posting.account)
    )
