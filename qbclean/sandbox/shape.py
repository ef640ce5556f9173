"""Reads request bodies field by field: which properties exist, their types and limits. It knows no business rule."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from qbclean.sandbox import refusals
from qbclean.sandbox.wire import money

Reader = Callable[[Any, str], Any]
"""Takes a JSON value and the name of its field; returns the clean value, DROPPED, or raises a refusal."""

Shape = Mapping[str, Reader]

DROPPED = object()
"""What a reader returns for a value that counts as not supplied."""

_MOST_DIGITS = 15
_NUMERAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,4})?", re.ASCII)
"""What JSON's readers take for a number; Decimal alone would take other scripts' digits and underscores too."""


def text(limit: int) -> Reader:
    """Return a reader of text up to `limit` characters; numbers are taken as their text."""

    def read(value: Any, name: str) -> Any:
        if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
            raise refusals.unreadable(name, "text")
        taken = str(value)
        if len(taken) > limit:
            raise refusals.too_long(name, limit, len(taken))
        return taken

    return read


def words(*allowed: str) -> Reader:
    """Return a reader of one of some words; the wire's spelling comes back whatever the case."""
    by_case = {word.casefold(): word for word in allowed}

    def read(value: Any, name: str) -> Any:
        word = by_case.get(value.casefold()) if isinstance(value, str) else None
        if word is None:
            raise refusals.unreadable(name, f"one of {', '.join(allowed)}")
        return word

    return read


def _decimal(value: Any, name: str) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise refusals.unreadable(name, "a number")
    if isinstance(value, str) and not _NUMERAL.fullmatch(value.strip()):
        raise refusals.invalid_number(name, value)
    try:
        number = Decimal(value)
    except InvalidOperation as unreadable:
        raise refusals.invalid_number(name, value) from unreadable
    if not number.is_finite() or (number and number.adjusted() >= _MOST_DIGITS):
        raise refusals.invalid_number(name, value)
    return number or Decimal(0)


def amount(value: Any, name: str) -> Any:
    """Read an amount of money, rounded half-up to cents."""
    return money(_decimal(value, name))


def rate(value: Any, name: str) -> Any:
    """Read a price, quantity or percentage: up to ten decimals, kept as given."""
    number = _decimal(value, name)
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and (exponent < -10 or exponent > 0):
        number = round(number, 10) if exponent < 0 else number.quantize(Decimal(1))
    return number or Decimal(0)


def whole(value: Any, name: str) -> Any:
    """Read a whole number."""
    number = _decimal(value, name)
    if number != number.to_integral_value():
        raise refusals.invalid_number(name, value)
    return int(number)


def flag(value: Any, name: str) -> Any:
    """Read true or false; the words count too."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.casefold() in {"true", "false"}:
        return value.casefold() == "true"
    raise refusals.unreadable(name, "true or false")


def day(value: Any, name: str) -> Any:
    """Read a date; a time of day after it is cut off."""
    if not isinstance(value, str):
        raise refusals.unreadable(name, "a date")
    try:
        return date.fromisoformat(value[:10]).isoformat()
    except ValueError as unreadable:
        raise refusals.invalid_date(name, value) from unreadable


def identifier(value: Any, name: str) -> Any:
    """Read an id: digits, as text or number."""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise refusals.unreadable(name, "an id")
    taken = str(value)
    if not (taken.isascii() and taken.isdigit()) or len(taken) > 20:
        raise refusals.invalid_id(taken)
    return taken


def reference(value: Any, name: str) -> Any:
    """Read a `…Ref`: only the value counts, the name is filled in by the server. No value: not supplied."""
    if not isinstance(value, dict):
        raise refusals.unreadable(name, 'a reference like {"value": "1"}')
    for part, content in value.items():
        if part not in {"value", "name", "type"}:
            raise refusals.unsupported_property(part, "ReferenceType", ("name", "type", "value"))
        if content is not None and (isinstance(content, bool) or not isinstance(content, str | int | Decimal)):
            raise refusals.unreadable(f"{name}.{part}", "text")
    target = value.get("value")
    if target is None or target == "":
        return DROPPED
    if len(str(target)) > 100:
        raise refusals.too_long(name, 100, len(str(target)))
    return {"value": str(target)}


def typed_reference(value: Any, name: str) -> Any:
    """Read a reference that also says what kind of object it names."""
    taken = reference(value, name)
    if taken is not DROPPED and value.get("type"):
        taken["type"] = str(value["type"])
    return taken


def computed(_value: Any, _name: str) -> Any:
    """Ignore a known read-only property, whatever it holds."""
    return DROPPED


def anything(value: Any, name: str) -> Any:
    """Keep a value of a corner of the schema that the server stores without looking."""
    if _depth(value) > 12:
        raise refusals.unreadable(name, "nested less deeply")
    return value


def _depth(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + max((_depth(part) for part in value.values()), default=0)
    if isinstance(value, list):
        return 1 + max((_depth(part) for part in value), default=0)
    return 0


def one(type_name: str, shape: Shape) -> Reader:
    """Return a reader of one nested object."""

    def read(value: Any, name: str) -> Any:
        if not isinstance(value, dict):
            raise refusals.unreadable(name, "an object")
        return read_object(value, shape, type_name)

    return read


def many(type_name: str, shape: Shape, limit: int = 10_000) -> Reader:
    """Return a reader of a list of nested objects."""
    element = one(type_name, shape)

    def read(value: Any, name: str) -> Any:
        if not isinstance(value, list):
            raise refusals.unreadable(name, "a list")
        if len(value) > limit:
            raise refusals.business(f"{name} may hold at most {limit} entries", name)
        return [element(part, name) for part in value]

    return read


def read_object(
    body: Mapping[str, Any], shape: Shape, type_name: str, cleared: set[str] | None = None
) -> dict[str, Any]:
    """Return the supplied fields, cleaned. Empty text and null count as not supplied; their names go to `cleared`."""
    taken: dict[str, Any] = {}
    for name, value in body.items():
        reader = shape.get(name)
        if reader is None:
            raise refusals.unsupported_property(name, type_name, shape)
        if value is None or value == "":
            if cleared is not None and reader is not computed:
                cleared.add(name)
            continue
        clean = reader(value, name)
        if clean is not DROPPED:
            taken[name] = clean
    return taken


def fields(**readers: Reader) -> dict[str, Reader]:
    """Return a shape; reads better than a dictionary of quoted names."""
    return readers


def each(reader: Reader, names: str) -> dict[str, Reader]:
    """Return a shape of several names that are read alike."""
    return dict.fromkeys(names.split(), reader)


class OpenShape(dict[str, Reader]):
    """A shape that has every property: those named are read, the rest is kept as it comes."""

    def get(self, name: str, default: Reader | None = None) -> Reader | None:  # type: ignore[override]
        """Return the reader of a property."""
        return super().get(name, default or anything)
