"""Two plans compared by their actions' stable ids."""

from __future__ import annotations

from decimal import Decimal

import msgspec

from qbclean.model.action import Decision
from qbclean.workflow.diff_plans import diff_plans
from tests.unit.report.examples import a_plan, a_request, an_action


def test_actions_are_added_gone_or_changed() -> None:
    old = a_plan(actions=(an_action("kept"), an_action("gone"), an_action("changed")))
    dearer = msgspec.structs.replace(an_action("changed"), amount=Decimal("7.00"))
    found = diff_plans(old, a_plan(actions=(an_action("kept"), dearer, an_action("added"))))
    assert [action.id for action in found.added] == ["added"]
    assert [action.id for action in found.gone] == ["gone"]
    assert [(item.new.id, item.fields) for item in found.changed] == [("changed", ("amount",))]


def test_decisions_and_synctokens_are_no_change_but_another_body_is() -> None:
    plan = a_plan(actions=(an_action(),))
    body = a_request().body
    decided = msgspec.structs.replace(an_action(), decision=Decision(state="approved"))
    newer = msgspec.structs.replace(
        decided, requests=(msgspec.structs.replace(a_request(), body={**body, "SyncToken": "9"}, request_id="other"),)
    )
    assert diff_plans(plan, a_plan(actions=(newer,))).changed == ()
    other = msgspec.structs.replace(decided, requests=(msgspec.structs.replace(a_request(), body={**body, "Id": "1"}),))
    assert diff_plans(plan, a_plan(actions=(other,))).changed[0].fields == ("requests",)
