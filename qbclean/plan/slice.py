"""The part of a plan that some parties of a company make: worked out for them alone, and put together by `compose`.

A slice holds some parties with all their documents. Nothing that is done for one party reaches a document of another,
so the actions of a slice are those of the whole company.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import groupby
from operator import itemgetter

import msgspec

from qbclean.actions.found import Found
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.locks import Locks
from qbclean.model.plan import PlanSummary
from qbclean.plan.digest import covered_text
from qbclean.plan.simulated import planned
from qbclean.plan.summary import Tally, counted, summarised
from qbclean.plan.turns import in_turn

Place = tuple[int, str]
"""Where something stands in a plan: the stage of a finding or the turn of an action, then the party."""


class Passage(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Neighbours in a plan that share one place: canonical JSON as the digest covers it, with commas between."""

    place: Place
    text: bytes


class PlanSlice(msgspec.Struct, frozen=True, kw_only=True):
    """What a slice adds to the plan; cheap to send from one process to another.

    `counts` and `summary` are of the slice and add up; passages are in the order of their places, and no two slices
    have one in the same place.
    """

    counts: dict[str, int]
    summary: PlanSummary
    findings: tuple[Passage, ...]
    actions: tuple[Passage, ...]


def plan_slice(
    books: ReceivablesSnapshot, locks: Locks, found: Iterable[Found], *, only: Collection[str] = ()
) -> PlanSlice:
    """The part of the plan for the parties in `books`. `only`: action kinds to keep (with what they depend on), all
    when empty.

    Same books, locks and findings give the same bytes.
    """
    listed = sorted(found, key=lambda item: (item.stage, item.party))
    turns = in_turn(listed, only)
    finding_of = {action: item.finding.id for item in listed for action in item.finding.actions}
    tally, texts = Tally(), []
    actions = planned(books, locks, (turn.proposal for turn in turns), finding_of)
    for turn, action in zip(turns, actions, strict=True):
        tally.add(action)
        texts.append(((turn.kind, turn.party), covered_text(action)))
    kept = {turn.proposal.id for turn in turns}
    findings = [
        msgspec.structs.replace(
            item.finding, actions=tuple(action for action in item.finding.actions if action in kept)
        )
        for item in listed
    ]
    places = [(item.stage, item.party) for item in listed]
    return PlanSlice(
        counts=counted(books),
        summary=summarised(books, findings, tally),
        findings=tuple(_passages(zip(places, map(covered_text, findings), strict=True))),
        actions=tuple(_passages(texts)),
    )


def _passages(texts: Iterable[tuple[Place, bytes]]) -> Iterator[Passage]:
    for place, members in groupby(texts, key=itemgetter(0)):
        yield Passage(place, b",".join(text for _, text in members))
