"""A run that is stopped, politely or not, and what comes after (R6, R17, R56)."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from qbclean.sandbox.folder import dump_files
from qbclean.sandbox.mischief import FaultRule
from qbclean.sandbox.sandbox import Settings
from qbclean.sandbox.server import RunningSandbox, start, write_ready_file
from tests.workflow.conftest import Cli


@contextmanager
def _applying(cli: Cli, server: RunningSandbox, *, writes: int) -> Iterator[subprocess.Popen[str]]:
    """An apply that has sent so many writes and is still at it; each write takes a moment, so that it can be caught."""
    server.sandbox.mischief.add([FaultRule(fault="slow", method="POST", path="/v3/company/", latency=0.15)])
    process = subprocess.Popen(
        [sys.executable, "-m", "qbclean", "apply", "plan.json", "--yes"],
        cwd=cli.folder, env=cli.environment, text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        deadline = time.monotonic() + 60
        while _sent(server) < writes:
            assert time.monotonic() < deadline, "the run never came that far"
            assert process.poll() is None, process.communicate()
            time.sleep(0.01)
        yield process
    finally:
        process.kill()
        process.communicate()
        server.sandbox.mischief.clear()


def _sent(server: RunningSandbox) -> int:
    return sum(1 for entry in list(server.sandbox.requests) if entry["method"] == "POST" and "/v3/" in entry["path"])


def _end_state(server: RunningSandbox) -> dict[str, list[tuple[str, ...]]]:
    """Number, customer, date, total and what is open of every document, however its Id came out."""
    files = dict(dump_files(server.sandbox.company))
    state = {}
    for kind in ("Invoice", "CreditMemo", "Payment"):
        objects = [json.loads(line) for line in files[f"{kind}.jsonl"].splitlines() if line]
        state[kind] = sorted(
            (
                str(item.get("DocNumber")),
                item["CustomerRef"]["value"],
                item["TxnDate"],
                str(item["TotalAmt"]),
                str(item.get("Balance", item.get("UnappliedAmt"))),
            )
            for item in objects
        )
    return state


def _finish(cli: Cli, server: RunningSandbox) -> None:
    """Settle and carry on, then check that nothing was done twice and the proof of the whole stands."""
    cli.ok("recover")
    cli.ok("apply", "plan.json", "--yes")
    planned = json.loads((cli.folder / "plan.json").read_text("utf-8"))["actions"]
    wanted = {
        request["request_id"]
        for action in planned
        if action["decision"]["state"] == "approved"
        for request in action["requests"]
    }
    accepted = [
        entry["query"].partition("requestid=")[2]
        for entry in server.sandbox.requests
        if entry["method"] == "POST" and "/v3/" in entry["path"]
    ]
    assert set(accepted) == wanted
    assert cli.ok("log", "verify", "--json").document["holds"]


def test_the_first_ctrl_c_finishes_the_write_in_flight_and_leaves_nothing_in_doubt(
    planned: Cli, server: RunningSandbox
) -> None:
    """R56."""
    with _applying(planned, server, writes=3) as process:
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
        assert time.monotonic() - began < 5
    assert process.returncode == 130, out + err
    assert "Finishing the write in flight" in err
    assert planned.ok("recover", "--json").document["outcomes"] == []
    _finish(planned, server)


def test_two_ctrl_c_stop_at_once_and_the_run_can_be_finished(planned: Cli, server: RunningSandbox) -> None:
    """R56."""
    with _applying(planned, server, writes=3) as process:
        process.send_signal(signal.SIGINT)
        time.sleep(0.03)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Traceback" not in err
    _finish(planned, server)


def test_a_killed_run_is_finished_to_the_end_state_of_an_uninterrupted_one(
    planned: Cli, server: RunningSandbox, company_folder: Path, tmp_path: Path
) -> None:
    """R6, R17: kill -9 in the middle; recover and apply again; no document twice."""
    with _applying(planned, server, writes=4) as process:
        process.kill()
        process.communicate()
    assert process.returncode == -signal.SIGKILL
    _finish(planned, server)
    other = Cli(tmp_path / "other")
    other.folder.mkdir()
    with start(Settings(company=company_folder, throttle=False)) as undisturbed:
        write_ready_file(other.folder / "ready.json", undisturbed.ready)
        other.ok("connect", "--local", "ready.json")
        other.ok("pull")
        other.ok("crm", "import", str(company_folder / "crm"))
        other.ok("plan", "--out", "plan.json")
        other.ok("decide", "plan.json", "--tier", "recommended")
        other.ok("apply", "plan.json", "--yes")
        assert _end_state(server) == _end_state(undisturbed)
