"""An invoice's open balance credited away: a credit memo, and the zero payment that joins the two."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from qbclean.actions.lines import link_line
from qbclean.actions.proposal import created_id, marked
from qbclean.model.action import Undo
from qbclean.model.documents import Invoice
from qbclean.model.refs import DocumentRef
from qbclean.model.write import DocumentWrite

UNDO = Undo(class_="exact while untouched", how="the zero payment and the credit memo are deleted; both were made here")


def credit_and_apply(
    invoice: Invoice,
    amount: Decimal,
    *,
    action_id: str,
    on: date,
    lines: Sequence[Mapping[str, Any] | None],
    tax: Mapping[str, Any],
    does: str,
    applies: str,
) -> tuple[DocumentWrite, DocumentWrite]:
    """Credits `amount` on day `on` with `lines` and applies it to `invoice`.

    `tax`: what the body says of tax; empty for nothing. `does` and `applies` are the notes of the two documents.
    """
    memo: dict[str, Any] = {
        "CustomerRef": {"value": invoice.customer_id},
        "TxnDate": on.isoformat(),
        "PrivateNote": marked(action_id, does),
        "Line": lines,
        **tax,
    }
    if invoice.class_ref:
        memo["ClassRef"] = {"value": invoice.class_ref.value}
    credit = DocumentRef("CreditMemo", created_id(action_id))
    joining = {
        "CustomerRef": {"value": invoice.customer_id},
        "TotalAmt": "0.00",
        "TxnDate": on.isoformat(),
        "PrivateNote": marked(action_id, applies),
        "Line": [link_line(invoice.ref, amount), link_line(credit, amount)],
    }
    return (
        DocumentWrite(operation="create", kind="CreditMemo", body=memo),
        DocumentWrite(operation="create", kind="Payment", body=joining, changes=(invoice.ref, credit)),
    )
