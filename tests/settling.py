"""What makes test documents agree with each other: balances and links from payments, A/R, and their wire JSON."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import msgspec

from qbclean.model.documents import AnyDocument, CreditMemo, Deposit, Invoice, JournalEntry, LinkedTxn, Payment
from qbclean.model.money import ZERO, total
from qbclean.model.refs import DocumentRef


def settled(documents: Sequence[AnyDocument]) -> tuple[AnyDocument, ...]:
    """The documents with every balance and LinkedTxn as the payments and deposits among them make it."""
    paid: dict[DocumentRef, Decimal] = {}
    links: dict[DocumentRef, list[LinkedTxn]] = {}
    for document in documents:
        if isinstance(document, Payment):
            for ref, amount in document.applications:
                paid[ref] = paid.get(ref, ZERO) + amount
                links.setdefault(ref, []).append(LinkedTxn(txn_id=document.id, txn_type="Payment"))
        elif isinstance(document, Deposit):
            for line in document.line:
                for link in line.linked_txn:
                    ref = DocumentRef(link.txn_type, link.txn_id)  # type: ignore[arg-type]
                    links.setdefault(ref, []).append(LinkedTxn(txn_id=document.id, txn_type="Deposit"))
    return tuple(_settle(document, paid.get(document.ref, ZERO), links.get(document.ref, [])) for document in documents)


def wire_json(entity: Any) -> bytes:
    """The object as QBO would send it: numbers for amounts, nothing for absent fields."""
    plain = msgspec.to_builtins(entity, builtin_types=(Decimal,))
    return msgspec.json.Encoder(decimal_format="number").encode(_without_nulls(plain))


def ar_by_customer(documents: Sequence[AnyDocument]) -> dict[str, Decimal]:
    """Σ invoice balances − unapplied payments − remaining credits per customer, and A/R journal lines not yet used."""
    sums: dict[str, Decimal] = {}
    for document in documents:
        if isinstance(document, Invoice):
            sums[document.customer_id] = sums.get(document.customer_id, ZERO) + document.balance
        elif isinstance(document, CreditMemo):
            sums[document.customer_id] = sums.get(document.customer_id, ZERO) - document.balance
        elif isinstance(document, Payment):
            used = total(amount for ref, amount in document.applications if ref.kind == "JournalEntry")
            sums[document.customer_id] = sums.get(document.customer_id, ZERO) - document.unapplied_amt + used
        elif isinstance(document, JournalEntry):
            for line in document.line:
                detail = line.journal_entry_line_detail
                if detail and detail.entity and detail.entity.entity_ref:
                    owner = detail.entity.entity_ref.value
                    sign = 1 if detail.posting_type == "Debit" else -1
                    sums[owner] = sums.get(owner, ZERO) + sign * line.amount
    return sums


def _settle(document: AnyDocument, paid: Decimal, links: Sequence[LinkedTxn]) -> AnyDocument:
    joined = tuple(dict.fromkeys((*document.linked_txn, *links)))
    if isinstance(document, Invoice):
        return msgspec.structs.replace(
            document, linked_txn=joined, balance=document.total_amt - document.deposit - paid
        )
    if isinstance(document, CreditMemo):
        return msgspec.structs.replace(document, linked_txn=joined, balance=document.total_amt - paid)
    return msgspec.structs.replace(document, linked_txn=joined)


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    if isinstance(value, list | tuple):
        return [_without_nulls(item) for item in value]
    return value
