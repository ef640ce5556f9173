"""Rows → invoices, one row each, and rows → lines."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from qbclean.crm.checks import check_parts
from qbclean.crm.currency import refuse_foreign
from qbclean.crm.drafts import Draft, LooseLine
from qbclean.crm.remarks import Remarks
from qbclean.crm.rows import Row, RowError
from qbclean.crm.status import read_status
from qbclean.crm.tables import Table
from qbclean.model.crm import CrmCredit, CrmInvoice, CrmLine
from qbclean.model.money import rounded, total

InvoiceOrCredit = Draft[CrmInvoice] | Draft[CrmCredit]
Placed = tuple[Decimal, CrmLine]
_FROM_QBO = frozenset({"system_qbo", "quickbooks", "quickbooks online"})
_BESIDE = (("discount", -1), ("shipping", 1), ("adjustment", 1))
"""Amounts that stand beside the lines, and which way they go."""


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
        check_parts(record, total(part.amount for part in beside(row)), remarks)
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


def beside(row: Row) -> tuple[CrmLine, ...]:
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
