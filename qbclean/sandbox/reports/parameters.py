"""Reads a report's query parameters: dates, basis, filters, columns; anything not understood is refused by name."""

from __future__ import annotations

import calendar
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property

from qbclean.sandbox.ledger.ledger import Basis
from qbclean.sandbox.ledger.posting import Posting
from qbclean.sandbox.reports.errors import ReportParameterError
from qbclean.sandbox.reports.periods import Period, macro_period, unit_start
from qbclean.sandbox.view import BooksView

_MONTH_NUMBERS = {name.casefold(): number for number, name in enumerate(calendar.month_name) if name}


class Parameters:
    """The query parameters of one report call; empty values count as not given, as everywhere in QuickBooks."""

    def __init__(self, raw: Mapping[str, str], view: BooksView) -> None:
        self._raw = {name: value.strip() for name, value in raw.items() if value.strip()}
        self._view = view

    @property
    def today(self) -> date:
        """The company's date."""
        return self._view.today

    @cached_property
    def fiscal_month(self) -> int:
        """The first month of the fiscal year, 1 to 12."""
        name = str(self._view.company_info.get("FiscalYearStartMonth") or "January")
        return _MONTH_NUMBERS.get(name.casefold(), 1)

    @cached_property
    def basis(self) -> Basis:
        """The accounting method asked for, else the company's preference, else accrual."""
        preferred = (self._view.preferences.get("ReportPrefs") or {}).get("ReportBasis") or Basis.ACCRUAL
        chosen = self.choice("accounting_method", [*Basis], str(preferred))
        return Basis.CASH if chosen == Basis.CASH else Basis.ACCRUAL

    def text(self, name: str) -> str:
        """Return a parameter as it was given, or an empty string."""
        return self._raw.get(name, "")

    def choice(self, name: str, allowed: Sequence[str], default: str) -> str:
        """Return one of the allowed values, whatever case of letters was sent."""
        given = self._raw.get(name)
        if given is None:
            return default
        for value in allowed:
            if value.casefold() == given.casefold():
                return value
        raise ReportParameterError(name, given, f"it must be one of {', '.join(allowed)}.")

    def number(self, name: str, default: int, highest: int) -> int:
        """Return a whole number from 1 up to the highest."""
        given = self._raw.get(name)
        if given is None:
            return default
        if not given.isdecimal() or not 1 <= int(given) <= highest:
            raise ReportParameterError(name, given, f"it must be a whole number from 1 to {highest}.")
        return int(given)

    def listed(self, name: str) -> tuple[str, ...]:
        """Return the comma-separated values of a parameter; none when it was not given."""
        return tuple(part.strip() for part in self.text(name).split(",") if part.strip())

    def date_of(self, name: str) -> date | None:
        """Return a date parameter, or None when it was not given."""
        given = self._raw.get(name)
        if given is None:
            return None
        try:
            return date.fromisoformat(given)
        except ValueError as error:
            raise ReportParameterError(name, given, "it must be a date written YYYY-MM-DD.") from error

    def period(self, default_macro: str, *, both_or_none: bool = False) -> Period:
        """Return the days to cover: start_date and end_date, else date_macro, else the default macro.

        With one of the two dates alone, a start runs to today and an end from its fiscal year's first day;
        `both_or_none` ignores it instead, as TransactionList does.
        """
        start, end = self.date_of("start_date"), self.date_of("end_date")
        if start and end:
            if start > end:
                raise ReportParameterError("start_date", str(start), f"it is after end_date {end}.")
            return Period(start, end)
        macro = self.text("date_macro")
        if not macro and not both_or_none:
            if end:
                return Period(unit_start(end, "year", self.fiscal_month), end)
            if start:
                return Period(start, max(start, self.today))
        return self._macro(macro or default_macro)

    def as_of(self, *, end_date_counts: bool = False) -> Period:
        """Return the report date as a period that ends on it: report_date, date_macro's end, else today.

        `end_date` is read only where the report has no point-in-time character of its own (BalanceSheet).
        """
        macro = self._macro(self.text("date_macro") or "all")
        named = self.date_of("report_date") or (self.date_of("end_date") if end_date_counts else None)
        return Period(date.min, named or macro.end, "" if named else macro.macro)

    def matches(self, posting: Posting) -> bool:
        """Whether a posting passes the customer, vendor, class, department and item filters."""
        return all(not wanted or posting[field] in wanted for field, wanted in self._posting_filters)

    @cached_property
    def filters_postings(self) -> bool:
        """Whether any filter on postings was given."""
        return any(wanted for _, wanted in self._posting_filters)

    @cached_property
    def _posting_filters(self) -> list[tuple[int, frozenset[str]]]:
        fields = {"customer": "customer", "vendor": "vendor", "class": "class_id"}
        fields |= {"department": "department", "item": "item"}
        return [(Posting._fields.index(field), frozenset(self.listed(name))) for name, field in fields.items()]

    def _macro(self, name: str) -> Period:
        period = macro_period(name, self.today, self.fiscal_month)
        if period is None:
            raise ReportParameterError("date_macro", name, "there is no such date macro.")
        return period
