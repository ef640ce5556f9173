"""Files and folders that only their owner may read, and writes that a power cut cannot leave half done (R34)."""

from __future__ import annotations

import os
import secrets
import stat
import sys
from pathlib import Path

from qbclean.errors import StoreError

_POSIX = sys.platform != "win32"
"""Windows keeps the user's folders private by inherited access lists; mode bits mean nothing there."""
_FOR_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def make_private_folder(folder: Path) -> None:
    """Create `folder` and whatever is missing above it, mode 0700. An existing folder keeps its mode."""
    for missing in reversed([place for place in (folder, *folder.parents) if not place.exists()]):
        missing.mkdir(mode=0o700, exist_ok=True)


def create_private_file(path: Path) -> None:
    """Make an empty file, mode 0600, unless there is one. SQLite gives `-wal` and `-shm` the mode of the database."""
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


def refuse_if_readable_by_others(path: Path) -> None:
    """Raises StoreError when group or others have any right to the secret in `path`."""
    if not _POSIX:
        return
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & _FOR_OTHERS:
        raise StoreError(
            f"{path} holds a secret and is open to other users of this computer (mode {mode:04o}).",
            why="It was not read, because someone else may have read or replaced it.",
            do=f"Run `chmod 600 {path}`; if you do not know who opened it up, run `qbclean connect` again.",
        )


def open_to_others(folder: Path) -> list[Path]:
    """`folder` and what is in it, as far as group or others have any right to it (R34); nothing on Windows."""
    if not _POSIX:
        return []
    return [place for place in (folder, *sorted(folder.rglob("*"))) if _is_open_to_others(place)]


def _is_open_to_others(place: Path) -> bool:
    try:
        mode = place.lstat().st_mode
    except FileNotFoundError:  # a draft that has meanwhile replaced its file
        return False
    return bool(mode & _FOR_OTHERS) and not stat.S_ISLNK(mode)


def read_private(path: Path) -> bytes:
    """The content of a secret file. Raises StoreError when its mode is looser than 0600."""
    refuse_if_readable_by_others(path)
    return path.read_bytes()


def write_atomically(path: Path, content: bytes) -> None:
    """Replace `path` by `content`, mode 0600: after a crash there is the old file or the new one, never a mixture."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Make the rename itself durable; Windows has no such call and needs none."""
    if not _POSIX:
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
