"""One import: which files, which profile, and refused as a whole when a row cannot be read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from qbclean.crm.detection import Candidate, candidates, chosen, too_close
from qbclean.crm.grids import Export, open_export
from qbclean.crm.imports import ProfileImport
from qbclean.crm.library import known_profiles, load_profile
from qbclean.crm.merging import merged
from qbclean.crm.profile import Profile
from qbclean.crm.records import StagedRecords
from qbclean.crm.refusals import lacking, refused, stranger, unfitting
from qbclean.crm.remarks import Remarks
from qbclean.crm.staging import staging
from qbclean.crm.wrong_file import unwanted, what_it_is
from qbclean.errors import CrmFormatError, SettingsError
from qbclean.model.crm import RejectedRow
from qbclean.ports.ambient import Progress
from qbclean.ports.crm import CrmReading

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
    currency: str = "USD",
    progress: Progress | None = None,
) -> CrmReading:
    """The CRM's records in `paths`, all of them in memory; else as `staged_crm`."""
    with staged_crm(
        paths, profile, allow_rejects=allow_rejects, home=home, timezone=timezone, currency=currency, progress=progress
    ) as staged:
        records = staged.records.in_memory()
        return CrmReading(records=records, rejected=staged.rejected, remarks=staged.remarks)


@dataclass(frozen=True, slots=True, kw_only=True)
class StagedReading:
    """`CrmReading` with its records still on disk; readable until the `with` block of `staged_crm` ends."""

    records: StagedRecords
    rejected: tuple[RejectedRow, ...]
    remarks: tuple[str, ...]


@contextmanager
def staged_crm(
    paths: Sequence[Path],
    profile: str | None = None,
    *,
    allow_rejects: int = 0,
    home: Path | None = None,
    timezone: str | None = None,
    currency: str = "USD",
    progress: Progress | None = None,
) -> Iterator[StagedReading]:
    """The CRM's records in `paths` (files, or folders of exports), each file by the profile that fits it.

    What is in memory does not grow with the number of rows, except for JSON answers and workbooks, which are read as a
    whole.

    `profile`: a name, or the path of a TOML file; the only one tried then. `home`: where the user's own profiles are.
    `timezone`: of the CRM account, for instants. `currency`: of the books; a row that says another is rejected.
    Raises CrmFormatError when a file cannot be read or more than `allow_rejects` rows are rejected: what is missing
    from an import would look like an error in QuickBooks. Raises SettingsError for an unknown profile.
    """
    profiles = profiles_for(profile, home)
    remarks = Remarks()
    groups: dict[str, _Group] = {}
    for path in export_files(paths):
        _sort_in(path, profiles, groups, remarks, forced=profile is not None, skippable=path not in paths)
    if not groups:
        raise CrmFormatError(
            "None of the files is an export qbclean knows.",
            why=" ".join(remarks.lines()),
            do="See `qbclean crm inspect`.",
        )
    rejected: list[RejectedRow] = []
    with staging(progress) as stage:
        parts: list[tuple[str, StagedRecords]] = []
        for group in groups.values():
            import_ = ProfileImport(
                profile=group.profile, sources=group.sources, timezone=timezone, progress=progress, remarks=remarks,
                stage=stage, currency=currency,
            )  # fmt: skip
            records = import_.records()
            rejected += import_.rejected
            parts.append((group.profile.name, records.with_files(import_.files())))
        if len(rejected) > allow_rejects:
            raise refused(rejected)
        yield StagedReading(records=merged(parts, stage, remarks), rejected=tuple(rejected), remarks=remarks.lines())


def export_files(paths: Sequence[Path]) -> list[Path]:
    """The files named, then those in the folders named, each once. Raises CrmFormatError when there are none."""
    explicit = [path for path in paths if not path.is_dir()]
    in_folders = [found for path in paths if path.is_dir() for found in _exports(path)]
    if not explicit and not in_folders:
        where = ", ".join(str(path) for path in paths) or "no path"
        raise CrmFormatError(f"There are no exports in {where}.", do="Name the exported files or their folder.")
    return list(dict.fromkeys([*explicit, *in_folders]))


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
    if not fitting and export.is_empty_for(profiles):
        remarks.add("Answers without a record", path.name)
        return
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
        raise unfitting(export, profiles[0]) if forced and not wrong else stranger(export, wrong)
    if too_close(fitting[0], rival) and rival is not None:
        names = ", ".join(f"{one.profile.name} ({one.score})" for one in (fitting[0], rival))
        raise CrmFormatError(f"{path} fits more than one profile: {names}.", do="Choose one with `--profile`.")
    if fitting[0].profile.profile.fallback and not forced:
        wrong = unwanted(path.name, export.start())
        if wrong:
            raise stranger(export, wrong)
        remarks.add(f"{path.name} was read by the usual names of columns; look at it with `qbclean crm inspect`")
    unread = {grid.name for grid in export.grids} - {one.grid.name for one in fitting}
    for name in sorted(unread):
        remarks.add("Sheets that were not read, nothing on them is known", name)
    group = groups.setdefault(fitting[0].profile.name, _Group(fitting[0].profile, []))
    group.sources.extend((export, one) for one in fitting)


def nearest(export: Export, profiles: Sequence[Profile], *, least: int) -> Candidate | None:
    """The section a file nearly is: one column is missing that it cannot do without."""
    found = (one for one in candidates(export, profiles) if one.signs > 1 or not least)
    ranked = sorted(found, key=lambda one: (-one.score, len(one.mapping.missing)))
    return ranked[0] if ranked and ranked[0].mapping.missing and ranked[0].score >= least else None
