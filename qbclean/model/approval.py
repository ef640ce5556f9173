"""Who may approve what: the company's approval policy, and one recorded decision as the journal keeps it (R9)."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Literal

import msgspec

from qbclean.model.action import ActionKind, DecisionState, PlannedAction

DecisionRole = Literal["first", "second"]
DecidedBy = Literal["single", "bulk", "plan file"]
"""single: picked by its id. bulk: by tier or kind. plan file: found in the file when it was carried out."""


class KindLimit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What actions of one kind may do. None: as for all kinds. `not_before`: no document dated earlier is touched."""

    allowed: bool = True
    max_amount: Decimal | None = None
    max_age_days: int | None = None
    not_before: date | None = None

    def __post_init__(self) -> None:
        _require_limits(self.max_amount, self.max_age_days)


class ApprovalPolicy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[approval]` in the settings. Thresholds are inclusive: an action of just that amount is still below.

    Above `single_above` an action is approved by its id, not with others by tier or kind; above `second_person_above`
    a second named person has to agree. `recorded_only` takes approvals from this journal only, none typed into the
    file. The three limits bind all kinds, `kinds` overrides them one by one. Taking a run back is not bound by any.
    """

    single_above: Decimal | None = None
    second_person_above: Decimal | None = None
    recorded_only: bool = False
    max_amount: Decimal | None = None
    max_age_days: int | None = None
    not_before: date | None = None
    kinds: dict[ActionKind, KindLimit] = {}

    def __post_init__(self) -> None:
        _require_limits(self.max_amount, self.max_age_days, self.single_above, self.second_person_above)

    def limit_of(self, kind: ActionKind) -> KindLimit:
        """What binds `kind`: its own limits, and where it has none those of all kinds."""
        own = self.kinds.get(kind, KindLimit())
        return KindLimit(
            allowed=own.allowed,
            max_amount=self.max_amount if own.max_amount is None else own.max_amount,
            max_age_days=self.max_age_days if own.max_age_days is None else own.max_age_days,
            not_before=self.not_before if own.not_before is None else own.not_before,
        )

    def must_be_single(self, action: PlannedAction) -> bool:
        """True when `action` may not be approved together with others."""
        return _is_above(action, self.single_above)

    def needs_second_person(self, action: PlannedAction) -> bool:
        return _is_above(action, self.second_person_above)


class DecisionRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One decision of one person on one action of one plan. `id` is derived from all that makes it this decision."""

    id: str
    plan_digest: str
    action_id: str
    role: DecisionRole
    state: DecisionState
    by: str
    at: str
    how: DecidedBy
    reason: str = ""
    amount: Decimal


def decisions_on(action: PlannedAction, plan_digest: str, how: DecidedBy) -> Iterator[DecisionRecord]:
    """The decisions a plan file says were made on `action`: none, one, or that of a second person too."""
    decision = action.decision
    given: list[tuple[DecisionRole, str, str]] = []
    if decision.state != "undecided":
        given.append(("first", decision.by, decision.at))
    if decision.second_by:
        given.append(("second", decision.second_by, decision.second_at))
    for role, by, at in given:
        yield DecisionRecord(
            id=_decision_id(plan_digest, action.id, role, decision.state, by, at, str(action.amount)),
            plan_digest=plan_digest,
            action_id=action.id,
            role=role,
            state=decision.state,
            by=by,
            at=at,
            how=how,
            reason=decision.reason,
            amount=action.amount,
        )


def standing(decisions: Iterable[DecisionRecord]) -> dict[str, DecisionRecord]:
    """By id, those that count: `decisions` are oldest first, and a later one in the same role replaces an earlier."""
    latest = {(record.plan_digest, record.action_id, record.role): record for record in decisions}
    return {record.id: record for record in latest.values()}


def is_name(text: str) -> bool:
    """True when somebody can be told by it: it has a letter or digit, not only blanks or what no screen shows."""
    return bool(_spoken(text))


def same_person(one: str, other: str) -> bool:
    """True when two names differ at most in case, spacing, punctuation and what no screen shows."""
    return _spoken(one) == _spoken(other)


def _spoken(name: str) -> str:
    """What is heard of a name: its letters and digits, however they are typed."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", name).casefold() if sign.isalnum())


def _decision_id(*parts: str) -> str:
    """`D-` and 16 hex digits: the same decision has the same id in the plan file and in the journal."""
    return "D-" + hashlib.sha256(msgspec.json.encode(parts)).hexdigest()[:16]


def _is_above(action: PlannedAction, threshold: Decimal | None) -> bool:
    if threshold is None or action.kind == "undo":
        return False
    return not action.amount.is_finite() or action.amount > threshold


def _require_limits(*limits: Decimal | int | None) -> None:
    for limit in limits:
        if limit is not None and not (Decimal(limit).is_finite() and limit >= 0):
            raise ValueError(f"a limit is a number from 0 on, not {limit}")
