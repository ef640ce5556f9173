"""Whether a journal may be gone on with: its last row fits the key, and no tail is lost. Asked when it is opened."""

from __future__ import annotations

from pathlib import Path

from sqlite_utils import Database

from qbclean.errors import StoreError
from qbclean.store.chain import START, head_of, link_hash, read_anchor, write_anchor


def refuse_foreign_key(database: Database, path: Path, key: bytes) -> None:
    """A row added under another key would break the chain for good; the last link tells. Raises StoreError."""
    seq, before = head_of(database).rows, START.hash
    if seq > 1:
        link = database.execute("SELECT hash FROM links WHERE seq = ?", (seq - 1,)).fetchone()
        before = link[0] if link else ""  # a removed link fits nothing
    for last in list(database.query("SELECT * FROM links WHERE seq = ?", (seq,))):
        rows = list(database.query(f"SELECT * FROM {last['table']} WHERE seq = ?", (seq,)))
        if not rows or link_hash(key, before, last["table"], rows[0]) != last["hash"]:
            raise StoreError(
                f"The last row of {path} does not fit its hash.",
                why="It was changed, or the key in journal.key is not the one it was written with.",
                do="Run `qbclean log verify`, and restore journal.db and journal.key together from a backup.",
            )


def refuse_cut_off(database: Database, path: Path, anchor: Path) -> None:
    """Going on after a lost tail would end with a new anchor, and the loss could never be noticed again.

    Raises StoreError. A journal without a row gets its first anchor.
    """
    head, anchored = head_of(database), read_anchor(anchor)
    if anchored is None and head == START:
        write_anchor(anchor, START)
    elif anchored is not None and anchored.rows > head.rows:
        raise StoreError(
            f"{path} ends at row {head.rows}, but journal.head beside it knows of {anchored.rows} rows.",
            why="Rows were lost: the file was removed, cut off or replaced by an older copy.",
            do="Restore journal.db from the latest backup; without its rows, writes could be sent twice.",
        )
