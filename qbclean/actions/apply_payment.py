"""Change what a payment pays: apply what hangs unapplied, or move it off a wrong invoice (contract 7.2, S05, S07)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Literal

from qbclean.actions.lines import link_lines, text
from qbclean.actions.proposal import Judgement, Proposal, Role
from qbclean.model.action import Undo
from qbclean.model.documents import Payment
from qbclean.model.money import total
from qbclean.model.refs import DocumentRef
from qbclean.model.write import DocumentWrite

UNDO = Undo(class_="exact", how="the payment's former lines are put back by an update")


def apply_payment(
    payment: Payment,
    *,
    kind: Literal["apply_payment", "move_payment"] = "apply_payment",
    action_id: str,
    remains: Sequence[tuple[DocumentRef, Decimal]],
    adds: Sequence[tuple[DocumentRef, Decimal]],
    names: Sequence[str],
    judgement: Judgement,
) -> Proposal:
    """Lines of `payment` afterwards: `remains` then `adds` (invoices with positive amounts). Lines are all-or-none.

    `names` are the invoices of `adds` as people know them.
    """
    moved = total(amount for _, amount in adds)
    body = {
        "Id": payment.id,
        "SyncToken": payment.sync_token,
        "sparse": True,
        "CustomerRef": {"value": payment.customer_id},
        "TotalAmt": text(payment.total_amt),
        "Line": link_lines([*remains, *adds]),
    }
    touched = dict.fromkeys([ref for ref, _ in payment.applications] + [ref for ref, _ in adds])
    verb = "Apply" if kind == "apply_payment" else "Move"
    label = f"payment {payment.payment_ref_num}" if payment.payment_ref_num else f"payment {payment.id}"
    return Proposal(
        id=action_id,
        kind=kind,
        summary=f"{verb} {moved} of {label} ({payment.txn_date}) to invoice {' and '.join(names)}",
        amount=moved,
        customer_id=payment.customer_id,
        roles=(
            Role(name="payment", ref=payment.ref),
            *(Role(name="paid invoice", ref=ref) for ref, _ in adds),
            *(Role(name="former invoice", ref=ref) for ref in touched if ref not in dict(adds)),
        ),
        writes=(
            DocumentWrite(operation="update", kind="Payment", body=body, target=payment.ref, changes=tuple(touched)),
        ),
        judgement=judgement,
        risks=("Cash-basis income moves from Unapplied Cash Payment Income to the invoices' accounts (S08).",)
        if kind == "apply_payment"
        else (),
        undo=UNDO,
        crm_step="",
    )
