"""A profile to start from for a file no profile describes: every column is in it, guesses are marked as such."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from itertools import islice

from qbclean.crm.fields import FIELDS
from qbclean.crm.grids import Export, Grid
from qbclean.crm.headers import Header, normalised
from qbclean.crm.profile import Profile, Section, names_of

_SAMPLES = 3
_WORDS = 12
"""Different words in a column up to which it may be a status."""
_STATUS = ("draft", "open", "paid", "void", "written_off")


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
    samples = {
        name: _different(cells[index] for cells in rows if index < len(cells))
        for index, name in enumerate(header.names)
    }
    guesses = _guesses(section, header)
    sure = {field: names[0] for field, names in guesses.items() if len(names) == 1}
    lines = [
        f"# Drafted from {export.name}. Check every line, then: qbclean crm import --profile FILE.toml {export.name}",
        "[profile]",
        'name = "my-crm"',
        'title = "My CRM"',
        "",
        "[[file]]",
        'role = "invoices"  # or: invoice_lines, payments, credits, customers, jobs',
        'grain = "record"  # "line" when every line of an invoice has a row of its own',
        f"require = {_text([field for field in ('number', 'total') if field in sure])}",
        f"signs = {_text([name for name in header.names if name][:4])}",
        "[file.columns]",
        *(f"{field} = {_text([name])}" for field, name in sure.items()),
        *(f"# {field} = {_text(names)}  # only one of them" for field, names in guesses.items() if len(names) > 1),
        "",
        "# Columns not used, with what they hold; the fields are: " + ", ".join(FIELDS["invoices"]),
        *(
            f"#   {name}: {', '.join(samples[name][:_SAMPLES])}"
            for name in header.names
            if name and name not in sure.values()
        ),
        *_status(sure.get("status"), samples, section),
    ]
    return "\n".join(lines) + "\n"


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


def _status(column: str | None, samples: Mapping[str, list[str]], section: Section) -> Iterable[str]:
    words = [word.casefold() for word in samples.get(column or "", []) if len(word) < 40]
    if not words or len(words) > _WORDS:
        return
    yield ""
    yield f"[file.status]  # each word means one of: {', '.join(_STATUS)}"
    for word in words:
        known = section.status.get(word)
        yield f"{_text(word)} = {_text(known)}" if known else f'# {_text(word)} = "?"'


def _different(cells: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(" ".join(cell.split()) for cell in cells if cell.strip()))


def _text(value: object) -> str:
    """A string or list of strings as TOML writes it, which is as JSON does."""
    return json.dumps(value, ensure_ascii=False)
