"""Writes JSON with exact amounts, and the folder of a company as design 5 lays it out."""

import csv
import json
import re
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

_MARK = "\x00"
_MARKED = re.compile(r'"\\u0000(-?[0-9.]+)"')


def _marked(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{_MARK}{value:f}" if value else f"{_MARK}0"
    raise TypeError(f"{type(value).__name__} is not part of a company folder")


_ENCODER = json.JSONEncoder(default=_marked, separators=(",", ":"))


def text(value: Any) -> str:
    """JSON on one line in which each Decimal is a number with its own digits; zero is 0 (contract 1.6).

    The standard encoder knows no Decimal, so each travels as a marked string and loses its quotes afterwards.
    """
    return _MARKED.sub(r"\1", _ENCODER.encode(value))


def write_lines(path: Path, objects: Iterable[Any]) -> int:
    """One object a line; returns how many. An entity without objects gets no file."""
    written = 0
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for value in objects:
            file.write(text(value))
            file.write("\n")
            written += 1
    if not written:
        path.unlink()
    return written


def write_document(path: Path, value: dict[str, Any]) -> None:
    """One JSON object laid out for reading: a line for each key, and for each entry of its lists and objects."""
    body = ",\n".join(f"  {text(key)}: {_laid_out(entry)}" for key, entry in value.items())
    path.write_text(f"{{\n{body}\n}}\n", encoding="utf-8", newline="\n")


def _laid_out(value: Any) -> str:
    if isinstance(value, list) and value:
        return "[\n" + ",\n".join(f"    {text(entry)}" for entry in value) + "\n  ]"
    if isinstance(value, dict) and value:
        return "{\n" + ",\n".join(f"    {text(key)}: {text(entry)}" for key, entry in value.items()) + "\n  }"
    return text(value)


def write_table(path: Path, columns: tuple[str, ...], rows: Iterable[Iterable[object]]) -> int:
    """A CSV table with a header; returns the number of rows under it."""
    written = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(columns)
        for row in rows:
            table.writerow(row)
            written += 1
    return written
