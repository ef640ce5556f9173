"""S29: planning needs the whole picture. Books whose documents do not add up to QuickBooks' report are refused."""

from __future__ import annotations

from qbclean.errors import IncompleteBooksError
from qbclean.ledger.receivable import ar_by_customer
from qbclean.ledger.world import World
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.money import ZERO


def require_complete(books: ReceivablesSnapshot) -> None:
    """Raises IncompleteBooksError naming the first customer for whom Σ documents is not the CustomerBalance report."""
    summed = ar_by_customer(books, World.of_books(books))
    for customer in sorted((summed.keys() | books.ar_by_customer.keys()) - books.strangers):
        ours, theirs = summed.get(customer, ZERO), books.ar_by_customer.get(customer, ZERO)
        if ours != theirs:
            raise IncompleteBooksError(
                f"The snapshot of {books.company.company_name} is not the whole picture: {_named(books, customer)} "
                f"its documents add up to {ours}, but QuickBooks' CustomerBalance report says {theirs}.",
                why="A plan from part of the books would be wrong (S29). Nothing was planned.",
                do="Run `qbclean pull --full`; if it stays so, look at this customer's transactions in QuickBooks.",
            )


def _named(books: ReceivablesSnapshot, customer: str) -> str:
    return f"for customer {books.customer_name(customer)} (id {customer})" if customer else "where no customer is named"
