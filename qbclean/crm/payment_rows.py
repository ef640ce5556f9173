"""Rows → payments, refunds and credits: what kind each row is, which way its sign goes, which invoices it names."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from typing import Any

import msgspec

from qbclean.crm.currency import refuse_foreign
from qbclean.crm.drafts import Draft, R
from qbclean.crm.profile import Outcome
from qbclean.crm.remarks import Remarks
from qbclean.crm.rows import Row
from qbclean.crm.staging import Staging
from qbclean.crm.tables import Table
from qbclean.model.crm import CrmApplication, CrmCredit, CrmPayment, CrmRefund
from qbclean.model.money import ZERO

PaymentOrCredit = Draft[CrmPayment] | Draft[CrmCredit] | Draft[CrmRefund]


@dataclass(slots=True, kw_only=True)
class MoneyRow:
    """What one row says. `applied`: the part for its invoice, where the export says it."""

    file: str
    row: int
    outcome: Outcome
    word: str | None
    own_id: str | None
    number: str | None
    customer: str | None
    customer_id: str | None
    phone: str | None
    date: dt.date
    amount: Decimal
    applied: Decimal | None
    unapplied: Decimal | None
    invoices: tuple[str, ...]
    by_number: bool
    id_column: str
    method: str | None
    reference: str | None
    qbo_id: str | None
    reason: str | None
    parts: list[tuple[str, Decimal | None]] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)


def money_row(row: Row, remarks: Remarks) -> MoneyRow | None:
    """None for a row that is no money received or given back: ignored kinds, failed or deleted payments. RowError."""
    section = row.readers.mapping.section
    outcome, word = _outcome(row)
    why = _left_out(row, outcome, word)
    if why:
        remarks.add(f"Rows of {row.file} left out because they are {why}", f"row {row.number}")
        return None
    amount = row.needed("amount", row.number_of("amount"))
    refuse_foreign(row, "amount")
    if amount < 0 and outcome == "payment" and section.sign.get("payment") == "either":
        outcome, amount = "refund", -amount
    invoices, by_number = row.invoices()
    return MoneyRow(
        file=row.file,
        row=row.number,
        outcome=outcome,
        word=word,
        own_id=row.own_id(),
        number=row.text("number"),
        customer=row.text("customer"),
        customer_id=row.text("customer_id"),
        phone=row.text("phone"),
        date=row.needed("date", (row.day("refunded_on") if outcome == "refund" else None) or row.day("date")),
        amount=_unsigned(row, outcome, amount),
        applied=row.number_of("applied"),
        unapplied=row.number_of("unapplied"),
        invoices=invoices,
        by_number=by_number,
        id_column=row.id_column(),
        method=row.text("method"),
        reference=row.text("reference"),
        qbo_id=row.text("qbo_id"),
        reason=row.text("reason"),
        rows=[row.number],
    )


def payments_of(table: Table, stage: Staging, remarks: Remarks) -> Iterator[PaymentOrCredit]:
    """One draft per payment; rows of one payment over several invoices are put together (grain `application`)."""
    if table.section.grain != "application":
        for read in table.read(lambda row: money_row(row, remarks)):
            yield from _drafts(_with_parts(read), remarks)
        return
    if "amount" in table.readers.numbers:
        table.sums.by_record["amount"] = ZERO
    for rows in table.groups(stage, lambda row: row.text("crm_id") or row.text("number") or f"row {row.number}"):
        group, broken = _put_together(table, rows, remarks)
        if group is None:
            continue
        if "amount" in table.sums.by_record:
            table.sums.by_record["amount"] += group.amount
        if broken is None:
            yield from _drafts(group, remarks)
        else:
            reason = f"is left out because row {broken} of the same payment cannot be read"
            table.reject(group.row, None, None, reason)


def _put_together(table: Table, rows: Sequence[Row], remarks: Remarks) -> tuple[MoneyRow | None, int | None]:
    """The rows of one payment, and the number of the first that cannot be read."""
    group: MoneyRow | None = None
    broken: int | None = None
    for row in rows:
        before = len(table.rejected)
        read = table.made(row, lambda row: money_row(row, remarks))
        if read is not None and group is None:
            group = _with_parts(read)
        elif read is not None and group is not None:
            table.made(row, partial(_join, group, read))
        if len(table.rejected) > before and broken is None:
            broken = row.number
    return group, broken


def _outcome(row: Row) -> tuple[Outcome, str | None]:
    section = row.readers.mapping.section
    default: Outcome = "credit" if section.role == "credits" else "payment"
    word = row.text("kind")
    if (
        row.day("refunded_on") is not None
        and default == "payment"
        and section.kinds.get((word or "").casefold()) != "ignore"
    ):
        return "refund", word or "refunded"
    if word is None or not section.kinds:
        return default, word
    outcome = section.kinds.get(word.casefold())
    if outcome is None:
        raise row.complaint("kind", "is a kind of row the profile does not know")
    return outcome, word


def _left_out(row: Row, outcome: Outcome, word: str | None) -> str:
    section = row.readers.mapping.section
    if outcome == "ignore":
        return f"of the kind {word!r}"
    if row.yes("active") is False:
        return "deleted in the CRM"
    said = row.text("status")
    if said is None or not section.payment_status:
        return ""
    kept = section.payment_status.get(said.casefold())
    if kept is None:
        raise row.complaint("status", "is a state of payments the profile does not know")
    return f"{said!r}" if kept == "ignore" else ""


def _unsigned(row: Row, outcome: Outcome, amount: Decimal) -> Decimal:
    """The amount without the file's sign. Raises RowError when it has the other sign, or is zero."""
    section = row.readers.mapping.section
    kind = outcome if outcome in ("payment", "refund") else "credit"
    convention = section.sign.get(kind, "positive")
    signed = -amount if convention == "negative" else amount
    if convention == "either":
        signed = abs(amount)
    if signed <= 0:
        wrong = "positive" if convention == "negative" else "not positive"
        hint = {"payment": "a refund is no payment", "credit": "a credit is written as a positive amount"}.get(kind, "")
        note = f"this export writes a {kind} below zero" if convention == "negative" else hint
        raise row.complaint("amount", f"is {wrong}" + (f"; {note}" if note else ""))
    return signed


