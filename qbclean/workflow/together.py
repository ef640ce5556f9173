"""Which actions may run at the same time: those that share neither customer nor document, nor depend on one another.

Everything else keeps the order of the plan, so that a run in parallel sends the same requests as one after the other
and what QuickBooks does with them cannot depend on chance.
"""

from __future__ import annotations

import heapq
from collections.abc import Hashable, Iterator, Sequence

from qbclean.model.action import PlannedAction
from qbclean.plan.expectations import linked_by


class Schedule:
    """The actions of a plan, given out one by one as what they have to wait for is finished; first come the earlier."""

    def __init__(self, actions: Sequence[PlannedAction]) -> None:
        self._actions = actions
        self._position = {action.id: place for place, action in enumerate(actions)}
        self._followers: list[set[int]] = [set() for _ in actions]
        self._waits = [0] * len(actions)
        last: dict[Hashable, int] = {}
        for place, action in enumerate(actions):
            before = {last[key] for key in _keys(action) if key in last}
            before |= {self._position[id_] for id_ in action.depends_on if id_ in self._position}
            before = {earlier for earlier in before if earlier < place}
            self._waits[place] = len(before)
            for earlier in before:
                self._followers[earlier].add(place)
            last |= dict.fromkeys(_keys(action), place)
        self._ready = [place for place, count in enumerate(self._waits) if count == 0]
        self._left = len(actions)

    @property
    def unfinished(self) -> bool:
        return self._left > 0

    def next(self) -> PlannedAction | None:
        """The earliest action that waits for nothing and was not given out; None when there is none right now."""
        return self._actions[heapq.heappop(self._ready)] if self._ready else None

    def finish(self, action_id: str) -> None:
        """What waited for it may run now, whatever became of it."""
        self._left -= 1
        for place in self._followers[self._position[action_id]]:
            self._waits[place] -= 1
            if self._waits[place] == 0:
                heapq.heappush(self._ready, place)


def _keys(action: PlannedAction) -> Iterator[Hashable]:
    """What the action has to itself while it runs: its customers, its documents, the numbers it gives out."""
    if action.customer_id:
        yield "customer", action.customer_id
    yield from (target.ref for target in action.targets)
    for request in action.requests:
        customer = request.body.get("CustomerRef")
        if isinstance(customer, dict):
            yield "customer", str(customer.get("value"))
        if number := request.body.get("DocNumber"):
            yield "number", str(number)
        yield from (ref for ref in (request.target, *request.changes, *linked_by(request)) if ref)
