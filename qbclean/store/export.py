"""The journal as JSON lines: every row with its link, byte for byte, so that a copy verifies like the original (R31).

The first line names the heads before and after what follows. A part of the journal verifies by itself, from the head
before it; `verify_log.py` reads both, with the key.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from qbclean.errors import StoreError
from qbclean.model.journal import ChainHead
from qbclean.store.chain import START, rows_in_order
from qbclean.store.verify_log import EXPORT_FORMAT, export_line

_WRITTEN_AT = (
    "SELECT seq, made_at AS at FROM plans UNION ALL SELECT seq, at FROM runs UNION ALL SELECT seq, at FROM writes"
)


def write_export(database: Database, path: Path, since: datetime | None, until: datetime | None) -> tuple[int, int]:
    """Write the rows from the first of `since` to the last of `until`, without a gap; returns (first, last) seq.

    (1, 0) when there is none. The file is replaced, readable by its owner only. Raises StoreError when it cannot be
    written.
    """
    database.execute("BEGIN")  # one moment, whatever a running apply adds meanwhile
    try:
        first, last = _span(database, since, until)
        header = {
            "format": EXPORT_FORMAT,
            "version": 1,
            "after": _head(database, first - 1),
            "head": _head(database, last),
        }
        with os.fdopen(
            os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w", encoding="ascii", newline=""
        ) as file:
            file.write(export_line(header))
            file.writelines(_lines(database, first, last))
    except sqlite3.Error as error:
        raise StoreError(
            f"The journal cannot be read: {error}.", why="No export was written.", do="Run `qbclean log verify`."
        ) from error
    except OSError as error:
        raise StoreError(
            f"{path} could not be written: {error.strerror}.",
            why="The log itself is untouched.",
            do="Choose another place for the export.",
        ) from error
    finally:
        database.rollback()
    return first, last


def _span(database: Database, since: datetime | None, until: datetime | None) -> tuple[int, int]:
    """First and last seq. Decisions carry the day a person wrote and follow the rows around them."""
    if since is None and until is None:
        first, last = 1, database.execute("SELECT coalesce(max(seq), 0) FROM links").fetchone()[0]
        return first, last
    inside = (
        "(:since IS NULL OR datetime(at) >= datetime(:since)) AND (:until IS NULL OR datetime(at) <= datetime(:until))"
    )
    given = {"since": since and since.isoformat(), "until": until and until.isoformat()}
    found = database.execute(f"SELECT min(seq), max(seq) FROM ({_WRITTEN_AT}) WHERE {inside}", given).fetchone()
    return (found[0], found[1]) if found[0] else (1, 0)


def _head(database: Database, rows: int) -> dict[str, object]:
    found = database.execute("SELECT hash FROM links WHERE seq = ?", (rows,)).fetchone()
    head = ChainHead(rows=rows, hash=found[0]) if found else START
    return {"rows": head.rows, "hash": head.hash}


def _lines(database: Database, first: int, last: int) -> Iterator[str]:
    links = database.query("SELECT seq, hash FROM links WHERE seq BETWEEN ? AND ? ORDER BY seq", (first, last))
    for link, (table, row) in zip(links, rows_in_order(database, first, last), strict=False):
        present = {name: value for name, value in row.items() if value is not None and name != "seq"}
        yield export_line({"seq": row["seq"], "table": table, "row": present, "hash": link["hash"]})
