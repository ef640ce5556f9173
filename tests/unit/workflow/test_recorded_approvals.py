"""Nothing runs without an approval on record: who, when, for which plan, how much (R9)."""

from __future__ import annotations

import msgspec
import pytest

from qbclean.errors import UnsafePlanError
from qbclean.model.approval import ApprovalPolicy, DecisionRecord
from qbclean.workflow.apply import apply
from qbclean.workflow.rehearsal import rehearse
from qbclean.workflow.rollback import rollback
from tests.unit.workflow.desk import BY, SETTINGS, Desk, a_desk, approved, clear_for, rollback_of, whole_plan


def run(desk: Desk) -> str:
    return apply(approved(desk, whole_plan(desk.books)), books=desk.books, ports=desk.ports, by=BY).run_id


def recorded(desk: Desk, digest: str) -> list[DecisionRecord]:
    return list(desk.journal.decisions(digest))


def test_every_action_of_a_run_has_its_approval_on_record_with_hash_and_amount_r9() -> None:
    desk = a_desk()
    plan = approved(desk, whole_plan(desk.books))
    rehearse(plan, ports=desk.ports)
    assert recorded(desk, plan.plan.digest) == [], "a dry run decides nothing"
    apply(plan, books=desk.books, ports=desk.ports, by=BY)
    kept = [(r.action_id, r.plan_digest, r.by, r.at, r.amount, r.how) for r in recorded(desk, plan.plan.digest)]
    assert kept == [
        (action.id, plan.plan.digest, action.decision.by, action.decision.at, action.amount, "plan file")
        for action in plan.actions
    ]


def test_taking_a_run_back_is_on_record_too() -> None:
    desk = a_desk()
    run_id = run(desk)
    inverse = rollback_of(desk, run_id)
    rollback(clear_for(desk, inverse), undoes=run_id, books=desk.books, ports=desk.ports, by=BY)
    assert {record.how for record in recorded(desk, inverse.digest)} == {"bulk"}


def test_where_only_recorded_approvals_count_nothing_is_sent_without_them_r9() -> None:
    desk = a_desk()
    strict = msgspec.structs.replace(SETTINGS, approval=ApprovalPolicy(recorded_only=True))
    with pytest.raises(UnsafePlanError, match="not in the journal"):
        approved(desk, whole_plan(desk.books), settings=strict)
    assert desk.journal.rows == []
