"""What a row says of its currency: money of another currency than the books' must not count as if it were theirs."""

from __future__ import annotations

import re
from functools import lru_cache

from qbclean.crm.rows import Row

_SIGNS = {"€": "EUR", "£": "GBP", "US$": "USD", "CA$": "CAD", "C$": "CAD", "AU$": "AUD", "A$": "AUD", "NZ$": "NZD"}
_WORDS = {"US DOLLAR": "USD", "US DOLLARS": "USD", "CANADIAN DOLLAR": "CAD", "EURO": "EUR", "POUND STERLING": "GBP"}
_MARK = re.compile(r"[€£]|\b(?:US|CA?|AU?|NZ)\$|\b(?:USD|CAD|AUD|NZD|EUR|GBP)\b")
"""A bare `$` is any dollar, and so the books' own."""


def refuse_foreign(row: Row, *amounts: str) -> None:
    """Raises RowError when the row's column of currencies, a cell of its `amounts` or that column's name says that the
    money is not in the currency of the books.
    """
    books = row.readers.currency
    said = row.text("currency")
    if said is not None:
        code = _WORDS.get(said.upper(), _SIGNS.get(said, said.upper()))
        if code not in (books, "$"):
            raise row.complaint("currency", _not_the_books(books))
        return
    for amount in amounts:
        for place in row.readers.mapping.places.get(amount, ()):
            named = _marked(row.cells[place]) or _marked(row.readers.mapping.header.names[place])
            if named not in (None, books):
                raise row.complaint(amount, f"is in {named}, which {_not_the_books(books)}")
    if row.readers.mapping.section.currency not in ("", books):
        raise row.complaint(amounts[0], f"is in {row.readers.mapping.section.currency}, which {_not_the_books(books)}")


@lru_cache(10_000)
def _marked(text: str) -> str | None:
    """The currency a sign or code in the text names."""
    found = _MARK.search(text)
    return _SIGNS.get(found[0], found[0]) if found else None


def _not_the_books(books: str) -> str:
    return f"is not the currency of the books, {books} (--currency names another)"
