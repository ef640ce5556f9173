"""What every run is given and what an execution hands back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from qbclean.model.documents import AnyDocument
from qbclean.model.outcome import ActionOutcome
from qbclean.model.refs import DocumentRef
from qbclean.ports.ambient import Clock, Progress, StopSignal
from qbclean.ports.gateway import QuickBooksGateway
from qbclean.ports.journal import Journal
from qbclean.workflow.moments import Passing, unwatched

AT_ONCE = 8
"""As many requests as one company's limiter lets be in flight (R24)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPorts:
    """The outside of a run: the books, the journal, the time, the screen, the user's Ctrl-C, and whom to tell of the
    moments that are passed. `at_once` is how many actions may run at the same time."""

    gateway: QuickBooksGateway
    journal: Journal
    clock: Clock
    progress: Progress
    stop: StopSignal
    passing: Passing = unwatched
    at_once: int = AT_ONCE


@dataclass(frozen=True, slots=True, kw_only=True)
class RunBy:
    """Who runs it, where, with which version of the tool; goes into the journal."""

    actor: str
    host: str
    tool: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """One outcome per action, in order, and every touched document as it should be now (None: deleted).

    `relied_on` are the documents that writes were based on without touching them, as they were found. `surprise` names
    the answer of QuickBooks that was not what was planned and stopped the run (S20); `interrupted` says why it stopped
    early without fault of its own. Both are "" otherwise.
    """

    outcomes: tuple[ActionOutcome, ...]
    expected: Mapping[DocumentRef, AnyDocument | None] = field(default_factory=dict)
    relied_on: Mapping[DocumentRef, AnyDocument] = field(default_factory=dict)
    surprise: str = ""
    interrupted: str = ""
