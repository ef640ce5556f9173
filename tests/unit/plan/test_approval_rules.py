"""The company's approval policy: each limit and threshold, with its numbers, and forged decisions (R9)."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from qbclean.errors import PlanError, UnsafePlanError
from qbclean.model.action import Decision, PlannedAction
from qbclean.model.approval import ApprovalPolicy, DecidedBy, DecisionRecord, KindLimit, decisions_on
from qbclean.model.plan import Plan
from qbclean.model.settings import CompanySettings
from qbclean.plan.approval import clear
from qbclean.plan.case import Case
from qbclean.plan.policy import require_safe
from tests.builders import REALM, an_invoice
from tests.plans import APPROVED, LOCKS, TAKEN, a_plan, a_void, an_action
from tests.writes import a_write

SECONDED = msgspec.structs.replace(APPROVED, second_by="Sam Ortiz", second_at="2026-04-01T10:00:00+00:00")
NOW = TAKEN + timedelta(hours=12)


def on_record(plan: Plan, how: DecidedBy = "single") -> list[DecisionRecord]:
    return [record for action in plan.actions for record in decisions_on(action, plan.digest, how)]


def problems(*actions: PlannedAction, how: DecidedBy | None = None, **policy: Any) -> str:
    """The message a plan of these actions is refused with under the policy; `how` it was recorded, None: not at all."""
    plan = a_plan(*actions)
    settings = CompanySettings(approval=ApprovalPolicy(**policy))
    try:
        require_safe(Case.of(plan, LOCKS, settings, on_record(plan, how) if how else ()))
    except UnsafePlanError as error:
        return str(error)
    return ""


def an_undo(**fields: Any) -> PlannedAction:
    body = {"Id": "301", "SyncToken": "0"}
    return an_action("undo", [a_write("delete", "Invoice", body, "301")], on=[an_invoice()], amount="900.00", **fields)


# ------------------------------------------------------------------ limits by kind, amount, age, period
def test_without_a_policy_nothing_is_limited() -> None:
    assert problems(a_void(), an_undo(id="A-2", depends_on=("A-000000000001",))) == ""


def test_a_kind_can_be_ruled_out() -> None:
    limits = {"void_invoice": KindLimit(allowed=False)}
    assert "the company's policy does not allow void_invoice" in problems(a_void(), kinds=limits)
    assert problems(a_void(), kinds={"write_off_invoice": KindLimit(allowed=False)}) == ""


def test_an_amount_over_the_limit_is_refused_with_both_numbers_and_one_of_just_that_is_not() -> None:
    over = problems(a_void(), max_amount=Decimal("99.99"))
    assert "it concerns 100.00, and a void_invoice may concern 99.99" in over
    assert problems(a_void(), max_amount=Decimal("100.00")) == ""


def test_the_limit_of_the_kind_wins_over_that_of_all_kinds_in_both_directions() -> None:
    assert problems(a_void(), max_amount=Decimal(1), kinds={"void_invoice": KindLimit(max_amount=Decimal(500))}) == ""
    assert "may concern 50" in problems(a_void(), kinds={"void_invoice": KindLimit(max_amount=Decimal(50))})


def test_a_document_older_than_the_limit_is_refused_with_its_day_and_age() -> None:
    old = a_void(an_invoice(date=date(2026, 1, 31)))  # 60 days before the plan's day, 2026-04-01
    assert "a document of 2026-01-31, 60 days old; 59 is the limit" in problems(old, max_age_days=59)
    assert problems(old, max_age_days=60) == ""


def test_the_age_counts_from_the_oldest_document_touched() -> None:
    old, young = an_invoice("301", date=date(2026, 1, 1)), an_invoice("302")
    assert "2026-01-01, 90 days old" in problems(a_void(young, on=[young, old]), max_age_days=45)


def test_a_document_before_the_first_period_that_may_change_is_refused() -> None:
    assert "a document of 2026-03-02, before 2026-03-03" in problems(a_void(), not_before=date(2026, 3, 3))
    assert problems(a_void(), not_before=date(2026, 3, 2)) == ""


def test_where_age_or_period_is_limited_a_document_of_no_known_day_is_refused() -> None:
    """Seen alone: other rules refuse such an action as well."""
    limit = {"void_invoice": KindLimit(max_age_days=30, not_before=date(2026, 1, 1))}
    told = problems(a_void(before=()), kinds=limit)
    assert "does not say of what day its documents are; 30 days old" in told
    assert "no known day, before 2026-01-01" in told


# ------------------------------------------------------------------ one by one
def test_above_the_threshold_an_approval_by_tier_does_not_count_r9() -> None:
    told = problems(a_void(), how="bulk", single_above=Decimal("99.99"))
    assert "it concerns 100.00; above 99.99 an action is approved one by one" in told
    assert "--approve A-000000000001" in told
    assert problems(a_void(), how="single", single_above=Decimal("99.99")) == ""


def test_above_the_threshold_an_approval_typed_into_the_file_does_not_count_r9() -> None:
    assert "one by one" in problems(a_void(), single_above=Decimal(50))
    assert "one by one" in problems(a_void(), how="plan file", single_above=Decimal(50))


def test_an_action_of_just_the_threshold_may_be_approved_with_others() -> None:
    assert problems(a_void(), single_above=Decimal(100), second_person_above=Decimal(100)) == ""


# ------------------------------------------------------------------ a second person
def test_above_the_threshold_a_second_person_has_to_agree_r9() -> None:
    told = problems(a_void(), second_person_above=Decimal(50))
    assert "above 50 a second person has to agree" in told
    assert problems(a_void(decision=SECONDED), second_person_above=Decimal(50)) == ""


def test_the_second_approval_is_given_one_by_one_too() -> None:
    plan = a_plan(a_void(decision=SECONDED))
    first, second = on_record(plan)
    bulk = msgspec.structs.replace(second, how="bulk")
    settings = CompanySettings(approval=ApprovalPolicy(single_above=Decimal(50)))
    require_safe(Case.of(plan, LOCKS, settings, [first, second]))
    with pytest.raises(UnsafePlanError, match="one by one"):
        require_safe(Case.of(plan, LOCKS, settings, [first, bulk]))


# ------------------------------------------------------------------ on record
def test_where_approvals_must_be_on_record_one_in_the_file_alone_is_refused_r9() -> None:
    assert "the approval by Dana Reyes is not in the journal" in problems(a_void(), recorded_only=True)
    assert problems(a_void(), recorded_only=True, how="bulk") == ""


def test_an_approval_that_was_replaced_later_no_longer_counts_r9() -> None:
    """An old copy of the plan file brings an approval back that was withdrawn since."""
    plan = a_plan(a_void())
    rejected = msgspec.structs.replace(
        plan.actions[0], decision=Decision(state="rejected", by="Sam", at="2026-04-01T11:00:00+00:00")
    )
    records = [*on_record(plan), *decisions_on(rejected, plan.digest, "single")]
    settings = CompanySettings(approval=ApprovalPolicy(recorded_only=True))
    require_safe(Case.of(plan, LOCKS, settings, records[:1]))
    with pytest.raises(UnsafePlanError, match="not in the journal"):
        require_safe(Case.of(plan, LOCKS, settings, records))


def test_taking_a_run_back_is_bound_by_no_policy() -> None:
    policy: dict[str, Any] = {
        "single_above": Decimal(0), "second_person_above": Decimal(0), "recorded_only": True, "max_amount": Decimal(0),
        "max_age_days": 0, "not_before": date(2027, 1, 1), "kinds": {"undo": KindLimit(allowed=False)},
    }  # fmt: skip
    assert problems(an_undo(), **policy) == ""


@pytest.mark.parametrize("limit", [Decimal(-1), Decimal("NaN"), Decimal("Infinity")])
def test_a_limit_that_is_no_amount_is_refused_when_read(limit: Decimal) -> None:
    for field in ("max_amount", "single_above", "second_person_above"):
        with pytest.raises(ValueError, match="a limit is a number from 0 on"):
            ApprovalPolicy(**{field: limit})
    with pytest.raises(ValueError, match="a limit is"):
        KindLimit(max_age_days=-1)


# ------------------------------------------------------------------ forgeries
def _forgeries(rng: random.Random) -> Iterator[tuple[str, Decision | None, DecisionRecord | None]]:
    """(what, decision in the file, record smuggled in for another thing) of approvals nobody gave, 20 of each kind."""
    taken = TAKEN.date()
    for _ in range(20):
        name = rng.choice(["Dana Reyes", "Sam Ortiz", "root", "Ünal"])
        late = datetime.combine(taken + timedelta(days=rng.randint(3, 900)), datetime.min.time(), UTC).isoformat()
        early = (taken - timedelta(days=rng.randint(2, 900))).isoformat()
        good = f"2026-04-01T{rng.randint(1, 11):02}:00:00+00:00"
        yield "nobody", Decision(state="approved", by=rng.choice(["", " ", "\t"]), at=good), None
        yield "never", Decision(state="approved", by=name, at=rng.choice(["", "soon", "2026-13-01", late, early])), None
        yield "not on record", Decision(state="approved", by=name, at=good), None
        again = rng.choice([name, name.upper(), f" {name} "])
        yield "seconds himself", Decision(state="approved", by=name, at=good, second_by=again, second_at=good), None
        yield "seconds never", Decision(state="approved", by=name, at=good, second_by="Kim", second_at=""), None


def test_a_hundred_forged_approvals_are_refused_r9() -> None:
    settings = CompanySettings(approval=ApprovalPolicy(recorded_only=True))
    applied, tried = [], 0
    for what, decision, _ in _forgeries(random.Random(9)):
        tried += 1
        assert decision is not None
        genuine = a_plan(a_void())
        forged = a_plan(a_void(decision=decision))
        if _clears(forged, settings, on_record(genuine)):
            applied.append((what, decision))
    assert tried == 100
    assert applied == []


def test_a_record_of_another_plan_action_amount_or_person_vouches_for_nothing_r9() -> None:
    plan = a_plan(a_void())
    (genuine,) = on_record(plan)
    settings = CompanySettings(approval=ApprovalPolicy(recorded_only=True))
    assert _clears(plan, settings, [genuine])
    others = [
        a_plan(a_void(), tool="other"), a_plan(a_void(id="A-2")), a_plan(a_void(amount="1.00")),
        a_plan(a_void(decision=msgspec.structs.replace(APPROVED, by="Somebody"))),
        a_plan(a_void(decision=msgspec.structs.replace(APPROVED, at="2026-04-01T09:00:01+00:00"))),
    ]  # fmt: skip
    for other in others:
        assert not _clears(plan, settings, on_record(other))
        assert not _clears(other, settings, [genuine])


def test_an_action_on_hold_is_refused_whatever_its_approval_says() -> None:
    held = a_plan(a_void(tier="hold", decision=SECONDED))
    assert not _clears(held, CompanySettings(), on_record(held))


def _clears(plan: Plan, settings: CompanySettings, decisions: Iterable[DecisionRecord]) -> bool:
    try:
        clear(
            plan,
            realm_id=REALM,
            environment="local",
            locks=LOCKS,
            now=NOW,
            settings=settings,
            recorded=True,
            decisions=decisions,
        )
    except PlanError:
        return False
    return True


def a_write_off(reason: str) -> PlannedAction:
    body = {"CustomerRef": {"value": "58"}, "TxnDate": "2026-04-01", "Line": []}
    action = an_action("write_off_invoice", [a_write("create", "CreditMemo", body)], on=[an_invoice()], amount="900.00")
    return msgspec.structs.replace(action, decision=msgspec.structs.replace(action.decision, reason=reason))


def test_s11_a_write_off_without_the_owners_reason_is_refused() -> None:
    assert "without the owner's reason (S11)" in problems(a_write_off("  "))
    assert "S11" not in problems(a_write_off("The firm was dissolved in 2025."))
