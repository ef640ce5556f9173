"""Create an invoice the CRM billed and QuickBooks never got, with the CRM's number, date, lines and tax (S15)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from qbclean.actions.lines import item_line, text
from qbclean.actions.proposal import Judgement, Proposal, marked
from qbclean.model.action import Undo
from qbclean.model.crm import CrmInvoice
from qbclean.model.write import DocumentWrite

UNDO = Undo(
    class_="exact while untouched", how="the invoice, which was made here, is voided", leaves="a voided invoice"
)


def create_invoice(
    invoice: CrmInvoice,
    *,
    action_id: str,
    customer_id: str,
    on: date,
    items: Sequence[str],
    taxable: Sequence[bool],
    tax: Mapping[str, Any],
    judgement: Judgement,
) -> Proposal:
    """`items` and `taxable` go with the CRM's lines one by one (empty on hold); `tax` is a TxnTaxDetail or {}.

    Nothing is e-mailed and online payment stays off, whatever the company's defaults are.
    """
    name = invoice.number or invoice.crm_id
    lines = [
        item_line(
            amount=line.amount,
            item_id=item,
            description=line.description or line.item,
            quantity=line.quantity,
            unit_price=line.unit_price,
            tax_code="TAX" if taxed else "NON",
        )
        for line, item, taxed in zip(invoice.lines or (), items, taxable, strict=False)
    ]
    moved = "" if on == invoice.date else f", dated {invoice.date} in the CRM"
    body: dict[str, Any] = {
        "CustomerRef": {"value": customer_id},
        "DocNumber": invoice.number,
        "TxnDate": on.isoformat(),
        "PrivateNote": marked(action_id, f"CRM invoice {invoice.crm_id}{moved}"),
        "Line": lines,
        "EmailStatus": "NotSet",
        "AllowOnlineCreditCardPayment": False,
        "AllowOnlineACHPayment": False,
    }
    if invoice.due_date:
        body["DueDate"] = max(invoice.due_date, on).isoformat()
    if tax:
        body["TxnTaxDetail"] = dict(tax)
    return Proposal(
        id=action_id,
        kind="create_invoice",
        summary=f"Create invoice {name} of {invoice.total} ({on}){moved}",
        amount=invoice.total,
        customer_id=customer_id,
        roles=(),
        writes=(DocumentWrite(operation="create", kind="Invoice", body=body),),
        judgement=judgement,
        risks=(f"Accrual income of {on:%B %Y} rises by the invoice's lines.",),
        undo=UNDO,
        crm_step="In the CRM, mark the invoice as exported or store the QuickBooks id, so that it is not sent again.",
    )


def tax_detail(code_id: str, rate_id: str, percent: Decimal, taxable: Decimal, tax: Decimal) -> dict[str, Any]:
    """TxnTaxDetail of one code with one rate (contract 7.11)."""
    rate = {
        "TaxRateRef": {"value": rate_id},
        "PercentBased": True,
        "TaxPercent": str(percent),
        "NetAmountTaxable": text(taxable),
    }
    return {
        "TxnTaxCodeRef": {"value": code_id},
        "TotalTax": text(tax),
        "TaxLine": [{"Amount": text(tax), "DetailType": "TaxLineDetail", "TaxLineDetail": rate}],
    }
