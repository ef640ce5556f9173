"""The command line as real processes, against a sandbox that listens on loopback."""

from __future__ import annotations

import json
import os
import shutil
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


@dataclass(frozen=True)
class Prepared:
    """What most tests begin with, made once: the sandbox's state, its port, and workspaces at two stages."""

    port: int
    folder: Path

    @property
    def state(self) -> Path:
        return self.folder / "state.db"


@pytest.fixture(scope="session")
def prepared(company_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    cli = Cli(tmp_path_factory.mktemp("prepared"))
    settings = Settings(company=company_folder, state=cli.folder / "state.db", throttle=False)
    with start(settings) as running:
        write_ready_file(cli.folder / "ready.json", running.ready)
        cli.ok("connect", "--local", "ready.json")
        cli.ok("pull")
        cli.ok("crm", "import", str(company_folder / "crm"))
        shutil.copytree(cli.home, cli.folder / "connected")
        cli.ok("plan", "--out", "plan.json")
        cli.ok("decide", "plan.json", "--tier", "recommended", "--by", "Dana Reyes", "--reason", "reviewed")
        cli.home.rename(cli.folder / "planned")
    return Prepared(int(running.url.rpartition(":")[2]), cli.folder)


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    return Cli(tmp_path)


@pytest.fixture
def server(prepared: Prepared, tmp_path: Path) -> Iterator[RunningSandbox]:
    """A sandbox with that company as it was generated, its ready file in the test's folder."""
    state = shutil.copy(prepared.state, tmp_path / "state.db")
    with start(Settings(state=Path(state), throttle=False), port=prepared.port) as running:
        write_ready_file(tmp_path / "ready.json", running.ready)
        yield running


@pytest.fixture
def connected(cli: Cli, server: RunningSandbox, prepared: Prepared) -> Cli:
    """A workspace that has read both sides."""
    shutil.copytree(prepared.folder / "connected", cli.home)
    return cli


@pytest.fixture
def planned(cli: Cli, server: RunningSandbox, prepared: Prepared) -> Cli:
    """The same, with a plan in `plan.json` of which the recommended tier is approved."""
    shutil.copytree(prepared.folder / "planned", cli.home)
    shutil.copy2(prepared.folder / "plan.json", cli.folder)
    return cli
