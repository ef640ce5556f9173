"""The words in which a file or an import is refused: what it is, why it is not read, what to do."""

from __future__ import annotations

from collections.abc import Sequence

from qbclean.crm.detection import Candidate
from qbclean.crm.grids import Export
from qbclean.crm.profile import Profile
from qbclean.crm.wrong_file import unwanted, what_it_is
from qbclean.errors import CrmFormatError
from qbclean.model.crm import RejectedRow

_SHOWN = 10


def lacking(candidate: Candidate) -> CrmFormatError:
    """The refusal of a file that is nearly one of a profile's."""
    mapping, section = candidate.mapping, candidate.mapping.section
    missing = ", ".join(mapping.missing)
    return CrmFormatError(
        f"{candidate.grid.path} lacks the column{'s' if len(mapping.missing) > 1 else ''} {missing}.",
        why=f"It looks like {section.title or section.role} of {candidate.profile.name}; it has "
        f"{', '.join(name for name in mapping.header.names if name)}.",
        do="Export it with these columns, or rename the ones that mean the same.",
    )


def ambiguous(candidate: Candidate) -> CrmFormatError:
    """The refusal of a file with two columns for one field."""
    fields = "; ".join(f"{field}: {' or '.join(names)}" for field, names in candidate.mapping.ambiguous.items())
    names = ", ".join(candidate.mapping.ambiguous)
    return CrmFormatError(
        f"{candidate.grid.path} has several columns for {names} ({fields}).",
        why="Which one counts would be a guess.",
        do="Remove or rename the other, or say which in a profile of your own (`qbclean crm inspect` drafts one).",
    )


def stranger(export: Export, known: str = "") -> CrmFormatError:
    """The refusal of a file that is none we know, saying what it seems to be."""
    known = known or what_it_is(export.start())
    columns = ", ".join(export.widest())
    return CrmFormatError(
        f"{export.path} is not a file qbclean can import{f': it looks like {known}' if known else ''}.",
        why=f"Its columns are {columns}." if columns else "No profile finds its records there.",
        do="Export the CRM's list of invoices, or describe the file: `qbclean crm inspect FILE` drafts a profile.",
    )


def unfitting(export: Export, profile: Profile) -> CrmFormatError:
    """The refusal of a file in which the profile that was asked for finds none of its columns."""
    return CrmFormatError(
        f"The profile {profile.name} names no column of {export.path}.",
        why=f"Its columns are {', '.join(export.widest())}." if export.grids else "It finds no records there.",
        do="Under [file.columns] give number, customer, date and total the names of their columns; "
        "`qbclean crm inspect FILE --draft NEW.toml` writes a profile with suggestions.",
    )


def nothing_in(exports: Sequence[Export]) -> CrmFormatError:
    """The refusal of lists of invoices without an invoice: nobody means to replace the last import by nothing."""
    names = ", ".join(dict.fromkeys(export.name for export in exports))
    known = next(filter(None, (unwanted(export.name, export.start()) for export in exports)), "")
    return CrmFormatError(
        f"There is no invoice in {names}" + (f": it looks like {known}." if known else "."),
        why="It has the columns of a list of invoices, and no row that is one. Nothing was imported.",
        do="Export the CRM's list of invoices, for all dates and all states.",
    )


def refused(rejected: Sequence[RejectedRow], *, and_more: bool = False) -> CrmFormatError:
    """The refusal of an import with rows that cannot be read, the first of them by place and cell. `and_more`: reading
    stopped, there may be others.
    """
    shown = "".join(f"\n  {in_words(row)}" for row in rejected[:_SHOWN])
    more = f"\n  and {len(rejected) - _SHOWN:,} more" if len(rejected) > _SHOWN else ""
    rows = "1 row" if len(rejected) == 1 else f"{len(rejected):,} rows"
    rows = f"At least {rows}" if and_more else rows
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
