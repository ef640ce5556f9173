"""The field's words for kinds, tiers and states, and how amounts, dates and counts are written for people."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Final, Protocol, TypeVar

from qbclean.model.action import ActionKind, Tier
from qbclean.model.finding import FindingKind, RootCause
from qbclean.model.outcome import ActionState
from qbclean.model.reconciliation import BucketSum, MeasureName

FINDINGS: Final[dict[FindingKind, tuple[str, str]]] = {
    "duplicate_invoice": ("invoice entered twice", "invoices entered twice"),
    "missing_invoice": ("invoice missing from QuickBooks", "invoices missing from QuickBooks"),
    "partial_sync": ("invoice that arrived incomplete", "invoices that arrived incomplete"),
    "unapplied_payment": ("payment not applied", "payments not applied"),
    "misapplied_payment": ("payment on the wrong invoice", "payments on the wrong invoice"),
    "missing_payment": ("payment missing from QuickBooks", "payments missing from QuickBooks"),
    "paid_by_deposit": ("invoice paid by a deposit coded to income", "invoices paid by deposits coded to income"),
    "missing_credit": ("credit missing from QuickBooks", "credits missing from QuickBooks"),
    "unapplied_credit": ("credit not applied", "credits not applied"),
    "duplicate_customer": ("customer entered twice", "customers entered twice"),
    "customer_balance_mismatch": ("customer balance that differs", "customer balances that differ"),
    "job_revenue_mismatch": ("job revenue that differs", "job revenues that differ"),
    "stale_open_invoice": ("old invoice still open", "old invoices still open"),
    "ar_journal_entry": ("journal entry posted to A/R", "journal entries posted to A/R"),
    "possible_double_payment": ("possible double payment", "possible double payments"),
}
ACTIONS: Final[dict[ActionKind, str]] = {
    "void_invoice": "Void the duplicate invoice",
    "credit_duplicate": "Credit the duplicate invoice",
    "apply_payment": "Apply the payment",
    "move_payment": "Move the payment",
    "apply_credit": "Apply the credit",
    "create_credit_memo": "Record the credit",
    "create_invoice": "Create the missing invoice",
    "complete_invoice": "Complete the invoice",
    "record_payment": "Record the payment",
    "write_off_invoice": "Write off the invoice",
    "undo": "Take back",
}
TIERS: Final[dict[Tier, str]] = {
    "recommended": "one reading only, inside every safety rule",
    "review": "likely, needs your eyes",
    "hold": "no safe action, a person has to act",
}
STATES: Final[dict[ActionState, str]] = {
    "done": "done",
    "stale": "skipped: changed since the plan was made",
    "refused": "refused",
    "blocked": "not run",
    "unknown": "in doubt: run `qbclean recover`",
    "would run": "would run",
}
CAUSES: Final[dict[RootCause, str]] = {
    "double_sync": "the sync ran twice",
    "manual_reentry": "entered by hand beside the sync",
    "sync_failed": "the sync failed",
    "partial_sync": "the sync stopped half-way",
    "payment_not_linked": "the payment was never linked to its invoice",
    "credit_not_recorded": "the credit was never recorded in QuickBooks",
    "credit_not_applied": "the credit was never applied",
    "deposit_coded_to_income": "the deposit was coded to income",
    "wrong_customer": "booked on another customer",
    "unknown": "cause not known",
}


MEASURES: Final[dict[MeasureName, str]] = {
    "invoices": "Invoices",
    "payments": "Payments",
    "credits": "Credits",
    "balances": "Open balances",
}


class _Differing(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def difference(self) -> Decimal: ...


_Row = TypeVar("_Row", bound=_Differing)


def dollars(amount: Decimal) -> str:
    """`1,234.50`, a minus sign before negative amounts; always two decimals."""
    return f"{amount:,.2f}".replace("-", "−")


def signed(amount: Decimal) -> str:
    """`+1,234.50` or `−1,234.50`; zero has no sign."""
    return f"+{dollars(amount)}" if amount > 0 else dollars(amount)


def day(value: date | None) -> str:
    """ISO date, or an en dash when there is none."""
    return value.isoformat() if value else "–"


def instant(value: datetime) -> str:
    """`2026-03-01 14:05 UTC`, whatever the offset the instant was told in."""
    return f"{value.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def counted(number: int, one: str, many: str = "") -> str:
    """`1 invoice`, `2 invoices`, `1,204 invoices`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def sentence(words: str) -> str:
    """`words` with a capital first letter and a full stop; the rest is left alone (QuickBooks stays QuickBooks)."""
    return f"{words[:1].upper()}{words[1:]}{'' if words.endswith('.') else '.'}"


def findings(kind: FindingKind, number: int) -> str:
    """`3 payments not applied`."""
    return counted(number, *FINDINGS[kind])


def largest_first(rows: Iterable[_Row]) -> list[_Row]:
    """Those that differ, the largest difference first (ties by name)."""
    return sorted((row for row in rows if row.difference), key=lambda row: (-abs(row.difference), row.name.casefold()))


def weightiest(buckets: Iterable[BucketSum]) -> list[BucketSum]:
    """What explains most of a difference first; what explains nothing of it last, in the order of the vocabulary."""
    return sorted(buckets, key=lambda bucket: -abs(bucket.difference))
