"""Cancel a duplicate in a closed period: a mirrored credit memo in the open one and a zero payment (S01, S02)."""

from __future__ import annotations

from datetime import date

from qbclean.actions.crediting import UNDO, credit_and_apply
from qbclean.actions.lines import mirrored_line, mirrored_tax
from qbclean.actions.proposal import CRM_STEP, Judgement, Proposal, Role
from qbclean.model.documents import Invoice


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
    return Proposal(
        id=action_id,
        kind="credit_duplicate",
        summary=f"Credit invoice {name} of {invoice.total_amt} on {on}: it bills the same sale as invoice "
        f"{survivor.doc_number or survivor.id}, and its period is closed",
        amount=invoice.total_amt,
        customer_id=invoice.customer_id,
        roles=(Role(name="duplicate", ref=invoice.ref), Role(name="survivor", ref=survivor.ref)),
        writes=credit_and_apply(
            invoice,
            invoice.total_amt,
            action_id=action_id,
            on=on,
            lines=lines,
            tax=mirrored_tax(invoice, invoice.total_tax),
            does=f"Cancels duplicate invoice {name} of {invoice.txn_date}",
            applies=f"Applies the credit for duplicate invoice {name}",
        ),
        judgement=judgement,
        risks=(f"Accrual income of {on:%B %Y} falls by the credit; the closed period itself does not move.",),
        undo=UNDO,
        crm_step=CRM_STEP.format(invoice.id),
    )
