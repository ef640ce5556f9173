"""Knows the reports people send by mistake, so that a refusal can say what the file is and which one is needed."""

from __future__ import annotations

import re

_START = 4_000
"""Characters: titles and headers are at the top."""

_KNOWN: tuple[tuple[str, str], ...] = (
    ("an A/R aging report", r"\baging\b|\b1\s*-\s*30\b.*\b31\s*-\s*60\b|\b31\s*-\s*60\b.*\b61\s*-\s*90\b"),
    ("a profit and loss report", r"profit (and|&) loss|income statement"),
    ("a balance sheet", r"balance sheet"),
    ("a trial balance", r"trial balance"),
    ("a deposit report", r"\bdeposit (detail|summary|report|list)\b|\bpayout (id|report|#)"),
    ("a customer balance report", r"customer balance|client balance|balance summary|\bpaid to date\b"),
    ("a transaction list", r"transaction (list|report)|total transactions"),
    ("a general ledger", r"general ledger|\bdebit\b.*\bcredit\b"),
    ("an estimate list", r"\b(estimate|quote|proposal)s?\s*(#|no\b|number|id\b|date|status)"),
    ("a bill or vendor list", r"\b(vendor|supplier|bill no|bill number|bill date)\b"),
    ("a time sheet", r"\b(clock in|hours worked|timesheet)\b"),
    ("an item or price list", r"\b(sku|unit cost|sales price)\b(?!.*\binvoice\b)"),
    ("a customer list", r"\b(customer|client|name|contact)\b.*\b(e-?mail|phone|address)\b"),
    ("an invoice list of another format", r"\binvoice\b"),
)
"""What it is, and what its start says; the first that fits."""
_NEVER = frozenset(name for name, _ in _KNOWN) - {
    "a customer list", "an invoice list of another format", "a transaction list", "an item or price list",
}  # fmt: skip
"""What is never taken for a list of invoices, whatever its columns are called."""
_BY_NAME = re.compile(r"(?<![a-z])(estimates?|quotes?|proposals?|bills|expenses|vendors?|payouts?)(?![a-z])")


def what_it_is(content: str) -> str:
    """The kind of report in words, or "" when it is none of the known ones."""
    start = content[:_START].casefold()
    return next((name for name, sign in _KNOWN if re.search(sign, start)), "")


def unwanted(name: str, content: str) -> str:
    """What a file is that only its column names make look like invoices; "" when nothing speaks against it."""
    by_name = _BY_NAME.search(name.casefold().replace("_", " "))
    if by_name:
        return f"a list of {by_name[1]}"
    found = what_it_is(content)
    return found if found in _NEVER else ""
