"""A few workers that carry out pieces of work at the same time; a crew of one works in the caller's own thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Generic, TypeVar

Result = TypeVar("Result")


class Crew(Generic[Result]):
    """Takes up to `size` pieces of work at a time and hands each result back once, in the order they are finished.

    The threads are daemons: a second Ctrl-C ends the process without waiting for an answer of QuickBooks. What was in
    flight then is in doubt, and settled by the next run.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._work: SimpleQueue[Callable[[], Result] | None] = SimpleQueue()
        self._done: SimpleQueue[Result | BaseException] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        self.busy = 0

    @property
    def has_room(self) -> bool:
        return self.busy < self._size

    def start(self, work: Callable[[], Result]) -> None:
        """Begin `work`; with a crew of one it waits for `finished`."""
        self.busy += 1
        if self._size > 1 and len(self._threads) < self.busy:
            thread = threading.Thread(target=self._toil, name=f"qbclean-write-{self.busy}", daemon=True)
            self._threads.append(thread)
            thread.start()
        self._work.put(work)

    def finished(self) -> Result:
        """The next result; waits for it. Raises what the work raised."""
        if self._size == 1:
            work = self._work.get()
            self.busy -= 1
            assert work is not None  # noqa: S101 - None only ends threads, and there is none
            return work()
        result = self._done.get()
        self.busy -= 1
        if isinstance(result, BaseException):
            raise result
        return result

    def dismiss(self) -> None:
        """Let the threads end once they have nothing left to do; does not wait."""
        for _ in self._threads:
            self._work.put(None)

    def _toil(self) -> None:
        while (work := self._work.get()) is not None:
            try:
                self._done.put(work())
            except BaseException as error:  # noqa: BLE001 - raised again in the caller's thread
                self._done.put(error)
