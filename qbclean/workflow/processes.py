"""Work spread over processes: each builds its tools once, then takes piece after piece until there is none left."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from multiprocessing.connection import Connection, wait
from typing import TypeVar, cast

from qbclean.errors import QbcleanError

Piece = TypeVar("Piece")
Work = Callable[[Piece], bytes]
_MOST = 8
"""Each process needs memory of its own; more of them gain little beside one disk."""


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def spread(pieces: Iterable[Piece], tools: Callable[[], Work[Piece]]) -> Iterator[bytes]:
    """What `tools()` makes of each piece, as soon as it is there, in no particular order.

    `tools`, each piece and each error must go through pickle. What a piece raises is raised here, and QbcleanError when
    a process dies; nothing is left running then, nor when the caller stops asking. Ctrl-C reaches the caller alone.
    """
    waiting = list(reversed(list(pieces)))
    context = multiprocessing.get_context("spawn")  # the same on every system, and no open database is inherited
    with ExitStack() as closing:
        busy: list[Connection] = []
        for _ in range(min(processors(), _MOST, len(waiting))):
            ours, theirs = context.Pipe()
            process = context.Process(target=_serve, args=(tools, theirs), daemon=True)
            process.start()
            theirs.close()
            closing.callback(process.join)
            closing.callback(process.terminate)
            ours.send(waiting.pop())
            busy.append(ours)
        while busy:
            ready = cast("Connection", wait(busy)[0])
            done = _received(ready)
            if waiting:
                ready.send(waiting.pop())
            else:
                busy.remove(ready)
            if isinstance(done, Exception):
                raise done
            yield done


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
    work: Work[Piece] | None = None
    try:
        while True:
            piece = asked.recv()
            try:
                work = work or tools()
                asked.send(work(piece))
            except Exception as error:  # noqa: BLE001 - raised again by whoever gave the piece
                asked.send(error)
    except (EOFError, BrokenPipeError):
        return  # nobody asks any more
