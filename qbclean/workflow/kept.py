"""The plan that `check` or `plan` worked out last, for whoever asks the same of the same books."""

from __future__ import annotations

import msgspec

from qbclean.plan.encoded import EncodedPlan
from qbclean.ports.books import SnapshotStore
from qbclean.workflow.question import Question


def kept_plan(store: SnapshotStore, question: Question, *, tool: str, actions: bool = True) -> EncodedPlan | None:
    """None when none is kept; without its `actions` for whoever does not ask for them. A plan of some kinds only is
    never kept."""
    return None if question.only else store.kept_plan(_key(question, tool), actions=actions)


def keep_plan(store: SnapshotStore, question: Question, plan: EncodedPlan) -> EncodedPlan:
    """`plan`, kept from now on."""
    if not question.only:
        store.keep_plan(_key(question, plan.head.tool), plan)
    return plan


def _key(question: Question, tool: str) -> str:
    return msgspec.json.encode((question.settings, question.as_of, tool), order="deterministic").decode()
