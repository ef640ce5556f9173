"""Work spread over processes: each builds its tools once, then takes piece after piece until there is none left."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from functools import partial
from multiprocessing.connection import Connection, wait
from typing import Any, Generic, Self, TypeVar, cast

from qbclean.errors import QbcleanError

Piece = TypeVar("Piece")
Result = TypeVar("Result")
Work = Callable[[Piece], Result]
_MOST = 8
"""Each process needs memory of its own; more of them gain little beside one disk."""


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def apart(task: Callable[[], Result]) -> Result:
    """What `task` returns, done by a process of its own, which ends with it. Raises as `Processes.spread`."""
    with Processes(partial(_once, task), number=1) as processes:
        (result,) = processes.spread((None,))
        return result


def _once(task: Callable[[], Result]) -> Work[None, Result]:
    return lambda _: task()


class Processes(Generic[Piece, Result]):
    """As many processes as there are processors, or `number`, from `with` to its end; each is ready once it has its
    tools.

    `tools`, each piece, result and error must go through pickle. Ctrl-C reaches the caller alone.
    """

    def __init__(self, tools: Callable[[], Work[Piece, Result]], *, number: int | None = None) -> None:
        self._tools, self._number = tools, number or min(processors(), _MOST)
        self._closing = ExitStack()
        self._idle: list[Connection] = []

    def __enter__(self) -> Self:
        context = multiprocessing.get_context("spawn")  # the same on every system, and no open database is inherited
        with ExitStack() as closing:
            for _ in range(self._number):
                ours, theirs = context.Pipe()
                process = context.Process(target=_serve, args=(self._tools, theirs), daemon=True)
                process.start()
                theirs.close()
                closing.callback(process.join)
                closing.callback(process.terminate)
                self._idle.append(closing.enter_context(ours))
            self._closing = closing.pop_all()
        return self

    def __exit__(self, *exc_info: object) -> None:
        """Nothing is left running."""
        self._closing.close()

    def spread(self, pieces: Iterable[Piece]) -> Iterator[Result]:
        """What is made of each piece, as soon as it is there, in no particular order.

        What a piece raises is raised here, and QbcleanError when a process dies.
        """
        busy: list[Connection] = []
        for piece in pieces:
            if not self._idle:
                yield self._next(busy)
            asked = self._idle.pop()
            asked.send(piece)
            busy.append(asked)
        while busy:
            yield self._next(busy)

    def _next(self, busy: list[Connection]) -> Result:
        ready = cast("Connection", wait(busy)[0])
        done: Result | Exception = _received(ready)
        busy.remove(ready)
        self._idle.append(ready)
        if isinstance(done, Exception):
            raise done
        return done


def _received(answers: Connection) -> Any:
    """What came back, or the error that was raised there."""
    try:
        done = answers.recv()
    except (EOFError, ConnectionResetError) as error:
        raise QbcleanError(
            "A process that worked on a part of the company ended before it was done.",
            why="The system has ended it, most likely because memory ran out. Nothing was written.",
            do="Close other programs and run the command again.",
        ) from error
    return done


def _serve(tools: Callable[[], Work[Piece, Result]], asked: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        work: Work[Piece, Result] | Exception = tools()
    except Exception as error:  # noqa: BLE001 - raised by whoever gives the first piece
        work = error
    try:
        while True:
            asked.send(_done(work, asked.recv()))
    except (EOFError, BrokenPipeError):
        return  # nobody asks any more


def _done(work: Work[Piece, Result] | Exception, piece: Piece) -> Result | Exception:
    if isinstance(work, Exception):
        return work
    try:
        return work(piece)
    except Exception as error:  # noqa: BLE001 - raised again by whoever gave the piece
        return error
