"""journal.db: every intent, outcome and run of a company, append-only, durable when a method returns (design.md 9)."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Self, TypeVar

from sqlite_utils import Database

from qbclean.errors import StoreError
from qbclean.model.approval import DecisionRecord
from qbclean.model.journal import (
    ActionSkipped,
    ChainHead,
    ChainReport,
    JournaledRun,
    JournaledWrite,
    ListedRun,
    LoggedEvent,
    RunEnd,
    RunFacts,
    RunStart,
    WriteIntent,
    WriteOutcome,
)
from qbclean.store.backup import back_up
from qbclean.store.chain import head_of, link_hash, read_anchor, verify_chain, write_anchor
from qbclean.store.continuity import refuse_cut_off, refuse_foreign_key
from qbclean.store.database import immediate, open_for_reading, open_for_writing, refuse_damaged
from qbclean.store.events import logged_events
from qbclean.store.export import write_export
from qbclean.store.migrations import JOURNAL
from qbclean.store.rows import (
    Row,
    decision_row,
    end_row,
    from_json,
    intent_row,
    outcome_row,
    plan_row,
    skip_row,
    start_row,
)

_RUNS = """
    SELECT start.run_id, start.record AS start, end.record AS end
    FROM runs AS start LEFT JOIN runs AS end ON end.run_id = start.run_id AND end.event = 'end'
    WHERE start.event = 'start' AND {condition} ORDER BY start.seq
