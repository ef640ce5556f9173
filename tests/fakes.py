"""Ports in memory, with state: what the workflows are given in tests instead of SQLite, a clock and a terminal."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from qbclean.errors import StoreError
from qbclean.model.approval import DecisionRecord
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.crm import CrmRecords
from qbclean.model.journal import (
    ActionSkipped,
    ChainHead,
    ChainReport,
    JournaledRun,
    JournaledWrite,
    ListedRun,
    RunEnd,
    RunStart,
    WriteIntent,
    WriteOutcome,
)
from qbclean.plan.encoded import EncodedPlan
from qbclean.ports.books import PulledObject, SnapshotFacts
from qbclean.ports.crm import CrmSource
from tests.fake_quickbooks import FakeQuickBooks

__all__ = [
    "Crash",
    "CrashPoints",
    "FakeClock",
    "FakeJournal",
    "FakeQuickBooks",
    "FakeSnapshotStore",
    "ManualStop",
    "RecordingProgress",
]

Row = RunStart | RunEnd | WriteIntent | WriteOutcome | ActionSkipped


class Crash(BaseException):
    """The process dies here: nothing but the test may catch it."""


class CrashPoints:
    """Counts every point at which a process could die, and dies at the one asked for (from 1; 0: never)."""

    def __init__(self, at: int = 0) -> None:
        self.at = at
        self.passed: list[str] = []

    def __call__(self, point: str) -> None:
        self.passed.append(point)
        if len(self.passed) == self.at:
            raise Crash(f"{point} (point {self.at})")


class FakeClock:
    """Moves on by `tick` at every look, so that no two moments are equal."""

    def __init__(
        self, start: datetime = datetime(2026, 4, 1, 12, tzinfo=UTC), tick: timedelta = timedelta(milliseconds=10)
    ) -> None:
        self._now, self._tick = start, tick

    def now(self) -> datetime:
        self._now += self._tick
        return self._now

    def today(self) -> date:
        return self._now.date()

    def advance(self, by: timedelta) -> None:
        self._now += by


class RecordingProgress:
    """Keeps what was reported."""

    def __init__(self) -> None:
        self.labels: list[tuple[str, int | None]] = []
        self.steps = 0
        self.amount = Decimal("0.00")
        self.finished = 0

    def start(self, label: str, total: int | None = None) -> None:
        self.labels.append((label, total))

    def advance(self, steps: int = 1, amount: Decimal | None = None) -> None:
        self.steps += steps
        self.amount += amount or Decimal("0.00")

    def finish(self) -> None:
        self.finished += 1


class ManualStop:
    """Ctrl-C, pressed just before the `at_check`-th time the executor asks (0: never)."""

    def __init__(self, at_check: int = 0) -> None:
        self.at_check = at_check
        self.checks = 0

    def requested(self) -> bool:
        self.checks += 1
        return bool(self.at_check) and self.checks >= self.at_check


class FakeJournal:
    """Append-only rows in a list. Refuses what a journal must refuse; `touch` marks where a process could die."""

    def __init__(self, *, touch: Callable[[str], None] | None = None) -> None:
        self.rows: list[Row] = []
        self.plans: dict[str, str] = {}
        self.recorded_decisions: list[DecisionRecord] = []
        self.touch = touch or (lambda _point: None)

    # ------------------------------------------------------------------ writing
    def record_plan(self, digest: str, *, made_at: str, origin: str) -> None:
        self.plans.setdefault(digest, f"{origin} {made_at}")

    def record_decisions(self, decisions: Sequence[DecisionRecord]) -> None:
        self.recorded_decisions += decisions

    def start_run(self, run: RunStart) -> None:
        if any(isinstance(row, RunStart) and row.id == run.id for row in self.rows):
            raise StoreError(f"Run {run.id} was started before.")
        self._append(run)

    def finish_run(self, end: RunEnd) -> None:
        self._known_run(end.run_id)
        if any(isinstance(row, RunEnd) and row.run_id == end.run_id for row in self.rows):
            raise StoreError(f"Run {end.run_id} has ended before.")
        self._append(end)

    def intend(self, intent: WriteIntent) -> None:
        self._known_run(intent.run_id)
        if self.write(intent.request_id) is not None:
            raise StoreError(f"Request {intent.request_id} was intended before.")
        self._append(intent)

    def settle(self, outcome: WriteOutcome) -> None:
        known = self.write(outcome.request_id)
        if known is None:
            raise StoreError(f"Request {outcome.request_id} was never intended.")
        if not known.in_doubt:
            raise StoreError(f"Request {outcome.request_id} is settled already.")
        self._append(outcome)

    def skip(self, skipped: ActionSkipped) -> None:
        self._known_run(skipped.run_id)
        self._append(skipped)

    # ------------------------------------------------------------------ reading
    def knows_plan(self, digest: str) -> bool:
        return digest in self.plans

    def decisions(self, digest: str) -> tuple[DecisionRecord, ...]:
        return tuple(decision for decision in self.recorded_decisions if decision.plan_digest == digest)

    def in_doubt(self) -> tuple[JournaledWrite, ...]:
        return tuple(write for write in self._writes() if write.in_doubt)

    def write(self, request_id: str) -> JournaledWrite | None:
        return next((write for write in self._writes() if write.intent.request_id == request_id), None)

    def runs(self) -> tuple[ListedRun, ...]:
        return tuple(ListedRun(start=row, end=self._end(row.id)) for row in self.rows if isinstance(row, RunStart))

    def run(self, run_id: str) -> JournaledRun | None:
        found = [row for row in self.rows if isinstance(row, RunStart) and row.id.startswith(run_id)]
        if len(found) != 1:
            return None
        id_ = found[0].id
        return JournaledRun(
            start=found[0],
            end=self._end(id_),
            writes=tuple(write for write in self._writes() if write.intent.run_id == id_),
            skipped=tuple(row for row in self.rows if isinstance(row, ActionSkipped) and row.run_id == id_),
        )

    def runs_of_plan(self, digest: str) -> tuple[ListedRun, ...]:
        return tuple(run for run in self.runs() if run.start.plan_digest == digest)

    def head(self) -> ChainHead:
        return ChainHead(rows=len(self.rows), hash="")

    def verify(self) -> ChainReport:
        return ChainReport(head=self.head(), anchored=None)

    # ------------------------------------------------------------------ inside
    def _append(self, row: Row) -> None:
        self.touch(f"{type(row).__name__}: before")
        self.rows.append(row)
        self.touch(f"{type(row).__name__}: after")

    def _known_run(self, run_id: str) -> None:
        if not any(isinstance(row, RunStart) and row.id == run_id for row in self.rows):
            raise StoreError(f"Run {run_id} was never started.")

    def _end(self, run_id: str) -> RunEnd | None:
        return next((row for row in self.rows if isinstance(row, RunEnd) and row.run_id == run_id), None)

    def _writes(self) -> list[JournaledWrite]:
        outcomes = {row.request_id: row for row in self.rows if isinstance(row, WriteOutcome)}
        return [
            JournaledWrite(intent=row, outcome=outcomes.get(row.request_id))
            for row in self.rows
            if isinstance(row, WriteIntent)
        ]


class _FakePull:
    def __init__(self, store: FakeSnapshotStore, objects: dict[tuple[str, str], PulledObject]) -> None:
        self._store, self._objects = store, objects

    def put(self, objects: Sequence[PulledObject]) -> None:
        for item in objects:
            if item.deleted:
                self._objects.pop((item.entity, item.id), None)
            else:
                self._objects[item.entity, item.id] = item

    def count(self, entity: str) -> int:
        return sum(1 for kind, _ in self._objects if kind == entity)

    def complete(self, facts: SnapshotFacts) -> str:
        self._store.objects = self._objects
        self._store.facts = facts
        return f"{facts.realm_id}-{facts.taken_at:%Y%m%dT%H%M%S}"


class FakeSnapshotStore:
    """Keeps pulled objects as they came; `load` gives the snapshot the test put there."""

    def __init__(self, books: ReceivablesSnapshot | None = None) -> None:
        self.books = books
        self.crm = CrmRecords()
        self.objects: dict[tuple[str, str], PulledObject] = {}
        self.facts: SnapshotFacts | None = None
        self.kept: tuple[str, ReceivablesSnapshot | None, CrmRecords, EncodedPlan | None] = ("", None, self.crm, None)

    def last_facts(self) -> SnapshotFacts | None:
        return self.facts

    def home_currency(self) -> str | None:
        home = self.books.preferences.currency_prefs.home_currency if self.books else None
        return home.value if home else None

    def begin(self, *, full: bool) -> _FakePull:
        return _FakePull(self, {} if full else dict(self.objects))

    def load(self) -> ReceivablesSnapshot:
        if self.books is None:
            raise StoreError("Nothing was pulled yet.", do="Run `qbclean pull`.")
        return self.books

    def save_crm(self, records: CrmSource) -> None:
        self.crm = CrmRecords(
            customers=tuple(records.customers),
            jobs=tuple(records.jobs),
            invoices=tuple(records.invoices),
            payments=tuple(records.payments),
            credits=tuple(records.credits),
            refunds=tuple(records.refunds),
            files=tuple(records.files),
        )

    def load_crm(self) -> CrmRecords:
        return self.crm

    def keep_plan(self, question: str, plan: EncodedPlan) -> None:
        self.kept = (question, self.books, self.crm, plan)

    def kept_plan(self, question: str, *, actions: bool = True) -> EncodedPlan | None:
        asked, books, crm, plan = self.kept
        if plan is None or (asked, books, crm) != (question, self.books, self.crm):
            return None
        return plan if actions else dataclasses.replace(plan, actions=())
