"""What an import has read so far, on disk: half a million rows take no more memory than fifty.

A private SQLite database of its own, which the system removes with the process; books.db is written only at the end.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby
from operator import itemgetter
from typing import Generic, TypeVar

import msgspec

from qbclean.errors import StoreError
from qbclean.ports.ambient import Progress

T = TypeVar("T")
_STEP = 5_000
_AT_ONCE = 500
"""Rows written by one statement."""
_PRAGMAS = ("journal_mode = OFF", "synchronous = OFF", "temp_store = FILE", "cache_size = -8000")
"""Nothing to recover: what is lost with the process is read again. 8 MB stay in memory."""


class Staging:
    """Makes piles and indexes, which live as long as it does."""

    def __init__(self, database: sqlite3.Connection, progress: Progress | None = None) -> None:
        self.database, self.progress = database, progress
        self._tables = 0

    def pile(self, as_type: type[T]) -> Pile[T]:
        return Pile(self, as_type)

    def index(self) -> Index:
        return Index(self, "TEXT")

    def table(self, content: str) -> str:
        """The name of a new table of keys and content of that type."""
        self._tables += 1
        name = f"t{self._tables}"
        self.database.execute(f"CREATE TABLE {name} (position INTEGER PRIMARY KEY, key TEXT, content {content})")
        return name


@contextmanager
def staging(progress: Progress | None = None) -> Iterator[Staging]:
    """`progress`: told of piles that are watched. Raises StoreError when there is no room for what is read."""
    database = sqlite3.connect("", isolation_level=None)
    try:
        for pragma in _PRAGMAS:
            database.execute(f"PRAGMA {pragma}").close()
        database.execute("BEGIN")
        yield Staging(database, progress)
    except sqlite3.Error as error:
        raise StoreError(
            f"What was read could not be kept on disk: {error}.",
            why="An import needs about three times the size of the exports in the folder for temporary files.",
            do="Make room there, or name another folder in TMPDIR (SQLITE_TMPDIR), and import again.",
        ) from error
    finally:
        database.close()


class _Keyed:
    """Rows with a key that need not be unique; sorted by key once somebody asks."""

    def __init__(self, stage: Staging, content: str) -> None:
        self._stage, self._database, self._table = stage, stage.database, stage.table(content)
        self._waiting: list[tuple[str, object]] = []
        self._count = 0
        self._sorted = False

    def __len__(self) -> int:
        return self._count

    def __contains__(self, key: str) -> bool:
        """Whether anything has this key."""
        if not self._count:
            return False
        asked = f"SELECT 1 FROM {self._by_key()} WHERE key = ? LIMIT 1"
        return self._database.execute(asked, (key,)).fetchone() is not None

    def _keep(self, key: str, content: object) -> None:
        self._waiting.append((key, content))
        self._count += 1
        if len(self._waiting) >= _AT_ONCE:
            self._written()

    def _written(self) -> str:
        """The table, with everything in it."""
        if self._waiting:
            self._database.executemany(f"INSERT INTO {self._table} VALUES (NULL, ?, ?)", self._waiting)
            self._waiting.clear()
        return self._table

    def _by_key(self) -> str:
        """The table, with everything in it and quick to ask by key."""
        table = self._written()
        if not self._sorted:
            self._database.execute(f"CREATE INDEX {table}_key ON {table} (key)")
            self._sorted = True
        return table


class Pile(_Keyed, Generic[T]):
    """Things of one type in the order in which they were added; it can be read again and again."""

    def __init__(self, stage: Staging, as_type: type[T]) -> None:
        super().__init__(stage, "BLOB")
        self._type = as_type
        self._encode = msgspec.msgpack.Encoder().encode
        self._decode = msgspec.msgpack.Decoder(as_type).decode

    def empty(self) -> Pile[T]:
        """Another pile of the same type."""
        return Pile(self._stage, self._type)

    def add(self, thing: T, key: str = "") -> None:
        """`key`: by which it can be found again, and which those that belong together share."""
        self._keep(key, self._encode(thing))

    def __iter__(self) -> Iterator[T]:
        rows = self._database.execute(f"SELECT content FROM {self._written()} ORDER BY position")
        return (self._decode(content) for (content,) in rows)

    def watched(self, label: str) -> Iterator[T]:
        """The same, with how far it is under `label`."""
        progress = self._stage.progress
        if progress is None or not self._count:
            yield from self
            return
        progress.start(label, self._count)
        for count, thing in enumerate(self, start=1):
            yield thing
            if count % _STEP == 0:
                progress.advance(_STEP)
        progress.advance(self._count % _STEP)
        progress.finish()

    def numbered(self) -> Iterator[tuple[int, T]]:
        """(place, thing), the places rising."""
        rows = self._database.execute(f"SELECT position, content FROM {self._written()} ORDER BY position")
        return ((position, self._decode(content)) for position, content in rows)

    def first(self, key: str) -> tuple[int, T] | None:
        """Place and thing of the first one of that key."""
        asked = f"SELECT position, content FROM {self._by_key()} WHERE key = ? ORDER BY position LIMIT 1"
        found = self._database.execute(asked, (key,)).fetchone() if self._count else None
        return (found[0], self._decode(found[1])) if found else None

    def of(self, key: str) -> list[T]:
        """All of that key, in order."""
        if not self._count:
            return []
        asked = f"SELECT content FROM {self._by_key()} WHERE key = ? ORDER BY position"
        return [self._decode(content) for (content,) in self._database.execute(asked, (key,))]

    def repeats(self) -> bool:
        """True when some key stands more than once."""
        if self._count < 2:
            return False
        asked = f"SELECT EXISTS (SELECT 1 FROM {self._by_key()} GROUP BY key HAVING count(*) > 1)"
        return bool(self._database.execute(asked).fetchone()[0])

    def groups(self) -> Iterator[list[T]]:
        """Those of one key together, each group where its first one stands."""
        table = self._by_key()
        rows = self._database.execute(
            f"SELECT start, content FROM {table} JOIN (SELECT key, min(position) AS start FROM {table} GROUP BY key) "
            f"USING (key) ORDER BY start, position"
        )
        for _, group in groupby(rows, key=itemgetter(0)):
            yield [self._decode(content) for _, content in group]


class Index(_Keyed):
    """Which values a key has: what a dict of lists would be in memory."""

    def add(self, key: str, value: str) -> None:
        self._keep(key, value)

    def of(self, key: str) -> list[str]:
        """Every value of `key`, in the order they were added."""
        if not self._count:
            return []
        asked = f"SELECT content FROM {self._by_key()} WHERE key = ? ORDER BY position"
        return [value for (value,) in self._database.execute(asked, (key,))]

    def only(self, key: str) -> str | None:
        """The one value `key` has, however often; None when it has several, or none."""
        found = set(self.of(key))
        return found.pop() if len(found) == 1 else None

    def several(self) -> Iterator[tuple[str, int]]:
        """(key, how often) of every key that stands more than once, in the order of their first."""
        asked = f"SELECT key, count(*) FROM {self._by_key()} GROUP BY key HAVING count(*) > 1 ORDER BY min(position)"
        return iter(self._database.execute(asked)) if self._count else iter(())
