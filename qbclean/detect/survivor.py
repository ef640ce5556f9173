"""Which of several copies of one sale stays (S04): the first criterion in which they differ decides."""

from __future__ import annotations

from collections.abc import Sequence

from qbclean.detect.compared import Compared
from qbclean.match.sale_levels import is_named
from qbclean.match.sales import Sale
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.documents import Invoice
from qbclean.model.refs import DocumentRef

_CRITERIA = (
    "its payment is deposited or reconciled",
    "it has a payment or credit",
    "it is the one linked to the CRM",
    "its total and lines are the CRM's",
    "it was sent to the customer",
    "it was entered first",
)


def survivor_of(
    books: ReceivablesSnapshot, compared: Compared, sale: Sale | None, copies: Sequence[Invoice]
) -> tuple[Invoice, str]:
    """The copy that stays, and why. `sale` is the CRM's invoice; without one the criteria about it are silent."""
    # Ranks end with the id: no two are equal.
    ranked = sorted((_rank(books, compared, sale, invoice), place) for place, invoice in enumerate(copies))
    (first, best), (second, _) = ranked[0], ranked[min(1, len(ranked) - 1)]
    why = next((_CRITERIA[place] for place, (one, two) in enumerate(zip(first, second, strict=True)) if one != two), "")
    return copies[best], why or _CRITERIA[-1]


def has_money(books: ReceivablesSnapshot, invoice: Invoice) -> bool:
    """True when any payment or credit sits on the invoice."""
    return bool(books.payments_of.get(invoice.ref)) or invoice.balance != invoice.total_amt


def payment_refs(books: ReceivablesSnapshot, invoice: Invoice) -> frozenset[DocumentRef]:
    """The payments that sit on an invoice."""
    return frozenset(payment.ref for payment in books.payments_of.get(invoice.ref, ()))


def _rank(
    books: ReceivablesSnapshot, compared: Compared, sale: Sale | None, invoice: Invoice
) -> tuple[bool, bool, bool, bool, bool, str]:
    """The criteria as a sort key: the smallest survives."""
    payments = books.payments_of.get(invoice.ref, ())
    chained = any(payment.is_deposited or payment.ref in books.reconciled for payment in payments)
    linked = agrees = False
    if sale is not None:
        levels = compared.levels(sale.id, invoice.id)
        linked = is_named(levels)
        agrees = levels["total"] == "same" and levels["lines"] in ("same amounts", "unknown")
    return (
        not chained,
        not has_money(books, invoice),
        not linked,
        not agrees,
        invoice.email_status != "EmailSent",
        f"{int(invoice.meta_data.create_time.timestamp()):015d} {invoice.id:>20}",
    )
