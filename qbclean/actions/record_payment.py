"""Record a payment the CRM has and QuickBooks never got; only when no equal money is booked in another shape."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from qbclean.actions.lines import link_lines, text
from qbclean.actions.proposal import Judgement, Proposal, Role, marked
from qbclean.model.action import Undo
from qbclean.model.crm import CrmPayment
from qbclean.model.refs import DocumentRef
from qbclean.model.write import DocumentWrite

UNDO = Undo(
    class_="exact while undeposited", how="the payment, which was made here, is deleted, unless it was deposited since"
)


def record_payment(
    payment: CrmPayment,
    *,
    action_id: str,
    customer_id: str,
    on: date,
    applies: Sequence[tuple[DocumentRef, Decimal]],
    names: Sequence[str],
    method_id: str | None,
    judgement: Judgement,
) -> Proposal:
    """The whole payment, dated `on`; what `applies` leaves over stays unapplied.

    It goes to Undeposited Funds, QBO's default.
    """
    moved = "" if on == payment.date else f", dated {payment.date} in the CRM"
    body: dict[str, Any] = {
        "CustomerRef": {"value": customer_id},
        "TotalAmt": text(payment.amount),
        "TxnDate": on.isoformat(),
        "PrivateNote": marked(action_id, f"CRM payment {payment.crm_id}{moved}"),
        "Line": link_lines(applies),
    }
    if payment.reference and len(payment.reference) <= 21:
        body["PaymentRefNum"] = payment.reference
    if method_id:
        body["PaymentMethodRef"] = {"value": method_id}
    invoices = tuple(ref for ref, _ in applies)
    return Proposal(
        id=action_id,
        kind="record_payment",
        summary=f"Record CRM payment of {payment.amount} ({on}) for invoice {' and '.join(names)}{moved}",
        amount=payment.amount,
        customer_id=customer_id,
        roles=tuple(Role(name="paid invoice", ref=ref) for ref in invoices),
        writes=(DocumentWrite(operation="create", kind="Payment", body=body, changes=invoices),),
        judgement=judgement,
        risks=("Undeposited Funds rise until the payment is deposited; the bank must show the money.",),
        undo=UNDO,
        crm_step="In the CRM, mark the payment as exported so that its sync does not enter it again.",
    )
