"""The objects of one entity: each one's JSON as bytes, beside slim columns and indexes for what is asked often.

Answers are joined from the bytes, so a page costs no decoding; a million documents cost little more than their text.
A column is a plain list in the order of the ids, so that a search runs down it in some nanoseconds a row, and a row is
known by its position in all of them.
"""

from __future__ import annotations

import sys
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

from qbclean.sandbox.clock import epoch
from qbclean.sandbox.entities.spec import EntitySpec, Kind
from qbclean.sandbox.wire import decode, decode_object

_EAGER = ("TxnDate", "DueDate", "CustomerRef", "DocNumber", "Balance", "TotalAmt", "MetaData.LastUpdatedTime", "Active")
_INDEXED = ("CustomerRef", "DocNumber", "Name", "DisplayName", "FullyQualifiedName")

_MOST_REMEMBERED = 8

Comparable = Any
"""A column's value: text in lower case, Decimal, ISO date, seconds, bool; None where the object has none."""


@lru_cache(maxsize=65_536)
def _shared(amount: Decimal) -> Decimal:
    """Return one Decimal for all that are equal: zeros and round sums are most of a column, and are faster found so."""
    return amount


def id_order(object_id: str) -> tuple[bool, int, str]:
    """Return the sort key of an id: numbers ascending, then the words (TaxCode has `NON` and `TAX`)."""
    return (not object_id.isdigit(), len(object_id), object_id)


def comparable(stored: Mapping[str, Any], name: str, kind: Kind) -> Comparable:  # noqa: PLR0911 - one per kind
    """Return what a query compares for a property of a wire object."""
    if kind == "texts":
        return frozenset(_listed(stored, name.split(".")))
    value: Any = stored.get(name)
    if value is None and "." in name:
        value = stored
        for part in name.split("."):
            value = value.get(part) if isinstance(value, dict) else None
    if isinstance(value, dict):
        value = value.get("value", value.get("Address", value.get("FreeFormNumber")))
    if value is None:
        return True if name == "Active" else None
    if kind == "text":
        return str(value).casefold()
    if kind == "time":
        return epoch(value)
    if kind in {"amount", "number"}:
        return _shared(Decimal(value))
    if kind in {"date", "ref"}:  # thousands of documents share a day or a customer
        return sys.intern(str(value))
    return value if kind == "flag" else str(value)


def _listed(value: Any, path: list[str]) -> Iterator[str]:
    """Yield the texts at the end of a path that leads through lists."""
    if isinstance(value, list):
        for part in value:
            yield from _listed(part, path)
    elif not path:
        yield str(value).casefold()
    elif isinstance(value, dict):
        found = next((held for name, held in value.items() if name.casefold() == path[0].casefold()), None)
        if found is not None:
            yield from _listed(found, path[1:])


class Table:
    """One entity's objects; `order` is their ids, ascending. Not thread-safe: the company's lock guards it."""

    def __init__(self, spec: EntitySpec) -> None:
        self.spec = spec
        self.kinds: dict[str, Kind] = {**spec.sortable, **spec.queryable}
        self.bodies: dict[str, bytes] = {}
        self.order: list[str] = []
        self.remembered: dict[object, Sequence[int]] = {}
        kept = [*(name for name in _EAGER if name in self.kinds), *spec.summed]
        self._columns: dict[str, list[Comparable]] = {name: [] for name in kept}
        self._indexes: dict[str, dict[Comparable, list[str]]] = {name: {} for name in _INDEXED if name in self.kinds}

    def __len__(self) -> int:
        return len(self.bodies)

    def __contains__(self, object_id: str) -> bool:
        return object_id in self.bodies

    def read(self, object_id: str) -> dict[str, Any] | None:
        """Return a fresh copy of one object, or None."""
        body = self.bodies.get(object_id)
        return None if body is None else decode_object(body)

    def objects(self) -> Iterator[dict[str, Any]]:
        """Yield a fresh copy of every object in id order."""
        for object_id in list(self.order):
            body = self.bodies.get(object_id)
            if body is not None:
                yield decode_object(body)

    def raw_objects(self) -> Iterator[dict[str, Any]]:
        """Yield like `objects`, but whole amounts as the JSON has them; twice as fast, to check everything."""
        for object_id in self.order:
            yield decode(self.bodies[object_id])

    def position(self, object_id: str) -> int:
        """Return where an id stands in `order`; of an unknown one, where it would."""
        if not self.order or id_order(object_id) > id_order(self.order[-1]):
            return len(self.order)  # what is new mostly has the highest id
        return bisect_left(self.order, id_order(object_id), key=id_order)

    def store(self, object_id: str, stored: Mapping[str, Any], body: bytes) -> None:
        """Put an object in place of what was there. `body` is the JSON of `stored`."""
        place = self.position(object_id)
        if object_id in self.bodies:
            self._unindex(object_id)
        else:
            self.order.insert(place, object_id)
            for column in self._columns.values():
                column.insert(place, None)
        self.bodies[object_id] = body
        for name, column in self._columns.items():
            column[place] = comparable(stored, name, self.kinds.get(name, "amount"))
        for name, index in self._indexes.items():
            value = comparable(stored, name, self.kinds[name])
            if value is not None:
                index.setdefault(value, []).append(object_id)
        self.remembered.clear()

    def remove(self, object_id: str) -> None:
        """Take an object out."""
        place = self.position(object_id)
        self._unindex(object_id)
        del self.bodies[object_id], self.order[place]
        for column in self._columns.values():
            del column[place]
        self.remembered.clear()

    def _unindex(self, object_id: str) -> None:
        if not self._indexes:
            return
        before = decode_object(self.bodies[object_id])
        for name, index in self._indexes.items():
            value = comparable(before, name, self.kinds[name])
            holders = index.get(value)
            if holders is not None:
                holders.remove(object_id)
                if not holders:
                    del index[value]

    def remember(self, key: object, found: Sequence[int]) -> None:
        """Keep a query's result until the next write, so that paging through it costs no new search."""
        if len(self.remembered) >= _MOST_REMEMBERED:
            self.remembered.clear()
        self.remembered[key] = found

    def column(self, name: str) -> Sequence[Comparable]:
        """Return a property of all objects, as `order` has them; read out of the objects when first asked for."""
        column = self._columns.get(name)
        if column is None:
            kind = self.kinds[name]
            column = [comparable(decode_object(self.bodies[key]), name, kind) for key in self.order]
            self._columns[name] = column
        return column

    def values(self, name: str) -> Iterator[tuple[str, Comparable]]:
        """Yield each object's id with a property of it, where it has that, in the order of the ids."""
        return ((key, value) for key, value in zip(self.order, self.column(name), strict=True) if value is not None)

    def holders(self, name: str, value: Comparable) -> list[str] | None:
        """Return the ids that have this value, in no order; None where the property has no index."""
        index = self._indexes.get(name)
        return None if index is None else list(index.get(value, ()))
