"""Rows of the generic format → records of the canonical model."""

from __future__ import annotations

from decimal import Decimal

from qbclean.crm.csv_columns import Row
from qbclean.crm.payments import PaymentRow
from qbclean.crm.remarks import Remarks
from qbclean.crm.status import settled_status
from qbclean.crm.values import amount, day, identifier, number, text, yes_no
from qbclean.model.crm import CrmCredit, CrmCustomer, CrmInvoice, CrmJob, CrmLine, CrmStatus

_STATUS: dict[str, CrmStatus] = {
    "draft": "draft",
    "sent": "open",
    "open": "open",
    "partial": "partial",
    "paid": "paid",
    "void": "void",
    "written_off": "written_off",
}


class Once:
    """Ids that may stand in one row only."""

    def __init__(self, column: str) -> None:
        self._column = column
        self._seen: dict[str, str] = {}

    def read(self, row: Row) -> str:
        """The id of `row`. Raises RowError when it is blank or was there before."""
        found = row.required(self._column, identifier)
        if found in self._seen:
            raise row.complaint(self._column, f"stands on {self._seen[found]} already")
        self._seen[found] = f"row {row.number} of {row.file}"
        return found


def customer(row: Row, ids: Once) -> CrmCustomer:
    return CrmCustomer(
        crm_id=ids.read(row),
        qbo_id=row.optional("qbo_id", identifier),
        file=row.file,
        rows=(row.number,),
        name=row.required("name", text),
        company=row.optional("company", text),
        email=row.optional("email", text),
        phone=row.optional("phone", text),
        address=row.optional("address", text),
    )


def job(row: Row, ids: Once) -> CrmJob:
    return CrmJob(
        crm_id=ids.read(row),
        qbo_id=row.optional("qbo_id", identifier),
        file=row.file,
        rows=(row.number,),
        customer_id=row.required("customer_id", identifier),
        name=row.required("name", text),
        status=row.optional("status", text),
        contract_amount=row.optional("contract_amount", amount),
        start_date=row.optional("start_date", day),
        end_date=row.optional("end_date", day),
    )


def invoice(row: Row, ids: Once, remarks: Remarks) -> CrmInvoice:
    """Without lines. Only a draft may lack its date; totals and balances are never negative."""
    crm_id = ids.read(row)
    said = row.required("status", text)
    status = _STATUS.get(said.casefold())
    flags: tuple[str, ...] = ()
    if status is None:
        remarks.add(f"Status {said!r} is not known and counts as open", f"invoice {crm_id}")
        status, flags = "open", ("unknown_status",)
    total = _not_negative(row, "total", row.required("total", amount), "a credit belongs in credits.csv")
    balance = row.optional("balance", amount)
    if balance is not None:
        _not_negative(row, "balance", balance, "an overpayment is no balance")
    status, contradictions = settled_status(status, total, balance)
    name, customer_id = row.optional("customer_name", text), row.optional("customer_id", identifier)
    if name is None and customer_id is None:
        raise row.complaint("customer_id", "is blank, and so is the name")
    invoice_number = row.optional("number", identifier)
    return CrmInvoice(
        crm_id=crm_id,
        qbo_id=row.optional("qbo_id", identifier),
        file=row.file,
        rows=(row.number,),
        number=invoice_number,
        customer_id=customer_id,
        customer_name=name or "",
        job_id=row.optional("job_id", identifier),
        job_name=row.optional("job_name", text),
        date=row.optional("date", day) if status == "draft" else row.required("date", day),
        due_date=row.optional("due_date", day),
        status=status,
        subtotal=row.optional("subtotal", amount),
        tax=row.optional("tax", amount),
        total=total,
        balance=balance,
        flags=(
            *flags,
            *contradictions,
            *(("blank_number",) if invoice_number is None else ()),
            *(("zero_total",) if total == 0 else ()),
        ),
    )


def line(row: Row) -> tuple[str, Decimal, CrmLine]:
    """(invoice id, place on the invoice, line)."""
    read = CrmLine(
        item=row.optional("item", text),
        description=row.optional("description", text),
        quantity=row.optional("quantity", number),
        unit_price=row.optional("unit_price", number),
        amount=row.required("amount", amount),
        taxable=row.optional("taxable", yes_no),
    )
    return row.required("invoice_id", identifier), row.required("line", number), read


def payment(row: Row) -> PaymentRow:
    return PaymentRow(
        file=row.file,
        row=row.number,
        payment_id=row.required("payment_id", identifier),
        invoice_id=row.optional("invoice_id", identifier),
        customer_id=row.optional("customer_id", identifier),
        date=row.required("date", day),
        amount=_positive(row, "a refund is no payment"),
        method=row.optional("method", text),
        reference=row.optional("reference", identifier),
        qbo_id=row.optional("qbo_id", identifier),
    )


def credit(row: Row, ids: Once) -> CrmCredit:
    return CrmCredit(
        crm_id=ids.read(row),
        qbo_id=row.optional("qbo_id", identifier),
        file=row.file,
        rows=(row.number,),
        number=row.optional("number", identifier),
        invoice_id=row.optional("invoice_id", identifier),
        customer_id=row.optional("customer_id", identifier),
        date=row.required("date", day),
        amount=_positive(row, "a credit is written as a positive amount"),
        reason=row.optional("reason", text),
    )


def _positive(row: Row, hint: str) -> Decimal:
    read = row.required("amount", amount)
    if read <= 0:
        raise row.complaint("amount", f"is not positive; {hint}")
    return read


def _not_negative(row: Row, column: str, read: Decimal, hint: str) -> Decimal:
    if read < 0:
        raise row.complaint(column, f"is negative; {hint}")
    return read
