"""Void a duplicate invoice in an open period (S01, S03)."""

from __future__ import annotations

from qbclean.actions.proposal import CRM_STEP, Judgement, Proposal, Role
from qbclean.model.action import Undo
from qbclean.model.documents import Invoice
from qbclean.model.write import DocumentWrite

UNDO = Undo(
    class_="compensating",
    how="QuickBooks cannot un-void: the lines are restored by an update of the same invoice; where QuickBooks refuses "
    "that, the invoice is created again with the same number, date, lines and tax",
    leaves="a re-created invoice has a new Id and creation time beside the voided one; its e-mail history is lost",
)


def void_invoice(
    invoice: Invoice,
    *,
    action_id: str,
    survivor: Invoice,
    judgement: Judgement,
) -> Proposal:
    """Void `invoice`, of which `survivor` is the copy that stays."""
    body = {"Id": invoice.id, "SyncToken": invoice.sync_token}
    return Proposal(
        id=action_id,
        kind="void_invoice",
        summary=f"Void invoice {invoice.doc_number or invoice.id} of {invoice.total_amt}: it bills the same sale as "
        f"invoice {survivor.doc_number or survivor.id}",
        amount=invoice.total_amt,
        customer_id=invoice.customer_id,
        roles=(Role(name="duplicate", ref=invoice.ref), Role(name="survivor", ref=survivor.ref)),
        writes=(DocumentWrite(operation="void", kind="Invoice", body=body, target=invoice.ref),),
        judgement=judgement,
        risks=("A void cannot be undone in QuickBooks itself; see undo.",),
        undo=UNDO,
        crm_step=CRM_STEP.format(invoice.id),
    )
