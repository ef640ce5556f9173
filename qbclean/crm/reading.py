"""One import: which files, read by which reader, and refused as a whole when a row cannot be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from qbclean.crm import CRM_READERS
from qbclean.crm.csv_columns import read_csv
from qbclean.crm.generic import not_generic
from qbclean.errors import CrmFormatError, SettingsError
from qbclean.model.crm import RejectedRow
from qbclean.ports.crm import CrmReader, CrmReading

_SHOWN = 10


def read_crm(paths: Sequence[Path], profile: str | None = None, *, allow_rejects: int = 0) -> CrmReading:
    """The CRM's records in `paths` (files, or folders of CSV files), by the named profile or the one that fits.

    Raises CrmFormatError when a file cannot be read or more than `allow_rejects` rows are rejected: what is missing
    from an import would look like an error in QuickBooks. Raises SettingsError for an unknown profile.
    """
    explicit = [path for path in paths if not path.is_dir()]
    in_folders = [found for path in paths if path.is_dir() for found in _csv_files(path)]
    if not explicit and not in_folders:
        where = ", ".join(str(path) for path in paths) or "no path"
        raise CrmFormatError(f"There are no CSV files in {where}.", do="Name the exported files or their folder.")
    reader = _named(profile) if profile else _fitting([*explicit, *in_folders])
    strangers = [path for path in in_folders if not reader.recognises(path)]
    reading = reader.read([*explicit, *(path for path in in_folders if path not in strangers)])
    if len(reading.rejected) > allow_rejects:
        raise _refused(reading.rejected)
    left_out = tuple(f"{path.name} was not read: it is not a file of the {reader.name} format." for path in strangers)
    return replace(reading, remarks=(*left_out, *reading.remarks))


def _csv_files(folder: Path) -> list[Path]:
    """In a stable order; subfolders are other exports."""
    found = [path for path in folder.iterdir() if path.is_file() and path.suffix.casefold() == ".csv"]
    return sorted(found, key=lambda path: path.name)


def _named(profile: str) -> CrmReader:
    for reader in CRM_READERS:
        if reader.name == profile:
            return reader
    known = ", ".join(reader.name for reader in CRM_READERS)
    raise SettingsError(
        f"There is no CRM profile {profile!r}.", why=f"Known: {known}.", do="See `qbclean crm profiles`."
    )


def _fitting(paths: Sequence[Path]) -> CrmReader:
    """The one reader that recognises any of the files. Raises CrmFormatError when none does, or several do."""
    fitting = [reader for reader in CRM_READERS if any(reader.recognises(path) for path in paths)]
    if not fitting:
        raise not_generic(read_csv(paths[0]))
    if len(fitting) > 1:
        names = ", ".join(reader.name for reader in fitting)
        raise CrmFormatError(f"The files fit more than one profile: {names}.", do="Choose one with `--profile`.")
    return fitting[0]


def _refused(rejected: Sequence[RejectedRow]) -> CrmFormatError:
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
