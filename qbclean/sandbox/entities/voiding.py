"""How a voided transaction is told: by its private note, for there is no status flag."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def mark_voided(document: dict[str, Any]) -> None:
    """Put "Voided" before whatever the private note says."""
    note = document.get("PrivateNote")
    document["PrivateNote"] = f"Voided - {note}" if note else "Voided"


def is_voided(document: Mapping[str, Any]) -> bool:
    """Return whether a stored transaction is a voided one."""
    return not document.get("TotalAmt") and str(document.get("PrivateNote", "")).startswith("Voided")
