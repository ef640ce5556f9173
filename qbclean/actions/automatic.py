"""What is different in a company whose QuickBooks applies credits by itself (AutoApplyCredit; S09, contract 7.4)."""

from __future__ import annotations

import msgspec

from qbclean.actions.proposal import Proposal
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.documents import Invoice
from qbclean.model.write import MARKER

SWITCH_OFF = "switch off 'Automatically apply credits' in Account and settings, pull, and plan again"
_RISK = (
    "QuickBooks applies credits by itself in this company. Where it puts this one on the invoice before qbclean does, "
    "the request that would apply it is not sent; where it uses it elsewhere, the action stops and says so (S09)."
)


def credits_apply_themselves(books: ReceivablesSnapshot) -> bool:
    """True where QuickBooks may use a new credit by itself, for the customer's oldest open invoice first."""
    return books.preferences.sales_forms_prefs.auto_apply_credit


def looked_after(books: ReceivablesSnapshot, proposal: Proposal) -> Proposal:
    """`proposal`, whose writes create or apply a new credit, with what QuickBooks may do of it by itself looked for."""
    if not credits_apply_themselves(books):
        return proposal
    writes = tuple(msgspec.structs.replace(write, applies_itself=True) for write in proposal.writes)
    return msgspec.structs.replace(proposal, writes=writes, risks=(*proposal.risks, _RISK))


def used_elsewhere_first(books: ReceivablesSnapshot, invoice: Invoice) -> str:
    """The doubt whether a new credit for `invoice` gets there; "" where nothing of the customer that is open is older.

    What counts as oldest is not documented: by date and by due date are both thought of.
    """
    if not credits_apply_themselves(books):
        return ""
    due = invoice.due_date or invoice.txn_date
    for other in books.invoices_by_customer.get(invoice.customer_id, ()):
        older = other.txn_date <= invoice.txn_date or (other.due_date or other.txn_date) <= due
        if older and other.balance > 0 and other.id != invoice.id:
            return (
                f"QuickBooks may use the credit by itself for invoice {other.doc_number or other.id} of "
                f"{other.txn_date}, of which {other.balance} is open; the action would stop there, to be taken back. "
                f"To be sure, {SWITCH_OFF}."
            )
    return ""


def begun_before(books: ReceivablesSnapshot, customer_id: str, action_id: str) -> str:
    """Why an action that credits may not run again: the credit memo of an earlier run is there and settled nothing."""
    mark = f"[{MARKER} {action_id}]"
    for memo in books.credit_memos_by_customer.get(customer_id, ()):
        if mark in (memo.private_note or "") and not memo.is_voided:
            return (
                f"credit memo {memo.doc_number or memo.id} was made for it by an earlier run that did not come to its "
                "end (S09); take that run back (`qbclean log`, `qbclean rollback`), pull, and plan again"
            )
    return ""
