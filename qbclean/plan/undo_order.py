"""What was built on what: the order in which writes are taken back, and what has to come along.

A later write was built on an earlier one when it is a later step of the same action, belongs to an action that depends
on it, or when one of them wrote a document that the other wrote or changed (S18).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from qbclean.model.journal import JournaledWrite
from qbclean.model.plan import Plan
from qbclean.model.refs import DocumentRef


class BuiltOn:
    """The writes added so far, and which of them are tied to another one."""

    def __init__(self, depends_on: Mapping[str, Collection[str]]) -> None:
        self._depends_on = depends_on
        self._of_action: dict[str, list[str]] = defaultdict(list)
        self._needing: dict[str, list[str]] = defaultdict(list)
        self._wrote: dict[DocumentRef, list[str]] = defaultdict(list)
        self._touched: dict[DocumentRef, list[str]] = defaultdict(list)

    def add(self, name: str, write: JournaledWrite) -> None:
        """Know `write` as `name` from now on."""
        action = write.intent.action_id
        self._of_action[action].append(name)
        for needed in self._depends_on.get(action, ()):
            self._needing[needed].append(name)
        written = written_or_target(write)
        if written is not None:
            self._wrote[written].append(name)
            self._touched[written].append(name)
        for ref in write.intent.changes:
            self._touched[ref].append(name)

    def on(self, earlier: JournaledWrite) -> tuple[str, ...]:
        """The known writes, all later ones, that were built on `earlier`."""
        action, written = earlier.intent.action_id, written_or_target(earlier)
        return self._united(
            self._of_action[action],
            self._needing[action],
            self._touched[written] if written else (),
            *(self._wrote[ref] for ref in earlier.intent.changes),
        )

    def under(self, later: JournaledWrite) -> tuple[str, ...]:
        """The known writes, all earlier ones, that `later` was built on."""
        action, written = later.intent.action_id, written_or_target(later)
        return self._united(
            self._of_action[action],
            *(self._of_action[needed] for needed in self._depends_on.get(action, ())),
            self._touched[written] if written else (),
            *(self._wrote[ref] for ref in later.intent.changes),
        )

    @staticmethod
    def _united(*names: Iterable[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for group in names for name in group))


def dependencies(plan: Plan) -> Mapping[str, Collection[str]]:
    """Action → what it depends on."""
    return {action.id: action.depends_on for action in plan.actions}


def with_dependants(plan: Plan, writes: Sequence[JournaledWrite], only: Collection[str]) -> Sequence[JournaledWrite]:
    """The writes of the actions `only` and everything later that was built on them (R8); all when `only` is empty."""
    if not only:
        return writes
    chosen = BuiltOn(dependencies(plan))
    kept = []
    for write in writes:
        if write.intent.action_id in only or chosen.under(write):
            chosen.add(write.intent.request_id, write)
            kept.append(write)
    return kept


def written_or_target(write: JournaledWrite) -> DocumentRef | None:
    """The document of a write; for one in doubt the one it names, None when it may have created one."""
    done = write.outcome is not None and write.outcome.ref is not None
    return write.outcome.ref if done and write.outcome else write.intent.target
