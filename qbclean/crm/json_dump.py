"""An API's own answers saved to disk → rows, by the dotted paths of a profile (`related[type=contact].name`)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from qbclean.crm.profile import Section, names_of
from qbclean.errors import CrmFormatError

_STEP = re.compile(r"(?P<name>[^\[\]]*)(?:\[(?:(?P<key>[^=\]]+)=(?P<value>[^\]]*))?\])?")
_ITEM = "[]."
_SAMPLE = 200
"""Records looked at to see which paths there are."""


def is_json(text: str) -> bool:
    return text.lstrip()[:1] in ("{", "[")


def parsed_json(text: str, path: Path) -> object:
    """The document with every number as its text: money never passes through binary floating point (S25).

    One document, or one per line. Raises CrmFormatError when it is neither.
    """
    try:
        return _loads(text)
    except (ValueError, RecursionError) as whole:
        lines = [line for line in text.splitlines() if line.strip()]
        try:
            return [_loads(line) for line in lines]
        except (ValueError, RecursionError):
            raise CrmFormatError(
                f"{path} looks like JSON but does not parse: {whole}.",
                why="A part of it may be missing. Nothing was imported.",
                do="Save the whole answer of the CRM again.",
            ) from whole


def find_records(document: object, paths: Sequence[str]) -> tuple[str, list[object]] | None:
    """The first of `paths` that leads to lists of records, and all of them; None when none does.

    Several answers saved one after the other are read as one. "" stands for a bare list of records.
    """
    documents = document if isinstance(document, list) else [document]
    for path in paths:
        lists = [found for one in documents if path for found in _containers(one, path)]
        if lists:
            return path, [record for found in lists for record in found]
    if "" in paths and isinstance(document, list) and document and all(isinstance(one, dict) for one in document):
        return "", document
    return None


def record_rows(records: Sequence[object], section: Section) -> Iterator[tuple[int, list[str]]]:
    """A header of paths (0), then rows with the number of their record.

    With `explode` a record has a row per entry of that list, or one without entry. Only paths that occur are columns;
    keys that no path begins with are there under their own name.
    """
    wanted = dict.fromkeys(path for column in section.all_columns.values() for path in names_of(column))
    wanted |= dict.fromkeys((*section.signs, *section.known))
    sample = records[:_SAMPLE]
    paths = [path for path in wanted if _occurs(path, sample, section.explode)]
    begun = {_STEP.match(path.split(".")[0])["name"] for path in wanted}  # type: ignore[index]
    keys = dict.fromkeys(key for record in sample if isinstance(record, dict) for key in record)
    paths += [key for key in keys if key not in begun and not set(key) & set(".[]")]
    yield 0, paths
    yield from _rows(records, paths, section.explode)


def stated_number(document: object, path: str) -> int | None:
    """The largest whole number at `path` of the saved answers: how many records the CRM says there are."""
    documents = document if isinstance(document, list) else [document]
    found = [text_at(one, path) for one in documents]
    return max((int(text) for text in found if text.isdecimal()), default=None)


def text_at(record: object, path: str) -> str:
    """What stands at `path` as text; several values separated by a comma, "" where there is nothing."""
    found = [_text(value) for value in _at(record, path)]
    return ",".join(text for text in found if text)


def _loads(text: str) -> object:
    return json.loads(text, parse_float=str, parse_int=str, parse_constant=_refuse_constant, object_pairs_hook=_object)


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not a value")


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    made = dict(pairs)
    if len(made) < len(pairs):
        twice = next(key for key, _ in pairs if sum(key == other for other, _ in pairs) > 1)
        raise ValueError(f"the key {twice!r} stands twice in one object")
    return made


def _containers(document: object, path: str) -> Iterator[list[object]]:
    """The list at `path` of one saved answer."""
    current = document
    for name in path.split("."):
        if not isinstance(current, dict) or name not in current:
            return
        current = current[name]
    if isinstance(current, list):
        yield current


def _rows(records: Sequence[object], paths: Sequence[str], explode: str) -> Iterator[tuple[int, list[str]]]:
    inner = [path.startswith(explode + _ITEM) for path in paths] if explode else [False] * len(paths)
    for number, record in enumerate(records, start=1):
        entries = list(_at(record, f"{explode}[]")) if explode else []
        for entry in entries or [None]:
            cells = (
                text_at(entry, path.removeprefix(explode + _ITEM)) if inside else text_at(record, path)
                for path, inside in zip(paths, inner, strict=True)
            )
            yield number, list(cells)


def _occurs(path: str, records: Sequence[object], explode: str) -> bool:
    inside = explode and path.startswith(explode + _ITEM)
    if not inside:
        return any(_reaches(record, path) for record in records)
    rest = path.removeprefix(explode + _ITEM)
    return any(_reaches(entry, rest) for record in records for entry in _at(record, f"{explode}[]"))


def _reaches(record: object, path: str) -> bool:
    return next(iter(_at(record, path)), _reaches) is not _reaches


def _at(record: object, path: str) -> Iterator[object]:
    """All values at `path`. `a[]` goes into every entry of a list, `a[k=v]` into those whose k is v."""
    here: list[object] = [record]
    for step in path.split("."):
        parts = _STEP.fullmatch(step)
        if parts is None:
            return
        here = [value[parts["name"]] for value in here if isinstance(value, dict) and parts["name"] in value]
        if step.endswith("]"):
            here = [entry for value in here if isinstance(value, list) for entry in value]
        if parts["key"]:
            wanted = (parts["key"], parts["value"])
            here = [entry for entry in here if isinstance(entry, dict) and _text(entry.get(wanted[0])) == wanted[1]]
    yield from here


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case list():
            return ",".join(filter(None, map(_text, value)))
        case _:
            return ""
