"""The audit trail: who changed what, and when, with the values before and after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

Wire = Mapping[str, Any]

_TOLD = (
    "DocNumber", "PaymentRefNum", "TxnDate", "DueDate", "CustomerRef", "VendorRef", "TotalAmt", "Balance",
    "UnappliedAmt", "RemainingCredit", "Deposit", "PrivateNote", "TxnStatus", "EmailStatus", "DisplayName", "Name",
    "ParentRef", "Active", "Amount", "LinkedTxn", "Line",
)  # fmt: skip
"""The fields of an object that a bookkeeper asks about."""


class AuditEntry(msgspec.Struct, frozen=True, kw_only=True):
    """What one write did to one object. `changes` are (field, before, after) as a reader sees them.

    `who` is what the caller calls itself; `by` names the object written where this one changed only with it.
    """

    at: str
    who: str
    what: str
    entity: str
    id: str
    number: str
    by: str = ""
    changes: tuple[tuple[str, str, str], ...] = ()


def told_changes(old: Wire | None, new: Wire | None) -> Iterator[tuple[str, str, str]]:
    """Yield (field, before, after) for each field that differs, of those worth telling."""
    for name in _TOLD:
        before, after = _shown((old or {}).get(name)), _shown((new or {}).get(name))
        if before != after:
            yield name, before, after


def number_of(stored: Wire) -> str:
    """Return what people call an object: its number or its name."""
    named = ("DocNumber", "PaymentRefNum", "DisplayName", "Name")
    return next((str(stored[name]) for name in named if stored.get(name)), "")


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return "; ".join(filter(None, map(_shown_line, value)))
    if isinstance(value, dict):
        return str(value.get("name") or value.get("value") or "")
    return str(value)


def _shown_line(line: Any) -> str:
    if not isinstance(line, dict):  # a corner of the schema that is stored without looking
        return str(line)
    if "TxnId" in line:
        return f"{line.get('TxnType', '')} {line['TxnId']}"
    links = ", ".join(_shown_line(link) for link in line.get("LinkedTxn") or ())
    told = line.get("Description") or links
    if line.get("DetailType") == "SubTotalLineDetail":
        return ""
    return f"{told} {line.get('Amount', '')}".strip()
