"""Opens SQLite databases the way both stores need: private, WAL, checked, with transactions that cannot deadlock."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from sqlite_utils import Database, Migrations

from qbclean.errors import StoreError
from qbclean.store.private_files import create_private_file, make_private_folder

Durability = Literal["FULL", "NORMAL"]
"""FULL: a commit is on disk when it returns. NORMAL: a power cut may lose the last commits, never the database."""

_BUSY_SECONDS = 10.0
_Version = tuple[int, int, int]
_WAL_REPAIRED: tuple[tuple[_Version, _Version], ...] = (
    ((3, 44, 6), (3, 45, 0)),
    ((3, 50, 7), (3, 51, 0)),
    ((3, 51, 3), (999, 0, 0)),
)
"""From, and below: the releases in which two connections cannot corrupt a WAL database (sqlite.org/wal.html)."""


def wal_is_safe(version: _Version) -> bool:
    """False for SQLite releases that can corrupt a WAL database two connections write or checkpoint at once (R16)."""
    return any(since <= version < below for since, below in _WAL_REPAIRED)


def open_for_writing(path: Path, migrations: Migrations, *, durability: Durability) -> Database:
    """The read-write connection to `path`, created and migrated when needed; usable from any thread, one at a time.

    Raises StoreError when the file is not a database or was written by a newer qbclean.
    """
    make_private_folder(path.parent)
    create_private_file(path)
    database = _connect(str(path), uri=False)
    with _closed_on_failure(database, path):
        database.execute("PRAGMA journal_mode=WAL").close()
        database.execute(f"PRAGMA synchronous={durability}")
        database.execute("PRAGMA mmap_size=0").close()
        if migrations.pending(database):  # else opening would wait for whoever is writing
            with immediate(database):
                migrations.apply(database)
        _refuse_newer(database, path, migrations)
    return database


def open_for_reading(path: Path, migrations: Migrations, *, traceless: bool = False) -> Database:
    """A connection that can neither write nor checkpoint (P13); an absent file reads as an empty database.

    It leaves an empty `-wal` and `-shm` beside a database nobody has open. With `traceless` nothing appears, but what a
    writer who starts meanwhile adds may be read half done: for a look, not for work.
    Raises StoreError when the file is not a database, or written by another version of qbclean.
    """
    if not path.exists() or path.stat().st_size == 0:
        empty = _connect(":memory:", uri=False)
        migrations.apply(empty)
        return empty
    at_rest = traceless and not path.with_name(f"{path.name}-wal").exists()
    how = "mode=ro&immutable=1" if at_rest else "mode=ro"
    database = _connect(f"{path.absolute().as_uri()}?{how}", uri=True)
    with _closed_on_failure(database, path):
        if migrations.pending(database):
            raise StoreError(
                f"{path} was written by an older qbclean and has not been brought up to date.",
                do="Run `qbclean pull` or `qbclean recover` once; they do it.",
            )
        _refuse_newer(database, path, migrations)
    return database


@contextmanager
def immediate(database: Database) -> Iterator[None]:
    """One transaction that takes the write lock at once.

    sqlite-utils' `atomic()` begins deferred: two connections that read and then write fail with "database is locked"
    whatever the time-out (P11). Inside this block its writes and its `atomic()` become part of the transaction.
    """
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
        database.execute("COMMIT")
    except BaseException:
        database.rollback()
        raise


def refuse_damaged(database: Database, path: Path) -> None:
    """Raises StoreError when SQLite's own check finds anything wrong (R16). Reads the whole file."""
    with _closed_on_failure(database, path):
        verdict = database.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if verdict != "ok":
            raise sqlite3.DatabaseError(verdict)


def _connect(name: str, *, uri: bool) -> Database:
    connection = sqlite3.connect(name, uri=uri, timeout=_BUSY_SECONDS, check_same_thread=False)
    return Database(connection, execute_plugins=False)


@contextmanager
def _closed_on_failure(database: Database, path: Path) -> Iterator[None]:
    try:
        yield
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:  # the latter: a garbled name of a table
        database.close()
        raise StoreError(
            f"{path} cannot be read: {error}.",
            why="The file is damaged, busy or not a database of qbclean.",
            do="Close programs that hold it, or restore it from a backup. books.db may be deleted and pulled anew.",
        ) from error
    except StoreError:
        database.close()
        raise


def _refuse_newer(database: Database, path: Path, migrations: Migrations) -> None:
    """Raises StoreError when the file was migrated by a qbclean that knows more than this one."""
    nothing_applied = Database(memory=True)
    known = {migration.name for migration in migrations.pending(nothing_applied)}
    nothing_applied.close()
    unknown = [migration.name for migration in migrations.applied(database) if migration.name not in known]
    if unknown:
        raise StoreError(
            f"{path} was written by a newer qbclean (it has {', '.join(unknown)}).",
            do="Update qbclean on this computer.",
        )
