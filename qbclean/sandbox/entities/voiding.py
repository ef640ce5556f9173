"""How a voided transaction is told: by its private note, for there is no status flag."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qbclean.sandbox.edit import Edit


_BETWEEN = {"dash": " - ", "space": " ", "newline": "\n"}


def mark_voided(edit: Edit, document: dict[str, Any]) -> None:
    """Put "Voided" before whatever the private note says (quirk `void_note`: what stands between)."""
    note = document.get("PrivateNote")
    between = _BETWEEN[edit.company.quirks["void_note"]]
    document["PrivateNote"] = f"Voided{between}{note}" if note else "Voided"


def is_voided(document: Mapping[str, Any]) -> bool:
    """Return whether a stored transaction is a voided one."""
    return not document.get("TotalAmt") and str(document.get("PrivateNote", "")).startswith("Voided")
