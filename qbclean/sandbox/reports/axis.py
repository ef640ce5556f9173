"""What `summarize_column_by` puts side by side: one total, spans of time, customers, classes and the like."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from itertools import islice
from typing import Any

from qbclean.sandbox.ledger.posting import Entry, Posting
from qbclean.sandbox.reports.errors import ReportParameterError
from qbclean.sandbox.reports.names import NameList
from qbclean.sandbox.reports.parameters import Parameters
from qbclean.sandbox.reports.periods import Period, split, unit_start
from qbclean.sandbox.reports.shape import TOTAL_COLUMN, column
from qbclean.sandbox.view import BooksView

TIME_UNITS = {"Days": "day", "Week": "week", "Month": "month", "Quarter": "quarter", "Year": "year"}
# value of the parameter: entity of the names, field of the posting
NAME_AXES = {
    "Customers": ("Customer", "customer"),
    "Vendors": ("Vendor", "vendor"),
    "Classes": ("Class", "class_id"),
    "Departments": ("Department", "department"),
    "ProductsAndServices": ("Item", "item"),
}
_SPELLINGS = {"day": "Days", "weeks": "Week", "months": "Month", "quarters": "Quarter", "years": "Year"}

_MOST_SPANS = 4_000
"""More columns than eleven years of days; a report that wide is refused, as QuickBooks refuses one too large."""

Columns = list[tuple[str, dict[str, Any]]]


class Axis:
    """Tells for each posting which column it belongs to, and lists the columns; without units it is the total."""

    def __init__(
        self,
        name: str,
        key_of: Callable[[Entry, Posting], str],
        columns: Callable[[Iterable[str]], Columns],
    ) -> None:
        self.name = name
        self.key_of = key_of
        self.columns = columns


def time_columns(period: Period, unit: str, fiscal_month: int) -> list[tuple[Period, dict[str, Any]]]:
    """Return each span of the period with its column: `Nov 2026`, `2026-11-08` for a week or day."""
    spans = list(islice(split(period, unit, fiscal_month), _MOST_SPANS + 1))
    if len(spans) > _MOST_SPANS:
        raise ReportParameterError("summarize_column_by", unit, f"that makes more than {_MOST_SPANS} columns.")
    return [
        (
            span,
            column(
                _span_title(span, unit),
                "Money",
                unit_start(span.start, unit, fiscal_month).isoformat(),
                StartDate=span.start.isoformat(),
                EndDate=span.end.isoformat(),
            ),
        )
        for span in spans
    ]


def requested_axis(params: Parameters, allowed: Iterable[str]) -> str:
    """Return the value of summarize_column_by in QuickBooks' spelling; Total when it was not given."""
    given = params.text("summarize_column_by")
    if given.casefold() in _SPELLINGS:
        return _SPELLINGS[given.casefold()]
    return params.choice("summarize_column_by", ["Total", *allowed], "Total")


def axis_for(params: Parameters, view: BooksView, period: Period) -> Axis:
    """Return the axis the call asks for."""
    name = requested_axis(params, [*TIME_UNITS, *NAME_AXES])
    if name in TIME_UNITS:
        return _time_axis(name, period, params.fiscal_month)
    if name in NAME_AXES:
        return _name_axis(name, view)
    return Axis("Total", lambda _entry, _posting: "", lambda _seen: [])


def _time_axis(name: str, period: Period, fiscal_month: int) -> Axis:
    unit = TIME_UNITS[name]
    keys: dict[date, str] = {}

    def key_of(entry: Entry, _posting: Posting) -> str:
        key = keys.get(entry.on)
        if key is None:
            key = keys[entry.on] = unit_start(entry.on, unit, fiscal_month).isoformat()
        return key

    def columns(_seen: Iterable[str]) -> Columns:
        return [
            (unit_start(span.start, unit, fiscal_month).isoformat(), shown)
            for span, shown in time_columns(period, unit, fiscal_month)
        ]

    return Axis(name, key_of, columns)


def _name_axis(name: str, view: BooksView) -> Axis:
    entity, field = NAME_AXES[name]
    position = Posting._fields.index(field)

    def key_of(_entry: Entry, posting: Posting) -> str:
        return str(posting[position])

    def columns(seen: Iterable[str]) -> Columns:
        ordered = NameList(view, entity).ordered(set(seen))
        return [(name.id, column(name.full, "Money", name.id or "not_specified", ID=name.id)) for name in ordered]

    return Axis(name, key_of, columns)


def _span_title(span: Period, unit: str) -> str:
    if unit == "month":
        return f"{span.start:%b %Y}"
    if unit == "year":
        return f"{span.end:%Y}"
    if unit == "quarter":
        return f"{span.start:%b} - {span.end:%b %Y}"
    return span.start.isoformat()


def with_total(columns: Columns) -> list[dict[str, Any]]:
    """Return the money columns with the total last."""
    return [shown for _, shown in columns] + [TOTAL_COLUMN]
