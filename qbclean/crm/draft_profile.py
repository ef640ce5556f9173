"""A profile to start from for a file no profile describes: every column is in it, guesses are marked as such."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

from qbclean.crm.column_content import Content, content_of
from qbclean.crm.fields import FIELDS
from qbclean.crm.grids import Export, Grid
from qbclean.crm.headers import Header, normalised
from qbclean.crm.profile import Profile, Section, names_of

_SAMPLES = 3
_WORDS = 12
"""Different words in a column up to which it may be a status."""
_STATUS = ("draft", "open", "paid", "void", "written_off")
_IMPORTANT: Mapping[str, tuple[tuple[Content, ...], bool, str, str]] = {
    "number": (("reference",), True, "the invoice's number", "invoice|bill|number|no|ref"),
    "customer": (("name", "word"), True, "who is billed", "customer|client|owner|name"),
    "date": (("day",), True, "the day of the invoice", "invoice|bill|issue|sent"),
    "total": (("amount",), True, "what was billed, tax included", "total|billed|invoice"),
    "due_date": (("day",), False, "when it is due", "due|pay|by"),
    "balance": (("amount",), False, "what is still open", "balance|due|ow(ed|ing)|open|left|remaining"),
    "status": (("word",), False, "what has become of it", "stat|stage|phase"),
}
"""Field → what its column holds, whether an import needs it, what it is, how it may be called."""


def drafted(export: Export, usual: Profile) -> str:
    """TOML that parses, for the first grid of `export`; `usual` gives the usual names of columns.

    Columns that two names fit are left as a comment: which of them counts is the user's to say.
    """
    grid = next(iter(export.grids), None)
    header = _header(grid) if grid is not None else None
    if grid is None or header is None:
        return ""
    section = next(one for one in usual.file if one.role == "invoices")
    rows = [cells for number, cells in islice(grid.rows(), 200) if number > header.number]
    columns = {
        name: [cells[index] for cells in rows if index < len(cells)] for index, name in enumerate(header.names) if name
    }
    guesses = _guesses(section, header)
    sure = {field: names[0] for field, names in guesses.items() if len(names) == 1}
    free = {name: cells for name, cells in columns.items() if name not in sure.values()}
    suggested = _suggested(free, guesses)
    lines = [
        f"# Drafted from {export.name}. Check every line; a # before a line keeps it from counting.",
        f"# Then look: qbclean crm inspect --profile FILE.toml {export.name}",
        "[profile]",
        'name = "my-crm"',
        'title = "My CRM"',
        "",
        "[[file]]",
        'role = "invoices"  # or: invoice_lines, payments, credits, customers, jobs',
        'grain = "record"  # "line" when every line of an invoice has a row of its own',
        f"require = {_text([field for field in ('number', 'total') if field in sure])}",
        f"signs = {_text(list(columns)[:4])}",
        "[file.columns]",
        *(f"{field} = {_text([name])}" for field, name in sure.items()),
        *(f"# {field} = {_text(names)}  # only one of them" for field, names in guesses.items() if len(names) > 1),
        *(_as_comment(field, names) for field, names in suggested.items()),
        "",
        "# Columns not used, with what they hold; the fields are: " + ", ".join(FIELDS["invoices"]),
        *(f"#   {name}: {', '.join(_different(cells)[:_SAMPLES])}" for name, cells in free.items()),
        *_status(sure.get("status"), next(iter(suggested.get("status", ())), ""), columns, section),
    ]
    return "\n".join(lines) + "\n"


def _suggested(free: Mapping[str, list[str]], guesses: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Important field no column is named like → the columns that could be it by what they hold, the likeliest first."""
    held = {name: content_of(cells) for name, cells in free.items()}
    found: dict[str, list[str]] = {}
    for field, (contents, need, _, called) in _IMPORTANT.items():
        first = {names[0] for names in found.values() if names}
        names = [name for name in free if held[name] in contents and name not in first]
        names.sort(key=lambda name: re.search(rf"\b({called})", name, re.IGNORECASE) is None)
        if field not in guesses and (names or need):
            found[field] = names
    return found


def _as_comment(field: str, names: Sequence[str]) -> str:
    _, need, meaning, _ = _IMPORTANT[field]
    others = f"; or {', '.join(map(_text, names[1:]))}" if names[1:] else ""
    return f"# {field} = {_text(list(names[:1]) or ['?'])}  # {'needed: ' if need else ''}{meaning}{others}"


def _header(grid: Grid) -> Header | None:
    """The first row with as many filled cells as any of the first rows has."""
    head = [(number, cells) for number, cells in islice(grid.rows(), 40)]
    filled = [sum(1 for cell in cells if cell.strip()) for _, cells in head]
    if not filled or max(filled) < 2:
        return None
    number, cells = head[filled.index(max(filled))]
    return Header.of(number, cells)


def _guesses(section: Section, header: Header) -> Mapping[str, list[str]]:
    """Field → columns of the file that have one of its usual names, letter by letter or nearly."""
    return {
        field: found
        for field, column in section.columns.items()
        if (
            found := [
                name for name in header.names if normalised(name) in {normalised(alias) for alias in names_of(column)}
            ]
        )
    }


def _status(column: str | None, likely: str, columns: Mapping[str, list[str]], section: Section) -> Iterable[str]:
    """The words of the column of states; a comment where it is only likely to be that."""
    words = [word.casefold() for word in _different(columns.get(column or likely, [])) if len(word) < 40]
    if not words or len(words) > _WORDS:
        return
    off = "" if column else "# "
    yield ""
    yield f"{off}[file.status]  # each word means one of: {', '.join(_STATUS)}"
    for word in words:
        known = section.status.get(word)
        yield f"{off}{_text(word)} = {_text(known)}" if known else f'# {_text(word)} = "?"'


def _different(cells: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(" ".join(cell.split()) for cell in cells if cell.strip()))


def _text(value: object) -> str:
    """A string or list of strings as TOML writes it, which is as JSON does."""
    return json.dumps(value, ensure_ascii=False)
