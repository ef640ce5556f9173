"""Checks a journal of qbclean with nothing but Python's standard library: run it as `python verify_log.py FILE`.

It shares no code with qbclean, so that an auditor needs to trust neither: copy this one file anywhere. FILE is a
`journal.db` or an export by `qbclean log --jsonl`. Every row of the journal has a link; the hash of link n is
HMAC-SHA256(key, hash(n-1) + newline + JSON of row n), where the JSON has sorted keys, ASCII only, no spaces, no NULL
columns, and the row's table under "table"; hash(0) is 64 zeros.

Exit code 0: every row is as it was written. 1: it is not. 2: the file or the key cannot be read.
"""

from __future__ import annotations

import argparse
import hashlib
import heapq
import hmac
import json
import sqlite3
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

TABLES = ("plans", "decisions", "runs", "writes")
TRIGGERS = tuple(f"{table}_no_{verb}" for table in (*TABLES, "links") for verb in ("update", "delete"))
GUARD = "CREATE TRIGGER {name} BEFORE {verb} ON {table} BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"
FIRST = "0" * 64
EXPORT_FORMAT = "qbclean journal"

Row = dict[str, Any]


class Head(NamedTuple):
    """The last link: how many rows, and its hash. Written `HASH:ROWS`."""

    rows: int
    hash: str


class Verdict(NamedTuple):
    """Where the chain ends, or stops holding; `problem` is "" when it holds."""

    head: Head
    problem: str


class Link(NamedTuple):
    """One row with the link that belongs to it; `row` is None when the row is gone."""

    seq: int
    hash: object
    table: str
    row: Row | None


def verify(path: Path, key: bytes, anchor: Head | None = None) -> Verdict:
    """Check the database or export at `path`; with `anchor`, also that the chain still has that head in it."""
    with path.open("rb") as file:
        is_database = file.read(16) == b"SQLite format 3\0"
    try:
        return _verify_database(path, key, anchor) if is_database else _verify_export(path, key, anchor)
    except (sqlite3.Error, ValueError, LookupError, TypeError, AttributeError) as error:
        return Verdict(Head(0, FIRST), f"{path.name} cannot be read to its end: {error}")


def canonical(row: Row, table: str) -> str:
    """What the hash of a row covers."""
    present = {name: value for name, value in row.items() if value is not None}
    return json.dumps({**present, "table": table}, sort_keys=True, separators=(",", ":"), default=repr)


def link_hash(key: bytes, before: str, row: Row, table: str) -> str:
    """The hash of the link of `row`, given the hash of the link `before` it."""
    return hmac.digest(key, f"{before}\n{canonical(row, table)}".encode(), "sha256").hex()


def follow(links: Iterable[Link], key: bytes, start: Head, anchor: Head | None) -> Verdict:
    """Walk the links from `start`; stops at the first that does not hold."""
    head = start
    seen = anchor is None or anchor == start
    for link in links:
        seq = head.rows + 1
        if link.seq != seq:
            return Verdict(head, f"row {seq} is missing: row {link.seq} comes after row {head.rows}")
        if link.row is None:
            return Verdict(head, f"row {seq} ({link.table}) is missing, its link is there")
        expected = link_hash(key, head.hash, link.row, link.table)
        if link.hash != expected:
            return Verdict(head, f"row {seq} ({link.table}) is not as it was written")
        head = Head(seq, expected)
        seen = seen or head == anchor
    if not seen and anchor is not None:
        return Verdict(head, _missing(anchor, head))
    return Verdict(head, "")


def _missing(anchor: Head, head: Head) -> str:
    if anchor.rows > head.rows:
        return f"the rows after {head.rows} were cut off: the head kept elsewhere knows of {anchor.rows}"
    return f"row {anchor.rows} is another than the one of the head kept elsewhere: the chain was written anew"


# ------------------------------------------------------------------ the database
def _verify_database(path: Path, key: bytes, anchor: Head | None) -> Verdict:
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    # Text that is not UTF-8 must show as a change of its row, not end the check.
    connection.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
    try:
        connection.execute("BEGIN")
        there = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
        verdict = follow(_links_of(connection, there), key, Head(0, FIRST), anchor)
        if not verdict.problem and (loose := _loosened(connection, there)):
            return Verdict(verdict.head, loose)
        return verdict
    finally:
        connection.close()


