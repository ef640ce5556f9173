"""Findings: one discrepancy each, with its evidence, its root cause and what would prevent it."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

import msgspec

from qbclean.model.evidence import EvidenceFile
from qbclean.model.refs import CrmRef, DocumentRef

FindingKind = Literal[
    "duplicate_invoice",
    "missing_invoice",
    "partial_sync",
    "unapplied_payment",
    "misapplied_payment",
    "missing_payment",
    "paid_by_deposit",
    "missing_credit",
    "unapplied_credit",
    "duplicate_customer",
    "customer_balance_mismatch",
    "job_revenue_mismatch",
    "stale_open_invoice",
    "ar_journal_entry",
    "possible_double_payment",
]
RootCause = Literal[
    "double_sync",
    "manual_reentry",
    "sync_failed",
    "partial_sync",
    "payment_not_linked",
    "credit_not_recorded",
    "credit_not_applied",
    "deposit_coded_to_income",
    "wrong_customer",
    "unknown",
]


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong, where, and how much money it concerns (`amount` ≥ 0).

    `id` is stable across runs: derived from kind, documents and CRM records. `actions` are the ids of the actions that
    would mend it; when there are none, `no_action` says why and what a person should do.
    """

    id: str
    kind: FindingKind
    summary: str
    documents: tuple[DocumentRef, ...] = ()
    crm: tuple[CrmRef, ...] = ()
    customer_id: str = ""
    customer: str = ""
    amount: Decimal
    evidence: EvidenceFile = EvidenceFile()
    root_cause: RootCause = "unknown"
    prevention: str = ""
    actions: tuple[str, ...] = ()
    no_action: str = ""
