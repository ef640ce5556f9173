"""The parts of the README that are checked: the walk-through, and the help of every command.

`python -m tests.workflow.readme_blocks` writes the help anew after commands changed.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

README = Path(__file__).parents[2] / "README.md"
_HELP = re.compile(r"(<!-- help -->\n).*?(\n## Exit codes)", re.DOTALL)
_BLOCK = re.compile(r"^```text\n\$ qbclean ?(?P<line>[^\n]*?) ?--help\n(?P<help>.*?)^```$", re.DOTALL | re.MULTILINE)


def walk_through() -> str:
    """The shell commands of the walk-through."""
    found = re.search(r"<!-- walk-through -->\n```bash\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    assert found, "the README has no walk-through"
    return found[1]


def documented_help() -> dict[str, str]:
    """Command line (without `qbclean` and `--help`) → the help text the README shows."""
    return {found["line"]: found["help"] for found in _BLOCK.finditer(README.read_text("utf-8"))}


def troubleshooting() -> list[str]:
    """The messages of the troubleshooting table; `…` stands for what varies."""
    _, _, table = README.read_text("utf-8").partition("## When something is refused\n")
    rows = [row for row in table.partition("\n## ")[0].splitlines() if row.startswith("| `")]
    return [message for row in rows for message in re.findall(r"`([^`]+)`", row.split(" | ")[0])]


def real_help(line: str) -> str:
    """What the program says."""
    environment = {**os.environ, "COLUMNS": "80", "NO_COLOR": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "qbclean", *line.split(), "--help"],
        capture_output=True, text=True, check=True, timeout=60, env=environment,
    )  # fmt: skip
    return done.stdout


def commands() -> list[str]:
    """Every command and group as typed, the program itself first as the empty line; read from the help texts."""
    found = [""]
    for line in found:
        _, _, listed = real_help(line).partition("\nCommands:\n")
        names = re.findall(r"^  (\w[\w-]*)", listed.partition("\n\n")[0], re.MULTILINE)
        found += [f"{line} {name}".strip() for name in names]
    return found


def rewrite() -> None:
    """Put the present help texts into the README."""
    blocks = "\n".join(f"```text\n{f'$ qbclean {line}'.strip()} --help\n{real_help(line)}```\n" for line in commands())
    text = README.read_text("utf-8")
    README.write_text(_HELP.sub(lambda found: f"{found[1]}\n{blocks}{found[2]}", text), encoding="utf-8")


if __name__ == "__main__":
    rewrite()
