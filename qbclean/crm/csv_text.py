"""From a text file to rows of cells, a piece at a time: encoding, line ends, delimiter, quotes."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from qbclean.errors import CrmFormatError

_DELIMITERS = ",;\t|"
_HEAD = 40
"""Lines among which the header is; a title or a block of totals may stand above it."""
_PIECE = 1 << 18
"""Letters in memory at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextFile:
    """`start`: its first piece. `end`: what ends a line; `lines`: how many there are. `blank`: delimiters at most."""

    path: Path
    encoding: str
    start: str = field(repr=False)
    end: str
    lines: int
    blank: bool


def text_file(path: Path) -> TextFile:
    """How the file is written: UTF-8 strictly, UTF-16 by its mark, else Windows-1252; detectors err on short texts.

    One pass over the file. Raises CrmFormatError for anything that is no text, OSError when it cannot be opened.
    """
    with path.open("rb") as file:
        mark = file.read(2)
    for encoding in ("utf-16",) if mark in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252"):
        try:
            found = _scanned(path, encoding)
        except UnicodeError:
            continue
        if found is not None:
            return found
    raise CrmFormatError(
        f"{path} is not a text file in UTF-8, UTF-16 or Windows-1252.", do="Export it again as CSV (UTF-8)."
    )


def _scanned(path: Path, encoding: str) -> TextFile | None:
    """None when the text has a NUL, which no text has. Raises UnicodeError when it is written otherwise."""
    start, blank, ends = "", True, Counter[str]()
    with path.open(encoding=encoding, newline="") as file:
        while piece := file.read(_PIECE):
            if "\0" in piece:
                return None
            start = start or piece
            blank = blank and not piece.strip(" \r\n" + _DELIMITERS)
            ends.update({end: piece.count(end) for end in ("\n", "\r")})
    end = "\n" if ends["\n"] else "\r"
    return TextFile(path=path, encoding=encoding, start=start, end=end, lines=ends[end], blank=blank)


def delimiter_of(text: str) -> str:
    """The delimiter that occurs most outside quotes in any one of the first lines; a comma when there is none."""
    lines = [re.sub(r'"[^"]*"', "", line) for line in text[:200_000].splitlines()[:_HEAD]]
    return max(_DELIMITERS, key=lambda delimiter: max((line.count(delimiter) for line in lines), default=0))


def records(text: TextFile, delimiter: str) -> Iterator[list[str]]:
    """Rows of cells, blank ones included. Strict: a quote that is never closed would swallow the rest of the file."""
    number = 0
    with text.path.open(encoding=text.encoding, newline=text.end) as lines:
        try:
            for cells in csv.reader(lines, delimiter=delimiter, strict=True):
                number += 1
                yield cells
        except csv.Error as error:
            raise CrmFormatError(
                f"{text.path} cannot be read after row {number}: {error}.",
                why="A quotation mark is out of place, so where cells end would be a guess. Nothing was imported.",
                do="Export the file again, or correct that row.",
            ) from error
