"""Cancel a duplicate in a closed period: a mirrored credit memo in the open one and a zero payment (S01, S02)."""

from __future__ import annotations

from datetime import date
from typing import Any

from qbclean.actions.lines import link_line, mirrored_line, mirrored_tax
from qbclean.actions.proposal import CRM_STEP, Judgement, Proposal, Role, created_id, marked
from qbclean.model.action import Undo
from qbclean.model.documents import Invoice
from qbclean.model.refs import DocumentRef
from qbclean.model.write import DocumentWrite

UNDO = Undo(class_="exact while untouched", how="the zero payment and the credit memo are deleted; both were made here")


def credit_duplicate(
    invoice: Invoice,
    *,
    action_id: str,
    survivor: Invoice,
    on: date,
    judgement: Judgement,
) -> Proposal:
    """Credit every line of `invoice` on day `on` and apply the credit to it, so that its balance falls to zero."""
    name = invoice.doc_number or invoice.id
    lines = [mirrored_line(line, line.amount) for line in invoice.item_lines if line.detail_type != "DescriptionOnly"]
    if any(line is None for line in lines):
        judgement = judgement.held("a line of the invoice has no item to mirror (S02); credit it by hand")
    memo: dict[str, Any] = {
        "CustomerRef": {"value": invoice.customer_id},
        "TxnDate": on.isoformat(),
        "PrivateNote": marked(action_id, f"Cancels duplicate invoice {name} of {invoice.txn_date}"),
        "Line": lines,
        **mirrored_tax(invoice, invoice.total_tax),
    }
    if invoice.class_ref:
        memo["ClassRef"] = {"value": invoice.class_ref.value}
    credit = DocumentRef("CreditMemo", created_id(action_id))
    joining = {
        "CustomerRef": {"value": invoice.customer_id},
        "TotalAmt": "0.00",
        "TxnDate": on.isoformat(),
        "PrivateNote": marked(action_id, f"Applies the credit for duplicate invoice {name}"),
        "Line": [link_line(invoice.ref, invoice.total_amt), link_line(credit, invoice.total_amt)],
    }
    return Proposal(
        id=action_id,
        kind="credit_duplicate",
        summary=f"Credit invoice {name} of {invoice.total_amt} on {on}: it bills the same sale as invoice "
        f"{survivor.doc_number or survivor.id}, and its period is closed",
        amount=invoice.total_amt,
        customer_id=invoice.customer_id,
        roles=(Role(name="duplicate", ref=invoice.ref), Role(name="survivor", ref=survivor.ref)),
        writes=(
            DocumentWrite(operation="create", kind="CreditMemo", body=memo),
            DocumentWrite(operation="create", kind="Payment", body=joining, changes=(invoice.ref, credit)),
        ),
        judgement=judgement,
        risks=(f"Accrual income of {on:%B %Y} falls by the credit; the closed period itself does not move.",),
        undo=UNDO,
        crm_step=CRM_STEP.format(invoice.id),
    )
