"""From the bytes of a CSV file to rows of cells: encoding, delimiter, quotes."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

from qbclean.errors import CrmFormatError

_DELIMITERS = ",;\t|"
_HEAD = 40
"""Lines among which the header is; a title or a block of totals may stand above it."""


def decoded(content: bytes, path: Path) -> tuple[str, str]:
    """Text and encoding: UTF-8 strictly, UTF-16 by its mark, else Windows-1252; detectors err on short texts.

    Raises CrmFormatError for anything that is no text.
    """
    encodings = ("utf-16",) if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text, encoding
    raise CrmFormatError(
        f"{path} is not a text file in UTF-8, UTF-16 or Windows-1252.", do="Export it again as CSV (UTF-8)."
    )


def delimiter_of(text: str) -> str:
    """The delimiter that occurs most outside quotes in any one of the first lines; a comma when there is none."""
    lines = [re.sub(r'"[^"]*"', "", line) for line in text[:200_000].splitlines()[:_HEAD]]
    return max(_DELIMITERS, key=lambda delimiter: max((line.count(delimiter) for line in lines), default=0))


def records(text: str, delimiter: str, path: Path) -> Iterator[list[str]]:
    """Rows of cells, blank ones included. Strict: a quote that is never closed would swallow the rest of the file."""
    reader = csv.reader(_lines(text), delimiter=delimiter, strict=True)
    number = 0
    try:
        for cells in reader:
            number += 1
            yield cells
    except csv.Error as error:
        raise CrmFormatError(
            f"{path} cannot be read after row {number}: {error}.",
            why="A quotation mark is out of place, so where cells end would be a guess. Nothing was imported.",
            do="Export the file again, or correct that row.",
        ) from error


def _lines(text: str) -> Iterator[str]:
    """With their ends, one at a time: a copy of the whole text in io.StringIO would take four bytes a letter."""
    end = "\n" if "\n" in text else "\r"
    start = 0
    while start < len(text):
        stop = text.find(end, start) + 1 or len(text)
        yield text[start:stop]
        start = stop
