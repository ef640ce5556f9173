"""How far long work is: a bar on a terminal, one line per finished stage elsewhere (R57)."""

from __future__ import annotations

import time
from decimal import Decimal
from typing import TYPE_CHECKING

from qbclean.cli.screen import Screen

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID


_WORTH_A_LINE = 1.0
"""Seconds; a quicker stage is not worth a line unless it moved money."""


class ScreenProgress:
    """A `Progress` port over the screen's stderr. Counts, sums the money and, on a terminal, estimates the rest."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._bar: Bar | None = None
        self._task: TaskID | None = None
        self._reset("", None)

    def _reset(self, label: str, total: int | None) -> None:
        self._label, self._total, self._steps = label, total, 0
        self._money = Decimal(0)
        self._started = time.monotonic()

    def start(self, label: str, total: int | None = None) -> None:
        self.finish()
        self._reset(label, total)
        if self._screen.quiet or not self._screen.err.is_terminal:
            return
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TextColumn("{task.fields[money]}"),
            TimeRemainingColumn(compact=True),
            console=self._screen.err,
            transient=True,
        )
        self._bar.start()
        self._task = self._bar.add_task(label, total=total, money="")

    def advance(self, steps: int = 1, amount: Decimal | None = None) -> None:
        self._steps += steps
        self._money += amount or 0
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, advance=steps, money=self._money_text())

    def finish(self) -> None:
        if not self._label:
            return
        if self._bar is not None:
            self._bar.stop()
            self._bar = None
        elapsed = time.monotonic() - self._started
        if self._money or elapsed >= _WORTH_A_LINE:
            parts = [f"{self._label}: {self._steps:,}", self._money_text().strip(), f"{elapsed:.1f} s"]
            self._screen.say("  ".join(part for part in parts if part))
        self._label = ""

    def _money_text(self) -> str:
        return f" {self._money:,.2f}" if self._money else ""
