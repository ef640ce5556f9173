"""Plan files as plain JSON, read with suspicion: every refusal says where, and nothing is repaired silently (R41)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from qbclean.errors import PlanFormatError

MAX_BYTES = 200_000_000
"""Of a file that is not as qbclean wrote it."""
MAX_DEPTH = 40
"""A request body nests about ten deep; anything far beyond is not a plan."""
_MOST_DIGITS = 18


class _Repeated(dict[str, Any]):
    """An object in which a key came twice: the last value would win without anyone noticing."""


def parse(data: bytes) -> dict[str, Any]:
    """The object in `data`. Raises PlanFormatError naming line and column, or the place, of what is wrong."""
    if len(data) > MAX_BYTES:
        raise malformed(
            f"it has {len(data):,} bytes and is not as qbclean wrote it; more than {MAX_BYTES:,} are not read then"
        )
    try:
        text = data.decode("utf-8-sig")
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=_whole,
            parse_float=_no_fraction,
            parse_constant=_no_fraction,
        )
    except UnicodeDecodeError as error:
        raise malformed(f"byte {error.start + 1} is not UTF-8") from error
    except json.JSONDecodeError as error:
        raise malformed(f"line {error.lineno}, column {error.colno}: {error.msg}") from error
    except RecursionError as error:
        raise malformed(f"it nests deeper than {MAX_DEPTH} levels") from error
    if not isinstance(value, dict):
        raise malformed("it is not one JSON object")
    for place, depth, part in _objects(value):
        if depth > MAX_DEPTH:
            raise malformed(f"it nests deeper than {MAX_DEPTH} levels")
        if isinstance(part, _Repeated):
            raise malformed(f"{place or 'the top level'}: a key is given twice")
    return value


def is_plain(value: Any, depth: int) -> bool:
    """True when `parse` would refuse nothing in `value`, which stands at `depth` in its file: no fractions, no endless
    numbers, not too deep."""
    if isinstance(value, str) or value is None:
        return True
    if isinstance(value, dict | list):
        inner = value.values() if isinstance(value, dict) else value
        return depth <= MAX_DEPTH and all(is_plain(part, depth + 1) for part in inner)
    return isinstance(value, int) and abs(value) < 10**_MOST_DIGITS


def unknown_key(given: Any, known: Any, place: str = "") -> str:
    """The place of the first key in `given` that `known`, the same plan as our types say it, lacks; "" for none."""
    if isinstance(given, dict) and isinstance(known, dict):
        for name, value in given.items():
            here = f"{place}.{name}" if place else name
            if name not in known:
                return here
            if found := unknown_key(value, known[name], here):
                return found
    elif isinstance(given, list) and isinstance(known, list | tuple):
        for number, (value, counterpart) in enumerate(zip(given, known, strict=False)):
            if found := unknown_key(value, counterpart, f"{place}[{number}]"):
                return found
    return ""


def malformed(why: str) -> PlanFormatError:
    """The refusal of a file that is no plan."""
    return PlanFormatError(
        "The plan file cannot be read.",
        why=f"At fault: {why}.",
        do="Nothing was done. Take the file as `qbclean plan` wrote it and change nothing but decisions.",
    )


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    return found if len(found) == len(pairs) else _Repeated(found)


def _whole(text: str) -> int:
    if len(text) > _MOST_DIGITS:
        raise malformed(f"{text[:_MOST_DIGITS]}… is a number of {len(text)} digits")
    return int(text)


def _no_fraction(text: str) -> Any:
    raise malformed(f'{text} is not a whole number; amounts are written as text, like "10.50"')


def _objects(value: Any) -> Iterator[tuple[str, int, Any]]:
    """(place, depth, part) of every object and list in `value`, itself included."""
    waiting: list[tuple[str, int, Any]] = [("", 1, value)]
    while waiting:
        place, depth, part = waiting.pop()
        yield place, depth, part
        inner = part.items() if isinstance(part, dict) else enumerate(part)
        for name, child in inner:
            if isinstance(child, dict | list):
                step = f"[{name}]" if isinstance(part, list) else f".{name}" if place else str(name)
                waiting.append((place + step, depth + 1, child))
