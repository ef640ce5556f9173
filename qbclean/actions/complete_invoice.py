"""Bring the lines and tax of a partly synced invoice to the CRM's (S01, S10; contract 7.5: lines are all-or-none)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from qbclean.actions.lines import item_line
from qbclean.actions.proposal import Judgement, Proposal, Role
from qbclean.model.action import Undo
from qbclean.model.crm import CrmInvoice, CrmLine
from qbclean.model.documents import Invoice, Line
from qbclean.model.write import DocumentWrite

UNDO = Undo(class_="exact", how="the former lines and tax are put back by an update")
UNDO_OF_HEADER = Undo(
    class_="compensating",
    how="the lines are taken off again by an update",
    leaves="QuickBooks takes no invoice without lines: one empty line stays",
)


def complete_invoice(
    invoice: Invoice,
    record: CrmInvoice,
    *,
    action_id: str,
    items: Sequence[str],
    taxable: Sequence[bool],
    tax: Mapping[str, Any],
    judgement: Judgement,
) -> Proposal:
    """`items`, `taxable` and `tax` are those of the CRM's lines. A line already there keeps its Id."""
    there = [line for line in invoice.item_lines if line.id]
    lines = []
    for line, item, taxed in zip(record.lines or (), items, taxable, strict=False):
        known = next((old for old in there if _same(old, line, item)), None)
        body = item_line(
            amount=line.amount,
            item_id=item,
            description=line.description or line.item,
            quantity=line.quantity,
            unit_price=line.unit_price,
            tax_code="TAX" if taxed else "NON",
            class_id=_class(known),
        )
        if known is not None:
            there.remove(known)
            body = {"Id": known.id, **body}
        lines.append(body)
    body = {
        "Id": invoice.id,
        "SyncToken": invoice.sync_token,
        "sparse": True,
        "CustomerRef": {"value": invoice.customer_id},
        "Line": lines,
        "TxnTaxDetail": dict(tax) if tax else {"TotalTax": "0.00"},
    }
    return Proposal(
        id=action_id,
        kind="complete_invoice",
        summary=f"Complete invoice {invoice.doc_number or invoice.id}: {invoice.total_amt} becomes {record.total}",
        amount=abs(record.total - invoice.total_amt),
        customer_id=invoice.customer_id,
        roles=(Role(name="partial invoice", ref=invoice.ref),),
        writes=(DocumentWrite(operation="update", kind="Invoice", body=body, target=invoice.ref),),
        judgement=judgement,
        risks=(f"Accrual income of {invoice.txn_date:%B %Y} changes with the lines.",),
        undo=UNDO if invoice.item_lines else UNDO_OF_HEADER,
        crm_step="In the CRM, check that the invoice is marked as synced, so that its sync does not add it again.",
    )


def _same(old: Line, line: CrmLine, item: str) -> bool:
    detail = old.sales_item_line_detail
    same_item = bool(detail and detail.item_ref and detail.item_ref.value == item)
    return same_item and (old.amount == line.amount or old.description == (line.description or line.item))


def _class(line: Line | None) -> str | None:
    detail = line.sales_item_line_detail if line else None
    return detail.class_ref.value if detail and detail.class_ref else None
