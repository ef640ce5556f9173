"""What a column of an unknown file holds, told from its cells: enough to suggest which field it could be."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from qbclean.crm import values
from qbclean.crm.values import CellError

Content = Literal["day", "amount", "word", "reference", "name"]
_DAYS = (
    "%Y-%m-%d", "iso", "%m/%d/%Y", "%m/%d/%y", "%d/%m/%Y", "%d.%m.%Y", "%b %d, %Y", "%B %d, %Y", "%d %b %Y",
    "%m/%d/%Y %I:%M %p", "%m/%d/%y %I:%M %p",
)  # fmt: skip
_WORDS = 12
"""Different words in a column up to which it may be a state or a kind."""


def content_of(cells: Sequence[str]) -> Content | None:
    """What all of the filled `cells` are; None for an empty column."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    if not filled:
        return None
    if all(map(_is_day, filled)):
        return "day"
    if all(map(_is_amount, filled)) and any(re.search(r"[.,$]", cell) for cell in filled):
        return "amount"
    different = set(filled)
    if len(different) == len(filled) and all(re.search(r"\d", cell) for cell in filled):
        return "reference"
    words = len(different) <= _WORDS and not any(re.search(r"\d", cell) for cell in filled)
    return "word" if words and (len(different) < len(filled) or len(filled) <= _WORDS) else "name"


def _is_day(cell: str) -> bool:
    try:
        return values.day(cell, patterns=_DAYS) is not None
    except CellError:
        return False


def _is_amount(cell: str) -> bool:
    for decimal, group in ((".", ","), (",", ".")):
        try:
            return values.amount(cell, decimal=decimal, group=group) is not None
        except CellError:
            continue
    return False
