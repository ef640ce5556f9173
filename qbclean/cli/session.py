"""One call of the program: its options, its screen and its clock, handed to every command by typer."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn, cast

import typer

from qbclean.cli.clock import SystemClock
from qbclean.cli.options import Options
from qbclean.cli.screen import Screen
from qbclean.cli.settings import home_folder


@dataclass(frozen=True, slots=True)
class Session:
    options: Options
    screen: Screen
    clock: SystemClock

    @classmethod
    def of(cls, context: typer.Context) -> Session:
        """The session the main callback made."""
        return cast("Session", context.obj)

    @classmethod
    def start(cls, options: Options) -> Session:
        return cls(options, Screen(options), SystemClock())

    @property
    def home(self) -> Path:
        return home_folder(self.options.home)


def finish(code: int) -> NoReturn:
    """Leave with an exit code of design.md 4."""
    raise typer.Exit(code)
