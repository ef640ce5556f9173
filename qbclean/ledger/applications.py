"""What happens on the other side of a payment's lines: balances and links of the documents it pays or uses up.

Links are made only from the Payment (contract 7.2); invoices and credit memos follow, and keep their SyncToken.
"""

from __future__ import annotations

from decimal import Decimal

import msgspec

from qbclean.ledger.refusal import refusal
from qbclean.ledger.world import World
from qbclean.model.documents import AnyDocument, CreditMemo, Invoice, JournalEntry, LinkedTxn, Payment
from qbclean.model.money import ZERO, money
from qbclean.model.refs import DocumentRef


def applied_amounts(payment: Payment) -> dict[DocumentRef, Decimal]:
    """Document → amount, in the order of the lines; several lines for one document are added up."""
    amounts: dict[DocumentRef, Decimal] = {}
    for ref, amount in payment.applications:
        amounts[ref] = amounts.get(ref, ZERO) + amount
    return amounts


def applied_to(target: AnyDocument, payment: Payment) -> Decimal:
    """What the lines of `payment` have for `target`, 0.00 when there is none."""
    amount = ZERO
    for line in payment.line:
        for link in line.linked_txn[:1]:
            if link.txn_id == target.id and link.txn_type == target.kind:
                amount += line.amount
    return amount


def is_paid_by(document: AnyDocument | None) -> bool:
    """True when a payment's line for `document` takes money (an invoice, an opening balance), False when it gives some.

    A journal entry counts by its Customer lines: more debit than credit is owed, otherwise it is a credit.
    """
    if isinstance(document, JournalEntry):
        owed = ZERO
        for line in document.line:
            detail = line.journal_entry_line_detail
            if detail and detail.entity and detail.entity.type == "Customer":
                owed += line.amount if detail.posting_type == "Debit" else -line.amount
        return owed > 0
    return isinstance(document, Invoice)


def unapplied(world: World, payment: Payment) -> Decimal:
    """TotalAmt − what is paid + what is used up (contract 6.4); negative when more is applied than there is."""
    rest = payment.total_amt
    for ref, amount in payment.applications:
        rest += -amount if is_paid_by(world.get(ref)) else amount
    return money(rest)


def relinked(world: World, before: Payment, after: Payment) -> World:
    """The world after a payment's lines went from those of `before` to those of `after` (no lines: no links).

    Only the documents on the other side change. Raises SimulationError where one is missing, belongs to another
    customer or currency, or has less open than is applied. A link the payment already had may stay with another
    customer: QuickBooks let a parent pay its job's invoice.
    """
    old, new = applied_amounts(before), applied_amounts(after)
    moved = before.customer_id != after.customer_id
    changed: list[AnyDocument] = []
    for ref in dict.fromkeys((*old, *new)):
        target = world.get(ref)
        if ref in new:
            _require_linkable(after, ref, target, is_new=moved or ref not in old)
        if target is not None:
            changed.append(_with_link(target, after.ref, old.get(ref), new.get(ref)))
    return world.with_documents(changed) if changed else world


def _require_linkable(payment: Payment, ref: DocumentRef, target: AnyDocument | None, *, is_new: bool) -> None:
    if target is None:
        raise refusal(payment, f"its line names {ref}, which is not in the books (610).")
    if not isinstance(target, Invoice | CreditMemo | JournalEntry):
        raise refusal(payment, f"a payment cannot be applied to {ref} (620).")
    if applied_amounts(payment)[ref] <= 0:
        raise refusal(payment, f"the amount applied to {ref} is not positive (2290).")
    if not is_new or isinstance(target, JournalEntry):
        return
    if target.customer_id != payment.customer_id:
        raise refusal(payment, f"{ref} belongs to customer {target.customer_id}, the payment to {payment.customer_id}.")
    if target.currency_ref and payment.currency_ref and target.currency_ref.value != payment.currency_ref.value:
        raise refusal(payment, f"{ref} is in {target.currency_ref.value}, the payment in {payment.currency_ref.value}.")


def _with_link(target: AnyDocument, payment: DocumentRef, old: Decimal | None, new: Decimal | None) -> AnyDocument:
    links = tuple(link for link in target.linked_txn if (link.txn_type, link.txn_id) != (payment.kind, payment.id))
    if new is not None:
        links = (*links, LinkedTxn(txn_id=payment.id, txn_type=payment.kind))
    if not isinstance(target, Invoice | CreditMemo):
        return msgspec.structs.replace(target, linked_txn=links)
    balance = money(target.balance + (old or ZERO) - (new or ZERO))
    if balance < 0:
        raise refusal(target, f"only {target.balance + (old or ZERO)} is open, and {new} would be applied (6000).")
    return msgspec.structs.replace(target, linked_txn=links, balance=balance)
