"""A sealed plan whose findings and actions are still text: as its slices sent them, and as it is kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import TypeVar

import msgspec

from qbclean.model.action import PlannedAction, Tier
from qbclean.model.finding import Finding
from qbclean.model.plan import Plan

_T = TypeVar("_T")
AT_ONCE = 50_000
"""Bytes of canonical JSON that are best read or written at once: more, as objects, leave the processor's cache."""


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
    return chain.from_iterable(neighbours(texts, as_type))


def neighbours(texts: Iterable[bytes], as_type: type[_T]) -> Iterator[tuple[_T, ...]]:
    """The same, of each text together."""
    decode = msgspec.json.Decoder(tuple[as_type, ...]).decode  # type: ignore[valid-type]
    return (decode(b"[" + text + b"]") for text in texts)


def joined(texts: Iterable[bytes], size: int = AT_ONCE) -> Iterator[bytes]:
    """What stands in `texts`, in the same order, of neighbours so many in one text that each has at least `size` bytes,
    but the last."""
    waiting: list[bytes] = []
    length = 0
    for text in texts:
        waiting.append(text)
        length += len(text)
        if length >= size:
            yield b",".join(waiting)
            waiting, length = [], 0
    if waiting:
        yield b",".join(waiting)
