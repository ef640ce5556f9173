"""Payment rows → payments: one cheque over three invoices is three rows in the file and one payment in the books."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from qbclean.crm.currency import refuse_foreign
from qbclean.crm.rows import Row
from qbclean.crm.staging import Staging
from qbclean.model.crm import CrmApplication, CrmPayment, RejectedRow
from qbclean.model.money import total


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRow:
    """What one row says: `amount` paid towards `invoice_id`, or towards nothing yet when that is None."""

    file: str
    row: int
    payment_id: str
    invoice_id: str | None
    customer_id: str | None
    date: dt.date
    amount: Decimal
    method: str | None
    reference: str | None
    qbo_id: str | None

    @property
    def instrument(self) -> tuple[str | None, dt.date, str | None, str | None, str | None]:
        """What rows of one cheque, transfer or charge have in common."""
        return (self.customer_id, self.date, self.method, self.reference, self.qbo_id)


def payment_part(row: Row) -> PaymentRow:
    """A row of grain `part`. Raises RowError."""
    amount = row.needed("amount", row.number_of("amount"))
    refuse_foreign(row, "amount")
    if amount <= 0:
        raise row.complaint("amount", "is not positive; a refund is no payment")
    invoices, _ = row.invoices()
    return PaymentRow(
        file=row.file,
        row=row.number,
        payment_id=row.needed("crm_id", row.text("crm_id")),
        invoice_id=invoices[0] if invoices else None,
        customer_id=row.text("customer_id"),
        date=row.needed("date", row.day("date")),
        amount=amount,
        method=row.text("method"),
        reference=row.text("reference"),
        qbo_id=row.text("qbo_id"),
    )


def group_payments(rows: Iterable[PaymentRow], stage: Staging, rejected: list[RejectedRow]) -> Iterator[CrmPayment]:
    """One payment per payment_id; several ids are one cheque when they share an instrument with a reference or a stored
    QuickBooks id.

    A cheque that names one invoice twice is two payments: the second may be a double entry, and merging would hide
    it. Rows of one payment_id that contradict each other are rejected. In the order of each cheque's first row; the
    cheque goes by the first of its ids, whatever the order of its rows.
    """
    by_id = stage.pile(PaymentRow)
    for row in rows:
        by_id.add(row, row.payment_id)
    by_cheque = stage.pile(list[PaymentRow])
    for rows_of_id in by_id.groups():
        kept = _agreeing(rows_of_id, rejected)
        named = kept[0].reference or kept[0].qbo_id
        by_cheque.add(kept, repr(kept[0].instrument if named else kept[0].payment_id))
    for parts in by_cheque.groups():
        first, *others = sorted(parts, key=lambda part: _in_order(part[0]))
        cheques = [first]
        for part in others:
            if _invoices(cheques[0]) & _invoices(part):
                cheques.append(part)
            else:
                cheques[0].extend(part)
        yield from map(_payment, cheques)


def _agreeing(rows: Iterable[PaymentRow], rejected: list[RejectedRow]) -> list[PaymentRow]:
    group: list[PaymentRow] = []
    for row in rows:
        reason = _contradiction(group, row)
        if reason:
            complaint = RejectedRow(file=row.file, row=row.row, column="payment_id", cell=row.payment_id, reason=reason)
            rejected.append(complaint)
        else:
            group.append(row)
    return group


def _contradiction(group: list[PaymentRow], row: PaymentRow) -> str:
    if not group:
        return ""
    if row.instrument != group[0].instrument:
        return f"stands on row {group[0].row} with another customer, date, method, reference or qbo_id"
    if row.invoice_id in _invoices(group):
        return f"names the same invoice as on row {group[0].row} again"
    return ""


def _in_order(row: PaymentRow) -> tuple[int, str, int, str]:
    """By payment and invoice, where P-9 comes before P-10."""
    invoice = row.invoice_id or ""
    return (len(row.payment_id), row.payment_id, len(invoice), invoice)


def _invoices(rows: list[PaymentRow]) -> set[str | None]:
    return {row.invoice_id for row in rows}


def _payment(rows: list[PaymentRow]) -> CrmPayment:
    rows = sorted(rows, key=_in_order)
    first = rows[0]
    return CrmPayment(
        crm_id=first.payment_id,
        qbo_id=first.qbo_id,
        file=first.file,
        rows=tuple(row.row for row in rows),
        customer_id=first.customer_id,
        date=first.date,
        amount=total(row.amount for row in rows),
        method=first.method,
        reference=first.reference,
        applied=tuple(
            CrmApplication(invoice_id=row.invoice_id, amount=row.amount) for row in rows if row.invoice_id is not None
        ),
    )
