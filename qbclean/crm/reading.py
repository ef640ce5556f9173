"""One import: which files, which profile, and refused as a whole when a row cannot be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from qbclean.crm.detection import Candidate, candidates, chosen, too_close
from qbclean.crm.grids import Export, open_export
from qbclean.crm.imports import ProfileImport, lacking, replaced
from qbclean.crm.library import known_profiles, load_profile
from qbclean.crm.merging import merged
from qbclean.crm.profile import Profile
from qbclean.crm.remarks import Remarks
from qbclean.crm.wrong_file import unwanted, what_it_is
from qbclean.errors import CrmFormatError, SettingsError
from qbclean.model.crm import CrmRecords, RejectedRow
from qbclean.ports.ambient import Progress
from qbclean.ports.crm import CrmReading

_SHOWN = 10
_SUFFIXES = frozenset({".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".json", ".jsonl"})
_NEARLY = 60
"""Score from which a file that lacks a column is one of ours with a column missing, not a stranger."""


def read_crm(
    paths: Sequence[Path],
    profile: str | None = None,
    *,
    allow_rejects: int = 0,
    home: Path | None = None,
    timezone: str | None = None,
    progress: Progress | None = None,
) -> CrmReading:
    """The CRM's records in `paths` (files, or folders of exports), each file by the profile that fits it.

    `profile`: a name, or the path of a TOML file; the only one tried then. `home`: where the user's own profiles are.
    `timezone`: of the CRM account, for instants. Raises CrmFormatError when a file cannot be read or more than
    `allow_rejects` rows are rejected: what is missing from an import would look like an error in QuickBooks.
    Raises SettingsError for an unknown profile.
    """
    profiles = profiles_for(profile, home)
    explicit = [path for path in paths if not path.is_dir()]
    in_folders = [found for path in paths if path.is_dir() for found in _exports(path)]
    if not explicit and not in_folders:
        where = ", ".join(str(path) for path in paths) or "no path"
        raise CrmFormatError(f"There are no exports in {where}.", do="Name the exported files or their folder.")
    remarks = Remarks()
    groups: dict[str, _Group] = {}
    for path in dict.fromkeys([*explicit, *in_folders]):
        _sort_in(path, profiles, groups, remarks, forced=profile is not None, skippable=path not in explicit)
    parts: list[tuple[str, CrmRecords]] = []
    rejected: list[RejectedRow] = []
    for group in groups.values():
        import_ = ProfileImport(
            profile=group.profile, sources=group.sources, timezone=timezone, progress=progress, remarks=remarks
        )
        records = import_.records()
        rejected += import_.rejected
        parts.append((group.profile.name, replaced(records, files=import_.files())))
    if not parts:
        raise CrmFormatError("None of the files is an export qbclean knows.", do="See `qbclean crm inspect FILE`.")
    if len(rejected) > allow_rejects:
        raise refused(rejected)
    return CrmReading(records=merged(parts, remarks), rejected=tuple(rejected), remarks=remarks.lines())


def profiles_for(profile: str | None, home: Path | None = None) -> tuple[Profile, ...]:
    """The profiles to try: all that are known, or the one asked for by name or file. Raises SettingsError."""
    if profile is None:
        return known_profiles(home)
    if profile.casefold().endswith(".toml"):
        return (load_profile(Path(profile)),)
    found = [one for one in known_profiles(home) if one.name == profile]
    if not found:
        names = ", ".join(one.name for one in known_profiles(home))
        raise SettingsError(
            f"There is no CRM profile {profile!r}.", why=f"Known: {names}.", do="See `qbclean crm profiles`."
        )
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Group:
    profile: Profile
    sources: list[tuple[Export, Candidate]]


def _exports(folder: Path) -> list[Path]:
    """In a stable order; subfolders are other exports."""
    found = [path for path in folder.iterdir() if path.is_file() and path.suffix.casefold() in _SUFFIXES]
    return sorted(found, key=lambda path: path.name)


def _sort_in(
    path: Path,
    profiles: Sequence[Profile],
    groups: dict[str, _Group],
    remarks: Remarks,
    *,
    forced: bool,
    skippable: bool,
) -> None:
    """Put the file into the group of its profile. Raises CrmFormatError for a stranger, unless it lay in a folder."""
    export = open_export(path)
    fitting, rival = chosen(export, profiles)
    if forced and not fitting:
        fitting = [one for one in candidates(export, profiles) if not one.mapping.missing][:1]
    if not fitting:
        wrong = unwanted(path.name, export.start())
        nearly = nearest(export, profiles, least=0 if forced else _NEARLY)
        if nearly is not None and not wrong:
            raise lacking(nearly)
        if skippable:
            known = what_it_is(export.start())
            looks = f"; it looks like {known}" if known else ""
            remarks.add(f"{path.name} was not read: it is not an export qbclean knows{looks}")
            return
        raise stranger(export, wrong)
    if too_close(fitting[0], rival) and rival is not None:
        names = ", ".join(f"{one.profile.name} ({one.score})" for one in (fitting[0], rival))
        raise CrmFormatError(f"{path} fits more than one profile: {names}.", do="Choose one with `--profile`.")
    if fitting[0].profile.profile.fallback and not forced:
        wrong = unwanted(path.name, export.start())
        if wrong:
            raise stranger(export, wrong)
        remarks.add(f"{path.name} was read by the usual names of columns; look at it with `qbclean crm inspect`")
    group = groups.setdefault(fitting[0].profile.name, _Group(fitting[0].profile, []))
    group.sources.extend((export, one) for one in fitting)


def nearest(export: Export, profiles: Sequence[Profile], *, least: int) -> Candidate | None:
    """The section a file nearly is: one column is missing that it cannot do without."""
    ranked = sorted(candidates(export, profiles), key=lambda one: (-one.score, len(one.mapping.missing)))
    return ranked[0] if ranked and ranked[0].mapping.missing and ranked[0].score >= least else None


def stranger(export: Export, known: str = "") -> CrmFormatError:
    """The refusal of a file that is none we know, saying what it seems to be."""
    start = export.start()
    known = known or what_it_is(start)
    first = next((line for line in start.splitlines() if line.strip(" ,")), "")
    columns = ", ".join(cell for cell in first.split(",") if cell.strip())
    return CrmFormatError(
        f"{export.path} is not a file qbclean can import{f': it looks like {known}' if known else ''}.",
        why=f"Its columns are {columns}." if columns else "No profile finds its records there.",
        do="Export the CRM's list of invoices, or describe the file: `qbclean crm inspect FILE` drafts a profile.",
    )


def refused(rejected: Sequence[RejectedRow]) -> CrmFormatError:
    """The refusal of an import with rows that cannot be read, the first of them by place and cell."""
    shown = "".join(f"\n  {in_words(row)}" for row in rejected[:_SHOWN])
    more = f"\n  and {len(rejected) - _SHOWN:,} more" if len(rejected) > _SHOWN else ""
    rows = "1 row" if len(rejected) == 1 else f"{len(rejected):,} rows"
    return CrmFormatError(
        f"{rows} of the export cannot be read:{shown}{more}\n",
        why="Nothing was imported, because an invoice left out here would look like an error in QuickBooks.",
        do="Correct these rows in the CRM or in the file, and import it again.",
    )


def in_words(row: RejectedRow) -> str:
    """`payments.csv row 7, amount "12,5": is not a number`."""
    place = f"{row.file} row {row.row}"
    if row.column is not None:
        place += f", {row.column}" + (f' "{row.cell}"' if row.cell else "")
    return f"{place}: {row.reason}"
