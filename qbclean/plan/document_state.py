"""A document reduced to what a reviewer compares: number, date, total, what is open, what it is applied to."""

from __future__ import annotations

from decimal import Decimal

from qbclean.model.action import AppliedTo, DocumentState
from qbclean.model.documents import AnyDocument, CreditMemo, Invoice, Payment
from qbclean.model.money import ZERO


def document_state(document: AnyDocument, customer: str = "") -> DocumentState:
    """The state of `document`; `customer` is the name to show."""
    applied = document.applications if isinstance(document, Payment) else ()
    return DocumentState(
        kind=document.kind,
        id=document.id,
        doc_number=document.doc_number,
        customer=customer,
        txn_date=document.txn_date,
        total=document.total_amt,
        open=open_on(document),
        applied=tuple(AppliedTo(kind=ref.kind, id=ref.id, amount=amount) for ref, amount in applied),
        voided=document.is_voided,
    )


def open_on(document: AnyDocument) -> Decimal:
    """An invoice's balance, a payment's unapplied amount, a memo's remaining credit; zero for everything else (≥ 0)."""
    if isinstance(document, Payment):
        return document.unapplied_amt
    return document.balance if isinstance(document, Invoice | CreditMemo) else ZERO
