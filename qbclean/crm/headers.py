"""Which columns a section's fields come from: names as they are written, never two for one field in silence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import lru_cache

from qbclean.crm.profile import Column, Section, names_of

_OTHER = re.compile(r"[\W_]+")
_SECOND = re.compile(r"(?P<name>.*)#(?P<place>\d+)$")
_PREFIX = re.compile(r"^(contact:|deal -|invoice:)\s*")


@lru_cache(maxsize=10_000)
def normalised(name: str) -> str:
    """`Invoice ID` → `invoice_id`, `Total ($)` → `total`, `Job #` → `job_no`; `Tax %` stays apart from `Tax`."""
    bare = _PREFIX.sub("", name.casefold().strip())
    return _OTHER.sub("_", bare.replace("%", " percent ").replace("#", " no ")).strip("_")


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The header row: `names` as they stand, `columns`: normalised name (`#2` for the second of a name) → place."""

    number: int
    names: tuple[str, ...]
    columns: dict[str, int]

    @classmethod
    def of(cls, number: int, cells: Sequence[str]) -> Header:
        names = tuple(" ".join(cell.split()) for cell in cells)
        while names and not names[-1]:
            names = names[:-1]
        columns: dict[str, int] = {}
        seen: dict[str, int] = {}
        for index, name in enumerate(map(normalised, names)):
            if name:
                seen[name] = seen.get(name, 0) + 1
                columns[name if seen[name] == 1 else f"{name}#{seen[name]}"] = index
        return cls(number=number, names=names, columns=columns)

    def place(self, alias: str) -> int | None:
        """Where the column called `alias` is, letter by letter or else normalised; None when it is not there."""
        exact = [index for index, name in enumerate(self.names) if name.casefold() == alias.casefold()]
        if len(exact) == 1:
            return exact[0]
        second = _SECOND.match(alias)
        key = f"{normalised(second['name'])}#{second['place']}" if second else normalised(alias)
        return self.columns.get(key.removesuffix("#1"))

    def repeats(self, cells: Sequence[str]) -> bool:
        """True for a row that is this header again, as reports in groups have it."""
        return tuple(" ".join(cell.split()) for cell in cells[: len(self.names)]) == self.names

    def again(self, index: int) -> str | None:
        """`Total#2` when the column at `index` has a second of its name."""
        name = normalised(self.names[index])
        return f"{self.names[index]}#2" if self.columns.get(name) == index and f"{name}#2" in self.columns else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMap:
    """A section laid over a header: the places of each field; what stands in its way, what is missing, what is left."""

    section: Section
    header: Header
    places: dict[str, tuple[int, ...]]
    ambiguous: dict[str, tuple[str, ...]]
    missing: tuple[str, ...]
    excluded: bool
    unused: tuple[str, ...]

    def column(self, field: str) -> str:
        """The field's column as the file names it."""
        return self.header.names[self.places[field][0]] if field in self.places else field


def mapped(section: Section, header: Header) -> ColumnMap:
    """Pure. `ambiguous`: field → the columns among which the section does not decide."""
    places: dict[str, tuple[int, ...]] = {}
    ambiguous: dict[str, tuple[str, ...]] = {}
    named = {alias.casefold() for column in section.all_columns.values() for alias in names_of(column)}
    for field, column in section.all_columns.items():
        found = _places(header, column.source if isinstance(column, Column) else column)
        if not found and isinstance(column, Column):
            found = _places(header, column.instead)
        if not found:
            continue
        several = isinstance(column, Column) and (column.first or column.join is not None)
        places[field] = found if several else found[:1]
        twice = header.again(found[0])
        if not several and len(found) > 1:
            ambiguous[field] = tuple(header.names[place] for place in found)
        elif twice and twice.casefold() not in named:
            ambiguous[field] = (header.names[found[0]], twice)
    used = {place for found in places.values() for place in found}
    return ColumnMap(
        section=section,
        header=header,
        places=places,
        ambiguous=ambiguous,
        missing=tuple(_missing(section, places)),
        excluded=any(header.place(name) is not None for name in section.unless),
        unused=tuple(name for index, name in enumerate(header.names) if name and index not in used),
    )


def _places(header: Header, aliases: Sequence[str]) -> tuple[int, ...]:
    """Of every alias; one with `*` may stand for several columns."""
    found: dict[int, None] = {}
    for alias in aliases:
        if "*" in alias:
            found |= {at: None for at, name in enumerate(header.names) if fnmatch(name.casefold(), alias.casefold())}
        elif (place := header.place(alias)) is not None:
            found[place] = None
    return tuple(found)


def _missing(section: Section, places: dict[str, tuple[int, ...]]) -> list[str]:
    """Required fields without a column, under the name the file should use."""
    columns = section.all_columns
    return [
        " or ".join(names_of(columns[field])[0] for field in wanted.split("|"))
        for wanted in section.require
        if not any(field in places for field in wanted.split("|"))
    ]
