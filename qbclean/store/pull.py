"""A pull in progress: gathered in a table of its own, made the current snapshot in one transaction."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import msgspec
from sqlite_utils import Database

from qbclean.errors import StoreError
from qbclean.ports.books import PulledObject, SnapshotFacts
from qbclean.store.database import immediate
from qbclean.store.kept_plan import forget_plan
from qbclean.store.migrations import CREATE_OBJECTS
from qbclean.store.rows import id_number


class SqlitePull:
    """The PullSession. A process that dies leaves rows in `incoming`, which the next session sweeps away."""

    def __init__(self, database: Database, *, full: bool) -> None:
        self._database, self._full = database, full
        with immediate(database):
            _empty_incoming(database)

    def put(self, objects: Sequence[PulledObject]) -> None:
        """Durable before the next page is asked for: no transaction stays open across a request."""
        rows = [(item.entity, id_number(item.id), item.id, None if item.deleted else item.raw) for item in objects]
        with _translated(), immediate(self._database):
            self._database.conn.executemany("INSERT OR REPLACE INTO incoming VALUES (?, ?, ?, ?)", rows)

    def count(self, entity: str) -> int:
        """Objects of `entity` that the snapshot will have."""
        arrived = "SELECT count(*) FROM incoming WHERE entity = :entity AND raw IS NOT NULL"
        kept = """
            SELECT count(*) FROM objects AS old WHERE entity = :entity AND NOT EXISTS (
                SELECT 1 FROM incoming AS new
                WHERE new.entity = old.entity AND new.number = old.number AND new.id = old.id)
        """
        total: int = self._database.execute(arrived, {"entity": entity}).fetchone()[0]
        if not self._full:
            total += self._database.execute(kept, {"entity": entity}).fetchone()[0]
        return total

    def complete(self, facts: SnapshotFacts) -> str:
        """Readers see the old snapshot until this returns, and the new one after."""
        with _translated(), immediate(self._database):
            if self._full:
                self._replace_all()
            else:
                self._merge()
            forget_plan(self._database)
            snapshot_id = _snapshot_id(self._database, facts)
            self._database.execute("DELETE FROM snapshot")
            self._database.table("snapshot").insert({"id": snapshot_id, "facts": _canonical(facts).decode()})
        return snapshot_id

    def _replace_all(self) -> None:
        self._database.execute("DELETE FROM incoming WHERE raw IS NULL")
        self._database.execute("DROP TABLE objects")
        self._database.execute("ALTER TABLE incoming RENAME TO objects")
        self._database.execute(CREATE_OBJECTS.format(table="incoming"))

    def _merge(self) -> None:
        self._database.execute(
            "DELETE FROM objects WHERE (entity, number, id) IN "
            "(SELECT entity, number, id FROM incoming WHERE raw IS NULL)"
        )
        self._database.execute("INSERT OR REPLACE INTO objects SELECT * FROM incoming WHERE raw IS NOT NULL")
        _empty_incoming(self._database)


def _empty_incoming(database: Database) -> None:
    database.execute("DELETE FROM incoming")


def _snapshot_id(database: Database, facts: SnapshotFacts) -> str:
    """'S-' and 16 hex digits of SHA-256 over company, moment, facts and every object in order."""
    digest = hashlib.sha256(_canonical(facts))
    for entity, object_id, raw in database.execute("SELECT entity, id, raw FROM objects ORDER BY entity, number, id"):
        digest.update(f"\n{entity} {object_id} {len(raw)}\n".encode())
        digest.update(raw)
    return f"S-{digest.hexdigest()[:16]}"


def _canonical(facts: SnapshotFacts) -> bytes:
    """Equal facts give equal bytes: sets and mappings are sorted."""
    return msgspec.json.encode(facts, order="deterministic")


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise StoreError(
            f"The pulled books could not be saved: {error}.",
            why="The snapshot from before is untouched.",
            do="See that the disk is not full and the folder is writable, then run `qbclean pull` again.",
        ) from error