def _loosened(connection: sqlite3.Connection, there: set[str]) -> str:
    """Names a trigger that should keep rows from being changed and does not, or one that was put in; "" for none."""
    guards = dict(connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
    for name in TRIGGERS:
        table, _, verb = name.rsplit("_", 2)
        if table in there and guards.pop(name, None) != GUARD.format(name=name, table=table, verb=verb.upper()):
            return f"trigger {name}, which keeps rows from being changed, is gone or another"
    return f"trigger {min(guards)} was put in: it could change what is written" if guards else ""


def _links_of(connection: sqlite3.Connection, there: set[str]) -> Iterator[Link]:
    """Each link with its row; a row without a link comes as a link without a hash."""
    streams = [_rows_of(connection, table) for table in TABLES if table in there]
    rows = heapq.merge(*streams, key=lambda found: found[1]["seq"])
    table, row = next(rows, ("", None))
    for seq, named, stored in connection.execute('SELECT seq, "table", hash FROM links ORDER BY seq'):
        while row is not None and row["seq"] < seq:
            yield Link(row["seq"], None, table, row)
            table, row = next(rows, ("", None))
        if row is None or row["seq"] != seq or table != named:
            yield Link(seq, stored, str(named), None)
            continue
        yield Link(seq, stored, table, row)
        table, row = next(rows, ("", None))
    while row is not None:
        yield Link(row["seq"], None, table, row)
        table, row = next(rows, ("", None))


def _rows_of(connection: sqlite3.Connection, table: str) -> Iterator[tuple[str, Row]]:
    cursor = connection.execute(f"SELECT * FROM {table} ORDER BY seq")
    names = [column[0] for column in cursor.description]
    for values in cursor:
        yield table, dict(zip(names, values, strict=True))


# ------------------------------------------------------------------ the export
def _verify_export(path: Path, key: bytes, anchor: Head | None) -> Verdict:
    with path.open(encoding="utf-8", newline="") as file:
        header = _line(file.readline())
        if header.get("format") != EXPORT_FORMAT or header.get("version") != 1:
            raise ValueError("it is no export of qbclean's journal")
        start, end = Head(**header["after"]), Head(**header["head"])
        if start.rows == 0 and start.hash != FIRST:
            raise ValueError("its header does not begin where a journal begins")
        verdict = follow((_exported(text) for text in file), key, start, anchor)
    if not verdict.problem and verdict.head != end:
        return Verdict(verdict.head, f"it ends at row {verdict.head.rows}, and its header says row {end.rows}")
    return verdict


def _exported(text: str) -> Link:
    line = _line(text)
    return Link(line["seq"], line["hash"], line["table"], {**line["row"], "seq": line["seq"]})


def _line(text: str) -> Row:
    """One line as it was exported, byte for byte: a line that says the same in other words could say two things."""
    parsed: Row = json.loads(text)
    if export_line(parsed) != text:
        raise ValueError("a line is not written as the export writes it")
    return parsed


def export_line(content: Row) -> str:
    """One line of an export."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), default=repr) + "\n"


# ------------------------------------------------------------------ as a program
def read_key(path: Path) -> bytes:
    """The key in a `journal.key` file: 64 hex digits. Raises ValueError when it is none."""
    key = bytes.fromhex(path.read_text("ascii").strip())
    if len(key) != hashlib.sha256().digest_size:
        raise ValueError("a key has 64 hex digits")
    return key


def read_anchor(journal: Path) -> Head | None:
    """The head qbclean keeps in `journal.head` beside the database; None where there is none."""
    path = journal.with_suffix(".head")
    return Head(**json.loads(path.read_text("utf-8"))) if path.exists() else None


def parse_head(text: str) -> Head:
    """`HASH:ROWS`, as `qbclean log head` prints it. Raises ValueError when it is none."""
    digest, _, rows = text.strip().partition(":")
    if len(bytes.fromhex(digest)) != hashlib.sha256().digest_size or not rows.isdecimal():
        raise ValueError("a head is written HASH:ROWS, with 64 hex digits before the colon")
    return Head(int(rows), digest.lower())


def main(arguments: list[str] | None = None) -> int:
    """Check the file named on the command line, say what was found, and return the exit code."""
    parser = argparse.ArgumentParser(description="Check a journal of qbclean, or an export of it.")
    parser.add_argument("file", type=Path, help="journal.db, or a .jsonl export")
    parser.add_argument("--key", type=Path, help="the key file (default: FILE with the ending .key)")
    parser.add_argument("--head", help="a head kept elsewhere, HASH:ROWS")
    asked = parser.parse_args(arguments)
    try:
        key = read_key(asked.key or asked.file.with_suffix(".key"))
        anchor = parse_head(asked.head) if asked.head else read_anchor(asked.file)
        verdict = verify(asked.file, key, anchor)
        if anchor is None and asked.file.suffix == ".db" and not verdict.problem and verdict.head.rows:
            verdict = Verdict(verdict.head, "journal.head is missing beside it, so a cut-off tail would go unnoticed")
    except (OSError, ValueError, TypeError, KeyError) as error:
        print(f"Not checked: {error}", file=sys.stderr)  # noqa: T201
        return 2
    if verdict.problem:
        print(f"DOES NOT HOLD: {verdict.problem}")  # noqa: T201
        return 1
    print(f"holds: {verdict.head.rows} rows, head {verdict.head.hash}:{verdict.head.rows}")  # noqa: T201
    if anchor is None:
        print("Without a head kept elsewhere (--head), rows cut off at the end cannot be noticed.")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
