"""`qbclean sandbox`: serve, new, dump, quirks."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from qbclean.cli.sandbox import app
from qbclean.sandbox.sandbox import Sandbox, Settings
from qbclean.sandbox.uncertainties import QUIRKS
from tests.contract.sandbox.caller import Caller
from tests.workflow.readme_blocks import README

run = CliRunner()


def _unboxed(output: str) -> str:
    """Return a message as one line, without the frame drawn around it."""
    return " ".join(output.replace("│", " ").split())


def test_quirks_are_listed_with_their_values() -> None:
    listed = run.invoke(app, ["quirks"])
    assert listed.exit_code == 0
    for quirk in QUIRKS:
        assert f"{quirk.name}={'|'.join(quirk.values)}" in listed.stdout


def test_the_readme_tells_every_quirk_with_its_outcomes() -> None:
    told = README.read_text(encoding="utf-8")
    for quirk in QUIRKS:
        outcomes = " · ".join(f"`{value}`" for value in quirk.values)
        assert f"| `{quirk.name}` | {outcomes} | {quirk.about} |\n" in told


def test_a_new_company_can_be_served_and_is_never_written_over(tmp_path: Path) -> None:
    arguments = [
        "new",
        str(tmp_path / "co"),
        "--seed",
        "3",
        "--customers",
        "30",
        "--years",
        "1",
        "--today",
        "2026-11-01",
    ]
    assert run.invoke(app, arguments).exit_code == 0
    assert Sandbox(Settings(company=tmp_path / "co")).company.tables["Invoice"].order
    again = run.invoke(app, arguments)
    assert again.exit_code == 2
    assert "is not empty; nothing was written" in _unboxed(again.output)


def test_a_state_file_is_dumped_as_a_company_folder(tmp_path: Path) -> None:
    sandbox = Sandbox(Settings(state=tmp_path / "s.db"))
    realm = sandbox.company.realm_id
    sandbox.close()
    assert run.invoke(app, ["dump", str(tmp_path / "out"), "--state", str(tmp_path / "s.db")]).exit_code == 0
    assert Sandbox(Settings(company=tmp_path / "out")).company.tables["Invoice"].order
    assert Sandbox(Settings(state=tmp_path / "s.db")).company.realm_id == realm


@pytest.mark.parametrize(
    ("options", "exit_code", "said"),
    [
        (["--quirk", "nonsense=1"], 2, "no quirk"),
        (["--company", "nowhere"], 1, "is no folder"),
        (["--port", "70000"], 2, "65535"),
        (["--today", "yesterday"], 2, "yesterday"),
        (["--faults", "missing.json"], 2, "missing.json"),
    ],
)
def test_a_bad_option_says_what_is_wrong(options: list[str], exit_code: int, said: str) -> None:
    refused = run.invoke(app, ["serve", *options])
    assert refused.exit_code == exit_code
    assert said in _unboxed(refused.output)


def test_serve_takes_its_options_and_ends_on_a_signal(tmp_path: Path) -> None:
    (tmp_path / "faults.json").write_text('[{"fault": "500", "path": "preferences"}]')
    ready = tmp_path / "sub" / "ready.json"
    options = ["--today", "2026-02-03", "--quirk", "closed_code=6200", "--faults", str(tmp_path / "faults.json")]
    command = [sys.executable, "-m", "tests.contract.sandbox.serve", "serve", "--ready-file", str(ready), *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    deadline = time.monotonic() + 30
    while not ready.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    caller = Caller(json.loads(ready.read_text()))
    assert caller.admin("GET", "clock").json["today"] == "2026-02-03"
    assert caller.admin("GET", "quirks").json["closed_code"] == "6200"
    assert [caller.get("preferences").status for _ in range(2)] == [500, 200]
    caller.close()
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=15)
    assert out.decode().strip() == caller.url
    assert "Traceback" not in err.decode()
