"""Which invoices are copies of one sale by QuickBooks' own evidence, for companies without a CRM export."""

from __future__ import annotations

from collections.abc import Mapping

from qbclean.detect.compared import Compared
from qbclean.detect.copy_set import CopySet, Extra, cause_of
from qbclean.detect.survivor import has_money, survivor_of
from qbclean.match.pairing import MatchSet
from qbclean.match.sale_words import explain
from qbclean.match.sales import Sale
from qbclean.match.twin_levels import TELL_NOT_WHICH, TwinContext
from qbclean.match.twins import Twins, find_twins
from qbclean.match.weights import as_evidence, points
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.documents import Invoice


def copies_alone(books: ReceivablesSnapshot, matches: MatchSet, compared: Compared) -> Mapping[str, CopySet]:
    """Sets of copies, each under a key of its own."""
    overview = matches.overview
    context = TwinContext(
        sales=matches.invoices.context,
        invoices=books.invoices,
        prices=overview.quickbooks_prices,
        series=overview.series,
        today=overview.today,
    )
    sales = matches.invoices.sales_qbo
    return {
        f"twins of {twins.ids[0]}": _copy_set(books, compared, sales, twins)
        for twins in find_twins(sales.values(), context)
    }


def _copy_set(books: ReceivablesSnapshot, compared: Compared, sales: Mapping[str, Sale], twins: Twins) -> CopySet:
    invoices = [books.invoices[qbo_id] for qbo_id in twins.ids]
    survivor, why = survivor_of(books, compared, None, invoices)
    extras = [
        _extra(sales, twins, invoice, survivor, is_paid=has_money(books, survivor))
        for invoice in invoices
        if invoice.id != survivor.id
    ]
    return CopySet.of(books, survivor, why, extras)


def _extra(sales: Mapping[str, Sale], twins: Twins, invoice: Invoice, survivor: Invoice, *, is_paid: bool) -> Extra:
    """One copy too many beside the `survivor`; `is_paid` tells whether money on that one decides between the two."""
    stays, goes = sales[survivor.id], sales[invoice.id]
    beside = twins.between(invoice.id, survivor.id)
    levels = beside or twins.likest(invoice.id)
    sure = {key: level for key, level in (beside or {}).items() if level not in TELL_NOT_WHICH}
    return Extra(
        invoice=invoice,
        evidence=as_evidence(levels, explain(stays, goes, levels, left="QuickBooks")),
        confidence=points(sure),
        cause=cause_of(levels["entered"]),
        near_rivals=0,
        may_be="",
        may_stay=not is_paid and not _alike(stays, goes),
        other_record=levels["place"] == "second spelling"
        and levels["number"] != "same"
        and levels["note"] != "same reference",
    )


def _alike(one: Sale, two: Sale) -> bool:
    """True when it makes no difference which of the two stays."""
    return (one.customer, one.day, one.total, one.amounts) == (two.customer, two.day, two.total, two.amounts)
