"""The command line as real processes, against a sandbox that listens on loopback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from qbclean.sandbox.generate import generate
from qbclean.sandbox.sandbox import Settings
from qbclean.sandbox.server import RunningSandbox, start, write_ready_file

SECONDS = 120


@dataclass(frozen=True)
class Ran:
    """One finished process."""

    line: tuple[str, ...]
    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        """stdout as the one JSON document it must be."""
        read: dict[str, Any] = json.loads(self.out)
        return read


@dataclass(frozen=True)
class Cli:
    """`qbclean` in a folder of its own, with a workspace of its own. Nobody sits at the terminal."""

    folder: Path

    def run(self, *line: str, **environment: str) -> Ran:
        """Run to the end, whatever the exit code; a traceback on the terminal fails the test at once (R11)."""
        done = subprocess.run(
            [sys.executable, "-m", "qbclean", *line],
            cwd=self.folder, env=self.environment | environment, capture_output=True, text=True,
            stdin=subprocess.DEVNULL, timeout=SECONDS, check=False,
        )  # fmt: skip
        assert "Traceback" not in done.stderr + done.stdout, done.stderr
        return Ran(line, done.returncode, done.stdout, done.stderr)

    def ok(self, *line: str, code: int = 0) -> Ran:
        """Run and insist on the exit code."""
        ran = self.run(*line)
        assert ran.code == code, f"{' '.join(line)}\n{ran.out}\n{ran.err}"
        return ran

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("QBCLEAN_")}
        return kept | {
            "QBCLEAN_HOME": str(self.home),
            "NO_COLOR": "1",
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        }

    @property
    def home(self) -> Path:
        return self.folder / "home"


@pytest.fixture(scope="session")
def company_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small messy company with its CRM exports, generated once."""
    folder = tmp_path_factory.mktemp("company")
    generate(folder, seed=5, customers=60, years=2, today=datetime.now(UTC).date())
    return folder


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    return Cli(tmp_path)


@pytest.fixture
def server(company_folder: Path, tmp_path: Path) -> Iterator[RunningSandbox]:
    """A sandbox with that company, its ready file in the test's folder."""
    with start(Settings(company=company_folder, throttle=False)) as running:
        write_ready_file(tmp_path / "ready.json", running.ready)
        yield running


@pytest.fixture
def connected(cli: Cli, server: RunningSandbox, company_folder: Path) -> Cli:
    """A workspace that has read both sides."""
    cli.ok("connect", "--local", "ready.json")
    cli.ok("pull")
    cli.ok("crm", "import", str(company_folder / "crm"))
    return cli


@pytest.fixture
def planned(connected: Cli) -> Cli:
    """The same, with a plan in `plan.json` of which the recommended tier is approved."""
    connected.ok("plan", "--out", "plan.json")
    connected.ok("decide", "plan.json", "--tier", "recommended", "--by", "Dana Reyes", "--reason", "reviewed")
    return connected
