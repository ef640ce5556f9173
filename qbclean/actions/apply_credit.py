"""Use a credit memo against an invoice: a zero payment that links both (contract 7.3, S09)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from qbclean.actions.lines import link_lines
from qbclean.actions.proposal import Judgement, Proposal, Role, marked
from qbclean.model.action import Undo
from qbclean.model.money import total
from qbclean.model.refs import DocumentRef
from qbclean.model.write import DocumentWrite

UNDO = Undo(class_="exact", how="the zero payment is deleted; credit memo and invoice are open again")


def apply_credit(
    credit: DocumentRef,
    credit_name: str,
    *,
    action_id: str,
    customer_id: str,
    applies: Sequence[tuple[DocumentRef, Decimal]],
    names: Sequence[str],
    on: date,
    judgement: Judgement,
) -> Proposal:
    """Join `credit` to the invoices of `applies` on day `on`. `customer_id` is the one both belong to."""
    amount = total(part for _, part in applies)
    body = {
        "CustomerRef": {"value": customer_id},
        "TotalAmt": "0.00",
        "TxnDate": on.isoformat(),
        "PrivateNote": marked(action_id, f"Applies credit {credit_name}"),
        "Line": link_lines([*applies, (credit, amount)]),
    }
    invoices = tuple(ref for ref, _ in applies)
    return Proposal(
        id=action_id,
        kind="apply_credit",
        summary=f"Apply {amount} of credit {credit_name} to invoice {' and '.join(names)}",
        amount=amount,
        customer_id=customer_id,
        roles=(Role(name="credit", ref=credit), *(Role(name="credited invoice", ref=ref) for ref in invoices)),
        writes=(DocumentWrite(operation="create", kind="Payment", body=body, changes=(*invoices, credit)),),
        judgement=judgement,
        undo=UNDO,
    )
