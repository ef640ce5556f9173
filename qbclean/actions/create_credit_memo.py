"""Record a credit the CRM gave and QuickBooks never saw; applying it is an action of its own (S02, S09)."""

from __future__ import annotations

from datetime import date
from typing import Any

from qbclean.actions.lines import mirrored_part, mirrored_tax
from qbclean.actions.proposal import Judgement, Proposal, Role, marked
from qbclean.model.action import Undo
from qbclean.model.crm import CrmCredit
from qbclean.model.documents import Invoice
from qbclean.model.write import DocumentWrite

UNDO = Undo(class_="exact while untouched", how="the credit memo, which was made here, is deleted")


def create_credit_memo(
    credit: CrmCredit,
    invoice: Invoice,
    *,
    action_id: str,
    on: date,
    doc_number: str | None,
    judgement: Judgement,
) -> Proposal:
    """A credit memo of `credit.amount`, tax included, that takes back each line of `invoice` in proportion."""
    name = credit.number or credit.crm_id
    lines, tax = mirrored_part(invoice, credit.amount)
    if not lines:
        judgement = judgement.held("the credited invoice has no item line to mirror; enter the credit by hand")
    body: dict[str, Any] = {
        "CustomerRef": {"value": invoice.customer_id},
        "TxnDate": on.isoformat(),
        "PrivateNote": marked(action_id, f"CRM credit {name} of {credit.date}: {credit.reason or 'no reason given'}"),
        "Line": lines,
        **mirrored_tax(invoice, tax),
    }
    if doc_number:
        body = {"DocNumber": doc_number, **body}
    if invoice.class_ref:
        body["ClassRef"] = {"value": invoice.class_ref.value}
    return Proposal(
        id=action_id,
        kind="create_credit_memo",
        summary=f"Record CRM credit {name} of {credit.amount} ({credit.date}) for invoice "
        f"{invoice.doc_number or invoice.id}",
        amount=credit.amount,
        customer_id=invoice.customer_id,
        roles=(Role(name="credited invoice", ref=invoice.ref),),
        writes=(DocumentWrite(operation="create", kind="CreditMemo", body=body),),
        judgement=judgement,
        risks=(f"Accrual income of {on:%B %Y} falls by the credit.",),
        undo=UNDO,
        crm_step="In the CRM, mark the credit as exported so that its sync does not enter it again.",
    )
