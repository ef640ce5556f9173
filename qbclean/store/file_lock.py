"""An exclusive lock on a file that the operating system drops when its holder dies, even by kill -9 (P15)."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from qbclean.store.private_files import create_private_file, make_private_folder

if sys.platform == "win32":
    import msvcrt

    _FAR_BEYOND_THE_CONTENT = 1 << 30
    """Windows locks bytes and forbids others to read them; the holder's name at the start must stay readable."""

    def _take(file: BinaryIO) -> None:
        file.seek(_FAR_BEYOND_THE_CONTENT)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _take(file: BinaryIO) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def is_held(path: Path) -> bool:
    """Whether somebody holds `path` now; writes nothing. It is taken and let go at once when nobody does."""
    if not path.exists():
        return False
    with path.open("rb") as file:
        try:
            _take(file)
        except OSError:
            return True
    return False


@contextmanager
def locked_file(path: Path) -> Iterator[BinaryIO]:
    """Hold `path` and give it opened for reading and writing. Raises BlockingIOError at once when it is held.

    The file stays behind when the lock is released: removing it would let two holders lock two files of one name.
    """
    make_private_folder(path.parent)
    create_private_file(path)
    with path.open("r+b") as file:
        try:
            _take(file)
        except OSError as error:
            raise BlockingIOError(f"{path} is held") from error
        file.seek(0)
        yield file
