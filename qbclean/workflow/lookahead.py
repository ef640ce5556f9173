"""Reading with few calls: the document to be written alone and right before, those around it in bulk ahead (S17).

QuickBooks takes one call per document read by Id, which is the only read whose SyncToken can be trusted (P8), and one
query for up to 200 documents of a kind. A write has one call beside its own. A change spends it on the document it
writes; a creation, which writes none, on the documents it moves. What else a write relies on is read together with
what the next actions rely on, and no reading is used that is older than `MAX_AGE`.

What somebody changes within that time slips past the check before the write. It is caught by QuickBooks' own checks
(it applies no more than is open), else by the read-back of everything the run touched or relied on, which names it.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import NamedTuple

from qbclean.model.action import PlannedAction
from qbclean.model.refs import DocumentRef
from qbclean.plan.placeholders import creator_of
from qbclean.ports.ambient import Clock
from qbclean.ports.gateway import LiveDocument, QuickBooksGateway

ACTIONS_AHEAD = 100
MAX_AGE = timedelta(seconds=20)
"""About 70 writes at QuickBooks' pace: short beside the time a person takes to edit a document, long enough that bulk
reading adds no more than a few calls in a hundred."""


class _Reading(NamedTuple):
    live: LiveDocument | None
    at: datetime


class Lookahead:
    """Reads for one execution of `actions`; several of them may ask at the same time."""

    def __init__(self, gateway: QuickBooksGateway, clock: Clock, actions: Sequence[PlannedAction]) -> None:
        self._gateway, self._clock = gateway, clock
        self._to_come = {action.id: action for action in actions}
        self._readings: dict[DocumentRef, _Reading] = {}
        self._turn = threading.Lock()

    def read(
        self,
        action: PlannedAction,
        own: DocumentRef | None,
        moved: Collection[DocumentRef],
        others: Collection[DocumentRef],
        touched: Collection[DocumentRef],
    ) -> Mapping[DocumentRef, LiveDocument]:
        """`own`, which is to be written, what the write `moved`, and the `others` around them; absent when gone.

        `touched` is what this run changed so far. Raises GatewayError.
        """
        anew = {ref for ref in (*moved, *others) if ref in touched}
        if own is None and not anew:
            anew = _of_one_kind(moved) or _of_one_kind(others)
        anew -= {own}
        found: dict[DocumentRef, LiveDocument] = {}
        found |= self._read_before(action, {*moved, *others} - anew - {own}, touched)
        if anew:
            found |= self._read_now(anew)
        if own is not None:
            found |= self._gateway.read([own])
        return found

    def forget(self) -> None:
        """Use no reading of before: QuickBooks may have changed documents by itself, which ones is not known (S09)."""
        with self._turn:
            self._readings.clear()

    def _read_now(self, refs: Collection[DocumentRef]) -> Mapping[DocumentRef, LiveDocument]:
        """Read anew; the next step of the same action may rely on it too."""
        at = self._clock.now()
        live = self._gateway.read(sorted(refs))
        with self._turn:
            self._readings |= {ref: _Reading(live.get(ref), at) for ref in refs}
        return live

    def _read_before(
        self, action: PlannedAction, refs: Collection[DocumentRef], touched: Collection[DocumentRef]
    ) -> Mapping[DocumentRef, LiveDocument]:
        """From readings that are young enough, else by a bulk read that serves the next actions too."""
        with self._turn:
            self._to_come.pop(action.id, None)
            oldest = self._clock.now() - MAX_AGE
            if not all(ref in self._readings and self._readings[ref].at >= oldest for ref in refs):
                self._readings = {ref: reading for ref, reading in self._readings.items() if reading.at >= oldest}
                self._read_ahead(refs, touched)
            return {ref: live for ref in refs if (live := self._readings[ref].live)}

    def _read_ahead(self, refs: Collection[DocumentRef], touched: Collection[DocumentRef]) -> None:
        ahead = {
            ref
            for later in islice(self._to_come.values(), ACTIONS_AHEAD)
            for ref in _around(later)
            if ref not in touched
        }
        wanted = sorted((ahead | set(refs)) - self._readings.keys())
        at = self._clock.now()
        live = self._gateway.read(wanted)
        self._readings |= {ref: _Reading(live.get(ref), at) for ref in wanted}


def _of_one_kind(refs: Collection[DocumentRef]) -> set[DocumentRef]:
    """Those of the first kind: what one call can read."""
    kinds = sorted({ref.kind for ref in refs}, reverse=True)  # invoices before credit memos
    return {ref for ref in refs if ref.kind == kinds[0]} if kinds else set()


def _around(action: PlannedAction) -> Iterator[DocumentRef]:
    """What the requests of `action` rely on without writing it, as far as it exists before the run."""
    written = {request.target for request in action.requests}
    refs = [target.ref for target in action.targets] + [ref for request in action.requests for ref in request.changes]
    return (ref for ref in refs if ref not in written and ref.kind != "Customer" and not creator_of(ref.id))
