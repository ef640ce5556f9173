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
        "from qbclean.__main__ import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert end.code in (0, None), end.code\n"
        "sys.stderr.write('\\n'.join(sys.modules))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout
    return set(done.stderr.split())


@pytest.mark.parametrize("line", ["--help", "check --help", "apply --help", "doctor --help", "sandbox serve --help"])
def test_help_imports_no_heavy_module(line: str) -> None:
    """R53."""
    assert not _imported_by(line) & set(HEAVY)


def test_version_is_told_without_typer() -> None:
    """R52."""
    assert not _imported_by("--version") & {*HEAVY, "typer", "click"}
