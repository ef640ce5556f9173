"""S01, S02, S04: a copy cancelled by a mirrored credit memo is done with; it never costs the true invoice its place."""

from __future__ import annotations

from decimal import Decimal

import pytest

from qbclean.model.documents import AnyDocument
from tests.builders import a_credit_memo, a_payment, a_snapshot
from tests.crm_builders import actions, plan_of, the_crm
from tests.rules.copies import SALE, first_copy, plan_for, second_copy


def cancelled_copy() -> list[AnyDocument]:
    return [
        second_copy(),
        a_credit_memo("388", total="5400.00", date=SALE),
        a_payment("410", total="0.00", pays={"302": "5400.00"}, uses={"388": "5400.00"}, date=SALE, reference=None),
    ]


@pytest.mark.parametrize("paid", [False, True])
def test_s04_a_credited_copy_neither_survives_nor_is_cancelled_again(paid: bool) -> None:
    money = [a_payment("411", total="5400.00", pays={"301": "5400.00"}, date=SALE)] if paid else []

    plan = plan_for(first_copy(), *cancelled_copy(), *money)

    assert [action.kind for action in actions(plan)] == []


def test_s04_without_a_crm_a_credited_copy_is_let_be() -> None:
    plan = plan_of(a_snapshot(first_copy(), *cancelled_copy()), the_crm())

    assert [action.kind for action in actions(plan)] == []
    assert plan.summary.ar.before == Decimal("5400.00")
