"""Which periods may not be touched: L, the lock date of accounting-rules.md."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec

from qbclean.model.documents import AnyDocument, SalesDocument
from qbclean.model.lists import Preferences
from qbclean.model.settings import CompanySettings


class Locks(msgspec.Struct, frozen=True, kw_only=True):
    """The dates through which books are closed, income tax is filed and sales tax is filed; None: not at all."""

    books_closed: date | None = None
    income_tax_filed: date | None = None
    sales_tax_filed: date | None = None

    @classmethod
    def of(cls, preferences: Preferences, settings: CompanySettings) -> Locks:
        return cls(
            books_closed=preferences.accounting_info_prefs.book_close_date,
            income_tax_filed=settings.income_tax_filed_through,
            sales_tax_filed=settings.sales_tax_filed_through,
        )

    def lock_date(self, *, taxed: bool) -> date | None:
        """L for a document with (`taxed`) or without sales tax: the latest of the dates that bear on it."""
        dates = [self.books_closed, self.income_tax_filed, self.sales_tax_filed if taxed else None]
        return max((day for day in dates if day), default=None)

    def is_locked(self, day: date, *, taxed: bool) -> bool:
        """True when `day` is on or before L (S01)."""
        lock = self.lock_date(taxed=taxed)
        return lock is not None and day <= lock

    def locks(self, document: AnyDocument) -> bool:
        """True when `document` may not be voided, deleted, re-dated or changed in amount (S01)."""
        taxed = isinstance(document, SalesDocument) and document.total_tax != 0
        return self.is_locked(document.txn_date, taxed=taxed)

    def first_open_day(self, *, taxed: bool, not_before: date) -> date:
        """The first day after L, and no earlier than `not_before`."""
        lock = self.lock_date(taxed=taxed)
        return not_before if lock is None else max(lock + timedelta(days=1), not_before)
