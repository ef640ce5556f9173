"""One JSON document per command, for programs: `format_version` and `kind` first, amounts as strings (R54)."""

from __future__ import annotations

import re
from typing import Any, Final

import msgspec

from qbclean.model.reconciliation import Explained, Reconciliation

FORMAT_VERSION: Final = "1.0"
"""Major.minor. A new field raises the minor version, a field that changes or goes the major one."""

# C1 controls, soft hyphen, bidirectional and zero-width marks, separators: legal in JSON, harmful on a terminal (R39).
_UNSAFE = re.compile("[\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


def without_agreed(found: Reconciliation) -> Reconciliation:
    """The reconciliation without the documents and rows on which both sides agree; the totals still count them."""
    return msgspec.structs.replace(
        found,
        documents=tuple(item for item in found.documents if item.differs),
        comparisons=tuple(
            msgspec.structs.replace(
                item,
                by_customer=_differing(item.by_customer),
                by_job=_differing(item.by_job),
                by_month=_differing(item.by_month),
            )
            for item in found.comparisons
        ),
    )


def _differing(rows: tuple[Explained, ...]) -> tuple[Explained, ...]:
    return tuple(row for row in rows if row.differs)


def document(kind: str, **content: Any) -> str:
    """Two-space indented JSON text, newline at the end; `content` (model objects, plain values) in the order given."""
    encoded = msgspec.json.format(
        msgspec.json.encode({"format_version": FORMAT_VERSION, "kind": kind, **content}), indent=2
    ).decode()
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", encoded) + "\n"
