"""Equal values of many records, kept once.

Decoding makes every amount, reference and word anew, though a company has few different ones: shared, its records take
less than half the memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from types import NoneType, UnionType
from typing import Literal, get_args, get_origin, get_type_hints

import msgspec
from msgspec.structs import force_setattr

from qbclean.model.documents import Ref

_How = Literal["value", "amount", "record", "records"]
_DIFFERENT = frozenset(
    {"id", "crm_id", "doc_number", "number", "private_note", "txn_id", "invoice_id", "qbo_id", "line1", "meta_data"}
    | {"display_name", "free_form_number", "email", "phone", "address", "reference", "payment_ref_num"}
)
"""What seldom occurs twice: looking for an equal one would cost more than it saves."""


class Sharing:
    """Call it with each record as soon as it is decoded, before anybody else has seen it."""

    def __init__(self) -> None:
        self._values: dict[object, object] = {}
        self._amounts: dict[str, Decimal] = {}
        self._fields: dict[type[msgspec.Struct], tuple[tuple[str, _How], ...]] = {}

    def __call__(self, record: msgspec.Struct) -> None:
        """Let `record` and all inside it use values seen before. Nothing it says changes, not even 1.0 into 1.00."""
        of_type = type(record)
        for name, how in self._fields[of_type] if of_type in self._fields else self._fields_of(of_type):
            value = getattr(record, name)
            if value is None:
                continue
            if how == "value":
                known = self._values.setdefault(value, value)
                if known is not value:
                    force_setattr(record, name, known)
            elif how == "amount":
                force_setattr(record, name, self._amounts.setdefault(str(value), value))
            elif how == "record":
                self(value)
            else:
                for inner in value:
                    self(inner)

    def _fields_of(self, of_type: type[msgspec.Struct]) -> tuple[tuple[str, _How], ...]:
        self._fields[of_type] = found = tuple(_shared(of_type))
        return found


def _shared(of_type: type[msgspec.Struct]) -> Iterator[tuple[str, _How]]:
    for name, hint in get_type_hints(of_type).items():
        if name in of_type.__struct_fields__ and (how := _how(name, hint)):
            yield name, how


def _how(name: str, hint: object) -> _How | None:
    kinds = {kind for kind in (get_args(hint) if get_origin(hint) is UnionType else (hint,)) if kind is not NoneType}
    if name in _DIFFERENT:
        return None
    if kinds & {str, date, Ref}:
        return "value"
    if Decimal in kinds:
        return "amount"
    if any(_is_record(kind) for kind in kinds):
        return "record"
    inside = {get_args(kind)[0] for kind in kinds if get_origin(kind) is tuple}
    return "records" if any(_is_record(kind) for kind in inside) else None


def _is_record(hint: object) -> bool:
    return isinstance(hint, type) and issubclass(hint, msgspec.Struct)
