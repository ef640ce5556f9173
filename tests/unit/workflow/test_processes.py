"""Pieces of work spread over processes."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable, Iterable

import pytest

from qbclean.errors import QbcleanError, StoreError
from qbclean.workflow.processes import Processes, Work, apart


def squares() -> Work[int, bytes]:
    return lambda number: str(number * number).encode()


def refusing() -> Work[int, bytes]:
    def work(number: int) -> bytes:
        raise StoreError(f"{number} cannot be read.", why="It is damaged.", do="Pull it again.")

    return work


def endless() -> Work[int, bytes]:
    def work(number: int) -> bytes:
        time.sleep(3600 if number else 0)
        return str(os.getpid()).encode()

    return work


def dying() -> Work[int, bytes]:
    return lambda number: os._exit(9)


def broken() -> Work[int, bytes]:
    raise StoreError("The database is gone.")


def spread(pieces: Iterable[int], tools: Callable[[], Work[int, bytes]]) -> list[bytes]:
    with Processes(tools) as processes:
        return list(processes.spread(pieces))


def test_every_piece_is_done_once() -> None:
    assert sorted(map(int, spread(range(9), squares))) == [number * number for number in range(9)]


def test_nothing_to_do_is_done_at_once() -> None:
    assert spread((), squares) == []


def test_what_a_piece_raises_is_raised_here_as_it_was() -> None:
    with pytest.raises(StoreError) as raised:
        spread((7,), refusing)

    assert (raised.value.what, raised.value.why, raised.value.do) == (
        "7 cannot be read.",
        "It is damaged.",
        "Pull it again.",
    )


def test_tools_that_cannot_be_had_are_an_error_of_the_first_piece() -> None:
    with pytest.raises(StoreError, match="gone"):
        spread((1, 2), broken)


def test_a_process_that_the_system_ends_is_told_of() -> None:
    with pytest.raises(QbcleanError, match="ended before it was done"):
        spread((1, 2), dying)


def test_a_task_apart_is_done_by_another_process_that_is_gone_then() -> None:
    assert apart(os.getpid) != os.getpid()
    assert not multiprocessing.active_children()
    with pytest.raises(StoreError, match="gone"):
        apart(broken)


def test_at_the_end_nothing_is_left_running_whatever_it_is_at() -> None:
    with Processes(endless) as processes:
        next(processes.spread((0, 1, 1)))

    assert not multiprocessing.active_children()
