"""Give up what is open on an old invoice: a credit memo after the lock date and a zero payment (S11, contract 7.3)."""

from __future__ import annotations

from datetime import date

from qbclean.actions.crediting import UNDO, credit_and_apply
from qbclean.actions.lines import item_line, mirrored_part, mirrored_tax
from qbclean.actions.proposal import Judgement, Proposal, Role
from qbclean.model.documents import Invoice
from qbclean.model.money import ZERO


def write_off_invoice(
    invoice: Invoice, *, action_id: str, on: date, bad_debt_item: str | None, judgement: Judgement
) -> Proposal:
    """Credit the open balance of `invoice` on day `on` and apply the credit to it.

    Without `bad_debt_item` every line of the invoice is taken back in proportion, tax included, as cash-basis books
    want it; with one, the whole balance is booked on that item (S11).
    """
    name, amount = invoice.doc_number or invoice.id, invoice.balance
    tax = ZERO
    if bad_debt_item is None:
        lines, tax = mirrored_part(invoice, amount)
        if not lines:
            judgement = judgement.held("the invoice has no item line to mirror (S11); credit it by hand")
    else:
        lines = [item_line(amount=amount, item_id=bad_debt_item, description=f"Bad debt, invoice {name}")]
    return Proposal(
        id=action_id,
        kind="write_off_invoice",
        summary=f"Write off {amount} of invoice {name} ({invoice.txn_date}) on {on}",
        amount=amount,
        customer_id=invoice.customer_id,
        roles=(Role(name="written off", ref=invoice.ref),),
        writes=credit_and_apply(
            invoice,
            amount,
            action_id=action_id,
            on=on,
            lines=lines,
            tax=mirrored_tax(invoice, tax) if bad_debt_item is None else {},
            does=f"Writes off invoice {name} of {invoice.txn_date}",
            applies=f"Applies the write-off of invoice {name}",
        ),
        judgement=judgement,
        risks=_risks(invoice, on, bad_debt_item),
        undo=UNDO,
        crm_step="In the CRM, mark the invoice as written off so that nobody collects it and no sync opens it again.",
    )


def _risks(invoice: Invoice, on: date, bad_debt_item: str | None) -> tuple[str, ...]:
    if bad_debt_item is None:
        return (f"Accrual income of {on:%B %Y} falls by the write-off, cash-basis income stays.",)
    taxed = "The sales tax on it stays owed until relief for bad debt is claimed." if invoice.total_tax else ""
    return tuple(filter(None, (f"Bad debt of {on:%B %Y} rises by the write-off.", taxed)))
