"""From the bytes of a CSV file to rows of cells: encoding, delimiter, quotes."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

from qbclean.errors import CrmFormatError

_DELIMITERS = ",;\t|"


def decoded(content: bytes, path: Path) -> tuple[str, str]:
    """Text and encoding: UTF-8 strictly, UTF-16 by its mark, else Windows-1252; detectors err on short texts.

    Raises CrmFormatError for a workbook or anything that is no text.
    """
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise CrmFormatError(
            f"{path} is an Excel workbook, not a CSV file.",
            do="Open it and save the sheet as CSV (UTF-8), then import that.",
        )
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
    """The delimiter that occurs most outside quotes in the first line; a comma when there is none."""
    line = re.sub(r'"[^"]*"', "", text.split("\n", 1)[0])
    return max(_DELIMITERS, key=line.count)


def records(text: str, delimiter: str, path: Path) -> Iterator[list[str]]:
    """Rows of cells, blank ones included. Strict: a quote that is never closed would swallow the rest of the file."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
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
