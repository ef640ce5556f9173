"""What a run did, for people and programs: one outcome per action and the proof against QuickBooks' own reports."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

import msgspec

from qbclean.model.action import ActionKind, PlannedAction
from qbclean.model.journal import RunKind, RunState
from qbclean.model.write import PlannedRequest

ActionState = Literal["done", "stale", "refused", "blocked", "unknown", "would run"]
"""stale: changed since the plan was made. blocked: something it depends on did not run. would run: dry run only."""


class ActionOutcome(msgspec.Struct, frozen=True, kw_only=True):
    action_id: str
    kind: ActionKind
    state: ActionState
    amount: Decimal
    summary: str
    reason: str = ""
    requests: tuple[PlannedRequest, ...] = ()
    """As sent (placeholders filled in), or as they would be sent (dry run)."""


def outcome_of(
    action: PlannedAction, state: ActionState, reason: str = "", requests: tuple[PlannedRequest, ...] = ()
) -> ActionOutcome:
    """What became of `action`; `reason` says why where it was not done, else what QuickBooks had done by itself."""
    return ActionOutcome(
        action_id=action.id,
        kind=action.kind,
        state=state,
        amount=action.amount,
        summary=action.summary,
        reason=reason,
        requests=requests,
    )


class ProofRow(msgspec.Struct, frozen=True, kw_only=True):
    """One figure of QuickBooks' reports: `what` ("A/R", "Income accrual", "Income cash"), for whom or when."""

    what: str
    scope: str
    before: Decimal
    predicted: Decimal
    actual: Decimal

    @property
    def agrees(self) -> bool:
        return self.predicted == self.actual


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    rows: tuple[ProofRow, ...] = ()
    documents: tuple[str, ...] = ()
    """Documents whose read-back differs from what was planned, each in words."""

    @property
    def agrees(self) -> bool:
        return not self.documents and all(row.agrees for row in self.rows)


class RunReport(msgspec.Struct, frozen=True, kw_only=True):
    """Result of apply, dry run or rollback."""

    run_id: str
    kind: RunKind
    dry_run: bool
    state: RunState
    outcomes: tuple[ActionOutcome, ...]
    proof: Proof | None = None
    message: str = ""
