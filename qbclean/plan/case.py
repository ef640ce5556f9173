"""What a safety check looks at: the plan, the actions approved in it, and the periods closed by now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any, NamedTuple

from qbclean.model.action import DocumentState, PlannedAction
from qbclean.model.approval import DecisionRecord, standing
from qbclean.model.locks import Locks
from qbclean.model.plan import Plan
from qbclean.model.refs import DocumentRef
from qbclean.model.settings import CompanySettings


class Violation(NamedTuple):
    """A rule an approved action breaks; `action` is its id, "" when it is about the plan as a whole."""

    action: str
    why: str


@dataclass(frozen=True)
class Case:
    """The approved `actions` of `plan`, in its order, judged under the `locks` and `settings` of now.

    `recorded` are the decisions on this plan that stand in the journal, by their id.
    """

    plan: Plan
    actions: tuple[PlannedAction, ...]
    locks: Locks
    settings: CompanySettings
    recorded: Mapping[str, DecisionRecord]

    @classmethod
    def of(cls, plan: Plan, locks: Locks, settings: CompanySettings, decisions: Iterable[DecisionRecord] = ()) -> Case:
        """`decisions` as recorded, oldest first."""
        approved = tuple(action for action in plan.actions if action.decision.state == "approved")
        return cls(plan, approved, locks, settings, standing(decisions))

    @property
    def repairs(self) -> tuple[PlannedAction, ...]:
        """The approved actions that are not the taking back of others."""
        return tuple(action for action in self.actions if action.kind != "undo")

    @cached_property
    def approved(self) -> Mapping[str, PlannedAction]:
        return {action.id: action for action in self.actions}

    @cached_property
    def position(self) -> Mapping[str, int]:
        """Where each action of the plan stands in it, approved or not."""
        return {action.id: place for place, action in enumerate(self.plan.actions)}

    def is_before(self, first: str, then: str) -> bool:
        """True when `then` depends on `first`, directly or through others; every action between them approved."""
        waiting, seen = [then], {then}
        while waiting:
            action = self.approved.get(waiting.pop())
            for needed in action.depends_on if action else ():
                if needed == first:
                    return True
                # Dependencies stand earlier in the plan, so what stands before `first` cannot lead to it.
                if needed not in seen and self.position.get(needed, -1) > self.position.get(first, -1):
                    seen.add(needed)
                    waiting.append(needed)
        return False


def state_before(action: PlannedAction, ref: DocumentRef) -> DocumentState | None:
    """How the action says `ref` stands before it; None when it does not say."""
    return next((state for state in action.before if (state.kind, state.id) == (ref.kind, ref.id)), None)


def linked_in(body: Mapping[str, Any]) -> Iterator[tuple[DocumentRef, Any]]:
    """(document, amount as written) that the lines of a Payment's body link; anything malformed is passed over."""
    lines = body.get("Line")
    for line in lines if isinstance(lines, list | tuple) else ():
        links = line.get("LinkedTxn") if isinstance(line, dict) else None
        for link in links if isinstance(links, list | tuple) else ():
            if isinstance(link, dict):
                yield DocumentRef(str(link.get("TxnType")), str(link.get("TxnId"))), line.get("Amount")  # type: ignore[arg-type]


def amount_in(text: object) -> Decimal | None:
    """An amount of a body; None when it is none."""
    try:
        amount = Decimal(str(text))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None


def day_in(text: object) -> date | None:
    """A date of a body; None when it is none."""
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        return None
