"""The journal's hash chain: each row's hash covers the row and the hash before it (R29).

`hash(n) = HMAC-SHA256(key, hash(n-1) + "\\n" + canonical(row n))`, hex, `hash(0)` being 64 zeros; canonical is JSON
with sorted keys, ASCII only, no spaces, of the row's columns that are not NULL, and its table under "table". This needs
no more than the standard library, so that an auditor can check it with a page of code. The chain proves that
nothing was changed, removed or put in between; that the tail is whole only a head kept elsewhere can prove.
"""

from __future__ import annotations

import hashlib
import heapq
import hmac
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
from sqlite_utils import Database

from qbclean.errors import StoreError
from qbclean.model.journal import ChainHead, ChainReport
from qbclean.store.migrations import JOURNAL_TABLES
from qbclean.store.private_files import write_atomically
from qbclean.store.rows import Row

START = ChainHead(rows=0, hash="0" * 64)


def link_hash(key: bytes, before: str, table: str, row: Row) -> str:
    """The hash of `row`, given the hash `before` it."""
    present = {column: value for column, value in row.items() if value is not None}
    canonical = json.dumps({**present, "table": table}, sort_keys=True, separators=(",", ":"), default=repr)
    return hmac.new(key, f"{before}\n{canonical}".encode(), hashlib.sha256).hexdigest()


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
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise StoreError(
            f"{path} cannot be read: {error}.",
            why="It holds the head of the journal's chain, without which a cut-off tail goes unnoticed.",
            do="Compare the head with the last report, then restore the file from a backup.",
        ) from error


def write_anchor(path: Path, head: ChainHead) -> None:
    """Keep `head` outside the database, durably."""
    write_atomically(path, msgspec.json.encode(head) + b"\n")


def verify_chain(database: Database, key: bytes, anchored: ChainHead | None) -> ChainReport:
    """Walk the whole chain; `problem` names the first row that does not hold."""
    database.execute("BEGIN")  # one moment, whatever a running apply adds meanwhile
    try:
        problem = _first_break(database, key, anchored)
        return ChainReport(head=head_of(database), anchored=anchored, problem=problem)
    finally:
        database.rollback()


def _first_break(database: Database, key: bytes, anchored: ChainHead | None) -> str:
    rows = _rows_in_order(database)
    links = database.query('SELECT seq, "table", hash FROM links ORDER BY seq')
    standing = START
    anchor_holds = anchored == START
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
        anchor_holds = anchor_holds or standing == anchored
    for table, row in rows:
        return f"{_describe(table, row)} was put in: the chain ends at row {standing.rows}"
    return "" if anchor_holds else _anchor_problem(standing, anchored)


def _anchor_problem(standing: ChainHead, anchored: ChainHead | None) -> str:
    if anchored is None:
        return "journal.head is missing, so a cut-off tail would go unnoticed" if standing.rows else ""
    if anchored.rows > standing.rows:
        return f"rows {standing.rows + 1} to {anchored.rows} were cut off the end: journal.head knows of them"
    return f"journal.head has another hash for row {anchored.rows}: the chain was written anew, or the file was changed"


def _rows_in_order(database: Database) -> Iterator[tuple[str, Row]]:
    """(table, row) of all tables by `seq`."""
    streams = [_rows(database, table) for table in JOURNAL_TABLES]
    return heapq.merge(*streams, key=lambda entry: entry[1]["seq"])


def _rows(database: Database, table: str) -> Iterable[tuple[str, Row]]:
    return ((table, row) for row in database.query(f"SELECT * FROM {table} ORDER BY seq"))


def _describe(table: str, row: Row) -> str:
    """A row in words a bookkeeper can look up with `qbclean log`."""
    what = " ".join(str(row[column]) for column in ("event", "run_id", "action_id", "digest") if row.get(column))
    return f"row {row['seq']} ({table}: {what})"
