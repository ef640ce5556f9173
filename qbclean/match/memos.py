"""What the text of a bank line names: the number of an invoice, the name of a customer."""

from __future__ import annotations

import re

from qbclean.match.normalize import plain

_LENGTH = 4
"""Shorter numbers and names turn up in a text by chance."""


def names_number(text: str, number: str | None) -> bool:
    """True when the text has the number, not as part of a longer one: `INV1042` names 1042, `ch_910425` does not."""
    wanted = (number or "").casefold()
    return len(wanted) >= _LENGTH and bool(re.search(rf"(?<!\d){re.escape(wanted)}(?!\d)", text.casefold()))


def names_customer(text: str, name: str) -> bool:
    """True when the text has the whole name, however it is punctuated."""
    wanted = plain(name)
    return len(wanted) >= _LENGTH and f" {wanted} " in f" {plain(text)} "
