"""Which profile describes a file: every section is laid over it and scored, and the runner-up is named."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from itertools import islice

from qbclean.crm.grids import Cells, Export, Grid
from qbclean.crm.headers import ColumnMap, Header, mapped, normalised
from qbclean.crm.profile import Profile, Section

_HEAD = 40
"""Rows among which the header is looked for."""
ENOUGH = 45
"""Of 100: below, a file is no profile's."""
_CLOSE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A section that could describe a grid. `score`: 0 to 100, how much of the header it knows, and how telling that
    is; `signs`: how many of the column names that tell it from others are there.
    """

    profile: Profile
    grid: Grid
    mapping: ColumnMap
    score: int
    signs: int

    @property
    def fits(self) -> bool:
        enough = min(2, len(self.mapping.section.signs))
        return not self.mapping.missing and not self.mapping.excluded and self.signs >= enough and self.score >= ENOUGH


def candidates(export: Export, profiles: Sequence[Profile]) -> list[Candidate]:
    """Of every grid and section, best first: those that lack nothing, then by score, name of the profile, order."""
    heads = {grid.sheet: _head(grid) for grid in export.grids}
    found: list[Candidate] = []
    for profile in profiles:
        for section in profile.file:
            for grid in export.for_section(section):
                head = heads[grid.sheet] if export.grids else _head(grid)
                found.extend(_scored(profile, grid, mapping) for mapping in _best_header(head, section))
    return sorted(found, key=lambda one: (not one.fits, one.profile.profile.fallback, -one.score))


def chosen(export: Export, profiles: Sequence[Profile]) -> tuple[list[Candidate], Candidate | None]:
    """The best candidate of each grid (a JSON file may hold several kinds of records), and the best of another profile.

    Empty when nothing fits.
    """
    ranked = candidates(export, profiles)
    fitting = [one for one in ranked if one.fits]
    best: dict[tuple[str, str], Candidate] = {}
    for one in fitting:
        key = (one.grid.sheet, one.grid.part)
        if one.profile.name == fitting[0].profile.name:
            best.setdefault(key, one)
    rival = next((one for one in ranked if fitting and one.profile.name != fitting[0].profile.name), None)
    return list(best.values()), rival


def too_close(best: Candidate, rival: Candidate | None) -> bool:
    """True when choosing between two profiles would be a guess."""
    return (
        rival is not None
        and rival.fits
        and rival.profile.profile.fallback == best.profile.profile.fallback
        and best.score - rival.score < _CLOSE
    )


def _head(grid: Grid) -> list[tuple[int, Cells]]:
    return list(islice(grid.rows(), _HEAD))


def _best_header(head: list[tuple[int, Cells]], section: Section) -> Iterator[ColumnMap]:
    """The mapping over the first row that has everything required, else over the one that has most; none if none."""
    best: ColumnMap | None = None
    for number, cells in head:
        if sum(1 for cell in cells if cell.strip()) < 2:
            continue
        mapping = mapped(section, Header.of(number, cells))
        if not mapping.places or section.header not in ("auto", number):
            continue
        if not mapping.missing:
            yield mapping
            return
        if best is None or len(mapping.places) > len(best.places):
            best = mapping
    if best is not None:
        yield best


def _scored(profile: Profile, grid: Grid, mapping: ColumnMap) -> Candidate:
    section, header = mapping.section, mapping.header
    filled = [index for index, name in enumerate(header.names) if name]
    also = {normalised(name) for name in (*section.known, *section.signs)}
    used = {place for places in mapping.places.values() for place in places}
    known = sum(1 for index in filled if index in used or normalised(header.names[index]) in also)
    signs = sum(1 for sign in section.signs if header.place(sign) is not None)
    enough = min(3, len(section.signs))
    named = any(fnmatch(grid.path.name.casefold(), pattern.casefold()) for pattern in section.match)
    share = 55 * known // max(1, len(filled))
    score = min(100, share + 40 * min(signs, enough) // max(1, enough) + (5 if named else 0))
    return Candidate(profile=profile, grid=grid, mapping=mapping, score=score, signs=signs)
