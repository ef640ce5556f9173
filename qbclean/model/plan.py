"""A plan: findings, actions, what they were computed from, and one digest over all of it but the decisions."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import msgspec

from qbclean.model.action import ActionKind, Basis, PlannedAction, Tier
from qbclean.model.books import Environment
from qbclean.model.crm import CrmFile
from qbclean.model.finding import Finding
from qbclean.model.locks import Locks
from qbclean.model.refs import RealmId
from qbclean.model.settings import CompanySettings

FORMAT_VERSION = "1.0"
RULES_VERSION = "1"
"""Raised whenever detectors or actions change what they would propose for the same books (R3)."""


class PlanCompany(msgspec.Struct, frozen=True, kw_only=True):
    realm_id: RealmId
    name: str
    environment: Environment


class PlanSnapshot(msgspec.Struct, frozen=True, kw_only=True):
    """`counts`: entity → objects pulled; `ar`: A/R as the documents add up; `minor_version`: of the API."""

    id: str
    taken_at: datetime
    counts: dict[str, int]
    ar: Decimal
    minor_version: str


class KindCount(msgspec.Struct, frozen=True, kw_only=True):
    kind: ActionKind
    tier: Tier
    actions: int
    amount: Decimal


class BeforeAfter(msgspec.Struct, frozen=True, kw_only=True):
    before: Decimal
    after: Decimal


class IncomeChange(msgspec.Struct, frozen=True, kw_only=True):
    basis: Basis
    year: int
    before: Decimal
    after: Decimal


class PlanSummary(msgspec.Struct, frozen=True, kw_only=True):
    """`ar` and `income` say what carrying out the recommended tier would do."""

    findings: dict[str, int]
    actions: tuple[KindCount, ...]
    ar: BeforeAfter
    income: tuple[IncomeChange, ...]


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """The whole file. `as_of` is the only way time enters; `locks` the closed periods the plan was made under."""

    format_version: str = FORMAT_VERSION
    tool: str
    rules: str = RULES_VERSION
    company: PlanCompany
    snapshot: PlanSnapshot
    crm: tuple[CrmFile, ...]
    settings: CompanySettings
    locks: Locks
    as_of: date
    summary: PlanSummary
    findings: tuple[Finding, ...]
    actions: tuple[PlannedAction, ...]
    digest: str = ""

    def action(self, action_id: str) -> PlannedAction | None:
        """The action of that id, or None."""
        return next((action for action in self.actions if action.id == action_id), None)
