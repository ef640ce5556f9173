"""Work spread over processes: each builds its tools once, then takes piece after piece until there is none left."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from multiprocessing.connection import Connection, wait
from typing import Generic, Self, TypeVar, cast

from qbclean.errors import QbcleanError

Piece = TypeVar("Piece")
Work = Callable[[Piece], bytes]
_MOST = 8
"""Each process needs memory of its own; more of them gain little beside one disk."""


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Processes(Generic[Piece]):
    """As many processes as there are processors, from `with` to its end; each is ready once it has its tools.

    `tools`, each piece and each error must go through pickle. Ctrl-C reaches the caller alone.
    """

    def __init__(self, tools: Callable[[], Work[Piece]]) -> None:
        self._tools = tools
        self._closing = ExitStack()
        self._idle: list[Connection] = []

    def __enter__(self) -> Self:
        context = multiprocessing.get_context("spawn")  # the same on every system, and no open database is inherited
        with ExitStack() as closing:
            for _ in range(min(processors(), _MOST)):
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

    def spread(self, pieces: Iterable[Piece]) -> Iterator[bytes]:
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

    def _next(self, busy: list[Connection]) -> bytes:
        ready = cast("Connection", wait(busy)[0])
        done = _received(ready)
        busy.remove(ready)
        self._idle.append(ready)
        if isinstance(done, Exception):
            raise done
        return done


def _received(answers: Connection) -> bytes | Exception:
    try:
        done: bytes | Exception = answers.recv()
    except (EOFError, ConnectionResetError) as error:
        raise QbcleanError(
            "A process that worked on a part of the company ended before it was done.",
            why="The system has ended it, most likely because memory ran out. Nothing was written.",
            do="Close other programs and run the command again.",
        ) from error
    return done


def _serve(tools: Callable[[], Work[Piece]], asked: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        work: Work[Piece] | Exception = tools()
    except Exception as error:  # noqa: BLE001 - raised by whoever gives the first piece
        work = error
    try:
        while True:
            asked.send(_done(work, asked.recv()))
    except (EOFError, BrokenPipeError):
        return  # nobody asks any more


def _done(work: Work[Piece] | Exception, piece: Piece) -> bytes | Exception:
    if isinstance(work, Exception):
        return work
    try:
        return work(piece)
    except Exception as error:  # noqa: BLE001 - raised again by whoever gave the piece
        return error
