"""What is different in a company whose QuickBooks applies credits by itself (AutoApplyCredit; S09, contract 7.4)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

import msgspec

from qbclean.actions.proposal import Proposal
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.documents import Invoice
from qbclean.model.refs import DocumentRef
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
    older = [
        other
        for other in _open_invoices(books, invoice.customer_id, besides=[invoice.ref])
        if other.txn_date <= invoice.txn_date or _due(other) <= _due(invoice)
    ]
    if not older:
        return ""
    first = older[0]
    return (
        f"QuickBooks may use the credit by itself for invoice {first.doc_number or first.id} of {first.txn_date}, of "
        f"which {first.balance} is open; the action would stop there, to be taken back. To be sure, {SWITCH_OFF}."
    )


def rest_used_elsewhere(books: ReceivablesSnapshot, customer_id: str, settled: Collection[DocumentRef]) -> str:
    """The doubt about new money that is more than `settled` takes; "" where no other invoice is open."""
    others = _open_invoices(books, customer_id, besides=settled)
    if not others:
        return ""
    return (
        f"What it is too much QuickBooks may use by itself for invoice {others[0].doc_number or others[0].id}; the run "
        f"would stop there. To be sure, {SWITCH_OFF}."
    )


def begun_before(books: ReceivablesSnapshot, customer_id: str, action_id: str) -> str:
    """Why an action that credits may not run again: the credit memo of an earlier run is there and settled nothing."""
    mark = f"[{MARKER} {action_id}]"
    for memo in sorted(books.credit_memos_by_customer.get(customer_id, ()), key=lambda memo: memo.ref):
        if mark in (memo.private_note or "") and not memo.is_voided:
            return (
                f"credit memo {memo.doc_number or memo.id} was made for it by an earlier run that did not come to its "
                "end (S09); take that run back (`qbclean log`, `qbclean rollback`), pull, and plan again"
            )
    return ""


def _open_invoices(books: ReceivablesSnapshot, customer_id: str, besides: Collection[DocumentRef]) -> list[Invoice]:
    """What QuickBooks may use a credit of the customer for by itself, oldest first; [] where it uses none."""
    if not credits_apply_themselves(books):
        return []
    held = books.invoices_by_customer.get(customer_id, ())
    return sorted(
        (invoice for invoice in held if invoice.balance > 0 and invoice.ref not in besides),
        key=lambda invoice: (invoice.txn_date, invoice.ref),
    )


def _due(invoice: Invoice) -> date:
    return invoice.due_date or invoice.txn_date
