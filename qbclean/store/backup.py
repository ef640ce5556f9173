"""A copy of the journal in use, by SQLite's own backup, with the key and head it needs to verify (R32)."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sqlite_utils import Database

from qbclean.errors import StoreError
from qbclean.model.journal import ChainHead
from qbclean.store.chain import head_of, write_anchor
from qbclean.store.private_files import create_private_file, read_private, write_atomically


def back_up(database: Database, journal: Path, target: Path) -> ChainHead:
    """Copy the journal to `target`, its key and head beside it as `target`.key and .head; returns the copied head.

    To restore, put the three back under the names journal.db, journal.key and journal.head. Raises StoreError when one
    of the three is there already or cannot be written; nothing is left behind then.
    """
    places = (target, target.with_suffix(".key"), target.with_suffix(".head"))
    taken = next((place for place in places if place.exists()), None)
    if taken is not None or target in places[1:]:
        raise StoreError(
            f"{taken} is there already." if taken is not None else f"{target} is no name for a backup.",
            why="A backup is three files, ending in .db, .key and .head; none is ever written over. Nothing was done.",
            do="Choose another name, such as journal-2026-03-31.db.",
        )
    try:
        create_private_file(target)
        head = _copied(database, target)
        write_atomically(places[1], read_private(journal.with_suffix(".key")))
        write_anchor(places[2], head)
    except (OSError, sqlite3.Error) as error:
        for place in places:
            place.unlink(missing_ok=True)
        raise StoreError(
            f"The backup {target} could not be written: {error}.",
            why="The journal itself is untouched.",
            do="See that the folder is there, writable and not full, then run it again.",
        ) from error
    return head


def _copied(database: Database, target: Path) -> ChainHead:
    copy = Database(sqlite3.connect(target), execute_plugins=False)
    try:
        database.conn.backup(copy.conn)
        # One file, that can be read from a read-only medium too; opened for writing it becomes WAL again.
        copy.execute("PRAGMA journal_mode=DELETE").close()
        return head_of(copy)
    finally:
        copy.close()
