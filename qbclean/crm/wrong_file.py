"""Knows the reports people send by mistake, so that a refusal can say what the file is and which one is needed."""

from __future__ import annotations

import re

_START = 4_000
"""Characters: titles and headers are at the top."""

_KNOWN: tuple[tuple[str, str], ...] = (
    ("an A/R aging report", r"\baging\b|\b1\s*-\s*30\b.*\b31\s*-\s*60\b"),
    ("a profit and loss report", r"profit (and|&) loss|income statement"),
    ("a balance sheet", r"balance sheet"),
    ("a deposit report", r"\bdeposit (detail|summary|report)\b"),
    ("a customer balance report", r"customer balance|client balance|balance summary"),
    ("a transaction list", r"transaction (list|report)|total transactions"),
    ("a general ledger", r"general ledger|\bdebit\b.*\bcredit\b"),
    ("an estimate list", r"\bestimate\s*(#|no|number|id)"),
    ("a bill or vendor list", r"\b(vendor|supplier)\b"),
    ("a customer list", r"\b(customer|client|name)\b.*\b(e-?mail|phone|address)\b"),
    ("an invoice list of another format", r"\binvoice\b"),
)
"""What it is, and what its start says; the first that fits."""


def what_it_is(content: str) -> str:
    """The kind of report in words, or "" when it is none of the known ones."""
    start = content[:_START].casefold()
    return next((name for name, sign in _KNOWN if re.search(sign, start)), "")
