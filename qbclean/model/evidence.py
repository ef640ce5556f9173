"""Evidence: what speaks for and against a reading, in words and as data.

Points are decibans (tenths of a base-10 log of the odds), whole numbers: +10 makes a reading ten times likelier, −10
ten times less likely, and independent features add up. This is the Fellegi–Sunter weight of record linkage in Good
and Turing's unit; whole numbers keep plans byte-for-byte reproducible.
"""

from __future__ import annotations

import msgspec


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """One feature. `points` > 0 speaks for, < 0 against, 0 is stated for the reader only."""

    feature: str
    points: int
    words: str


class EvidenceFile(msgspec.Struct, frozen=True, kw_only=True):
    """The evidence of one finding or action; `confidence` is the sum of the points."""

    confidence: int = 0
    supports: tuple[Evidence, ...] = msgspec.field(default=(), name="for")
    against: tuple[Evidence, ...] = ()

    @classmethod
    def of(cls, features: tuple[Evidence, ...]) -> EvidenceFile:
        """Split by sign, strongest first (ties by feature name)."""
        ranked = sorted(features, key=lambda item: (-abs(item.points), item.feature))
        return cls(
            confidence=sum(item.points for item in features),
            supports=tuple(item for item in ranked if item.points >= 0),
            against=tuple(item for item in ranked if item.points < 0),
        )
