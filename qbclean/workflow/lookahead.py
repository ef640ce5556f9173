"""Reading with few calls: the document to be written alone and right before, those it only moves in bulk ahead.

QuickBooks takes one call per document read by Id, which is the only read whose SyncToken can be trusted (P8), and one
query for up to 200 documents of a kind. A write moves up to three documents; reading each alone would double the calls.
So the documents of the next actions are read together, and what this run itself touched since is read anew.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from qbclean.model.action import PlannedAction
from qbclean.model.refs import DocumentRef
from qbclean.plan.placeholders import creator_of
from qbclean.ports.ambient import Clock
from qbclean.ports.gateway import LiveDocument, QuickBooksGateway

ACTIONS_AHEAD = 100
MAX_AGE = timedelta(seconds=60)
"""How old the reading of a document may be that a write moves but does not write. What changes within that time is
caught by QuickBooks' own checks (it applies no more than is open), by read-back and by the proof."""


class Lookahead:
    """Reads for one execution of `actions`, in their order."""

    def __init__(self, gateway: QuickBooksGateway, clock: Clock, actions: Sequence[PlannedAction]) -> None:
        self._gateway, self._clock, self._actions = gateway, clock, actions
        self._position = {action.id: place for place, action in enumerate(actions)}
        self._known: dict[DocumentRef, LiveDocument | None] = {}
        self._read_at: datetime | None = None

    def read(
        self,
        action: PlannedAction,
        own: DocumentRef | None,
        others: Collection[DocumentRef],
        touched: Collection[DocumentRef],
    ) -> Mapping[DocumentRef, LiveDocument]:
        """`own`, which is to be written, and the `others` around it; absent when gone.

        `touched` is what this run changed so far. Raises GatewayError.
        """
        moved = {ref for ref in others if ref in touched and ref != own}
        steady = set(others) - moved - {own}
        found: dict[DocumentRef, LiveDocument] = {}
        if not self._has(steady):
            self._read_ahead(action, steady, touched)
        found |= {ref: live for ref in steady if (live := self._known.get(ref))}
        if moved:
            found |= self._gateway.read(sorted(moved))
        if own is not None:
            found |= self._gateway.read([own])
        return found

    def _has(self, refs: Collection[DocumentRef]) -> bool:
        fresh = self._read_at is not None and self._clock.now() - self._read_at <= MAX_AGE
        return not refs or (fresh and all(ref in self._known for ref in refs))

    def _read_ahead(
        self, action: PlannedAction, steady: Collection[DocumentRef], touched: Collection[DocumentRef]
    ) -> None:
        place = self._position[action.id]
        ahead = {ref for later in self._actions[place : place + ACTIONS_AHEAD] for ref in _moved_by(later)}
        wanted = sorted((ahead | set(steady)) - set(touched))
        self._read_at = self._clock.now()
        live = self._gateway.read(wanted)
        self._known = {ref: live.get(ref) for ref in wanted}


def _moved_by(action: PlannedAction) -> Iterator[DocumentRef]:
    """What the requests of `action` rely on without writing it, as far as it exists before the run."""
    written = {request.target for request in action.requests}
    refs = [target.ref for target in action.targets] + [ref for request in action.requests for ref in request.changes]
    return (ref for ref in refs if ref not in written and ref.kind != "Customer" and not creator_of(ref.id))
