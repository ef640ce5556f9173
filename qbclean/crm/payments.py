"""Payment rows → payments: one cheque over three invoices is three rows in the file and one payment in the books."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from qbclean.crm.rows import Row
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


def group_payments(rows: Iterable[PaymentRow], rejected: list[RejectedRow]) -> tuple[CrmPayment, ...]:
    """One payment per payment_id; several ids are one cheque when they share instrument and a non-blank reference.

    A cheque that names one invoice twice is two payments: the second may be a double entry, and merging would hide
    it. Rows of one payment_id that contradict each other are rejected. In the order of their first rows.
    """
    cheques: dict[object, list[PaymentRow]] = {}
    for payment_id, group in _by_id(rows, rejected).items():
        first = group[0]
        key: object = first.instrument if first.reference else payment_id
        if key in cheques and not _invoices(cheques[key]) & _invoices(group):
            cheques[key].extend(group)
        elif key in cheques:
            cheques[payment_id, first.instrument] = group
        else:
            cheques[key] = group
    return tuple(_payment(group) for group in cheques.values())


def _by_id(rows: Iterable[PaymentRow], rejected: list[RejectedRow]) -> dict[str, list[PaymentRow]]:
    groups: dict[str, list[PaymentRow]] = {}
    for row in rows:
        group = groups.setdefault(row.payment_id, [])
        reason = _contradiction(group, row)
        if reason:
            complaint = RejectedRow(file=row.file, row=row.row, column="payment_id", cell=row.payment_id, reason=reason)
            rejected.append(complaint)
        else:
            group.append(row)
    return groups


def _contradiction(group: list[PaymentRow], row: PaymentRow) -> str:
    if not group:
        return ""
    if row.instrument != group[0].instrument:
        return f"stands on row {group[0].row} with another customer, date, method, reference or qbo_id"
    if row.invoice_id in _invoices(group):
        return f"names the same invoice as on row {group[0].row} again"
    return ""


def _invoices(rows: list[PaymentRow]) -> set[str | None]:
    return {row.invoice_id for row in rows}


def _payment(rows: list[PaymentRow]) -> CrmPayment:
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
