"""A journaled document image in a few words: number, date, total and what is open, read from QBO's own JSON."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec

from qbclean.model.journal import Image
from qbclean.report.words import dollars

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
