"""The reconciliation as a workbook: summary, customers, jobs, months and every document, for a bookkeeper's own sums.

Texts are written as texts, whatever they begin with, and amounts as numbers (R40). A workbook holds binary floating
point, which is exact to the cent far beyond any amount here; nothing is ever read back from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Final

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from qbclean.model.reconciliation import (
    AGING_LABELS,
    BUCKETS,
    Bucket,
    Comparison,
    Explained,
    ReconciledDocument,
    Reconciliation,
)
from qbclean.report.plain import plain
from qbclean.report.words import MEASURES, weightiest

Cell = str | int | Decimal | date | None

_MOST_ROWS: Final = 1_048_576
"""What one sheet of XLSX can hold, the header included."""
_SIDES: Final = {"crm": "CRM", "quickbooks": "QuickBooks"}
_SORTS: Final = {"invoice": "Invoice", "payment": "Payment", "credit": "Credit", "journal_entry": "Journal entry"}


def write_workbook(path: Path, found: Reconciliation) -> None:
    """Write the workbook to `path`, over what is there. Rows stream to disk, so that size does not matter.

    Documents beyond what a sheet can hold are left out, and the last row says how many.
    """
    with Workbook(str(path), {"constant_memory": True, "default_date_format": "yyyy-mm-dd"}) as workbook:
        workbook.set_properties({"title": f"{found.company.name}: QuickBooks against the CRM"})
        pages = _Pages(workbook)
        pages.add("Summary", _SUMMARY, _summary(found))
        pages.add("By customer", _EXPLAINED, _explained(found, "customer"))
        pages.add("By job", _EXPLAINED, _explained(found, "job"))
        pages.add("By month", _EXPLAINED, _explained(found, "month"))
        pages.add("Documents", _DOCUMENT, _documents(found))


class _Pages:
    """Adds sheets whose columns are as wide as what is in them usually needs."""

    def __init__(self, workbook: Workbook) -> None:
        self._workbook = workbook
        self._head: Format = workbook.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self._amount: Format = workbook.add_format({"num_format": "#,##0.00;[Red]-#,##0.00"})
        self._day: Format = workbook.add_format({"num_format": "yyyy-mm-dd"})

    def add(self, name: str, columns: Sequence[tuple[str, int]], rows: Iterable[Sequence[Cell]]) -> None:
        sheet = self._workbook.add_worksheet(name)
        for place, (title, width) in enumerate(columns):
            sheet.set_column(place, place, width)
            sheet.write_string(0, place, title, self._head)
        sheet.freeze_panes(1, 0)
        last, left_out = 0, 0
        for number, row in enumerate(rows, start=1):
            if number >= _MOST_ROWS - 1:
                left_out += 1
                continue
            last = number
            for place, cell in enumerate(row):
                self._write(sheet, number, place, cell)
        if left_out:
            sheet.write_string(last + 1, 0, f"{left_out:,} more rows do not fit into a sheet")
        if name != "Summary":
            sheet.autofilter(0, 0, max(last, 1), len(columns) - 1)

    def _write(self, sheet: Worksheet, row: int, place: int, cell: Cell) -> None:
        if isinstance(cell, str):
            sheet.write_string(row, place, plain(cell))
        elif isinstance(cell, Decimal):
            sheet.write_number(row, place, float(cell), self._amount)
        elif isinstance(cell, date):
            sheet.write_datetime(row, place, datetime.combine(cell, time()), self._day)
        elif cell is not None:
            sheet.write_number(row, place, cell)


_SUMMARY: Final = (
    ("", 38),
    ("Records in CRM", 14),
    ("Documents in QuickBooks", 14),
    ("CRM", 15),
    ("QuickBooks", 15),
    ("Difference", 15),
    ("", 64),
)
_EXPLAINED: Final = (
    ("What", 15),
    ("Name", 44),
    ("CRM", 15),
    ("QuickBooks", 15),
    ("Difference", 15),
    ("Explained by", 30),
    ("CRM in bucket", 15),
    ("QuickBooks in bucket", 15),
    ("Explains", 15),
)
_DOCUMENT: Final = (
    ("Side", 12),
    ("Kind", 14),
    ("Id", 13),
    ("Number", 16),
    ("Date", 12),
    ("Due", 12),
    ("Customer", 34),
    ("Job", 40),
    ("Amount", 14),
    ("Bucket", 26),
    ("Open", 14),
    ("Open because", 28),
    ("Counterpart", 22),
)


def _summary(found: Reconciliation) -> Iterable[Sequence[Cell]]:
    yield (f"{found.company.name}, as of {found.as_of.isoformat()}",)
    for comparison in found.comparisons:
        whole = comparison.whole
        yield ()
        if not comparison.compared:
            yield (f"{MEASURES[comparison.measure]}: nothing to compare, the CRM's export has none",)
            continue
        yield (MEASURES[comparison.measure], None, None, whole.crm, whole.quickbooks, whole.difference)
        for bucket in weightiest(whole.buckets):
            name, words = BUCKETS[bucket.bucket]
            counts = bucket.crm_records, bucket.quickbooks_documents
            yield (name, *counts, bucket.crm, bucket.quickbooks, bucket.difference, words)
        yield ("Left unexplained", None, None, None, None, whole.residual)
    yield ()
    yield ("Open by days past due", *AGING_LABELS, "In all")
    yield ("As the books show it", *found.aging.books.spans, found.aging.books.total)
    yield ("As it truly is", *found.aging.true.spans, found.aging.true.total)
    yield ()
    for figure in found.tie_out:
        yield (figure.what, None, None, None, figure.amount, figure.off)


def _explained(found: Reconciliation, dimension: str) -> Iterable[Sequence[Cell]]:
    """One line per bucket of each row, so that a pivot table can sum any way; the totals on the row's first line."""
    for comparison in found.comparisons:
        if comparison.compared:
            for row in _rows(comparison, dimension):
                yield from _lines(MEASURES[comparison.measure], row)


def _rows(comparison: Comparison, dimension: str) -> tuple[Explained, ...]:
    tables = {"customer": comparison.by_customer, "job": comparison.by_job, "month": comparison.by_month}
    return tables[dimension]


def _lines(measure: str, row: Explained) -> Iterable[Sequence[Cell]]:
    totals: tuple[Cell, ...] = (row.crm, row.quickbooks, row.difference)
    for bucket in weightiest(row.buckets):
        yield (
            measure,
            row.name,
            *totals,
            BUCKETS[bucket.bucket][0],
            bucket.crm,
            bucket.quickbooks,
            bucket.difference,
        )
        totals = (None, None, None)


def _documents(found: Reconciliation) -> Iterable[Sequence[Cell]]:
    for item in found.documents:
        yield _document(found, item)


def _document(found: Reconciliation, item: ReconciledDocument) -> Sequence[Cell]:
    return (
        _SIDES[item.side],
        _SORTS[item.sort],
        item.id,
        item.number,
        item.day,
        item.due,
        found.parties[item.party],
        found.jobs[item.job] if item.job else "",
        item.amount,
        _name(item.bucket),
        item.open,
        _name(item.open_bucket),
        ", ".join(item.counterparts),
    )


def _name(bucket: Bucket | None) -> str:
    return BUCKETS[bucket][0] if bucket else ""
