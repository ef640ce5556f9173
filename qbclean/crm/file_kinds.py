"""Files that are no export whatever their name says: told by their first bytes, each with what to do about it."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from qbclean.errors import CrmFormatError

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_PAGE = re.compile(rb"\s*<(!doctype|html|head|body|table|\?xml|meta|style)", re.IGNORECASE)
_WORKBOOK_PARTS = ("xl/", "mimetype", "content.xml")


def is_workbook(start: bytes) -> bool:
    """By the first bytes, not by the name: exports are renamed."""
    return start.startswith((_ZIP, _OLE))


def refuse_other_kinds(path: Path, start: bytes) -> None:
    """Raises CrmFormatError for what cannot be read as rows, saying what it is. `start`: the first bytes."""
    found = _what(path, start)
    if found:
        kind, do = found
        raise CrmFormatError(f"{path} is {kind}, not an export with rows and columns.", do=do)


def _what(path: Path, start: bytes) -> tuple[str, str] | None:
    if start.startswith(b"%PDF"):
        return "a PDF", "Export the list as CSV or XLSX; what a PDF shows cannot be read without guessing."
    if _PAGE.match(start.removeprefix(b"\xef\xbb\xbf")):
        return (
            "a web page or XML saved under the name of a table",
            "Open it in a spreadsheet program and save it as XLSX or CSV (UTF-8).",
        )
    if start.startswith(_OLE) and _ENCRYPTED in path.read_bytes():
        return "a workbook protected by a password", "Save it without a password, or as CSV (UTF-8)."
    if start.startswith(_ZIP) and zipfile.is_zipfile(path) and (names := _packed(path)):
        return f"a ZIP archive ({', '.join(names[:3])})", "Unpack it and import the files in it."
    return None


def _packed(path: Path) -> list[str]:
    """The files in an archive that is no workbook; [] for a workbook, or one that is damaged."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError):
        return []
    return [] if any(name.startswith(_WORKBOOK_PARTS) for name in names) else names
