"""The README says what the program does."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from qbclean.errors import QbcleanError
from qbclean.model.settings import CompanySettings
from tests.workflow import readme_blocks
from tests.workflow.conftest import Cli


def _words(text: str) -> list[str]:
    return text.split()


def test_every_command_is_documented_with_the_help_it_gives() -> None:
    documented = readme_blocks.documented_help()
    commands = readme_blocks.commands()
    assert sorted(documented) == sorted(commands)
    for line in commands:
        assert _words(documented[line]) == _words(readme_blocks.real_help(line)), (
            f"`qbclean {line} --help` changed: run `python -m tests.workflow.readme_blocks`"
        )


def test_every_dependency_has_its_reason_in_the_readme_r43() -> None:
    project = tomllib.loads((readme_blocks.README.parent / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = [*project["dependencies"], *extras["hubspot"], *extras["salesforce"]]
    section = readme_blocks.README.read_text("utf-8").partition("## Dependencies, each with its reason")[2]
    told = section.partition("\n## ")[0]
    names = [re.split(r"[<>=;\[ ]", entry, maxsplit=1)[0] for entry in wanted]
    assert [name for name in names if name not in told] == []


@pytest.mark.skipif(sys.platform == "win32", reason="the walk-through is written for a POSIX shell")
def test_the_walk_through_works_by_paste(tmp_path: Path) -> None:
    program = Path(sys.executable).parent
    environment = Cli(tmp_path).environment
    environment.pop("QBCLEAN_HOME")
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", f"trap 'kill $(jobs -p) || true' EXIT\n{readme_blocks.walk_through()}"],
        cwd=tmp_path, env=environment | {"PATH": f"{program}:{environment['PATH']}"},
        capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=240, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert "Traceback" not in done.stderr
    for page in ("check.html", "plan.html", "log.html"):
        assert (tmp_path / "walk" / page).read_text("utf-8").startswith("<!doctype html>")
    assert "Proved: all" in done.stdout
    assert "The log is whole" in done.stdout


def test_every_message_of_the_troubleshooting_table_is_one_the_program_gives() -> None:
    source = "\n".join(path.read_text("utf-8") for path in (readme_blocks.README.parent / "qbclean").rglob("*.py"))
    messages = readme_blocks.troubleshooting()
    assert len(messages) >= 8
    for message in messages:
        for part in filter(None, (text.strip() for text in message.split("…"))):
            assert part in source, message


def test_every_setting_and_exit_code_is_documented() -> None:
    text = readme_blocks.README.read_text("utf-8")
    for name in CompanySettings.__struct_fields__:
        assert f"| `{name}` |" in text
    for code in {0, 3, 5, *(kind.exit_code for kind in _family(QbcleanError))}:
        assert f"\n| {code} |" in text


def _family(kind: type[QbcleanError]) -> set[type[QbcleanError]]:
    return {kind}.union(*(_family(child) for child in kind.__subclasses__()))
