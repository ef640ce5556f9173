"""Actions as a plan holds them: what, why, on which documents, with which requests, and how it is undone."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

import msgspec

from qbclean.model.evidence import EvidenceFile
from qbclean.model.money import ZERO
from qbclean.model.refs import CrmRef, DocumentKind, DocumentRef
from qbclean.model.write import PlannedRequest

ActionKind = Literal[
    "void_invoice",
    "credit_duplicate",
    "apply_payment",
    "move_payment",
    "apply_credit",
    "create_credit_memo",
    "create_invoice",
    "complete_invoice",
    "record_payment",
    "write_off_invoice",
    "undo",
]
Tier = Literal["recommended", "review", "hold"]
UndoClass = Literal["exact", "exact while untouched", "exact while undeposited", "compensating", "impossible"]
DecisionState = Literal["undecided", "approved", "rejected"]
Basis = Literal["accrual", "cash"]


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """A document the action relies on, as it was when reviewed (S17).

    `id` may be `${ACTION.Id}` for a document that `ACTION` creates; then token and hash are empty.
    """

    role: str
    kind: DocumentKind
    id: str
    doc_number: str | None = None
    customer_id: str = ""
    customer: str = ""
    sync_token: str = ""
    content_hash: str = ""

    @property
    def ref(self) -> DocumentRef:
        return DocumentRef(self.kind, self.id)


class AppliedTo(msgspec.Struct, frozen=True, kw_only=True):
    kind: str
    id: str
    amount: Decimal


class DocumentState(msgspec.Struct, frozen=True, kw_only=True):
    """A document before or after the action. `open` is what is still open on it: an invoice's balance, a payment's
    unapplied amount, a credit memo's remaining credit (≥ 0)."""

    kind: DocumentKind
    id: str
    doc_number: str | None = None
    customer: str = ""
    txn_date: date | None = None
    total: Decimal
    open: Decimal
    applied: tuple[AppliedTo, ...] = ()
    voided: bool = False


class AccountChange(msgspec.Struct, frozen=True, kw_only=True):
    """What one account gains (+) or loses (−) in one month (`YYYY-MM`) on one basis, in the account's natural sign."""

    basis: Basis
    month: str
    account_id: str
    account: str
    amount: Decimal


class ArChange(msgspec.Struct, frozen=True, kw_only=True):
    customer_id: str
    customer: str
    amount: Decimal


class Effect(msgspec.Struct, frozen=True, kw_only=True):
    """Predicted by our own ledger: A/R by customer; income, tax, bank and Undeposited Funds by month and basis."""

    ar: Decimal = ZERO
    ar_by_customer: tuple[ArChange, ...] = ()
    income: tuple[AccountChange, ...] = ()
    tax: tuple[AccountChange, ...] = ()
    bank: tuple[AccountChange, ...] = ()


class Undo(msgspec.Struct, frozen=True, kw_only=True):
    """How the action is taken back, and what that leaves behind. Wire name of `class_` is `class`."""

    class_: UndoClass = msgspec.field(name="class")
    how: str
    leaves: str = ""


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """The only part of a plan a person edits. `at` is an ISO instant; `second_…` is of a second person who agreed."""

    state: DecisionState = "undecided"
    by: str = ""
    at: str = ""
    reason: str = ""
    second_by: str = ""
    second_at: str = ""


class PlannedAction(msgspec.Struct, frozen=True, kw_only=True):
    """One action as reviewed. `id` is stable: derived from kind and targets. `amount` ≥ 0 is the money it concerns."""

    id: str
    kind: ActionKind
    tier: Tier
    summary: str
    amount: Decimal
    customer_id: str = ""
    customer: str = ""
    finding: str = ""
    evidence: EvidenceFile = EvidenceFile()
    crm: tuple[CrmRef, ...] = ()
    targets: tuple[Target, ...]
    before: tuple[DocumentState, ...] = ()
    after: tuple[DocumentState, ...] = ()
    effect: Effect = Effect()
    risks: tuple[str, ...] = ()
    hold_reason: str = ""
    settles: str = ""
    """For tier review: what would settle the doubt."""
    depends_on: tuple[str, ...] = ()
    requests: tuple[PlannedRequest, ...]
    undo: Undo
    crm_step: str = ""
    decision: Decision = Decision()
