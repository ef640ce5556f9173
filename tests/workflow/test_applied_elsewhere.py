"""A finished plan writes nothing again, wherever it is applied: here, without its journal, on another computer (R4)."""

from __future__ import annotations

import shutil

from qbclean.sandbox.server import RunningSandbox
from tests.workflow.conftest import Cli


def _writes(server: RunningSandbox) -> int:
    return sum(1 for entry in list(server.sandbox.requests) if entry["method"] == "POST" and "/v3/" in entry["path"])


def test_a_finished_plan_writes_nothing_again_without_its_journal_or_on_another_computer_r4(
    planned: Cli, server: RunningSandbox
) -> None:
    planned.ok("apply", "plan.json", "--yes")
    written = _writes(server)
    assert written > 10
    assert "already (run R-" in planned.ok("apply", "plan.json", "--yes", code=4).err
    (company,) = (planned.home / "companies").iterdir()
    for path in company.glob("journal.*"):
        path.unlink()
    refused = planned.ok("apply", "plan.json", "--yes", code=4)
    assert "plan --adopt" in refused.err
    other = Cli(planned.folder / "other")
    other.folder.mkdir()
    for name in ("plan.json", "ready.json"):
        shutil.copy(planned.folder / name, other.folder)
    other.ok("connect", "--local", "ready.json")
    other.ok("pull")
    other.ok("plan", "--adopt", "plan.json", "--yes")
    for line, code in (("apply plan.json --dry-run", 5), ("apply plan.json --yes", 5)):
        ran = other.ok(*line.split(), "--json", code=code)
        states = {outcome["state"] for outcome in ran.document["run"]["outcomes"]}
        assert states <= {"stale", "blocked"}, ran.out
        assert "It was done elsewhere: Invoice" in ran.out
    assert _writes(server) == written
