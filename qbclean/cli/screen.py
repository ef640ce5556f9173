"""The terminal: the result on stdout, everything else on stderr, questions only where somebody can answer."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any, TextIO

from qbclean.cli.options import Options
from qbclean.errors import QbcleanError, SettingsError
from qbclean.report.plain import plain

if TYPE_CHECKING:
    from rich.console import Console, RenderableType


class NotConfirmedError(QbcleanError):
    """The user was asked and did not say yes."""


_WIDTH_OF_A_PIPE = 140


class Screen:
    """Where commands show things. With `--json` the result is one document and nothing else reaches stdout."""

    def __init__(self, options: Options) -> None:
        self.as_json = options.as_json
        self.quiet = options.quiet or options.as_json
        self.interactive = not options.no_input and sys.stdin is not None and sys.stdin.isatty()

    @cached_property
    def out(self) -> Console:
        return _console(sys.stdout)

    @cached_property
    def err(self) -> Console:
        return _console(sys.stderr)

    def result(self, kind: str, content: dict[str, Any], text: Callable[[], RenderableType]) -> None:
        """Show the outcome of a command: `content` as JSON, or `text` for people. Only the one needed is computed."""
        if self.as_json:
            from qbclean.report.json import document

            sys.stdout.write(document(kind, **content))
        else:
            self.show(text())

    def show(self, part: RenderableType) -> None:
        """A part of the result, for people; nothing with `--json`. Long lines of requests are never cut."""
        if self.as_json:
            return
        if isinstance(part, str):
            self.out.print(plain(part), soft_wrap=True)
        else:
            self.out.print(part, crop=False)

    def say(self, text: str) -> None:
        """A remark beside the result; silent with `--quiet` and `--json`."""
        if not self.quiet:
            self.warn(text)

    def warn(self, text: str) -> None:
        """Something the user has to know even with `--quiet`."""
        for line in text.split("\n"):
            self.err.print(plain(line), soft_wrap=True)

    def ask(self, question: str) -> str:
        """What the user types. Raises SettingsError where nobody can answer."""
        self._must_be_interactive(question)
        self.err.print(plain(question), end=" ", soft_wrap=True)
        return sys.stdin.readline().strip()

    def ask_secret(self, question: str) -> str:
        """What the user types, unseen. Raises SettingsError where nobody can answer."""
        import getpass

        self._must_be_interactive(question)
        return getpass.getpass(f"{plain(question)} ", stream=sys.stderr)

    def confirm(self, question: str, *, answer: str = "yes") -> None:
        """Go on only when the user types `answer`. Raises NotConfirmedError otherwise, or where nobody can answer."""
        if self.ask(f"{question} Type {answer} to go on:") != answer:
            raise NotConfirmedError("Not confirmed.", why="Nothing was done.", do="Run it again when you are sure.")

    def _must_be_interactive(self, question: str) -> None:
        if not self.interactive:
            raise SettingsError(
                f"Nobody can answer: {question}",
                why="There is no terminal, or --no-input was given. Nothing was done.",
                do="Run it in a terminal, or give the answer as an option (--yes to confirm).",
            )


def _console(file: TextIO) -> Console:
    from rich.console import Console

    width = None if file.isatty() else int(os.environ.get("COLUMNS") or _WIDTH_OF_A_PIPE)
    return Console(file=file, width=width, markup=False, highlight=False, emoji=False)
