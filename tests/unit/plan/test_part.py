"""A part of a plan: all that is needed, nothing that was excluded, a digest of its own (R8)."""

from __future__ import annotations

import random
from collections.abc import Collection

import pytest

from qbclean.errors import SettingsError
from qbclean.model.action import PlannedAction
from qbclean.model.plan import Plan
from qbclean.plan.codec import decode, encode
from qbclean.plan.digest import digest_of
from qbclean.plan.part import added_by, part_of
from tests.plans import a_plan, a_void, an_application, the_example


def chain(**needs: Collection[str]) -> Plan:
    """Voids named by the keys, each after what it needs."""
    return a_plan(*(a_void(id=name, depends_on=tuple(needed)) for name, needed in needs.items()))


def ids(plan: Plan) -> list[str]:
    return [action.id for action in plan.actions]


def test_only_brings_what_it_needs_in_the_order_of_the_plan() -> None:
    plan = chain(a=(), b=(), c=("a",), d=("c",), e=())
    part = part_of(plan, only=["d"])
    assert ids(part) == ["a", "c", "d"]
    assert [action.id for action in added_by(part, ["d"])] == ["a", "c"]


def test_exclude_takes_what_needs_it_along_and_leaves_the_rest() -> None:
    assert ids(part_of(chain(a=(), b=(), c=("a",), d=("c",), e=("b",)), exclude=["a"])) == ["b", "e"]


def test_kinds_are_names_too() -> None:
    plan = a_plan(a_void(id="v"), an_application(id="p"), a_void(id="w", depends_on=("p",)))
    assert ids(part_of(plan, only=["void_invoice"])) == ["v", "p", "w"]
    assert ids(part_of(plan, exclude=["apply_payment"])) == ["v"]
    assert ids(part_of(plan, only=["void_invoice"], exclude=["p"])) == ["v"]


@pytest.mark.parametrize(
    ("only", "exclude", "told"),
    [
        (["zz"], [], "has no action zz"),
        ([], ["delete_all"], "has no action delete_all"),
        (["c"], ["a"], "c cannot be had without"),
        (["a"], ["a"], "a cannot be had without"),
        ([], ["a", "b"], "No action is left"),
        (["create_invoice"], [], "No action is left"),
    ],
)
def test_what_makes_no_sense_is_refused(only: list[str], exclude: list[str], told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        part_of(chain(a=(), b=(), c=("a",)), only=only, exclude=exclude)


def test_the_actions_are_the_reviewed_ones_and_the_digest_covers_the_part() -> None:
    plan = the_example()
    part = part_of(plan, only=[plan.actions[0].id])
    assert part.actions == plan.actions[:1], "decisions, requests and request ids included"
    assert part.digest not in ("", plan.digest)
    assert digest_of(part) == part.digest
    assert decode(encode(part)) == part
    assert part_of(plan).digest == plan.digest


def test_the_summary_is_that_of_the_part() -> None:
    plan = the_example()
    void, apply = plan.actions
    without_void = part_of(plan, exclude=[void.id])
    assert without_void.summary.ar.after == plan.summary.ar.before
    assert [(count.kind, count.actions) for count in without_void.summary.actions] == [("apply_payment", 1)]
    (income,) = part_of(plan, only=[void.id]).summary.income
    assert income.after == income.before - void.amount
    assert [finding.actions for finding in without_void.findings] == [(), (apply.id,)]


def test_two_hundred_random_parts_lack_no_prerequisite_and_never_keep_the_digest_r8() -> None:
    for seed in range(200):
        rng = random.Random(seed)
        actions: list[PlannedAction] = []
        for number in range(rng.randint(2, 12)):
            earlier = [action.id for action in actions]
            needs = rng.sample(earlier, rng.randint(0, min(3, len(earlier))))
            actions.append(a_void(id=f"A-{number}", depends_on=tuple(needs)))
        plan = a_plan(*actions)
        names = ids(plan)
        only = rng.sample(names, rng.randint(0, len(names)))
        exclude = rng.sample(names, rng.randint(0, len(names) // 2))
        try:
            part = part_of(plan, only=only, exclude=exclude)
        except SettingsError:
            continue
        kept = set(ids(part))
        assert all(kept.issuperset(action.depends_on) for action in part.actions), seed
        assert kept.issuperset(only), seed
        assert not kept & set(exclude), seed
        assert (part.digest == plan.digest) == (kept == set(names)), seed
