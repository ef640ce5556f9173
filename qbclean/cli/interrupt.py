"""Ctrl-C: the first lets the write in flight finish, the second stops at once (R56)."""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType, TracebackType
from typing import Any, Self

from qbclean.errors import InterruptedRunError


class Interrupted(BaseException):
    """The user pressed Ctrl-C. Not KeyboardInterrupt, which typer would turn into a silent exit."""


def raise_on_interrupt() -> None:
    """From now on Ctrl-C raises `Interrupted` in the main thread."""
    signal.signal(signal.SIGINT, _raise)


def ignore_interrupts() -> None:
    """From now on Ctrl-C does nothing: the result and the exit code stand, and leaving takes a moment."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


class StopAfterWrite:
    """A `StopSignal` port. While entered, the first Ctrl-C (or SIGTERM) only asks; the second ends the process at once.

    At once means without unwinding: workers may be in the middle of a write, and closing the journal under them is
    worse than what a crash leaves, which `recover` settles (R17).
    """

    def __init__(self) -> None:
        self._asked = False
        self._former: dict[signal.Signals, Any] = {}

    def requested(self) -> bool:
        return self._asked

    def __enter__(self) -> Self:
        for number in (signal.SIGINT, signal.SIGTERM):
            self._former[number] = signal.signal(number, self._ask)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._former.items():
            signal.signal(number, handler)

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        if self._asked:
            _leave_at_once()
        self._asked = True
        # os.write: a signal may arrive in the middle of a buffered write to the same stream.
        os.write(sys.stderr.fileno(), b"\nFinishing the write in flight, then stopping. Ctrl-C again stops at once.\n")


def _leave_at_once() -> None:
    show_cursor = b"\x1b[?25h" if os.isatty(sys.stderr.fileno()) else b""
    os.write(sys.stderr.fileno(), show_cursor + b"\nStopped at once. `qbclean recover` settles what is open.\n")
    os._exit(InterruptedRunError.exit_code)


def _raise(_number: int, _frame: FrameType | None) -> None:
    raise Interrupted
