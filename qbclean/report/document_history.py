"""What happened to one document: the rows of the audit log that are about it, asked for by number or by kind and id."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import get_args

from qbclean.errors import SettingsError
from qbclean.model.refs import DocumentKind, DocumentRef
from qbclean.report.audit import AuditRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A document: its `ref` when the kind was given, else whatever carries `number`."""

    ref: DocumentRef | None = None
    number: str = ""

    @classmethod
    def parse(cls, text: str) -> Wanted:
        """`Invoice:231` is kind and Id, `1042` a number. Raises SettingsError for a kind there is not."""
        kind, colon, id_ = text.partition(":")
        if not colon:
            return cls(number=text.strip())
        kinds: dict[str, DocumentKind] = {known.casefold(): known for known in get_args(DocumentKind)}
        if kind.strip().casefold() not in kinds or not id_.strip():
            raise SettingsError(
                f"{text!r} names no document.",
                why=f"Before the colon stands one of {', '.join(kinds.values())}, after it the Id in QuickBooks.",
                do="Give a number such as 1042, or kind and Id such as Invoice:231.",
            )
        return cls(ref=DocumentRef(kinds[kind.strip().casefold()], id_.strip()))


def history_of(wanted: Wanted, rows: Iterable[AuditRow]) -> list[AuditRow]:
    """The rows about the document, in their order; a number that several documents carry finds all of them."""
    all_rows = list(rows)
    number = wanted.number.casefold()
    numbered = {one.ref for row in all_rows for one in row.about if number and one.number.casefold() == number}
    refs = {wanted.ref} if wanted.ref else numbered
    return [row for row in all_rows if any(one.ref in refs for one in row.about)]
