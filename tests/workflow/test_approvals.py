"""Approvals from end to end: kept in the journal, held against the file, two people where the company wants them."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

from qbclean.sandbox.server import RunningSandbox
from tests.workflow.conftest import Cli


def _settings(cli: Cli, text: str) -> None:
    (folder,) = (cli.home / "companies").iterdir()
    (folder / "settings.toml").write_text(text)


def _recorded(cli: Cli) -> list[tuple[Any, ...]]:
    (path,) = cli.home.rglob("journal.db")
    connection = sqlite3.connect(path)
    try:
        return connection.execute('SELECT role, "by", state, count(*) FROM decisions GROUP BY 1, 2, 3').fetchall()
    finally:
        connection.close()


def _posts(server: RunningSandbox) -> int:
    return sum(1 for entry in server.sandbox.requests if entry["method"] == "POST" and "/v3/" in entry["path"])


def test_a_company_that_wants_two_people_and_its_own_record_gets_both(connected: Cli, server: RunningSandbox) -> None:
    """R9: typed-in approvals, one person alone, and large ones in bulk are refused; then the same plan runs."""
    _settings(connected, "[approval]\nrecorded_only = true\nsecond_person_above = 0\n")
    connected.ok("plan", "--out", "plan.json")
    path = connected.folder / "plan.json"
    plan = json.loads(path.read_text("utf-8"))
    for action in plan["actions"]:
        if action["tier"] == "recommended":
            action["decision"] = {
                "state": "approved", "by": "Dana Reyes", "at": plan["snapshot"]["taken_at"],
                "second_by": "Sam Ortiz", "second_at": plan["snapshot"]["taken_at"],
            }  # fmt: skip
    path.write_text(json.dumps(plan), encoding="utf-8")
    typed = connected.ok("apply", "plan.json", "--yes", code=4)
    assert "not in the journal of this company" in typed.err

    ids = [action["id"] for action in plan["actions"] if action["tier"] == "recommended"]
    every = [part for id_ in ids for part in ("--approve", id_)]
    connected.ok("decide", "plan.json", *every, "--by", "Dana Reyes", "--reason", "reviewed")
    alone = connected.ok("apply", "plan.json", "--yes", code=4)
    assert "a second person has to agree" in alone.err
    twice = connected.ok("decide", "plan.json", "--second", "--approve", ids[0], "--by", "dana reyes", code=4)
    assert "cannot be the second person" in twice.err
    connected.ok("decide", "plan.json", "--second", "--tier", "recommended", "--by", "Sam Ortiz")
    assert _recorded(connected) == [
        ("first", "Dana Reyes", "approved", len(ids)), ("second", "Sam Ortiz", "approved", len(ids)),
    ]  # fmt: skip

    _settings(connected, "[approval]\nrecorded_only = true\nsecond_person_above = 0\nsingle_above = 0\n")
    bulk = connected.ok("apply", "plan.json", "--yes", code=4)
    assert "approved one by one" in bulk.err
    assert _posts(server) == 0
    left = connected.ok("plan", "--out", "again.json") and connected.ok("decide", "again.json", "--tier", "recommended")
    assert "above 0 each is approved by its id" in left.err

    _settings(connected, "[approval]\nrecorded_only = true\nsecond_person_above = 0\n")
    connected.ok("apply", "plan.json", "--yes")
    assert _posts(server) > 0
    assert len(_recorded(connected)) == 2


def test_approvals_typed_into_the_file_are_recorded_when_they_run(connected: Cli) -> None:
    connected.ok("plan", "--out", "plan.json")
    path = connected.folder / "plan.json"
    plan = json.loads(path.read_text("utf-8"))
    first = next(action for action in plan["actions"] if action["tier"] == "recommended" and not action["depends_on"])
    first["decision"] |= {"state": "approved", "by": "Dana Reyes", "at": plan["snapshot"]["taken_at"][:10]}
    path.write_text(json.dumps(plan), encoding="utf-8")
    connected.ok("apply", "plan.json", "--dry-run")
    assert _recorded(connected) == []
    connected.ok("apply", "plan.json", "--yes")
    assert _recorded(connected) == [("first", "Dana Reyes", "approved", 1)]


def test_a_part_of_a_plan_runs_under_a_digest_of_its_own_and_the_rest_afterwards(planned: Cli) -> None:
    """R8: the ids of the requests stay, so what the part did is not done again."""
    plan = json.loads((planned.folder / "plan.json").read_text("utf-8"))
    approved = [action for action in plan["actions"] if action["decision"]["state"] == "approved"]
    needing = next(action for action in approved if action["depends_on"])
    tried = planned.ok("apply", "plan.json", "--only", needing["id"], "--dry-run", "--json").document["run"]
    assert {needing["id"], *needing["depends_on"]} <= {outcome["action_id"] for outcome in tried["outcomes"]}
    planned.ok("apply", "plan.json", "--only", needing["id"], "--yes")
    run = planned.ok("log", "last", "--json").document["run"]
    assert run["start"]["plan_digest"] != plan["digest"]
    done = {write["intent"]["action_id"] for write in run["writes"]}
    assert needing["id"] in done
    assert len(done) < len(approved)
    planned.ok("apply", "plan.json", "--only", needing["id"], "--yes", code=4)
    rest = planned.ok("apply", "plan.json", "--yes", "--json").document["run"]
    assert {outcome["state"] for outcome in rest["outcomes"]} == {"done"}
    again = planned.ok("log", "last", "--json").document["run"]
    assert not done & {write["intent"]["action_id"] for write in again["writes"]}