"""
_Start = TypeVar("_Start", RunFacts, RunStart)


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenBy:
    """Stands on every row (R28): the system's user, the computer, the program; "" is left out.

    `monotonic` counts nanoseconds and never goes back while the computer is up, whatever is done to its clock (P22).
    """

    actor: str = ""
    host: str = ""
    tool: str = ""
    monotonic: Callable[[], int] = time.monotonic_ns

    def stamp(self) -> Row:
        """The columns of a row written now."""
        who = {"actor": self.actor or None, "host": self.host or None, "tool": self.tool or None}
        return {**who, "monotonic_ns": self.monotonic()}


class SqliteJournal:
    """The Journal of one company. Open it with `writing` (one per company, under its lock) or `reading`."""

    def __init__(self, database: Database, path: Path, key: bytes, by: WrittenBy | None = None) -> None:
        self._database, self._path, self._key, self._by = database, path, key, by or WrittenBy()
        self._anchor = path.with_suffix(".head")
        self._turn = threading.RLock()
        self._anchored = True

    @classmethod
    def writing(cls, path: Path, key: bytes, *, by: WrittenBy | None = None) -> SqliteJournal:
        """The one read-write connection; `by` stands on every row it adds.

        Raises StoreError when the file is damaged or `key` is not its key (R16).
        """
        database = open_for_writing(path, JOURNAL, durability="FULL")
        refuse_damaged(database, path)
        journal = cls(database, path, key, by)
        try:
            refuse_foreign_key(database, path, key)
            refuse_cut_off(database, path, journal._anchor)
        except StoreError:
            journal.close()
            raise
        return journal

    @classmethod
    def reading(cls, path: Path, key: bytes, *, traceless: bool = False) -> SqliteJournal:
        """For everyone else, while a run may be writing (P13); a journal that does not exist yet reads as empty."""
        return cls(open_for_reading(path, JOURNAL, traceless=traceless), path, key)

    def close(self) -> None:
        """Also moves the head kept in `journal.head` to the last row that was added."""
        if not self._anchored:
            self._anchor_head()
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    # ------------------------------------------------------------------ writing
    def record_plan(self, digest: str, *, made_at: str, origin: str) -> None:
        """Remember a plan; one that is known stays as it was first recorded."""
        if not self.knows_plan(digest):
            self._append("plans", plan_row(digest, made_at, origin))

    def record_decisions(self, decisions: Sequence[DecisionRecord]) -> None:
        """In one transaction. Also moves the head kept in `journal.head`: a withdrawn approval must not come back."""
        if decisions:
            self._append("decisions", *(decision_row(decision) for decision in decisions))
            self._anchor_head()

    def start_run(self, run: RunStart) -> None:
        """Raises StoreError when there was a run of that id."""
        if self._has(run.id, "start"):
            raise StoreError(f"Run {run.id} was started before.", do="Start it under an id of its own.")
        self._append("runs", start_row(run))

    def finish_run(self, end: RunEnd) -> None:
        """Also moves the head kept in `journal.head`. Raises StoreError when the run has ended, or never started."""
        self._require_started(end.run_id)
        if self._has(end.run_id, "end"):
            raise StoreError(f"Run {end.run_id} has ended before.", do=f"See `qbclean log {end.run_id}`.")
        self._append("runs", end_row(end))
        self._anchor_head()

    def intend(self, intent: WriteIntent) -> None:
        """Raises StoreError when the run never started, or the request was intended before (R15)."""
        self._require_started(intent.run_id)
        if self.write(intent.request_id) is not None:
            raise StoreError(
                f"Request {intent.request_id} of action {intent.action_id} was intended before.",
                why="Sending it as a new write could do the same work twice.",
                do="Run `qbclean recover`.",
            )
        self._append("writes", intent_row(intent))

    def settle(self, outcome: WriteOutcome) -> None:
        """Raises StoreError when the request was never intended, or is settled: an outcome is not rewritten."""
        known = self.write(outcome.request_id)
        if known is None or not known.in_doubt:
            state = "was never intended" if known is None else "is settled already"
            raise StoreError(f"Request {outcome.request_id} {state}.", do="See `qbclean log`.")
        self._append("writes", outcome_row(outcome))

    def skip(self, skipped: ActionSkipped) -> None:
        """Raises StoreError when the run never started."""
        self._require_started(skipped.run_id)
        self._append("writes", skip_row(skipped))

    # ------------------------------------------------------------------ reading
    def knows_plan(self, digest: str) -> bool:
        return bool(self._query("SELECT 1 FROM plans WHERE digest = ?", (digest,)))

    def decisions(self, digest: str) -> tuple[DecisionRecord, ...]:
        rows = self._query("SELECT * FROM decisions WHERE plan_digest = ? ORDER BY seq", (digest,))
        return tuple(from_json(row["record"], DecisionRecord, f"Row {row['seq']}") for row in rows)

    def in_doubt(self) -> tuple[JournaledWrite, ...]:
        open_ones = self._query("SELECT * FROM settled WHERE state IS NULL OR state = 'unknown' ORDER BY seq")
        return tuple(_write(row) for row in open_ones)

    def write(self, request_id: str) -> JournaledWrite | None:
        rows = self._query("SELECT * FROM settled WHERE request_id = ?", (request_id,))
        return _write(rows[0]) if rows else None

    def runs(self) -> tuple[ListedRun, ...]:
        return self._listed("TRUE")

    def run(self, run_id: str) -> JournaledRun | None:
        """Raises StoreError when several runs begin with `run_id`."""
        if self._has(run_id, "start"):
            return self._whole(run_id)
        begin_so = "SELECT run_id FROM runs WHERE event = 'start' AND substr(run_id, 1, ?) = ? ORDER BY seq"
        names = [row["run_id"] for row in self._query(begin_so, (len(run_id), run_id))]
        if len(names) > 1:
            raise StoreError(
                f"{len(names)} runs begin with {run_id!r}: {', '.join(names[:5])}.", do="Give more of the id."
            )
        return self._whole(names[0]) if names else None

    def runs_of_plan(self, digest: str) -> tuple[ListedRun, ...]:
        return self._listed("start.plan_digest = ?", digest)

    def events(self, run_id: str = "") -> Iterator[LoggedEvent]:
        """Every attempt of the run, or of all runs, in the order of the journal."""
        with self._turn:
            yield from logged_events(self._database, run_id)

    def head(self) -> ChainHead:
        with self._turn:
            return head_of(self._database)

    def verify(self, elsewhere: ChainHead | None = None) -> ChainReport:
        """Also against a head that was kept elsewhere, if there is one."""
        with self._turn:
            return verify_chain(self._database, self._key, read_anchor(self._anchor), elsewhere)

    def refuse_damaged(self) -> None:
        """Raises StoreError, and closes the journal, when SQLite finds its file damaged (R16)."""
        with self._turn:
            refuse_damaged(self._database, self._path)

    # ------------------------------------------------------------------ copies
    def export(self, path: Path, since: datetime | None = None, until: datetime | None = None) -> tuple[int, int]:
        """Write the rows of that time as JSON lines; returns the first and last row (R31)."""
        with self._turn:
            return write_export(self._database, path, since, until)

    def back_up(self, target: Path) -> ChainHead:
        """Copy the journal with its key and head; returns the head of the copy (R32)."""
        with self._turn:
            return back_up(self._database, self._path, target)

    # ------------------------------------------------------------------ inside
    def _append(self, table: str, *rows: Row) -> None:
        """Add rows and their links in one transaction; on disk when this returns."""
        try:
            with self._turn, immediate(self._database):
                head = head_of(self._database)
                for content in rows:
                    row = {"seq": head.rows + 1, **content, **self._by.stamp()}
                    self._database.table(table).insert(row)
                    head = ChainHead(rows=row["seq"], hash=link_hash(self._key, head.hash, table, row))
                    self._database.table("links").insert({"seq": head.rows, "table": table, "hash": head.hash})
            self._anchored = False
        except sqlite3.Error as error:
            raise StoreError(
                f"{self._path} could not be written: {error}.",
                why="Nothing is sent to QuickBooks that is not in the journal first.",
                do="See that the disk is not full and the folder is writable, then run `qbclean recover`.",
            ) from error

    def _anchor_head(self) -> None:
        write_anchor(self._anchor, self.head())
        self._anchored = True

    def _has(self, run_id: str, event: str) -> bool:
        return bool(self._query("SELECT 1 FROM runs WHERE run_id = ? AND event = ?", (run_id, event)))

    def _require_started(self, run_id: str) -> None:
        if not self._has(run_id, "start"):
            raise StoreError(f"Run {run_id} was never started.", do="See `qbclean log`.")

    def _listed(self, condition: str, *values: Any) -> tuple[ListedRun, ...]:
        """One row at a time: each holds a whole plan, which is passed over and forgotten."""
        asked = _RUNS.format(condition=condition)
        with self._turn:
            return tuple(
                ListedRun(start=_start(row, RunFacts), end=_end(row)) for row in self._database.query(asked, values)
            )

    def _whole(self, run_id: str) -> JournaledRun:
        (row,) = self._query(_RUNS.format(condition="start.run_id = ?"), (run_id,))
        writes = self._query("SELECT * FROM settled WHERE run_id = ? ORDER BY seq", (run_id,))
        skipped = self._query("SELECT * FROM writes WHERE run_id = ? AND event = 'skip' ORDER BY seq", (run_id,))
        return JournaledRun(
            start=_start(row, RunStart),
            end=_end(row),
            writes=tuple(_write(write) for write in writes),
            skipped=tuple(from_json(skip["record"], ActionSkipped, f"Row {skip['seq']}") for skip in skipped),
        )

    def _query(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        with self._turn:  # a query opens a savepoint, which another thread's transaction would fall into
            return list(self._database.query(sql, values))


def _start(row: Row, as_type: type[_Start]) -> _Start:
    return from_json(row["start"], as_type, f"The start of run {row['run_id']}")


def _end(row: Row) -> RunEnd | None:
    return from_json(row["end"], RunEnd, f"The end of run {row['run_id']}") if row["end"] else None


def _write(row: Row) -> JournaledWrite:
    return JournaledWrite(
        intent=from_json(row["intent"], WriteIntent, "An intent in the journal"),
        outcome=from_json(row["outcome"], WriteOutcome, "An outcome in the journal") if row["outcome"] else None,
    )
