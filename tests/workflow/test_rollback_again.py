"""Taking a run back in more than one go: what was in doubt is settled first, what is held makes the run partial."""

from __future__ import annotations

from typing import Literal

import pytest

from qbclean.sandbox.mischief import FaultRule
from qbclean.sandbox.server import RunningSandbox
from tests.contract.sandbox.caller import Caller
from tests.workflow.conftest import Cli


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_rollback_that_left_a_write_in_doubt_takes_everything_back_when_repeated_s23(
    planned: Cli, server: RunningSandbox, when: Literal["before", "after"]
) -> None:
    apply = planned.ok("apply", "plan.json", "--yes", "--json").document["run"]
    lost = FaultRule(fault="fault", when=when, status=403, code="3100", method="POST", path="/v3/company/", nth=4)
    server.sandbox.mischief.add([lost])
    assert "run the same command again" in planned.ok("rollback", "last", "--yes", code=6).err
    server.sandbox.mischief.clear()
    again = planned.ok("rollback", apply["run_id"], "--yes", "--json").document["run"]
    assert {outcome["state"] for outcome in again["outcomes"]} == {"done"}
    over = planned.ok("rollback", apply["run_id"], "--yes", code=4)
    assert "is left to take back" in over.err


def test_a_rollback_that_holds_something_back_is_partial_and_says_why_s23(planned: Cli, server: RunningSandbox) -> None:
    apply = planned.ok("apply", "plan.json", "--only", "void_invoice", "--yes", "--json").document["run"]
    first = apply["outcomes"][0]["requests"][0]["target"]["id"]
    caller = Caller(server.ready)
    voided = caller.read("Invoice", first)
    caller.post("invoice", {"Id": first, "SyncToken": voided["SyncToken"], "sparse": True, "DueDate": "2031-03-09"})
    caller.close()
    ran = planned.ok("rollback", apply["run_id"], "--yes", "--json", code=5)
    outcomes = ran.document["run"]["outcomes"]
    (held,) = (outcome for outcome in outcomes if outcome["state"] != "done")
    assert held["state"] == "refused"
    assert "due_date then" in held["reason"]
    assert "Needs" not in held["reason"]
    assert "due_date then" in planned.ok("log", "last").out
