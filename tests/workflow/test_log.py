"""The log from end to end: who changed a document, as files, verified, anchored, backed up (R28-R32)."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta

from qbclean.sandbox.server import RunningSandbox
from qbclean.store import verify_log
from tests.workflow.conftest import Cli


def test_the_log_tells_exports_verifies_and_is_restored(planned: Cli, server: RunningSandbox) -> None:
    planned.ok("apply", "plan.json", "--yes")
    run = planned.ok("log", "last", "--json").document
    void = next(row for row in run["rows"] if row["operation"] == "void" and row["result"] == "done")

    told = planned.ok("log", "--document", void["document"].replace(" ", ":"))
    for fact in (f"void {void['document']}", "Dana Reyes", "reviewed", "Balance", f"{server.url}/company/documents/"):
        assert fact in told.out, fact
    by_number = planned.ok("log", "--document", void["number"], "--json").document
    assert void["request_id"] in [row["request_id"] for row in by_number["rows"]]
    assert "never wrote" in planned.ok("log", "--document", "no-such-number").out

    planned.ok("log", "--csv", "log.csv", "--xlsx", "log.xlsx", "--html", "log.html", "--jsonl", "log.jsonl")
    rows = list(csv.DictReader((planned.folder / "log.csv").read_text("utf-8-sig").splitlines()))
    assert len(rows) == len(run["rows"])
    assert (planned.folder / "log.xlsx").read_bytes().startswith(b"PK")
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()
    assert planned.ok("log", "--since", tomorrow, "--json").document["runs"] == []
    planned.ok("log", "last", "--jsonl", "part.jsonl", code=2)

    head = planned.ok("log", "head", "--json").document["written"]
    planned.ok("log", "verify", "--file", "log.jsonl", "--head", head)
    planned.ok("log", "verify", "--head", "7", code=2)
    planned.ok("log", "verify", "--head", f"{'ab' * 32}:3", code=1)
    planned.ok("log", "backup", "copy.db")
    planned.ok("log", "verify", "--file", "copy.db")
    planned.ok("log", "backup", "copy.db", code=1)
    (journal,) = planned.home.rglob("journal.db")
    alone = [
        sys.executable,
        "-I",
        "-S",
        str(verify_log.__file__),
        "log.jsonl",
        "--key",
        str(journal.with_suffix(".key")),
    ]
    assert subprocess.run(alone, cwd=planned.folder, check=False, capture_output=True).returncode == 0

    for lost in journal.parent.glob("journal.*"):
        lost.unlink()
    for ending in (".db", ".key", ".head"):
        (planned.folder / f"copy{ending}").rename(journal.with_suffix(ending))
    planned.ok("log", "verify", "--head", head)

    lines = (planned.folder / "log.jsonl").read_text("ascii").splitlines(keepends=True)
    forged = json.loads(lines[2])
    forged["row"]["by"] = "Nobody"
    lines[2] = verify_log.export_line(forged)
    (planned.folder / "log.jsonl").write_text("".join(lines), encoding="ascii")
    assert "row 2" in planned.ok("log", "verify", "--file", "log.jsonl", code=1).out
