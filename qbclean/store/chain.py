"""The journal's hash chain: each row's hash covers the row and the hash before it (R29).

`hash(n) = HMAC-SHA256(key, hash(n-1) + "\\n" + canonical(row n))`, hex, `hash(0)` being 64 zeros; canonical is JSON
with sorted keys, ASCII only, no spaces, of the row's columns that are not NULL, and its table under "table". This needs
no more than the standard library, so that an auditor can check it with a page of code. The chain proves that
nothing was changed, removed or put in between; that the tail is whole only a head kept elsewhere can prove.
"""

from __future__ import annotations

import heapq
import hmac
import json
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
from sqlite_utils import Database

from qbclean.errors import StoreError
from qbclean.model.journal import ChainHead, ChainReport
from qbclean.store.migrations import JOURNAL, JOURNAL_TABLES
from qbclean.store.private_files import write_atomically
from qbclean.store.rows import Row

START = ChainHead(rows=0, hash="0" * 64)
_GUARDS = "SELECT name, sql FROM sqlite_master WHERE type IN ('trigger', 'view') OR sql LIKE 'CREATE UNIQUE INDEX%'"


def link_hash(key: bytes, before: str, table: str, row: Row) -> str:
    """The hash of `row`, given the hash `before` it."""
    present = {column: value for column, value in row.items() if value is not None}
    canonical = json.dumps({**present, "table": table}, sort_keys=True, separators=(",", ":"), default=repr)
    return hmac.digest(key, f"{before}\n{canonical}".encode(), "sha256").hex()


def head_of(database: Database) -> ChainHead:
    """Where the chain in `database` stands."""
    last = database.execute("SELECT seq, hash FROM links ORDER BY seq DESC LIMIT 1").fetchone()
    return ChainHead(rows=last[0], hash=last[1]) if last else START


def read_anchor(path: Path) -> ChainHead | None:
    """The head kept outside the database, or None when there is none. Raises StoreError when it is not one."""
    if not path.exists():
        return None
    try:
        return msgspec.json.decode(path.read_bytes(), type=ChainHead)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise StoreError(
            f"{path} cannot be read: {error}.",
            why="It holds the head of the journal's chain, without which a cut-off tail goes unnoticed.",
            do="Compare the head with the last report, then restore the file from a backup.",
        ) from error


def write_anchor(path: Path, head: ChainHead) -> None:
    """Keep `head` outside the database, durably."""
    write_atomically(path, msgspec.json.encode(head) + b"\n")


def verify_chain(
    database: Database, key: bytes, anchored: ChainHead | None, elsewhere: ChainHead | None = None
) -> ChainReport:
    """Walk the whole chain; `problem` names the first row that does not hold.

    `anchored` is the head in `journal.head`, `elsewhere` one that was kept where nobody who can write here can reach.
    """
    database.conn.text_factory = _lenient_text
    database.execute("BEGIN")  # one moment, whatever a running apply adds meanwhile
    try:
        marks = {mark for mark in (anchored, elsewhere) if mark}
        problem = _first_break(database, key, marks)  # leaves the marks that were not met
        if not problem:
            problem = _unmet(head_of(database), anchored, elsewhere, marks) or _loosened(database)
        return ChainReport(head=head_of(database), anchored=anchored, elsewhere=elsewhere, problem=problem)
    except (sqlite3.Error, UnicodeDecodeError) as error:  # the latter: a garbled name of a column
        return ChainReport(head=START, anchored=anchored, elsewhere=elsewhere, problem=f"it cannot be read: {error}")
    finally:
        database.rollback()
        database.conn.text_factory = str


def _lenient_text(raw: bytes) -> str:
    """Text that is not UTF-8 must show as a change of its row, not end the check."""
    return raw.decode("utf-8", "surrogateescape")


def _first_break(database: Database, key: bytes, marks: set[ChainHead]) -> str:
    rows = rows_in_order(database)
    links = database.query('SELECT seq, "table", hash FROM links ORDER BY seq')
    standing = START
    marks.discard(START)
    for link in links:
        seq = standing.rows + 1
        if link["seq"] != seq:
            return f"row {seq} was removed together with its link"
        table, row = next(rows, ("", {"seq": None}))
        if row["seq"] is None or row["seq"] > seq:
            return f"row {seq} ({link['table']}) was removed"
        if row["seq"] < seq or table != link["table"]:
            return f"{_describe(table, row)} was put in or moved: the chain has no such row at {row['seq']}"
        if link_hash(key, standing.hash, table, row) != link["hash"]:
            return f"{_describe(table, row)} was changed or moved: its hash does not fit"
        standing = ChainHead(rows=seq, hash=link["hash"])
        marks.discard(standing)
    for table, row in rows:
        return f"{_describe(table, row)} was put in: the chain ends at row {standing.rows}"
    return ""


def _unmet(standing: ChainHead, anchored: ChainHead | None, elsewhere: ChainHead | None, marks: set[ChainHead]) -> str:
    """What a head that is not in the chain says about it."""
    if anchored is None and standing.rows:
        return "journal.head is missing, so a cut-off tail would go unnoticed"
    for name, mark in (("journal.head", anchored), ("the head kept elsewhere", elsewhere)):
        if mark in marks and mark.rows > standing.rows:
            return f"rows {standing.rows + 1} to {mark.rows} were cut off the end: {name} knows of them"
        if mark in marks:
            return f"{name} has another hash for row {mark.rows}: the chain was written anew, or the head was changed"
    return ""


def _loosened(database: Database) -> str:
    """Names the trigger, view or unique index that is not as it was made: what is shown is then not what is chained."""
    fresh = Database(memory=True)
    JOURNAL.apply(fresh)
    made = {row["name"]: row["sql"] for row in fresh.query(_GUARDS)}
    fresh.close()
    found = {row["name"]: row["sql"] for row in database.query(_GUARDS)}
    wrong = sorted(name for name in made.keys() | found.keys() if made.get(name) != found.get(name))
    return f"{wrong[0]} is not as it was made: rows could be changed, or shown otherwise than kept" if wrong else ""


def rows_in_order(database: Database, first: int = -(2**63), last: int = 2**63 - 1) -> Iterator[tuple[str, Row]]:
    """(table, row) of all tables by `seq`, from `first` to `last`; by default also what was put in before row 1."""
    streams = [_rows(database, table, first, last) for table in JOURNAL_TABLES]
    return heapq.merge(*streams, key=lambda entry: entry[1]["seq"])


def _rows(database: Database, table: str, first: int, last: int) -> Iterable[tuple[str, Row]]:
    found = database.query(f"SELECT * FROM {table} WHERE seq BETWEEN ? AND ? ORDER BY seq", (first, last))
    return ((table, row) for row in found)


def _describe(table: str, row: Row) -> str:
    """A row in words a bookkeeper can look up with `qbclean log`."""
    what = " ".join(str(row[column]) for column in ("event", "run_id", "action_id", "digest") if row.get(column))
    return f"row {row['seq']} ({table}: {what})"
