"""`qbclean demo`: the story, what it leaves behind, and that the commands it prints work by paste."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.workflow.conftest import Cli

pytestmark = pytest.mark.xdist_group("demo")
HEADINGS = ("the books and the CRM", "What was found", "What is proposed", "What was done", "The proof", "Left to you",
            "The log", "Next")  # fmt: skip


@pytest.fixture(scope="module")
def demonstrated(tmp_path_factory: pytest.TempPathFactory) -> tuple[Cli, str]:
    """A demonstration with the defaults, and what it said."""
    cli = Cli(tmp_path_factory.mktemp("demo"))
    began = time.monotonic()
    told = cli.ok("demo").out
    assert time.monotonic() - began < 60
    return cli, told


def test_the_demonstration_tells_the_whole_story_and_proves_it(demonstrated: tuple[Cli, str]) -> None:
    cli, told = demonstrated
    places = [told.index(heading) for heading in HEADINGS]
    assert places == sorted(places)
    assert re.search(r"Proved: all \d+ figures", told)
    assert "DIFFERS" not in told
    assert "nothing written" in told
    assert "connected by OAuth" in told
    left = {path.name for path in (cli.folder / "qbclean-demo").iterdir()}
    assert {"plan.json", "report.html", "companies", "sandbox"} <= left
    assert not cli.home.exists(), "the user's own workspace is not touched"


def test_the_commands_it_prints_work_by_paste(demonstrated: tuple[Cli, str]) -> None:
    cli, told = demonstrated
    commands = re.findall(r"qbclean (?:--home|sandbox)[^\n]*", told[told.index("Next") :])
    assert len(commands) >= 5
    script = "\n".join(["set -e", *commands]).replace(" &\n", " >/dev/null &\nsleep 3\n")
    environment = cli.environment | {"PATH": f"{Path(sys.executable).parent}:{cli.environment['PATH']}"}
    done = subprocess.run(
        ["bash", "-c", f"trap 'kill $(jobs -p)' EXIT\n{script}"],
        cwd=cli.folder, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=240,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-1000:] + done.stderr[-1500:]
    assert "Rollback done" in done.stdout


def test_the_same_seed_gives_the_same_plan(cli: Cli) -> None:
    plans = []
    for name in ("one", "two"):
        cli.ok("demo", "--customers", "40", "--seed", "3", "--home", name)
        text = (cli.folder / name / "plan.json").read_text("utf-8")
        # Only the moment of the snapshot, and what is derived from it, may differ.
        plans.append(re.findall(r'"summary": "[^"]*"', text))
    assert plans[0] == plans[1]


def test_an_earlier_demonstration_is_replaced_and_nothing_else_is(cli: Cli) -> None:
    cli.ok("demo", "--customers", "20", "--home", "there")
    cli.ok("demo", "--customers", "20", "--home", "there")
    (cli.folder / "mine").mkdir()
    (cli.folder / "mine" / "letter.txt").write_text("dear")
    assert cli.run("demo", "--home", "mine").code == 2
    assert [path.name for path in (cli.folder / "mine").iterdir()] == ["letter.txt"]
