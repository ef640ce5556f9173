"""What QuickBooks would do with a write, so that a plan can show every consequence before anything is sent.

Follows contract 6 and 7 and, where they are open, the cautious outcome: what QuickBooks may refuse is refused here.
Not simulated: numbers QuickBooks assigns, tax it computes itself, terms (DueDate defaults to TxnDate), line ids, times.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeVar, assert_never

import msgspec

from qbclean.ledger.applications import relinked, unapplied
from qbclean.ledger.lines import net, stored, without_tax, zeroed
from qbclean.ledger.refusal import SimulationError, refusal
from qbclean.ledger.world import World
from qbclean.model.documents import (
    AnyDocument,
    CreditMemo,
    Document,
    Invoice,
    MetaData,
    Payment,
    RefundReceipt,
    SalesDocument,
    SalesReceipt,
)
from qbclean.model.money import ZERO, money
from qbclean.model.refs import DocumentRef
from qbclean.model.write import DocumentWrite

__all__ = ["SimulationError", "simulate"]

_SALES: dict[str, type[Invoice | CreditMemo | SalesReceipt | RefundReceipt]] = {
    "Invoice": Invoice,
    "CreditMemo": CreditMemo,
    "SalesReceipt": SalesReceipt,
    "RefundReceipt": RefundReceipt,
}
_VOIDABLE = (Invoice, Payment, SalesReceipt)
_NO_TIME: dict[str, Any] = msgspec.to_builtins(
    MetaData(create_time=datetime(1970, 1, 1, tzinfo=UTC), last_updated_time=datetime(1970, 1, 1, tzinfo=UTC))
)
_READ_ONLY = ("MetaData", "LinkedTxn", "Balance", "UnappliedAmt")
"""QuickBooks computes these; what a body says about them is ignored."""

_Sales = TypeVar("_Sales", bound=SalesDocument)
_Writable = TypeVar("_Writable", bound=Document)


def simulate(world: World, write: DocumentWrite, *, new_id: str) -> World:
    """The world after `write`; `new_id` is the Id a create gets (a placeholder `${ACTION.Id}` will do).

    The written document's SyncToken goes up by one ("0" for a new one); documents that only follow keep theirs.
    Raises SimulationError where QuickBooks would refuse, or where nobody knows what it would do.
    """
    if write.operation == "create":
        return _created(world, write, new_id)
    before = _current(world, write)
    match write.operation:
        case "update":
            return _updated(world, write, before)
        case "void":
            return _voided(world, before)
        case "delete":
            return _deleted(world, before)
        case _:
            assert_never(write.operation)


# ------------------------------------------------------------------ the four writes
def _created(world: World, write: DocumentWrite, new_id: str) -> World:
    ref = DocumentRef(write.kind, new_id)
    if ref in world:
        raise refusal(ref, "its id is already taken.")
    if "TxnDate" not in write.body:
        raise refusal(ref, "no TxnDate is given, and QuickBooks would put its own day.")
    own = {"Id": new_id, "SyncToken": "0", "MetaData": _NO_TIME}
    body = {**_without(write.body, _READ_ONLY), **own}
    if write.kind == "Payment":
        payment = _decoded(Payment, ref, body)
        return _with_payment(world, msgspec.structs.replace(payment, line=()), payment)
    type_ = _SALES.get(write.kind)
    if type_ is None:
        raise refusal(ref, f"qbclean does not create a {ref.kind} (S12).")
    return world.with_document(_balanced(_totalled(_decoded(type_, ref, body)), applied=ZERO))


def _updated(world: World, write: DocumentWrite, before: AnyDocument) -> World:
    """Sparse keeps what is left out; a full update resets it, except what only QuickBooks writes (contract 7.5)."""
    if before.is_deposited:
        raise refusal(before, "it is in a bank deposit, and QuickBooks takes no change to it (6540, S05).")
    known = msgspec.to_builtins(before)
    sent = _without(write.body, _READ_ONLY)
    if not sent.get("sparse", False):
        known = {name: known[name] for name in ("Id", "MetaData", "LinkedTxn", "CurrencyRef")}
    body = {**known, **sent, "SyncToken": _next_token(before)}
    if isinstance(before, Payment):
        return _with_payment(world, before, _decoded(Payment, before.ref, body))
    if not isinstance(before, SalesDocument):
        raise refusal(before, f"qbclean does not change a {before.kind} (S05, S12).")
    after = _decoded(type(before), before.ref, body)
    if {"Line", "TxnTaxDetail", "Deposit"} & sent.keys():
        after = _totalled(after)
    applied = before.total_amt - before.balance - _deposit(before)
    if applied and after.customer_id != before.customer_id:
        raise refusal(before, "its customer cannot change while payments or credits are applied.")
    return world.with_document(_balanced(after, applied=applied))


def _voided(world: World, before: AnyDocument) -> World:
    if not isinstance(before, _VOIDABLE):
        raise refusal(before, f"a {before.kind} cannot be voided through the API (500, contract 7.1).")
    if before.is_voided:
        raise refusal(before, "it is void already.")
    _require_free(before)
    note = f"Voided {before.private_note}" if before.private_note else "Voided"
    token = _next_token(before)
    if isinstance(before, Payment):
        after = msgspec.structs.replace(
            before, line=(), total_amt=ZERO, unapplied_amt=ZERO, private_note=note, sync_token=token
        )
        return relinked(world, before, after).with_document(after)
    emptied = msgspec.structs.replace(
        before,
        line=zeroed(before.line),
        txn_tax_detail=without_tax(before.txn_tax_detail),
        total_amt=ZERO,
        balance=ZERO,
        private_note=note,
        sync_token=token,
    )
    if isinstance(emptied, Invoice):
        emptied = msgspec.structs.replace(emptied, deposit=ZERO)
    return world.with_document(emptied)


def _deleted(world: World, before: AnyDocument) -> World:
    if not isinstance(before, SalesDocument | Payment):
        raise refusal(before, f"deleting a {before.kind} is not something qbclean does (S12).")
    _require_free(before)
    if isinstance(before, Payment):
        world = relinked(world, before, msgspec.structs.replace(before, line=()))
    return world.without(before.ref)


# ------------------------------------------------------------------ parts
def _current(world: World, write: DocumentWrite) -> AnyDocument:
    if write.target is None:
        raise refusal(write.kind, f"the {write.operation} names no document.")
    before = world.get(write.target)
    if before is None:
        raise refusal(write.target, "it is not in the books (610).")
    if str(write.body.get("Id")) != before.id:
        raise refusal(before, f"the body is for id {write.body.get('Id')}.")
    token = str(write.body.get("SyncToken"))
    if token != before.sync_token and not token.startswith("${"):
        raise refusal(before, f"the body has SyncToken {token}, the document {before.sync_token} (5010).")
    return before


def _with_payment(world: World, before: Payment, sent: Payment) -> World:
    """Payment lines are all-or-none: what is not in `sent` is no longer linked (contract 7.2)."""
    after = msgspec.structs.replace(sent, total_amt=_in_cents(sent, sent.total_amt))
    rest = unapplied(world, after)
    if rest < 0:
        raise refusal(after, f"{-rest} more is applied than the payment and its credits hold (6000).")
    after = msgspec.structs.replace(after, unapplied_amt=rest)
    return relinked(world, before, after).with_document(after)


def _totalled(document: _Sales) -> _Sales:
    try:
        lines = stored(document.line)
    except ValueError as error:
        raise refusal(document, f"{error} (6070).") from error
    if len(lines) == 1:
        raise refusal(document, "it has no line (2020).")
    return msgspec.structs.replace(document, line=lines, total_amt=_in_cents(document, net(lines) + document.total_tax))


def _balanced(document: _Sales, *, applied: Decimal) -> _Sales:
    """Balance = total − deposit − what is applied; receipts have none. DueDate falls back to TxnDate."""
    if isinstance(document, Invoice) and document.due_date is None:
        document = msgspec.structs.replace(document, due_date=document.txn_date)
    if not isinstance(document, Invoice | CreditMemo):
        return document
    balance = _in_cents(document, document.total_amt - _deposit(document) - applied)
    return msgspec.structs.replace(document, balance=balance)


def _in_cents(document: Document, amount: Decimal) -> Decimal:
    try:
        exact = money(amount)
    except ValueError as error:
        raise refusal(document, f"{error} (2140).") from error
    if exact < 0:
        raise refusal(document, f"its total or balance would be {exact} (2290).")
    return exact


def _deposit(document: SalesDocument) -> Decimal:
    return document.deposit if isinstance(document, Invoice) else ZERO


def _require_free(document: AnyDocument) -> None:
    """Nothing may be voided or deleted that money hangs on (S03, S05)."""
    if document.is_deposited:
        raise refusal(document, "it is in a bank deposit (6540, S05).")
    if not isinstance(document, Payment) and any(link.txn_type == "Payment" for link in document.linked_txn):
        raise refusal(document, "payments or credits are still applied to it (6000, S03).")


def _decoded(type_: type[_Writable], ref: DocumentRef, body: dict[str, Any]) -> _Writable:
    try:
        return msgspec.convert(body, type_, strict=False)
    except msgspec.ValidationError as error:
        raise refusal(ref, f"its body cannot be read: {error} (2010).") from error


def _next_token(document: AnyDocument) -> str:
    if not document.sync_token.isdecimal():
        raise refusal(document, f"its SyncToken {document.sync_token!r} is not a number.")
    return str(int(document.sync_token) + 1)


def _without(body: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name not in names}
