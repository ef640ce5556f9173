"""What a profile says about one CRM's exports: the shape of its TOML file, checked strictly (crm-formats.md 5)."""

from __future__ import annotations

import re
from typing import Literal

import msgspec

from qbclean.crm.fields import FIELDS, LINE_FIELDS, Role
from qbclean.model.crm import CrmStatus

Grain = Literal["record", "line", "application", "part"]
"""What a row is: one record; one line of an invoice; one payment's share of one invoice, the payment's amount
repeated (application) or only that share named (part)."""
Outcome = Literal["invoice", "payment", "refund", "credit", "write_off", "ignore"]
_DAYS = (
    "%Y-%m-%d", "iso", "%m/%d/%Y", "%m/%d/%y", "%b %d, %Y", "%B %d, %Y", "%d %b %Y", "%d-%b-%Y", "%d.%m.%Y",
    "%m/%d/%Y %I:%M %p", "%m/%d/%y %I:%M %p", "%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %H:%M", "%m/%d/%y %H:%M",
    "%b %d, %Y %I:%M %p", "%m-%d-%Y",
)  # fmt: skip
TOTALS = r"(report |grand |sub)?totals?( for .+)?:?"


class Strict(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An unknown key is a typing error, not a wish."""


class Column(Strict, frozen=True, kw_only=True, rename={"source": "from"}):
    """Where a field comes from when a plain list of names does not say it.

    `from`: column names; `instead`: names tried only where the file has none of these. `first`: several may be there,
    the first that is not blank counts. `join`: the text between the parts when the columns together make the value.
    `first` with `join`: the first column alone where it is filled, else the others joined. `split`: what separates
    several values in one cell. `pattern`: a regular expression whose group `value` is the value; a cell that does not
    match has none.
    """

    source: tuple[str, ...]
    instead: tuple[str, ...] = ()
    first: bool = False
    join: str | None = None
    split: str | None = None
    pattern: str | None = None


class Parse(Strict, frozen=True, kw_only=True):
    """`date`: strptime patterns, or `iso` (instants too), `unix` (seconds). `decimal`: `auto` decides per file from
    cells that leave no doubt. `unit`: `cents` for whole cents. `midnight_is_day`: an instant at midnight UTC is a day.
    """

    date: tuple[str, ...] = _DAYS
    decimal: Literal["auto", ".", ","] = "auto"
    unit: Literal["units", "cents"] = "units"
    midnight_is_day: bool = False


class Section(Strict, frozen=True, kw_only=True):
    """One kind of file. `columns` and `line_columns`: field → names, any one of which the file may use.

    `require`: fields without which it is not this kind of file (`a|b`: one of them). `signs`: column names that tell
    it from others, `unless`: names that say it is another kind. `known`: further columns such a file has, not used.
    `match`, `sheet`: patterns of file names and of the sheet's name.
    `status`: the CRM's words (`overdue *`: all that begin so) → draft, open, paid, void, written_off. `kinds`: the
    words of `kind` → what the row is (`*`: all others). `payment_status`: which states of a payment are money.
    `sign`: what the file's sign of a payment or refund is. `negative_total`: what an invoice below zero is.
    `totals`, `skip`: regular expressions on a row's first filled cell; totals are checked, then dropped.
    `currency`: of the amounts, where no column or sign says it; blank: that of the books.
    `stated`: text before the header, or path in a JSON answer → `rows`, or the field whose sum stands there.
    JSON only: `records`: dotted paths to the list of records; `explode`: the list inside a record, one row each.
    """

    role: Role
    title: str = ""
    format: Literal["table", "json"] = "table"
    match: tuple[str, ...] = ()
    require: tuple[str, ...]
    signs: tuple[str, ...]
    unless: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    grain: Grain = "record"
    header: int | Literal["auto"] = "auto"
    sheet: str = "*"
    records: tuple[str, ...] = ()
    explode: str = ""
    empty: tuple[str, ...] = ()
    totals: tuple[str, ...] = (TOTALS,)
    check_totals: bool = True
    skip: tuple[str, ...] = ()
    stated: dict[str, str] = {}
    columns: dict[str, tuple[str, ...] | Column] = {}
    line_columns: dict[str, tuple[str, ...] | Column] = {}
    parse: Parse = msgspec.field(default_factory=Parse)
    status: dict[str, CrmStatus] = {}
    kinds: dict[str, Outcome] = {}
    payment_status: dict[str, Literal["keep", "ignore"]] = {}
    sign: dict[Literal["payment", "refund", "credit"], Literal["positive", "negative", "either"]] = {}
    negative_total: Literal["refuse", "credit"] = "refuse"
    negative_balance: Literal["refuse", "overpaid"] = "overpaid"
    customer_optional: bool = False
    currency: str = ""

    @property
    def all_columns(self) -> dict[str, tuple[str, ...] | Column]:
        """Fields of the record, and of its lines with `line.` before."""
        return {**self.columns, **{f"line.{name}": column for name, column in self.line_columns.items()}}


class About(Strict, frozen=True, kw_only=True):
    """`timezone`: of the account, for instants in UTC. `fallback`: tried only when no other profile fits."""

    name: str
    title: str
    version: int = 1
    timezone: str = "America/Chicago"
    fallback: bool = False
    note: str = ""


class Profile(Strict, frozen=True, kw_only=True):
    """One CRM: what it is, and the kinds of file it exports."""

    profile: About
    file: tuple[Section, ...]

    @property
    def name(self) -> str:
        return self.profile.name


def names_of(column: tuple[str, ...] | Column) -> tuple[str, ...]:
    """The column names a field may come from."""
    return (*column.source, *column.instead) if isinstance(column, Column) else column


def faults_of(profile: Profile) -> list[str]:
    """What the types cannot say, each as `place: complaint`; empty when the profile can be used."""
    return [
        f"file[{place}] ({section.role}).{fault}"
        for place, section in enumerate(profile.file)
        for fault in _of(section)
    ]


def _of(section: Section) -> list[str]:
    faults = [
        f"{table}.{name}: is not a field; fields are {', '.join(known)}"
        for table, columns, known in (
            ("columns", section.columns, FIELDS[section.role]),
            ("line_columns", section.line_columns, LINE_FIELDS),
        )
        for name in columns
        if name not in known
    ]
    faults += [f"{name}: has no column name" for name, column in section.all_columns.items() if not names_of(column)]
    faults += [
        f"require: {field} has no columns"
        for wanted in section.require
        for field in wanted.split("|")
        if field not in section.all_columns
    ]
    patterns = [*section.totals, *section.skip]
    patterns += [
        column.pattern for column in section.all_columns.values() if isinstance(column, Column) and column.pattern
    ]
    for pattern in patterns:
        try:
            re.compile(pattern)
        except re.error as error:
            faults.append(f"{pattern!r}: is not a regular expression ({error})")
    if section.format == "json" and not section.records:
        faults.append("records: a JSON file needs the path to its records")
    return faults
