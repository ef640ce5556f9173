"""A company worked out: a small one at once, a large one slice by slice on all processors, with the same result."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial

import msgspec

from qbclean.collector import collector_paused
from qbclean.model.finding import Finding
from qbclean.model.reconciliation import Reconciliation
from qbclean.plan.builder import PlanBasis, compose
from qbclean.plan.encoded import EncodedPlan
from qbclean.plan.slice import PlanSlice
from qbclean.ports.ambient import Progress
from qbclean.ports.books import TRANSACTIONS, SnapshotStore
from qbclean.reconcile.reconciliation import Merged
from qbclean.workflow.answer import Answer, answer
from qbclean.workflow.processes import Processes, Work
from qbclean.workflow.propose import basis_for
from qbclean.workflow.question import Question
from qbclean.workflow.sketched import Sketch, sketched, sketched_apart, sliced

SMALL = 20_000
"""Transactions of a company that are worked out at once: other processes would hardly be ready before it is done."""
SLICE = 8_000
"""Documents and records in a slice: few enough that the last one does not keep the other processes waiting."""
LARGE = 300_000
"""Transactions of a company whose outlines take more memory than may stay taken while its slices are worked out."""


class WorkedOut:
    """What all slices answered, put together as it came in, and what a plan made from it says of its making."""

    def __init__(self, basis: PlanBasis, answers: Iterable[Answer]) -> None:
        self._basis = basis
        self._plans: list[PlanSlice] = []
        self._reconciled = Merged()
        self._unexplained: dict[str, Finding] = {}
        for part in answers:
            if part.plan:
                self._plans.append(part.plan)
            if part.reconciled:
                self._reconciled.add(part.reconciled)
            self._unexplained |= part.unexplained

    def plan(self) -> EncodedPlan:
        """The sealed plan, when it was asked for. To be had once: its text is most of what the slices answered."""
        parts, self._plans = self._plans, []
        return compose(self._basis, parts)

    def reconciliation(self) -> Reconciliation:
        """Both totals and all between, when asked for."""
        return self._reconciled.reconciliation()

    def unexplained(self) -> list[Finding]:
        """Balances that differ and nothing says why, by party."""
        return [self._unexplained[party] for party in sorted(self._unexplained)]


def work_out(
    store: SnapshotStore, question: Question, *, tool: str, progress: Progress | None = None, size: int | None = None
) -> WorkedOut:
    """The answers to `question`, and the same whatever the `size` of a slice (None: as suits the company).

    Raises StoreError when nothing was pulled, IncompleteBooksError when the snapshot is not the whole picture (S29).
    """
    number = _transactions(store)
    if number <= (size or SMALL):
        books, crm = store.load(), store.load_crm()
        basis = basis_for(books, crm.files, question.settings, as_of=question.as_of, tool=tool)
        return WorkedOut(basis, [answer(question, books, crm)])
    with collector_paused(), Processes(partial(_tools, store.opener(), question)) as processes:
        if number > LARGE:
            sketch = sketched_apart(store.opener(), question, tool=tool, size=size or SLICE)
        else:
            sketch = sketched(store, question, tool=tool, size=size or SLICE)
        return WorkedOut(sketch.basis, _answers(processes, sketch, progress))


def _answers(processes: Processes[bytes, bytes], sketch: Sketch, progress: Progress | None) -> Iterator[Answer]:
    decode = msgspec.msgpack.Decoder(Answer).decode
    if progress:
        progress.start("Parts of the company compared", sketch.number)
    try:
        for encoded in processes.spread(sketch.slices):
            if progress:
                progress.advance()
            yield decode(encoded)
    finally:
        if progress:
            progress.finish()


def _tools(open_store: Callable[[], SnapshotStore], question: Question) -> Work[bytes, bytes]:
    """What a process needs to answer slice after slice."""
    store, encode = open_store(), msgspec.msgpack.Encoder().encode

    @collector_paused()
    def work(encoded: bytes) -> bytes:
        part = sliced(encoded)
        books, crm = store.slice(part)
        return encode(answer(question, books, crm, part.overview, part.owners))

    return work


def _transactions(store: SnapshotStore) -> int:
    facts = store.last_facts()
    return sum(facts.counts.get(entity, 0) for entity in TRANSACTIONS) if facts else 0
