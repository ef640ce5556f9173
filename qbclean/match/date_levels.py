"""How far apart two dates lie: one scale for sales, copies and payments."""

from __future__ import annotations

from bisect import bisect_left
from typing import Literal

DateLevel = Literal[
    "same day", "within 3 days", "within 10 days", "within 20 days", "within 45 days", "within 90 days", "far",
    "unknown",
]  # fmt: skip
SOON = ("same day", "within 3 days", "within 10 days")
"""Levels of a date that is the same but for when somebody got to it."""
WITHIN: tuple[int, ...] = (0, 3, 10, 20, 45, 90)
APART: tuple[DateLevel, ...] = (
    "same day", "within 3 days", "within 10 days", "within 20 days", "within 45 days", "within 90 days", "far",
)  # fmt: skip


def date_level(one: int, two: int) -> DateLevel:
    """How far apart two days (ordinals, 0 for unknown) lie."""
    return APART[bisect_left(WITHIN, abs(one - two))] if one and two else "unknown"
