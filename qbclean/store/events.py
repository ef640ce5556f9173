"""The journal read as what happened: one event per attempt, each with its run and the row that tells of it (R28)."""

from __future__ import annotations

from collections.abc import Iterator

from sqlite_utils import Database

from qbclean.model.journal import ActionSkipped, LoggedEvent, RowStamp, RunStart, WriteIntent, WriteOutcome
from qbclean.store.rows import Row, from_json

_EVENTS = """
    SELECT event.*, intent.record AS intent
    FROM writes AS event
    LEFT JOIN writes AS intent ON intent.event = 'intent' AND intent.request_id = event.request_id
    WHERE (:run = '' OR event.run_id = :run) AND (event.event <> 'intent' OR NOT EXISTS (
        SELECT 1 FROM writes AS answer WHERE answer.event = 'outcome' AND answer.request_id = event.request_id
    ))
    ORDER BY event.seq
"""


def logged_events(database: Database, run_id: str = "") -> Iterator[LoggedEvent]:
    """Each outcome with its intent, each intent without outcome, each skip, by row; `run_id` "" means all runs.

    A write whose first outcome was unknown appears again when it is settled. Raises StoreError for a row that cannot
    be read.
    """
    starts: dict[str, RunStart] = {}
    for row in database.query(_EVENTS, {"run": run_id}):
        name = row["run_id"]
        if name not in starts:
            starts[name] = _start_of(database, name)
        yield _event(row, starts[name])


def _start_of(database: Database, run_id: str) -> RunStart:
    found = database.execute("SELECT record FROM runs WHERE run_id = ? AND event = 'start'", (run_id,)).fetchone()
    return from_json(found[0] if found else "", RunStart, f"The start of run {run_id}")


def _event(row: Row, start: RunStart) -> LoggedEvent:
    where = f"Row {row['seq']}"
    outcome = from_json(row["record"], WriteOutcome, where) if row["event"] == "outcome" else None
    skipped = from_json(row["record"], ActionSkipped, where) if row["event"] == "skip" else None
    return LoggedEvent(
        stamp=RowStamp(
            seq=row["seq"],
            actor=row["actor"] or "",
            host=row["host"] or "",
            tool=row["tool"] or "",
            monotonic_ns=row["monotonic_ns"],
        ),
        start=start,
        intent=from_json(row["intent"], WriteIntent, where) if row["intent"] else None,
        outcome=outcome,
        skipped=skipped,
    )
