"""What the program says about errors, and what it must not say."""

from __future__ import annotations

import json
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from qbclean.cli.diagnostics import tell, unexpected
from qbclean.errors import AuthorizationError, QbcleanError

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def _defect(secret: str) -> RuntimeError:
    try:
        _fail(secret)
    except RuntimeError as error:
        return error
    raise AssertionError


def _fail(secret: str) -> None:
    try:
        {}[secret]
    except KeyError as cause:
        raise RuntimeError(f"cannot do {secret}") from cause


def test_an_error_says_what_why_and_what_to_do_and_gives_its_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    """R59."""
    code = tell(AuthorizationError("Not connected.", why="No tokens.", do="Run `qbclean connect`."), as_json=False)
    assert code == 6
    told = capsys.readouterr()
    assert told.err.splitlines() == ["Error: Not connected.", "No tokens.", "Run `qbclean connect`."]
    assert told.out == ""


def test_with_json_the_error_is_one_document_on_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    """R54."""
    tell(QbcleanError("It failed.", do="Try again."), as_json=True)
    read = json.loads(capsys.readouterr().out)
    assert read["kind"] == "error"
    assert read["error"] == {"what": "It failed.", "why": "", "do": "Try again.", "exit_code": 1}


def test_an_error_cannot_paint_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """R39."""
    tell(QbcleanError("Invoice \x1b[31m1042\u202e"), as_json=False)
    assert capsys.readouterr().err == "Error: Invoice \\x1b[31m1042\\u202e\n"


def test_a_defect_is_written_down_privately_without_any_data(tmp_path: Path) -> None:
    """R34, R35: class names and code lines, no messages."""
    error = unexpected(_defect("ACME-CANARY"), tmp_path, NOON)
    assert error.exit_code == 1
    (file,) = (tmp_path / "logs").iterdir()
    assert str(file) in error.do
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    text = file.read_text()
    assert "KeyError" in text
    assert "RuntimeError" in text
    assert "in _defect" in text
    assert "ACME-CANARY" not in text
    assert "ACME-CANARY" not in str(error)


def test_a_defect_is_still_told_when_nothing_can_be_written(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.touch()
    assert "could not be written down" in unexpected(_defect("x"), blocked, NOON).do
