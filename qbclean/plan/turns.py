"""In which order proposals are carried out: by kind, then by party, each after what it depends on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from qbclean.actions import ACTION_KINDS
from qbclean.actions.found import Found
from qbclean.actions.proposal import Proposal
from qbclean.model.action import ActionKind


class Turn(NamedTuple):
    """A proposal and where it stands: `kind` is the place in ACTION_KINDS of the kind at whose turn it comes up."""

    kind: int
    party: str
    proposal: Proposal


def in_turn(found: Sequence[Found], only: Collection[str] = ()) -> list[Turn]:
    """By kind as listed in ACTION_KINDS and then by party, each after what it depends on, else in the order found.

    `only`: kinds to keep, with what they depend on; all when empty.
    """
    by_id = {proposal.id: proposal for item in found for proposal in item.proposals}
    placed: dict[str, Turn] = {}

    def place(kind: int, party: str, proposal: Proposal) -> None:
        if proposal.id in placed:
            return
        for needed in proposal.judgement.depends_on:
            if needed in by_id:
                place(kind, party, by_id[needed])
        placed[proposal.id] = Turn(kind, party, proposal)

    waiting = _by_kind(found)
    for kind, name in enumerate(ACTION_KINDS):
        for party, proposal in waiting.get(name, ()):
            place(kind, party, proposal)
    return list(_selected(list(placed.values()), only))


def _by_kind(found: Iterable[Found]) -> Mapping[ActionKind, list[tuple[str, Proposal]]]:
    """Kind → (party, proposal), by party."""
    kinds: dict[ActionKind, list[tuple[str, Proposal]]] = defaultdict(list)
    for item in found:
        for proposal in item.proposals:
            kinds[proposal.kind].append((item.party, proposal))
    for proposals in kinds.values():
        proposals.sort(key=lambda pair: pair[0])
    return kinds


def _selected(turns: Sequence[Turn], only: Collection[str]) -> Iterator[Turn]:
    if not only:
        yield from turns
        return
    wanted = {turn.proposal.id for turn in turns if turn.proposal.kind in only}
    for turn in reversed(turns):
        if turn.proposal.id in wanted:
            wanted.update(turn.proposal.judgement.depends_on)
    yield from (turn for turn in turns if turn.proposal.id in wanted)
