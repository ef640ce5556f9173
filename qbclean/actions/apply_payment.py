"""Change what a payment pays: apply what hangs unapplied, or move it off a wrong invoice (contract 7.2, S05, S07)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Literal

from qbclean.actions.lines import link_lines, text
from qbclean.actions.proposal import Judgement, Proposal, Role, changed_token
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
    onto: str = "",
) -> Proposal:
    """Lines of `payment` afterwards: `remains` then `adds` (invoices with positive amounts). Lines are all-or-none.

    `names` are the invoices of `adds` as people know them. `onto`: the customer or job that `payment` is booked on
    afterwards, when it is another; what it settles now is unlinked by a step of its own first (contract 7.2).
    """
    moved = total(amount for _, amount in adds)
    owner = onto or payment.customer_id
    touched = dict.fromkeys([ref for ref, _ in payment.applications] + [ref for ref, _ in adds])
    verb = "Apply" if kind == "apply_payment" else "Move"
    label = f"payment {payment.payment_ref_num}" if payment.payment_ref_num else f"payment {payment.id}"
    return Proposal(
        id=action_id,
        kind=kind,
        summary=f"{verb} {moved} of {label} ({payment.txn_date}) to invoice {' and '.join(names)}",
        amount=moved,
        customer_id=owner,
        roles=(
            Role(name="payment", ref=payment.ref),
            *(Role(name="paid invoice", ref=ref) for ref, _ in adds),
            *(Role(name="former invoice", ref=ref) for ref in touched if ref not in dict(adds)),
        ),
        writes=tuple(_writes(payment, action_id, owner, [*remains, *adds])),
        judgement=judgement,
        risks=("Cash-basis income moves from Unapplied Cash Payment Income to the invoices' accounts (S08).",)
        if kind == "apply_payment"
        else (),
        undo=UNDO,
        crm_step="",
    )


def _writes(
    payment: Payment, action_id: str, owner: str, lines: Sequence[tuple[DocumentRef, Decimal]]
) -> Iterator[DocumentWrite]:
    """The update, after another that unlinks everything where a linked payment goes to another customer."""
    token = payment.sync_token
    before = [ref for ref, _ in payment.applications]
    if owner != payment.customer_id and before:
        yield _update(payment, token, payment.customer_id, [], before)
        token, before = changed_token(action_id), []
    yield _update(payment, token, owner, lines, [*before, *(ref for ref, _ in lines)])


def _update(
    payment: Payment,
    token: str,
    customer: str,
    lines: Sequence[tuple[DocumentRef, Decimal]],
    touched: Sequence[DocumentRef],
) -> DocumentWrite:
    body = {
        "Id": payment.id,
        "SyncToken": token,
        "sparse": True,
        "CustomerRef": {"value": customer},
        "TotalAmt": text(payment.total_amt),
        "Line": link_lines(lines),
    }
    changes = tuple(dict.fromkeys(touched))
    return DocumentWrite(operation="update", kind="Payment", body=body, target=payment.ref, changes=changes)
