"""What an export is and how it would be read, without importing it: for a person who wonders about a file."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from pathlib import Path

from qbclean.crm.detection import Candidate, candidates, chosen, too_close
from qbclean.crm.draft_profile import drafted
from qbclean.crm.drafts import Drafts
from qbclean.crm.grids import Export, open_export
from qbclean.crm.imports import ProfileImport
from qbclean.crm.library import packaged_profiles
from qbclean.crm.profile import Profile
from qbclean.crm.reading import profiles_for
from qbclean.crm.staging import staging
from qbclean.crm.tables import Table
from qbclean.crm.wrong_file import unwanted, what_it_is
from qbclean.errors import CrmFormatError
from qbclean.model.crm import CrmRecord, RejectedRow

_FIRST = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionView:
    """One kind of records in a file. `mapped`: field → column; `sums`: column → sum, None where a cell is unreadable;
    `totals`: (column, what the file states, what its rows give).
    """

    role: str
    title: str
    mapped: tuple[tuple[str, str], ...]
    unused: tuple[str, ...]
    missing: tuple[str, ...]
    ambiguous: tuple[tuple[str, tuple[str, ...]], ...]
    records: int = 0
    decimal: str = "."
    statuses: tuple[tuple[str, int], ...] = ()
    sums: tuple[tuple[str, Decimal | None], ...] = ()
    totals: tuple[tuple[str, Decimal, Decimal], ...] = ()
    first: tuple[CrmRecord, ...] = ()
    rejected: tuple[RejectedRow, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileView:
    """One file. `profile` "" when none fits; then `looks_like` and `draft` (TOML) say how to go on."""

    file: str
    profile: str
    score: int
    runner_up: str = ""
    runner_up_score: int = 0
    undecided: bool = False
    looks_like: str = ""
    draft: str = ""
    sections: tuple[SectionView, ...] = ()


def inspect_export(
    path: Path,
    profile: str | None = None,
    *,
    home: Path | None = None,
    timezone: str | None = None,
    currency: str = "USD",
) -> FileView:
    """How `path` would be read, by the named profile or the one that fits. Nothing is refused that can be described.

    Raises CrmFormatError when the file cannot be opened at all, SettingsError for an unknown profile.
    """
    profiles = profiles_for(profile, home)
    export = open_export(path)
    fitting, rival = chosen(export, profiles)
    if profile is not None and not fitting:
        fitting = candidates(export, profiles)[:1]
    if not fitting:
        nearest = next(iter(sorted(candidates(export, profiles), key=lambda one: -one.score)), None)
        start = export.start()
        return FileView(
            file=export.name,
            profile="",
            score=0,
            runner_up=nearest.profile.name if nearest else "",
            runner_up_score=nearest.score if nearest else 0,
            looks_like=unwanted(path.name, start) or what_it_is(start),
            draft=drafted(export, _usual()),
        )
    best = fitting[0]
    return FileView(
        file=export.name,
        profile=best.profile.name,
        score=best.score,
        runner_up=rival.profile.name if rival else "",
        runner_up_score=rival.score if rival else 0,
        undecided=too_close(best, rival),
        looks_like=unwanted(path.name, export.start()) if best.profile.profile.fallback else "",
        draft=drafted(export, _usual()) if best.profile.profile.fallback else "",
        sections=tuple(_section(export, one, timezone, currency) for one in fitting),
    )


def _usual() -> Profile:
    return next(profile for profile in packaged_profiles() if profile.profile.fallback)


def _section(export: Export, candidate: Candidate, timezone: str | None, currency: str) -> SectionView:
    mapping = candidate.mapping
    view = SectionView(
        role=mapping.section.role,
        title=mapping.section.title,
        mapped=tuple(
            (field, " + ".join(mapping.header.names[place] for place in places))
            for field, places in mapping.places.items()
        ),
        unused=mapping.unused,
        missing=mapping.missing,
        ambiguous=tuple(mapping.ambiguous.items()),
    )
    if mapping.missing or mapping.ambiguous:
        return view
    with staging() as stage:
        import_ = ProfileImport(
            profile=candidate.profile,
            sources=[(export, candidate)],
            timezone=timezone,
            stage=stage,
            currency=currency,
        )
        (table,) = import_.tables
        drafts, problem = Drafts(stage), ""
        try:
            import_.read_table(table, drafts)
        except CrmFormatError as error:
            problem = str(error)
        return _filled(view, table, drafts, problem)


def _filled(view: SectionView, table: Table, drafts: Drafts, problem: str) -> SectionView:
    made = (draft.record for pile in drafts.piles for draft in pile)
    words = Counter(draft.record.status for draft in drafts.invoices)
    return SectionView(
        role=view.role,
        title=view.title,
        mapped=view.mapped,
        unused=view.unused,
        missing=view.missing,
        ambiguous=view.ambiguous,
        records=sum(len(pile) for pile in drafts.piles) + len(drafts.lines or ()),
        decimal=table.dialect.decimal,
        statuses=tuple(sorted(words.items())),
        sums=tuple(table.sums.columns()),
        totals=tuple(table.sums.checked()),
        first=tuple(islice(made, _FIRST)),
        rejected=tuple(table.rejected),
        problem=problem,
    )
