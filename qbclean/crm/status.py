"""An invoice's status: one rule for all CRMs (crm-formats.md 1)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fnmatch import fnmatch

from qbclean.crm.remarks import Remarks
from qbclean.crm.rows import Row
from qbclean.model.crm import CrmStatus

_NOT_BILLED = frozenset({"no", "false", "0", "n", "not invoiced", "unbilled"})


def read_status(
    row: Row, total: Decimal, balance: Decimal | None, remarks: Remarks
) -> tuple[CrmStatus, tuple[str, ...]]:
    """The status of a row by its profile's vocabulary, and flags for what contradicts it.

    An unknown word counts as open and is flagged, never guessed as paid or void. Without a column for it the balance
    decides. What the CRM shows as deleted is void. A job counts as billed only where the CRM says so.
    """
    section = row.readers.mapping.section
    word = row.text("status")
    if word is None and row.has("status") and "" not in section.status:
        raise row.complaint("status", "is blank")
    said = _meaning(section.status, (word or "").casefold()) if row.has("status") else "open"
    flags: tuple[str, ...] = ()
    if said is None:
        name = row.text("crm_id") or row.text("number") or f"row {row.number}"
        remarks.add(f"Status {word!r} is not known and counts as open", f"invoice {name}")
        said, flags = "open", ("unknown_status",)
    if row.yes("active") is False:
        return "void", (*flags, "inactive_in_crm")
    if row.has("billed") and said != "void":
        billed = row.text("billed")
        is_billed = billed is not None and billed.casefold() not in _NOT_BILLED
        said = "draft" if not is_billed else "open" if said == "draft" else said
    status, contradictions = settled_status(said, total, balance)
    return status, (*flags, *contradictions)


def _meaning(vocabulary: Mapping[str, CrmStatus], word: str) -> CrmStatus | None:
    """By the word itself, else by a pattern such as `overdue *`."""
    found = vocabulary.get(word)
    return found or next((said for known, said in vocabulary.items() if "*" in known and fnmatch(word, known)), None)


def settled_status(said: CrmStatus, total: Decimal, balance: Decimal | None) -> tuple[CrmStatus, tuple[str, ...]]:
    """The status that counts, and flags for what contradicts it.

    Only `open` is refined by the balance. Draft, void, paid and written off stay as the CRM says: a paid invoice with
    a balance is a case to report, not to mend in silence.
    """
    if balance is None:
        return said, ()
    overpaid = ("overpaid",) if balance < 0 and said not in ("draft", "void") else ()
    if said == "paid":
        return said, ("paid_with_balance",) if balance > 0 else overpaid
    if said == "open" and balance <= 0:
        return "paid", overpaid
    if said == "open" and balance < total:
        return "partial", ()
    return said, overpaid
