"""The house rules a machine can keep: a pure core, complete registries, static tools green (style.md 2, 3.5)."""

from __future__ import annotations

import ast
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from qbclean.actions import ACTION_KINDS
from qbclean.crm import CRM_READERS
from qbclean.model.action import ActionKind

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "qbclean"
CORE = ("model", "match", "actions", "ledger", "detect", "reconcile", "plan")
CORE_FILES = sorted(path for name in CORE for path in (PACKAGE / name).rglob("*.py"))
IMPURE = {"time", "os", "sys", "random", "secrets", "uuid", "socket", "subprocess", "pathlib", "logging", "locale"}
"""Clock, environment, chance and files: the same books must give the same plan, byte for byte (design.md 2)."""
CLOCK = {"now", "today", "utcnow", "monotonic", "perf_counter"}


# ------------------------------------------------------------------ a pure core
def offences(source: str) -> Iterator[tuple[int, str]]:
    """(line, what) of everything the core does not do."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Constant(value=float() | complex()):
                yield node.lineno, "a float literal"
            case ast.Name(id="float" | "complex" as name):
                yield node.lineno, name
            case ast.Call(func=ast.Name(id="print" | "open" | "input" as name)):
                yield node.lineno, f"{name}()"
            case ast.Call(func=ast.Attribute(attr=name)) if name in CLOCK:
                yield node.lineno, f".{name}()"
            case ast.Import(names=names):
                yield from ((node.lineno, f"import {one.name}") for one in names if one.name.split(".")[0] in IMPURE)
            case ast.ImportFrom(module=str(module)) if module.split(".")[0] in IMPURE:
                yield node.lineno, f"import {module}"
            case _:
                pass


def test_the_core_knows_no_float_no_clock_no_file_and_prints_nothing() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}: {what}"
        for path in CORE_FILES
        for line, what in offences(path.read_text(encoding="utf-8"))
    ]
    assert len(CORE_FILES) > 20
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "source",
    [
        "tax = 0.08",
        "amount = float(text)",
        "def total() -> float: ...",
        "print(1)",
        "from datetime import date\nday = date.today()",
        "import datetime as dt\nnow = dt.datetime.now(dt.UTC)",
        "import time",
        "from os import environ",
        "open('x')",
    ],
)
def test_each_core_rule_can_be_broken(source: str) -> None:
    assert list(offences(source))


def test_the_core_rules_leave_decimals_and_given_dates_alone() -> None:
    assert not list(offences("from decimal import Decimal\nfrom datetime import date\nprice = Decimal('0.08') * 2"))


# ------------------------------------------------------------------ every file is short and says what it is for
def test_no_file_is_longer_than_four_hundred_lines() -> None:
    long = [
        f"{path.relative_to(ROOT)}: {lines} lines"
        for path in sorted(PACKAGE.rglob("*.py"))
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 400
    ]
    assert not long, "\n".join(long)


def test_every_module_opens_with_a_sentence() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in sorted(PACKAGE.rglob("*.py"))
        if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert not silent, "\n".join(silent)


def test_no_module_is_a_drawer_for_odds_and_ends() -> None:
    drawers = {"utils", "util", "helpers", "common", "misc", "manager", "managers"}
    assert not [path for path in PACKAGE.rglob("*.py") if path.stem in drawers or path.parent.name in drawers]


# ------------------------------------------------------------------ registries are complete (style.md 2.3)
def public_names(path: Path, kind: type[ast.AST]) -> set[str]:
    """The public functions or classes a file defines at top level."""
    body = ast.parse(path.read_text(encoding="utf-8")).body
    return {node.name for node in body if isinstance(node, kind) and not node.name.startswith("_")}  # type: ignore[attr-defined]


def test_every_action_kind_has_its_file_and_every_such_file_is_registered() -> None:
    """A kind's file defines a function of its own name; `move_payment` is `apply_payment` with another word."""
    folder = PACKAGE / "actions"
    files = {path.stem for path in folder.glob("*.py") if path.stem in public_names(path, ast.FunctionDef)}
    assert set(ACTION_KINDS) <= set(get_args(ActionKind))
    assert files == set(ACTION_KINDS) - {"move_payment"}
    assert len(set(ACTION_KINDS)) == len(ACTION_KINDS)


def test_every_crm_reader_is_registered() -> None:
    written = {name for path in (PACKAGE / "crm").glob("*.py") for name in public_names(path, ast.ClassDef)}
    readers = {name for name in written if name.endswith("Reader") and name != "CrmReader"}
    assert {type(reader).__name__ for reader in CRM_READERS} == readers
    assert len({reader.name for reader in CRM_READERS}) == len(CRM_READERS)


def test_every_detector_is_asked() -> None:
    """A detector is a file of `detect/` with a function `find`; `detect` in `__init__` runs them all."""
    folder = PACKAGE / "detect"
    written = {path.stem for path in folder.glob("*.py") if "find" in public_names(path, ast.FunctionDef)}
    tree = ast.parse((folder / "__init__.py").read_text(encoding="utf-8"))
    asked = {
        node.value.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "find" and isinstance(node.value, ast.Name)
    }
    assert written == asked


# ------------------------------------------------------------------ static tools: pytest is the whole test command
def succeeds(*command: str) -> None:
    """Runs a tool in the repository; its output is the assertion message when it fails."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 0, done.stdout[-6_000:] + done.stderr[-2_000:]


def tool(name: str) -> str:
    """The tool of this environment, not whatever comes first on the path."""
    found = [path for path in Path(sysconfig.get_path("scripts")).glob(f"{name}*") if path.stem == name]
    assert found, f"{name} is not installed; install the extra: pip install -e '.[dev]'"
    return str(found[0])


@pytest.mark.xdist_group("static")
def test_ruff_finds_nothing() -> None:
    succeeds(tool("ruff"), "check", ".")


@pytest.mark.xdist_group("static")
def test_the_code_is_formatted() -> None:
    succeeds(tool("ruff"), "format", "--check", ".")


@pytest.mark.xdist_group("static")
def test_types_hold() -> None:
    succeeds(sys.executable, "-m", "mypy")


@pytest.mark.xdist_group("static")
def test_imports_keep_to_the_layers() -> None:
    succeeds(tool("lint-imports"))
