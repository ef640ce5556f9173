"""Results on stdout, the rest on stderr, questions only to somebody (R54, R55)."""

from __future__ import annotations

import io
import json

import pytest

from qbclean.cli.options import Options
from qbclean.cli.progress import ScreenProgress
from qbclean.cli.screen import NotConfirmedError, Screen
from qbclean.errors import SettingsError


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_with_json_only_the_document_reaches_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    screen = Screen(Options(as_json=True))
    screen.show("for people")
    screen.say("a remark")
    screen.result("pull", {"n": 1}, lambda: "never computed")
    told = capsys.readouterr()
    assert json.loads(told.out) == {"format_version": "1.0", "kind": "pull", "n": 1}
    assert told.err == ""


def test_remarks_go_to_stderr_and_are_silent_when_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    Screen(Options()).say("[bold]Wrote[/bold] p.json")
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "[bold]Wrote[/bold] p.json\n")
    Screen(Options(quiet=True)).say("Wrote p.json")
    assert capsys.readouterr().err == ""


def test_nobody_is_asked_without_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """R55."""
    monkeypatch.setattr("sys.stdin", io.StringIO("yes\n"))
    with pytest.raises(SettingsError) as refused:
        Screen(Options()).confirm("This writes.")
    assert "Nothing was done" in refused.value.why
    monkeypatch.setattr("sys.stdin", _Terminal("yes\n"))
    with pytest.raises(SettingsError):
        Screen(Options(no_input=True)).confirm("This writes.")


def test_only_the_whole_answer_confirms(monkeypatch: pytest.MonkeyPatch) -> None:
    """S24: for production books the answer is the company's name."""
    monkeypatch.setattr("sys.stdin", _Terminal("Acme\nAcme Roofing\n"))
    screen = Screen(Options())
    with pytest.raises(NotConfirmedError):
        screen.confirm("This writes.", answer="Acme Roofing")
    screen.confirm("This writes.", answer="Acme Roofing")


def test_progress_without_a_terminal_is_one_line_per_stage(capsys: pytest.CaptureFixture[str]) -> None:
    """R57."""
    from decimal import Decimal

    progress = ScreenProgress(Screen(Options()))
    progress.start("Applying", 2)
    progress.advance(1, Decimal("1200.50"))
    progress.advance()
    progress.finish()
    progress.finish()
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("Applying: 2  1,200.50  ")
