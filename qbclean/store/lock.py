"""One run at a time per company: the lock says who holds it, since when, and dies with its process (R5)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from qbclean.errors import CompanyBusyError
from qbclean.store.file_lock import is_held, locked_file

LOCK_NAME = "company.lock"


class Holder(msgspec.Struct, frozen=True, kw_only=True):
    """Who holds a company, for the one who is turned away. Never used to decide whether it is held."""

    pid: int
    command: str
    since: datetime

    def __str__(self) -> str:
        return (
            f"`qbclean {self.command}` (process {self.pid}, since {self.since.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC)"
        )


@contextmanager
def company_lock(folder: Path, *, command: str, now: datetime) -> Iterator[None]:
    """Hold the company whose folder this is while `command` runs.

    Raises CompanyBusyError at once, naming the holder, when another process (or another run in this one) holds it.
    """
    path = folder / LOCK_NAME
    with ExitStack() as stack:
        try:
            file = stack.enter_context(locked_file(path))
        except BlockingIOError as error:
            raise _busy(folder, path) from error
        file.write(msgspec.json.encode(Holder(pid=os.getpid(), command=command, since=now)))
        file.truncate()
        file.flush()
        yield


def holder_of(folder: Path) -> str:
    """Who holds the company whose folder this is, in words; "" when nobody does. Writes nothing."""
    path = folder / LOCK_NAME
    return _named(path) if is_held(path) else ""


def _named(path: Path) -> str:
    try:
        return str(msgspec.json.decode(path.read_bytes(), type=Holder))
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return "another run"  # it has the lock and is just writing its name


def _busy(folder: Path, path: Path) -> CompanyBusyError:
    return CompanyBusyError(
        f"Company {folder.name} is held by {_named(path)}.",
        why="Two runs at once could send the same write twice. Nothing was done.",
        do="Wait until it has ended, then run the command again.",
    )
