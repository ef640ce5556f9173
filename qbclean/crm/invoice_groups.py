"""One row per line with the invoice's own cells repeated → invoices."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial

import msgspec

from qbclean.crm.checks import check_parts
from qbclean.crm.invoice_rows import InvoiceOrCredit, beside, invoice, line
from qbclean.crm.remarks import Remarks
from qbclean.crm.rows import Row, RowError
from qbclean.crm.staging import Staging
from qbclean.crm.tables import Table
from qbclean.model.crm import CrmCredit, CrmLine
from qbclean.model.money import ZERO, total

_OF_INVOICE = ("subtotal", "discount", "tax", "total", "balance", "paid")
"""Repeated on every row of an invoice."""


@dataclass(slots=True)
class _Group:
    """The rows of one invoice. `has_lines`: the file has columns for them."""

    draft: InvoiceOrCredit
    cells: Sequence[str]
    row: int
    has_lines: bool
    lines: list[CrmLine] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    beside: tuple[CrmLine, ...] = ()
    reduced: Decimal = ZERO
    tax: Decimal | None = None


def grouped_invoices(table: Table, stage: Staging, remarks: Remarks) -> Iterator[InvoiceOrCredit]:
    """One invoice per id, else number, else run of equal rows. An invoice with an unreadable row is left out whole.

    What stands on every row of an invoice must be equal there: two totals under one number are not added or chosen
    between, the row is rejected.
    """
    places = sorted({place for name, found in table.mapping.places.items() if "line." not in name for place in found})
    sums = {name: read for name in _OF_INVOICE if (read := table.readers.numbers.get(name)) is not None}
    table.sums.by_record.update(dict.fromkeys(sums, ZERO))
    for rows in table.groups(stage, _key_by_run(places)):
        group, broken = _put_together(table, rows, places, remarks)
        if group is None:
            continue
        for name, read in sums.items():
            table.sums.by_record[name] += _readable(read, group.cells)
        if broken is None:
            yield _closed(group, remarks)
        elif group.row != broken:
            reason = f"is left out because row {broken} of the same invoice cannot be read"
            table.reject(group.row, None, None, reason)


def _key_by_run(places: Sequence[int]) -> Callable[[Row], str]:
    """By id or number; a row without either belongs to the row above if it says the same."""
    above: tuple[str, Sequence[str]] | None = None

    def key_of(row: Row) -> str:
        nonlocal above
        key = row.text("crm_id") or row.text("number") or ""
        if not key and above is not None and _same(above[1], row, places) is None:
            return above[0]
        above = (key or f"row {row.number}", row.cells)
        return above[0]

    return key_of


def _put_together(
    table: Table, rows: Sequence[Row], places: Sequence[int], remarks: Remarks
) -> tuple[_Group | None, int | None]:
    """The rows of one invoice, and the number of the first that cannot be read."""
    group: _Group | None = None
    broken: int | None = None
    for row in rows:
        before = len(table.rejected)
        if group is None:
            group = table.made(row, partial(_begun, remarks=remarks))
        if group is not None and len(table.rejected) == before:
            table.made(row, partial(_extended, group, places=places))
        if len(table.rejected) > before and broken is None:
            broken = row.number
    return group, broken


def _begun(row: Row, remarks: Remarks) -> _Group | None:
    """None when the row is no invoice. Raises RowError."""
    draft = invoice(row, remarks)
    return None if draft is None else _Group(draft, row.cells, row.number, _has_lines(row), beside=beside(row))


def _extended(group: _Group, row: Row, places: Sequence[int]) -> None:
    """Raises RowError when the row contradicts the first, or its line cannot be read."""
    other = _same(group.cells, row, places)
    if other is not None:
        name = row.readers.mapping.header.names[other]
        reason = f"differs from {group.cells[other]!r} on row {group.row} of the same invoice"
        raise RowError(name, row.cells[other], reason)
    group.rows.append(row.number)
    placed = line(row)
    if placed is not None:
        group.lines.append(placed[1])
        group.reduced += row.number_of("line.discount") or ZERO
    tax = row.number_of("line.tax")
    if tax is not None:
        group.tax = (group.tax or ZERO) + tax


def _readable(read: Callable[[Sequence[str]], Decimal | None], cells: Sequence[str]) -> Decimal:
    """0 for a cell that is no amount: its column has no sum anyway."""
    try:
        return read(cells) or ZERO
    except RowError:
        return ZERO


def _has_lines(row: Row) -> bool:
    return any(name.startswith("line.") for name in row.readers.mapping.places)


def _same(cells: Sequence[str], row: Row, places: Sequence[int]) -> int | None:
    """The first column in which `row` says something else than `cells`; blank repeats what stands above."""
    return next(
        (place for place in places if row.cells[place].strip() and row.cells[place].strip() != cells[place].strip()),
        None,
    )


def _closed(group: _Group, remarks: Remarks) -> InvoiceOrCredit:
    record = group.draft.record
    rows = tuple(dict.fromkeys(group.rows))
    if isinstance(record, CrmCredit):
        return msgspec.structs.replace(group.draft, record=msgspec.structs.replace(record, rows=rows))
    tax = record.tax if record.tax is not None else group.tax
    lines = _priced(group, record.subtotal) if group.has_lines else None
    made = msgspec.structs.replace(record, rows=rows, tax=tax, lines=lines)
    check_parts(made, total(part.amount for part in group.beside), remarks)
    return msgspec.structs.replace(group.draft, record=made)


def _priced(group: _Group, subtotal: Decimal | None) -> tuple[CrmLine, ...]:
    """The lines; with a line for their discounts where only that makes them add up to the subtotal."""
    lines = tuple(group.lines)
    gross = total(line.amount for line in lines)
    if group.reduced and subtotal is not None and gross != subtotal and gross - group.reduced == subtotal:
        lines = (*lines, CrmLine(description="Discount", amount=-group.reduced))
    return (*lines, *group.beside)
