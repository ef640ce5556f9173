"""The reconciliation on the terminal: both totals, what explains the difference, then customers, months, aging."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import RenderableType

from qbclean.model.reconciliation import AGING_LABELS, BUCKETS, Aging, Comparison, Explained, Reconciliation
from qbclean.report.text.layout import BLANK, line, table, title
from qbclean.report.words import MEASURES, dollars, largest_first, signed, weightiest

_SHOWN = 10


def reconciliation_parts(found: Reconciliation, *, every: bool = False) -> list[RenderableType]:
    """Title and table by turns: measures, customers, months, jobs, aging, tie-out. `every` row, else the largest."""
    limit = None if every else _SHOWN
    parts: list[RenderableType] = []
    for comparison in found.comparisons:
        if comparison.compared:
            parts += _measure(comparison)
        else:
            parts += [title(f"{MEASURES[comparison.measure]}: nothing to compare, the CRM's export has none"), BLANK]
    balances = found.comparison("balances")
    if balances.compared:
        parts += _ranked("Customers whose balance differs most", "customer", balances.by_customer, limit)
        parts += _months(found.comparison("invoices").by_month, limit)
        parts += _jobs(found, limit)
    return [*parts, *_aging(found.aging), *_tie_out(found)]


def _measure(comparison: Comparison) -> list[RenderableType]:
    whole = comparison.whole
    rows = [
        (
            BUCKETS[bucket.bucket][0],
            _count(bucket.crm_records),
            _count(bucket.quickbooks_documents),
            signed(bucket.difference),
            BUCKETS[bucket.bucket][1],
        )
        for bucket in weightiest(whole.buckets)
    ]
    total = (
        "In all",
        _count(sum(bucket.crm_records for bucket in whole.buckets)),
        _count(sum(bucket.quickbooks_documents for bucket in whole.buckets)),
        signed(whole.difference),
        f"{dollars(whole.residual)} left unexplained",
    )
    columns = ("!", "in CRM>", "in QuickBooks>", "difference>", "")
    note = f"CRM {dollars(whole.crm)}, QuickBooks {dollars(whole.quickbooks)}, difference {signed(whole.difference)}"
    return [title(MEASURES[comparison.measure], note=note), table(columns, [*rows, total]), BLANK]


def _ranked(heading: str, what: str, rows: Sequence[Explained], limit: int | None) -> list[RenderableType]:
    differing = largest_first(rows)
    return _rows(heading, what, differing[:limit], len(differing)) if differing else []


def _months(rows: Sequence[Explained], limit: int | None) -> list[RenderableType]:
    """The months that differ most, in their own order."""
    differing = largest_first(rows)
    shown = sorted(differing[:limit], key=lambda row: row.key)
    return _rows("Months whose invoices differ most", "month", shown, len(differing)) if shown else []


def _rows(heading: str, what: str, rows: Sequence[Explained], of: int) -> list[RenderableType]:
    shown = [
        (row.name, dollars(row.crm), dollars(row.quickbooks), signed(row.difference), _because(row)) for row in rows
    ]
    columns = (what, "CRM>", "QuickBooks>", "difference>", "because of")
    return [title(heading), table(columns, shown), *_more(of - len(shown)), BLANK]


def _because(row: Explained) -> str:
    """The three weightiest buckets."""
    moving = [bucket for bucket in weightiest(row.buckets) if bucket.difference][:3]
    return ", ".join(f"{_small(BUCKETS[bucket.bucket][0])} {signed(bucket.difference)}" for bucket in moving)


def _small(name: str) -> str:
    return name[:1].lower() + name[1:]


def _jobs(found: Reconciliation, limit: int | None) -> list[RenderableType]:
    differing = largest_first(found.job_revenue)
    if not differing:
        return []
    shown = [(job.name, dollars(job.crm), dollars(job.quickbooks), signed(job.difference)) for job in differing[:limit]]
    columns = ("job", "CRM>", "QuickBooks>", "difference>")
    heading = title("Jobs whose revenue differs most", note="billed without sales tax, less credits")
    return [heading, table(columns, shown), *_more(len(differing) - len(shown)), BLANK]


def _aging(aging: Aging) -> list[RenderableType]:
    rows = [
        (label, *(dollars(span) for span in aged.spans), dollars(aged.total))
        for label, aged in (("as the books show it", aging.books), ("as it truly is", aging.true))
    ]
    columns = ("!", *(f"{label}>" for label in AGING_LABELS), "in all>")
    return [title("Open by days past due"), table(columns, rows), BLANK]


def _tie_out(found: Reconciliation) -> list[RenderableType]:
    rows = [
        (figure.what, dollars(figure.amount), "" if not figure.off else f"off by {signed(figure.off)}")
        for figure in found.tie_out
    ]
    verdict = line("  All four agree.", "green") if found.ties else line("  They do not agree: look here first.", "red")
    return [title("Tie-out of accounts receivable"), table(("", "dollars>", ""), rows), verdict, BLANK]


def _more(number: int) -> Iterable[RenderableType]:
    return [line(f"  and {number:,} more: `qbclean check --all`", "dim")] if number else []


def _count(number: int) -> str:
    return f"{number:,}" if number else ""
