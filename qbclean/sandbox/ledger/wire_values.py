"""Reads amounts, dates and references of wire objects the way the ledger reckons: in whole cents and dates."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any


def cents(value: object) -> int:
    """Return a wire amount in whole cents, rounded half up; 0 where it is absent or empty."""
    if type(value) is int:  # most amounts are whole or zero; this is asked a million times
        return value * 100
    if type(value) is Decimal:
        return _in_cents(value)
    return _in_cents(Decimal(str(value))) if value else 0


@lru_cache(maxsize=65_536)  # the same sums stand on many lines
def _in_cents(amount: Decimal) -> int:
    return int((amount * 100).to_integral_value(ROUND_HALF_UP))


@lru_cache(maxsize=65_536)  # a company's documents share a few thousand days
def parsed_day(text: str) -> date:
    """Return the date of `YYYY-MM-DD`, also where a time follows it."""
    return date.fromisoformat(text[:10])


def day(document: Mapping[str, Any], field: str, default: date) -> date:
    """Return a date field, or the default where it is absent or empty."""
    text = document.get(field)
    return parsed_day(text) if text else default


def ref(holder: Mapping[str, Any], field: str) -> str:
    """Return the id in a `…Ref` field, or an empty string where there is none."""
    found = holder.get(field)
    value = found.get("value") if found else None
    return "" if value is None else sys.intern(str(value))  # one customer's id stands on thousands of postings


def detail(line: Mapping[str, Any], field: str) -> Mapping[str, Any]:
    """Return the nested object of a line or document, or an empty one."""
    return line.get(field) or {}
