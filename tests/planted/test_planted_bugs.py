"""The tests of the executor can fail: each planted bug is noticed, in a copy of the code, by tests run there (R51)."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.planted.bugs import BUGS, Bug

ROOT = Path(__file__).parents[2]
QUICK = (
    "no intent row",
    "no check for changes since the review",
    "the company's lock is a file with a process id",
)
"""Those planted on every run of the suite."""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The project, to be spoiled."""
    for name in ("qbclean", "tests"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "planted"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def checked(copy: Path, tests: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Run tests in the copy, which comes before the installed project on the path."""
    line = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-n", "0", "-x", "-q", "--no-header", *tests]
    environment = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(line, cwd=copy, env=environment, capture_output=True, text=True, timeout=280, check=False)


def assert_noticed(copy: Path, bug: Bug) -> None:
    place = copy / "qbclean" / bug.file
    place.write_text(place.read_text().replace(bug.old, bug.new))
    ran = checked(copy, bug.tests)
    print(f"{'caught' if ran.returncode == 1 else 'NOT CAUGHT'}: {bug.name} ({bug.file})")  # noqa: T201 - R51 asks for the list
    assert ran.returncode == 1, f"{bug.name} was not noticed by {' '.join(bug.tests)}:\n{ran.stdout}\n{ran.stderr}"
    assert "failed" in ran.stdout
    assert "error" not in ran.stdout.splitlines()[-1], ran.stdout


@pytest.mark.parametrize("bug", [bug for bug in BUGS if bug.name in QUICK], ids=lambda bug: bug.name)
def test_a_planted_bug_is_noticed_r51(copy, bug):
    assert_noticed(copy, bug)


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_a_bug_has_one_place_to_be_planted_in(bug):
    said = (ROOT / "qbclean" / bug.file).read_text().count(bug.old)
    assert said == 1, f"the code has moved on: {bug.file} says this {said} times"


@pytest.mark.long
@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_every_planted_bug_is_noticed_r51(copy, bug):
    assert_noticed(copy, bug)


@pytest.mark.long
@pytest.mark.timeout(900)
def test_without_a_bug_the_same_tests_pass(copy):
    """Else being noticed would mean nothing."""
    for tests in {bug.tests for bug in BUGS}:
        ran = checked(copy, tests)
        assert ran.returncode == 0, f"{' '.join(tests)}:\n{ran.stdout}"


def test_there_are_at_least_ten_and_each_has_a_name_of_its_own():
    assert len(BUGS) >= 10
    assert len({bug.name for bug in BUGS}) == len(BUGS)