def _with_parts(read: MoneyRow) -> MoneyRow:
    """With the parts its invoices get: a single invoice gets what is not left unapplied, several an unknown split."""
    if len(read.invoices) == 1:
        part = read.applied
        if part is None:
            part = read.amount - (read.unapplied or ZERO)
        read.parts = [(read.invoices[0], part)] if part else []
    else:
        read.parts = [(number, None) for number in read.invoices]
    return read


def _join(known: MoneyRow, read: MoneyRow, row: Row) -> None:
    """Another row of a payment. What is the payment's own must be equal on both. Raises RowError."""
    for name, one, other in (
        ("amount", known.amount, read.amount),
        ("date", known.date, read.date),
        ("customer", known.customer, read.customer),
        ("customer_id", known.customer_id, read.customer_id),
    ):
        if one != other:
            raise row.complaint(name, f"differs from {one} on row {known.row} of the same payment")
    if row.readers.mapping.section.role == "credits":
        known.invoices = tuple(dict.fromkeys((*known.invoices, *read.invoices)))
        known.rows.append(read.row)
        return
    if read.applied is None and read.invoices:
        raise row.complaint("applied", "is blank where a payment over several invoices needs its part")
    parts = [*known.parts, *_with_parts(read).parts]
    if sum((part or ZERO for _, part in parts), ZERO) > known.amount:
        raise row.complaint("applied", f"makes more than the payment's {known.amount} together with the rows before")
    known.parts = parts
    if read.row not in known.rows:
        known.rows.append(read.row)


def _drafts(group: MoneyRow, remarks: Remarks) -> Iterator[PaymentOrCredit]:
    """The payment, credit or refund; money given back leaves no link to an invoice."""
    crm_id = group.own_id or group.number or _made_id(group)
    said: dict[str, Any] = {
        "crm_id": crm_id,
        "qbo_id": group.qbo_id,
        "file": group.file,
        "rows": tuple(group.rows),
        "customer_id": group.customer_id,
        "date": group.date,
        "amount": group.amount,
    }
    if group.outcome == "payment":
        applied = tuple(CrmApplication(invoice_id=number, amount=part) for number, part in group.parts)
        yield _draft(group, CrmPayment(**said, method=group.method, reference=group.reference, applied=applied))
        return
    if group.outcome == "refund":
        yield _draft(group, CrmRefund(**said, method=group.method, reference=group.reference))
        return
    if len(group.invoices) > 1:
        remarks.add("Credits that name several invoices without saying how much each gets", crm_id)
    reason = "write-off" if group.outcome == "write_off" else group.reason or group.word
    credit = CrmCredit(**said, number=group.number, reason=reason)
    linked = group.invoices if len(group.invoices) == 1 else ()
    yield msgspec.structs.replace(_draft(group, credit), invoices=linked)


def _draft(group: MoneyRow, record: R) -> Draft[R]:
    return Draft(
        record=record,
        own_id=group.own_id is not None,
        id_column=group.id_column,
        customer=group.customer,
        phone=group.phone,
        by_number=group.by_number,
    )


def _made_id(group: MoneyRow) -> str:
    """From what the row says, so that it does not depend on the order of the export."""
    said = (
        group.date.isoformat(),
        str(group.amount),
        group.customer or group.customer_id,
        group.reference,
        *group.invoices,
    )
    return " ".join(part for part in said if part)
