"""The reconciliation as a workbook: summary, customers, jobs, months and every document, for own sums."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from qbclean.model.reconciliation import (
    AGING_LABELS,
    BUCKETS,
    Bucket,
    Comparison,
    Explained,
    ReconciledDocument,
    Reconciliation,
)
from qbclean.report.sheets import Cell, Sheets, new_workbook
from qbclean.report.words import MEASURES, weightiest

_SIDES: Final = {"crm": "CRM", "quickbooks": "QuickBooks"}
_SORTS: Final = {"invoice": "Invoice", "payment": "Payment", "credit": "Credit", "journal_entry": "Journal entry"}


def write_workbook(path: Path, found: Reconciliation) -> None:
    """Write the workbook to `path`, over what is there. Rows stream to disk, so that size does not matter.

    Documents beyond what a sheet can hold are left out, and the last row says how many.
    """
    with new_workbook(path, f"{found.company.name}: QuickBooks against the CRM") as workbook:
        pages = Sheets(workbook)
        pages.add("Summary", _SUMMARY, _summary(found), filtered=False)
        pages.add("By customer", _EXPLAINED, _explained(found, "customer"))
        pages.add("By job", _EXPLAINED, _explained(found, "job"))
        pages.add("By month", _EXPLAINED, _explained(found, "month"))
        pages.add("Documents", _DOCUMENT, _documents(found))


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
