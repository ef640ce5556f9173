"""Builds QuickBooks' report JSON: header, columns, rows that nest, every value a string."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from qbclean.sandbox.reports.parameters import Parameters
from qbclean.sandbox.reports.periods import Period
from qbclean.sandbox.view import BooksView

Cell = dict[str, str]
Row = dict[str, Any]


def money(amount: int) -> str:
    """Return cents as QuickBooks writes an amount: `1234.50`, `-0.05`, `0.00`."""
    whole, part = divmod(abs(amount), 100)
    return f"{'-' if amount < 0 else ''}{whole}.{part:02}"


def money_cells(amounts: Iterable[int], *, blank_zero: bool = False) -> list[Cell]:
    """Return one cell per amount; zeros are empty cells where asked."""
    return [cell("" if blank_zero and not amount else money(amount)) for amount in amounts]


def cell(value: str, id: str = "") -> Cell:  # noqa: A002 - the report's own key
    """Return a cell, with the id of what it names if there is one."""
    return {"value": value, "id": id} if id else {"value": value}


def data_row(cells: Sequence[Cell]) -> Row:
    """Return a leaf row."""
    return {"ColData": list(cells), "type": "Data"}


def section(header: Sequence[Cell] | None, rows: Sequence[Row], summary: Sequence[Cell] | None, group: str = "") -> Row:
    """Return a row that may have a heading, rows below it, a summary line and the name of its group."""
    row: Row = {}
    if header is not None:
        row["Header"] = {"ColData": list(header)}
    if rows:
        row["Rows"] = {"Row": list(rows)}
    if summary is not None:
        row["Summary"] = {"ColData": list(summary)}
    row["type"] = "Section"
    if group:
        row["group"] = group
    return row


def column(title: str, kind: str, key: str, **metadata: str) -> dict[str, Any]:
    """Return a column; `ColKey` comes first in its metadata."""
    pairs = {"ColKey": key, **metadata}
    return {
        "ColTitle": title,
        "ColType": kind,
        "MetaData": [{"Name": name, "Value": value} for name, value in pairs.items()],
    }


TOTAL_COLUMN = column("Total", "Money", "total")


def report(
    name: str,
    view: BooksView,
    params: Parameters,
    period: Period,
    *,
    columns: Sequence[dict[str, Any]],
    rows: Sequence[Row],
    **header: str,
) -> dict[str, Any]:
    """Return the whole report; without rows it says NoReportData. `header` adds fields such as ReportBasis.

    `Header.Time` is the start of the company's day, so that equal books give equal reports.
    """
    home = (view.preferences.get("CurrencyPrefs") or {}).get("HomeCurrency") or {}
    dated: dict[str, str] = {"DateMacro": period.macro} if period.macro else {}
    if period.start > date.min:
        dated["StartPeriod"] = period.start.isoformat()
    dated["EndPeriod"] = period.end.isoformat()
    filters = {
        shown: params.text(given)
        for given, shown in (("customer", "Customer"), ("vendor", "Vendor"), ("class", "Class"))
        if params.text(given)
    }
    options = [] if period.start > date.min else [{"Name": "report_date", "Value": period.end.isoformat()}]
    return {
        "Header": {
            "Time": f"{view.today.isoformat()}T00:00:00-08:00",
            "ReportName": name,
            **dated,
            **header,
            "Currency": str(home.get("value") or "USD"),
            **filters,
            "Option": [*options, {"Name": "NoReportData", "Value": "false" if rows else "true"}],
        },
        "Columns": {"Column": list(columns)},
        "Rows": {"Row": list(rows)} if rows else {},
    }
