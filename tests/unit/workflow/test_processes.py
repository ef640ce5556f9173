"""Pieces of work spread over processes."""

from __future__ import annotations

import multiprocessing
import os
import time

import pytest

from qbclean.errors import QbcleanError, StoreError
from qbclean.workflow.processes import Work, spread


def squares() -> Work[int]:
    return lambda number: str(number * number).encode()


def refusing() -> Work[int]:
    def work(number: int) -> bytes:
        raise StoreError(f"{number} cannot be read.", why="It is damaged.", do="Pull it again.")

    return work


def endless() -> Work[int]:
    def work(number: int) -> bytes:
        time.sleep(3600 if number else 0)
        return str(os.getpid()).encode()

    return work


def dying() -> Work[int]:
    return lambda number: os._exit(9)


def broken() -> Work[int]:
    raise StoreError("The database is gone.")


def test_every_piece_is_done_once() -> None:
    assert sorted(map(int, spread(range(9), squares))) == [number * number for number in range(9)]


def test_nothing_to_do_starts_nothing() -> None:
    assert list(spread((), broken)) == []


def test_what_a_piece_raises_is_raised_here_as_it_was() -> None:
    with pytest.raises(StoreError) as raised:
        list(spread((7,), refusing))

    assert (raised.value.what, raised.value.why, raised.value.do) == (
        "7 cannot be read.",
        "It is damaged.",
        "Pull it again.",
    )


def test_tools_that_cannot_be_had_are_an_error_too() -> None:
    with pytest.raises(StoreError, match="gone"):
        list(spread((1, 2), broken))


def test_a_process_that_the_system_ends_is_told_of() -> None:
    with pytest.raises(QbcleanError, match="ended before it was done"):
        list(spread((1, 2), dying))


def test_a_caller_who_stops_asking_leaves_nothing_running() -> None:
    answers = spread((0, 1, 1), endless)
    next(answers)
    answers.close()  # type: ignore[attr-defined]

    assert not multiprocessing.active_children()
