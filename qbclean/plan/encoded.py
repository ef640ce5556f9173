"""A sealed plan whose findings and actions are still text: as its slices sent them, and as it is kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from qbclean.model.action import PlannedAction, Tier
from qbclean.model.finding import Finding
from qbclean.model.plan import Plan

_T = TypeVar("_T")


class _Outline(msgspec.Struct, frozen=True):
    """As much of an action as is counted."""

    tier: Tier
    requests: tuple[msgspec.Raw, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EncodedPlan:
    """`head` is the plan without findings and actions, under the digest of the whole.

    `findings` and `actions` are, in their order, canonical JSON as the digest covers it: one or several, with commas
    between, in each text. Nothing is decided in them.
    """

    head: Plan
    findings: tuple[bytes, ...]
    actions: tuple[bytes, ...]

    def writes(self, tier: Tier) -> int:
        """How many requests the actions of `tier` hold."""
        return sum(len(action.requests) for action in members(self.actions, _Outline) if action.tier == tier)

    def decoded(self, *, actions: bool = True) -> Plan:
        """The plan; without its actions where nobody asks for them."""
        return msgspec.structs.replace(
            self.head,
            findings=tuple(members(self.findings, Finding)),
            actions=tuple(members(self.actions, PlannedAction)) if actions else (),
        )


def members(texts: Iterable[bytes], as_type: type[_T]) -> Iterator[_T]:
    """What stands in `texts`, one or several with commas between in each."""
    decode = msgspec.json.Decoder(tuple[as_type, ...]).decode  # type: ignore[valid-type]
    for text in texts:
        yield from decode(b"[" + text + b"]")
