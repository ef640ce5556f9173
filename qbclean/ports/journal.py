"""The journal as the workflows see it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from qbclean.model.approval import DecisionRecord
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


class Journal(Protocol):
    """Append-only. When a method returns, its row is on disk (synchronous=FULL)."""

    def record_plan(self, digest: str, *, made_at: str, origin: str) -> None:
        """Remember a plan made or adopted here; only such plans may be applied (design.md 8)."""
        ...

    def knows_plan(self, digest: str) -> bool: ...

    def record_decisions(self, decisions: Sequence[DecisionRecord]) -> None:
        """Keep what people decided, all of it or nothing; a later decision does not remove an earlier one (R9)."""
        ...

    def decisions(self, digest: str) -> tuple[DecisionRecord, ...]:
        """Every recorded decision on the plan of that digest, oldest first."""
        ...

    def start_run(self, run: RunStart) -> None: ...

    def finish_run(self, end: RunEnd) -> None: ...

    def intend(self, intent: WriteIntent) -> None: ...

    def settle(self, outcome: WriteOutcome) -> None: ...

    def skip(self, skipped: ActionSkipped) -> None: ...

    def in_doubt(self) -> tuple[JournaledWrite, ...]:
        """Writes whose effect is not established, oldest first."""
        ...

    def write(self, request_id: str) -> JournaledWrite | None: ...

    def runs(self) -> tuple[ListedRun, ...]:
        """All runs, oldest first."""
        ...

    def run(self, run_id: str) -> JournaledRun | None:
        """One run with writes and skips, in order. A unique prefix of the id is enough."""
        ...

    def runs_of_plan(self, digest: str) -> tuple[ListedRun, ...]:
        """Those that carried out this plan, oldest first."""
        ...

    def head(self) -> ChainHead: ...

    def verify(self) -> ChainReport: ...
