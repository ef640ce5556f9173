"""Where a company is kept between starts: nowhere, or in one SQLite file that survives kill -9."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

if TYPE_CHECKING:
    from qbclean.sandbox.company import Change

_SCHEMA = """
CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS object (entity TEXT, id TEXT, body BLOB NOT NULL, PRIMARY KEY (entity, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS deleted (entity TEXT, id TEXT, at TEXT NOT NULL, PRIMARY KEY (entity, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS reply (request TEXT PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS token (value TEXT PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS audit (number INTEGER PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS file (attachable TEXT PRIMARY KEY, content BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS cleared (entity TEXT, id TEXT, status TEXT NOT NULL, PRIMARY KEY (entity, id));
"""


class Store(Protocol):
    """Keeps what the company must not lose. Every method is durable when it returns."""

    def write(self, change: Change) -> None:
        """Keep one change, all of it or nothing."""

    def keep_token(self, value: str, body: bytes | None) -> None:
        """Keep a token's facts, or forget it (None)."""

    def keep_setting(self, name: str, value: str) -> None:
        """Keep one named text."""


class MemoryStore:
    """Keeps nothing beyond the process."""

    def write(self, change: Change) -> None:
        """Do nothing: the company itself is the memory."""

    def keep_token(self, value: str, body: bytes | None) -> None:
        """Do nothing."""

    def keep_setting(self, name: str, value: str) -> None:
        """Do nothing."""


class SqliteStore:
    """Keeps a company in one file; a write is on the disk before it is answered (WAL, synchronous=FULL)."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=FULL")
        self._connection.executescript(_SCHEMA)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def write(self, change: Change) -> None:
        """Keep objects, deletions, counters and the answer in one transaction."""
        with self._transaction() as connection:
            for (entity, object_id), kept in change.stored.items():
                if kept is not None:
                    connection.execute("INSERT OR REPLACE INTO object VALUES (?, ?, ?)", (entity, object_id, kept[1]))
                else:
                    connection.execute("DELETE FROM object WHERE entity = ? AND id = ?", (entity, object_id))
                    connection.execute(
                        "INSERT OR REPLACE INTO deleted VALUES (?, ?, ?)", (entity, object_id, change.deleted_at)
                    )
                    if entity == "Attachable":
                        connection.execute("DELETE FROM file WHERE attachable = ?", (object_id,))
            connection.executemany("INSERT OR REPLACE INTO file VALUES (?, ?)", change.files.items())
            for sequence, last in change.counters.items():
                self._set(f"counter:{sequence}", str(last))
            if change.reply is not None:
                connection.execute("INSERT OR REPLACE INTO reply VALUES (?, ?)", change.reply)
            entries = [(msgspec.json.encode(entry),) for entry in change.audit]
            connection.executemany("INSERT INTO audit (body) VALUES (?)", entries)

    def keep_token(self, value: str, body: bytes | None) -> None:
        """Keep or forget one token."""
        with self._transaction() as connection:
            if body is None:
                connection.execute("DELETE FROM token WHERE value = ?", (value,))
            else:
                connection.execute("INSERT OR REPLACE INTO token VALUES (?, ?)", (value, body))

    def keep_setting(self, name: str, value: str) -> None:
        """Keep one named text."""
        with self._transaction():
            self._set(name, value)

    def keep_folder(
        self,
        objects: Iterable[tuple[str, str, bytes]],
        cleared: Iterable[tuple[str, str, str]],
        settings: dict[str, str],
    ) -> None:
        """Take in a whole company at once; on an error the file stays empty."""
        with self._transaction() as connection:
            connection.executemany("INSERT INTO object VALUES (?, ?, ?)", objects)
            connection.executemany("INSERT INTO cleared VALUES (?, ?, ?)", cleared)
            for name, value in settings.items():
                self._set(name, value)

    def setting(self, name: str) -> str | None:
        """Return one named text or None."""
        row = self._connection.execute("SELECT value FROM setting WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def counters(self) -> dict[str, int]:
        """Return the last number given out per sequence."""
        rows = self._connection.execute("SELECT name, value FROM setting WHERE name LIKE 'counter:%'")
        return {str(name).removeprefix("counter:"): int(value) for name, value in rows}

    def rows(self, table: str) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of one of our own tables."""
        yield from self._connection.execute(f"SELECT * FROM {table}")

    def _set(self, name: str, value: str) -> None:
        self._connection.execute("INSERT OR REPLACE INTO setting VALUES (?, ?)", (name, value))

    def _transaction(self) -> _Transaction:
        return _Transaction(self._connection)


class _Transaction:
    """BEGIN IMMEDIATE … COMMIT, or ROLLBACK when the block raises."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def __enter__(self) -> sqlite3.Connection:
        self._connection.execute("BEGIN IMMEDIATE")
        return self._connection

    def __exit__(self, error: type[BaseException] | None, *_rest: object) -> None:
        self._connection.execute("ROLLBACK" if error else "COMMIT")
