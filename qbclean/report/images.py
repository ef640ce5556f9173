"""A journaled document image in a few words: number, date, total and what is open, read from QBO's own JSON."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec

from qbclean.model.journal import Image
from qbclean.report.words import counted, dollars

_SHOWN = 6
_OPEN_FIELDS = ("Balance", "UnappliedAmt")
_decode = msgspec.json.Decoder(float_hook=Decimal).decode


def figures_of(image: Image) -> str:
    """`Invoice 1042 of 2026-03-01, total 120.00, open 0.00`; the bare reference when the image cannot be read."""
    try:
        document: Any = _decode(image.raw)
    except msgspec.DecodeError:
        return f"{image.ref} (image not readable)"
    if not isinstance(document, dict):
        return str(image.ref)
    parts = [f"{image.ref.kind} {document.get('DocNumber') or image.ref.id} of {document.get('TxnDate', '?')}"]
    if "TotalAmt" in document:
        parts.append(f"total {dollars(Decimal(document['TotalAmt']))}")
    parts += [f"open {dollars(Decimal(document[field]))}" for field in _OPEN_FIELDS if field in document]
    return ", ".join(parts)


def changes_between(before: Image, after: Image) -> list[str]:
    """`Balance 450.00 → 0.00`: the top-level fields that differ, by name; lines and links by what they say."""
    old, new = _fields(before), _fields(after)
    names = sorted(
        name
        for name in old.keys() | new.keys()
        if name != "MetaData" and (old.get(name) or None) != (new.get(name) or None)
    )
    return [f"{name} {_shown(name, old.get(name))} → {_shown(name, new.get(name))}" for name in names]


def _fields(image: Image) -> dict[str, Any]:
    try:
        document: Any = _decode(image.raw)
    except msgspec.DecodeError:
        return {}
    return document if isinstance(document, dict) else {}


def _shown(name: str, value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, Decimal | int) and name.endswith(("Amt", "Balance")):
        return dollars(Decimal(value))
    if isinstance(value, list):
        return _listed(value)
    if isinstance(value, dict):
        return str(value.get("name") or value.get("value") or "…")
    return str(value)


def _listed(entries: list[Any]) -> str:
    """Amounts of lines, with the document each is applied to; documents of links; else how many there are."""
    said = [_entry(entry) for entry in entries if _get(entry, "DetailType") != "SubTotalLineDetail"]
    if not said:
        return "none"
    if not all(said):
        return counted(len(entries), "entry", "entries")
    return ", ".join(said[:_SHOWN]) + (f" and {len(said) - _SHOWN} more" if len(said) > _SHOWN else "")


def _entry(entry: Any) -> str:
    links = " and ".join(f"{_get(link, 'TxnType')} {_get(link, 'TxnId')}" for link in _get(entry, "LinkedTxn") or ())
    if isinstance(amount := _get(entry, "Amount"), Decimal | int):
        return dollars(Decimal(amount)) + (f" on {links}" if links else "")
    return f"{entry['TxnType']} {entry['TxnId']}" if _get(entry, "TxnId") and _get(entry, "TxnType") else ""


def _get(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else None
