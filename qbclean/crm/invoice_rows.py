"""Rows → invoices: one row each, or one row per line with the invoice's own cells repeated."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial

import msgspec

from qbclean.crm.checks import check_parts
from qbclean.crm.currency import refuse_foreign
from qbclean.crm.drafts import Draft, LooseLine
from qbclean.crm.remarks import Remarks
from qbclean.crm.rows import Row, RowError
from qbclean.crm.staging import Staging
from qbclean.crm.status import read_status
from qbclean.crm.tables import Table
from qbclean.model.crm import CrmCredit, CrmInvoice, CrmLine
from qbclean.model.money import ZERO, rounded, total

InvoiceOrCredit = Draft[CrmInvoice] | Draft[CrmCredit]
Placed = tuple[Decimal, CrmLine]
_FROM_QBO = frozenset({"system_qbo", "quickbooks", "quickbooks online"})
_BESIDE = (("discount", -1), ("shipping", 1), ("adjustment", 1))
"""Amounts that stand beside the lines, and which way they go."""
_OF_INVOICE = ("subtotal", "discount", "tax", "total", "balance", "paid")
"""Repeated on every row of an invoice."""


def invoice(row: Row, remarks: Remarks) -> InvoiceOrCredit | None:
    """The invoice of a row, without lines; a credit when the file writes credits as invoices below zero.

    None for a row that is no invoice. Only a draft may lack its date. Raises RowError.
    """
    section = row.readers.mapping.section
    word = row.text("kind")
    outcome = section.kinds.get(word.casefold(), section.kinds.get("*")) if word else None
    if word and section.kinds and outcome is None:
        raise row.complaint("kind", "is a kind of row the profile does not know")
    if outcome == "ignore":
        remarks.add(f"Rows of {row.file} that are no invoices, left out", f"{word} (row {row.number})")
        return None
    sum_ = row.needed("total", row.number_of("total"))
    refuse_foreign(row, "total", "balance")
    if outcome == "credit" or (sum_ < 0 and section.negative_total == "credit"):
        return _credit(row, sum_)
    if sum_ < 0:
        raise row.complaint("total", "is negative; a credit belongs in credits.csv")
    balance = _balance(row, sum_)
    if balance is not None and balance < 0 and section.negative_balance == "refuse":
        raise row.complaint("balance", "is negative; an overpayment is no balance")
    status, flags = read_status(row, sum_, balance, remarks)
    number, own_id = row.text("number"), row.own_id()
    record = CrmInvoice(
        crm_id=own_id or number or f"{row.file} row {row.number}",
        qbo_id=row.text("qbo_id"),
        file=row.file,
        rows=(row.number,),
        number=number,
        customer_id=row.text("customer_id"),
        customer_name=_customer(row) or "",
        job_id=row.text("job_id"),
        job_name=row.text("job_name"),
        date=row.day("date") if status == "draft" else row.needed("date", row.day("date")),
        due_date=row.day("due_date"),
        status=status,
        subtotal=row.number_of("subtotal"),
        tax=row.number_of("tax"),
        total=sum_,
        balance=balance,
        flags=(
            *flags,
            *(("blank_number",) if number is None else ()),
            *(("zero_total",) if sum_ == 0 else ()),
            *(("from_qbo",) if (row.text("origin") or "").casefold() in _FROM_QBO else ()),
        ),
    )
    if section.grain != "line":
        check_parts(record, total(beside.amount for beside in _beside(row)), remarks)
    return Draft(
        record=record,
        own_id=own_id is not None,
        id_column=row.id_column(),
        customer=row.customer(),
        phone=row.text("phone"),
        jobs=row.many("job"),
    )


def line(row: Row) -> Placed | None:
    """(place, line) of a row; None when it has no cell of a line. Raises RowError."""
    amount = row.number_of("line.amount")
    quantity, price = row.number_of("line.quantity"), row.number_of("line.unit_price")
    item, description = row.text("line.item"), row.text("line.description")
    if amount is None and quantity is not None and price is not None:
        amount = rounded(quantity * price)
    if amount is None:
        if item is None and description is None and quantity is None and price is None:
            return None
        raise RowError(row.readers.mapping.column("line.amount"), "", "is blank")
    read = CrmLine(
        item=item,
        description=description,
        quantity=quantity,
        unit_price=price,
        amount=amount,
        taxable=row.yes("line.taxable"),
    )
    return row.number_of("line.place") or Decimal(row.number), read


def loose_lines(table: Table) -> Iterator[LooseLine]:
    """The lines of a file that has only lines."""
    name = "invoice_id" if "invoice_id" in table.mapping.places else "invoice"

    def make(row: Row) -> LooseLine:
        invoice_id = row.needed(name, row.text(name))
        if row.has("line.place"):
            row.needed("line.place", row.number_of("line.place"))
        placed = line(row)
        if placed is None:
            raise RowError(row.readers.mapping.column("line.amount"), "", "is blank")
        return LooseLine(invoice_id, name == "invoice", *placed)

    yield from table.read(make)


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
    return None if draft is None else _Group(draft, row.cells, row.number, _has_lines(row), beside=_beside(row))


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
    check_parts(made, total(beside.amount for beside in group.beside), remarks)
    return msgspec.structs.replace(group.draft, record=made)


def _priced(group: _Group, subtotal: Decimal | None) -> tuple[CrmLine, ...]:
    """The lines; with a line for their discounts where only that makes them add up to the subtotal."""
    lines = tuple(group.lines)
    gross = total(line.amount for line in lines)
    if group.reduced and subtotal is not None and gross != subtotal and gross - group.reduced == subtotal:
        lines = (*lines, CrmLine(description="Discount", amount=-group.reduced))
    return (*lines, *group.beside)


def _beside(row: Row) -> tuple[CrmLine, ...]:
    """Discount, shipping and adjustment of the whole invoice as lines."""
    if not any(name in row.readers.numbers for name, _ in _BESIDE):
        return ()
    found = ((name, sign, row.number_of(name)) for name, sign in _BESIDE)
    return tuple(
        CrmLine(description=name.capitalize(), amount=abs(value) * sign if sign < 0 else value)
        for name, sign, value in found
        if value
    )


def _balance(row: Row, sum_: Decimal) -> Decimal | None:
    balance, paid = row.number_of("balance"), row.number_of("paid")
    return sum_ - paid if balance is None and paid is not None else balance


def _customer(row: Row) -> str | None:
    """The name. Raises RowError when nothing in the row says who it is, unless another file may."""
    name = row.text("customer")
    if name is None and row.text("customer_id") is None and not row.readers.mapping.section.customer_optional:
        field_ = "customer_id" if row.has("customer_id") else "customer"
        raise row.complaint(field_, "is blank, and so is the name" if field_ == "customer_id" else "is blank")
    return name


def _credit(row: Row, sum_: Decimal) -> Draft[CrmCredit]:
    """A credit the CRM keeps among its invoices."""
    own_id, number = row.own_id(), row.text("number")
    if sum_ == 0:
        raise row.complaint("total", "is zero, which is no credit")
    record = CrmCredit(
        crm_id=own_id or number or f"{row.file} row {row.number}",
        qbo_id=row.text("qbo_id"),
        file=row.file,
        rows=(row.number,),
        number=number,
        customer_id=row.text("customer_id"),
        date=row.needed("date", row.day("date")),
        amount=abs(sum_),
        reason=row.text("kind"),
    )
    adjusts = row.text("adjusts")
    return Draft(
        record=record,
        own_id=own_id is not None,
        id_column=row.id_column(),
        customer=_customer(row),
        phone=row.text("phone"),
        invoices=(adjusts,) if adjusts else (),
    )
