"""What the journal holds: runs, intents, outcomes and skips, each a row that is never rewritten (design.md 9, R28)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

import msgspec

from qbclean.model.refs import DocumentKind, DocumentRef, RealmId
from qbclean.model.write import WriteOperation

RunKind = Literal["apply", "rollback"]
RunState = Literal["done", "partial", "failed", "interrupted"]
OutcomeState = Literal["done", "refused", "failed", "unknown"]
"""refused: QuickBooks said no, nothing happened. failed: never sent. unknown: sent, effect not established yet."""


class Image(msgspec.Struct, frozen=True, kw_only=True):
    """A document verbatim at one moment."""

    ref: DocumentRef
    raw: str


class RunFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What there is to say about a run when it starts, without its plan: a listing has no need of megabytes."""

    id: str
    kind: RunKind
    realm_id: RealmId
    plan_digest: str
    at: datetime
    actor: str
    host: str
    tool: str
    rules: str
    undoes: str = ""
    """For a rollback: the run it takes back."""


class RunStart(RunFacts, frozen=True, kw_only=True):
    plan: str
    """The whole plan as text, so that the log explains itself without the file."""


class RunEnd(msgspec.Struct, frozen=True, kw_only=True):
    run_id: str
    state: RunState
    at: datetime
    message: str = ""
    proof: str = ""
    """Predicted against actual, as JSON text; "" when the run did not come that far."""


class WriteIntent(msgspec.Struct, frozen=True, kw_only=True):
    """Committed before the request leaves (S19, R14)."""

    run_id: str
    action_id: str
    step: int
    request_id: str
    operation: WriteOperation
    kind: DocumentKind
    target: DocumentRef | None
    changes: tuple[DocumentRef, ...] = ()
    method: str
    path: str
    body: dict[str, Any]
    body_sha256: str
    before: tuple[Image, ...]
    """The written document and every document it changes, as read just before."""
    approved_by: str
    reason: str
    amount: Decimal
    at: datetime
    applies_itself: bool = False


class WriteOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """Committed on arrival. A later outcome for the same request id supersedes an earlier `unknown`.

    Settled by `quickbooks`: it had applied the credit by itself (S09). `ref` is the payment it made for that, `after`
    are that payment and all it joins, as they were found.
    """

    run_id: str
    request_id: str
    state: OutcomeState
    ref: DocumentRef | None = None
    sync_token: str = ""
    after: tuple[Image, ...] = ()
    status: int = 0
    code: str = ""
    intuit_tid: str = ""
    attempts: int = 1
    message: str = ""
    settled_by: Literal["", "read-back", "replay", "person", "quickbooks"] = ""
    at: datetime


class ActionSkipped(msgspec.Struct, frozen=True, kw_only=True):
    """An approved action that was not carried out, and why."""

    run_id: str
    action_id: str
    reason: str
    at: datetime


class JournaledWrite(msgspec.Struct, frozen=True, kw_only=True):
    """An intent with its last outcome; `outcome` None or `unknown` means in doubt."""

    intent: WriteIntent
    outcome: WriteOutcome | None

    @property
    def in_doubt(self) -> bool:
        return self.outcome is None or self.outcome.state == "unknown"

    @property
    def by_itself(self) -> bool:
        """True when QuickBooks had applied the credit already, as this write would have or otherwise."""
        return self.outcome is not None and self.outcome.settled_by == "quickbooks"


class ListedRun(msgspec.Struct, frozen=True, kw_only=True):
    """A run as a list of runs tells it; its plan, writes and skips are in its JournaledRun."""

    start: RunFacts
    end: RunEnd | None


class JournaledRun(msgspec.Struct, frozen=True, kw_only=True):
    start: RunStart
    end: RunEnd | None
    writes: tuple[JournaledWrite, ...] = ()
    skipped: tuple[ActionSkipped, ...] = ()


class RowStamp(msgspec.Struct, frozen=True, kw_only=True):
    """Which row of the journal it is, and who wrote it, where, with what; "" and None in rows of older versions."""

    seq: int
    actor: str = ""
    host: str = ""
    tool: str = ""
    monotonic_ns: int | None = None


class LoggedEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt (R28): a write with one of its outcomes, a write no answer is known of, or an action left undone."""

    stamp: RowStamp
    """Of the row that settled it: whoever recovers a run is not always who started it."""
    start: RunStart
    intent: WriteIntent | None = None
    outcome: WriteOutcome | None = None
    skipped: ActionSkipped | None = None


class ChainHead(msgspec.Struct, frozen=True, kw_only=True):
    """Where the hash chain stands: kept outside the database too, so that a cut-off tail is noticed (R29)."""

    rows: int
    hash: str


class ChainReport(msgspec.Struct, frozen=True, kw_only=True):
    """Result of verifying the chain; `problem` is "" when it holds. `anchored` is the head in the file beside the
    journal, `elsewhere` the one somebody kept and gave."""

    head: ChainHead
    anchored: ChainHead | None
    elsewhere: ChainHead | None = None
    problem: str = ""
