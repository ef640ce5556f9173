"""Starting is cheap: nothing heavy is imported before a command needs it (R52, R53)."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = (
    "requests", "quickbooks", "intuitlib.client", "keyring", "cryptography", "sqlite_utils", "sqlite3", "starlette",
    "uvicorn", "asyncio", "jinja2", "lark", "rapidfuzz", "tenacity", "msgspec", "rich", "platformdirs",
)  # fmt: skip


def _imported_by(line: str) -> set[str]:
    program = (
        "import sys\n"
        f"sys.argv = ['qbclean', *{line.split()!r}]\n"
        "from qbclean.__main__ import command\n"
        "try:\n    command()\nexcept SystemExit as end:\n    assert end.code in (0, None), end.code\n"
        "sys.stderr.write('\\n'.join(sys.modules))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout
    imported = set(done.stderr.split())
    assert "qbclean" in imported
    return imported


@pytest.mark.parametrize("line", ["--help", "check --help", "apply --help", "doctor --help", "sandbox serve --help"])
def test_help_imports_no_heavy_module(line: str) -> None:
    """R53."""
    assert not _imported_by(line) & set(HEAVY)


def test_version_is_told_without_typer() -> None:
    """R52."""
    assert not _imported_by("--version") & {*HEAVY, "typer", "click"}


def _in_shell(line: str) -> subprocess.CompletedProcess[str]:
    command = f"{sys.executable} -m qbclean {line}"
    return subprocess.run(command, shell=True, check=False, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize(("line", "code", "said"), [("--help", 0, "Usage"), ("--no-such-option", 2, "No such option")])
def test_a_command_ends_at_once_with_its_code_and_all_it_had_to_say(line: str, code: int, said: str) -> None:
    done = _in_shell(line)
    assert done.returncode == code
    assert said in done.stdout + done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="needs a shell with ':'")
def test_a_command_whose_reader_has_gone_ends_without_a_traceback() -> None:
    assert "Traceback" not in _in_shell("--help | :").stderr
