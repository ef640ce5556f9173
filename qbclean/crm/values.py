"""Cells of CRM exports → exact values, or a CellError: an unreadable amount is never 0, an odd date never guessed."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from qbclean.errors import SettingsError
from qbclean.model.money import money

_REMEMBERED = 50_000
"""Cells kept with what they mean: half a million rows have few different prices and days."""
_NOTHING = frozenset({"", "-", "--", "–", "—", "n/a", "N/A"})
_YES = frozenset({"true", "yes", "y", "1"})
_NO = frozenset({"false", "no", "n", "0"})
_EXCEL_TEXT = re.compile(r'="(?P<text>.*)"|=(?P<bare>[^"].*)|\'(?P<quoted>.*)', re.DOTALL)
_SCIENTIFIC = re.compile(r"\d+[.,]\d+E\+\d+", re.IGNORECASE)
_UNIX = re.compile(r"\d{1,11}")
_SERIAL = re.compile(r"[2-6]\d{4}(\.\d+)?")
_ISO_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?")
_PLAIN = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_DOLLARS = re.compile(r"-?\$?([0-9]+|[0-9]{1,3}(,[0-9]{3})+)\.[0-9]{2}")
"""How most amounts are written, and what `amount` would make of them by its longer way."""
_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?|\.[0-9]+")
_CODES = "USD|CAD|AUD|NZD|EUR|GBP"
_SYMBOL = re.compile(rf"^(?:US|CA?|AU?|NZ)?[$]|^[€£]|^(?:{_CODES})\s|\s?(?:[€£$]|{_CODES})$")


class CellError(ValueError):
    """A cell that cannot be read without guessing; the message completes "… because it …"."""


@lru_cache(maxsize=_REMEMBERED)
def text(cell: str) -> str | None:
    """The cell without outer spaces, inner ones collapsed; None when blank."""
    return " ".join(cell.split()) or None


def identifier(cell: str) -> str | None:
    """An id or number as text: unwrapped from `="1042"` and `'1042`, leading zeros kept; None when blank.

    Raises CellError for `4.6E+17`: a spreadsheet has destroyed the digits.
    """
    if cell.isalnum():
        return cell
    bare = unwrapped(cell)
    if _SCIENTIFIC.fullmatch(bare):
        raise CellError("is a number that a spreadsheet has shortened; its digits are lost")
    return bare or None


def unwrapped(cell: str) -> str:
    """The cell without `="…"` or a leading apostrophe, by which exports keep a spreadsheet from reading a number."""
    bare = cell.strip()
    wrapped = _EXCEL_TEXT.fullmatch(bare)
    return next(part for part in wrapped.groups() if part is not None).strip() if wrapped else bare


@lru_cache(maxsize=_REMEMBERED)
def number(cell: str, *, decimal: str = ".", group: str = ",") -> Decimal | None:
    """A quantity, price or rate, exact; None when blank. Negative as `-5`, `5-`, `(5)`, `-$5` or `$-5`.

    Groups are taken out only where they group by three. Raises CellError for anything left over.
    """
    if decimal == "." and _PLAIN.fullmatch(cell):
        return Decimal(cell)
    bare = cell.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ").strip()
    if bare in _NOTHING:
        return None
    bare = bare.replace("\N{MINUS SIGN}", "-")
    unsigned, signs = _without_sign(bare)
    unsigned = _SYMBOL.sub("", unsigned, count=1).strip()
    unsigned, inner_signs = _without_sign(unsigned)
    if signs + inner_signs > 1:
        raise CellError("has more than one sign")
    digits = _without_groups(unsigned, decimal, group)
    if not _NUMBER.fullmatch(digits):
        raise CellError("is not a number")
    return -Decimal(digits) if signs + inner_signs else Decimal(digits)


@lru_cache(maxsize=_REMEMBERED)
def amount(cell: str, *, decimal: str = ".", group: str = ",") -> Decimal | None:
    """Money to the cent; None when blank. Raises CellError also for a fraction of a cent."""
    if decimal == "." and _DOLLARS.fullmatch(cell):
        return Decimal(cell.replace(",", "").replace("$", ""))
    exact = number(cell, decimal=decimal, group=group)
    if exact is None:
        return None
    try:
        return money(exact)
    except ValueError as error:
        raise CellError("has a fraction of a cent") from error


def whole_cents(cell: str) -> Decimal | None:
    """Money written as a whole number of cents, in currency units; None when blank."""
    exact = number(cell)
    if exact is None:
        return None
    if exact != int(exact):
        raise CellError("is not a whole number of cents")
    return money(exact.scaleb(-2))


def day(
    cell: str, *, patterns: tuple[str, ...] = ("%Y-%m-%d",), zone: str | None = None, midnight_is_day: bool = False
) -> date | None:
    """A date written in one of `patterns` (strptime, `iso`, `unix` seconds); None when blank.

    Only listed patterns are tried: a parser that guesses takes 02/03 for February in one row and for March in the next.
    An instant counts as its day in `zone` (UTC when None), except at midnight if that is how the file writes days.
    """
    bare = cell.strip()
    return None if bare in _NOTHING else _parsed_day(bare, patterns, zone, midnight_is_day)


@lru_cache(maxsize=_REMEMBERED)
def _parsed_day(bare: str, patterns: tuple[str, ...], zone: str | None, midnight_is_day: bool) -> date | None:  # noqa: FBT001 - cached
    for pattern in patterns:
        try:
            if pattern == "unix":
                if not _UNIX.fullmatch(bare):
                    continue
                if bare == "0":
                    return None
                found = _local(datetime.fromtimestamp(int(bare), UTC), zone, midnight_is_day=midnight_is_day)
            elif pattern == "iso":
                if not _ISO_INSTANT.fullmatch(bare):
                    continue
                found = _local(datetime.fromisoformat(bare), zone, midnight_is_day=midnight_is_day)
            else:
                found = datetime.strptime(bare, pattern).date()  # noqa: DTZ007 - a calendar day has no time zone
        except (ValueError, OverflowError, OSError):
            continue
        if not 1980 <= found.year <= 2100:
            raise CellError("is not a plausible date")
        return found
    example = next((date(2026, 1, 31).strftime(pattern) for pattern in patterns if "%" in pattern), "2026-01-31")
    serial = "; it may be a spreadsheet's number of a day: give the column a date format there, and save it again"
    raise CellError(f"is not a date like {example}{serial if _SERIAL.fullmatch(bare) else ''}")


def _local(moment: datetime, zone: str | None, *, midnight_is_day: bool) -> date:
    """The calendar day of an instant where the account is; a time without zone is local already."""
    if moment.tzinfo is None or (midnight_is_day and moment.timetz().replace(tzinfo=None) == time()):
        return moment.date()
    return moment.astimezone(zone_named(zone) if zone else UTC).date()


def zone_named(name: str) -> ZoneInfo:
    """Raises SettingsError for a zone this computer does not know."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise SettingsError(
            f"There is no time zone {name!r} here.",
            do="Name one like America/Denver; on Windows install the package tzdata.",
        ) from error


def yes_no(cell: str) -> bool | None:
    """None when blank."""
    bare = cell.strip().casefold()
    if not bare:
        return None
    if bare not in _YES and bare not in _NO:
        raise CellError("is neither yes nor no")
    return bare in _YES


def _without_sign(bare: str) -> tuple[str, int]:
    """The text without its sign, and how many signs it had (0 or 1; parentheses are one)."""
    if bare.startswith("(") and bare.endswith(")"):
        return bare[1:-1].strip(), 1
    if bare.startswith("-"):
        return bare[1:].strip(), 1
    if bare.endswith("-"):
        return bare[:-1].strip(), 1
    return bare, 0


def _without_groups(bare: str, decimal: str, group: str) -> str:
    """Plain digits with a point. Group characters that do not group by three stay and make the cell unreadable."""
    whole, point, fraction = bare.partition(decimal)
    if decimal == "," and " " in whole:
        group = " "  # 1 234,56
    if group and group in whole:
        first, *others = whole.split(group)
        if not 1 <= len(first) <= 3 or any(len(part) != 3 for part in others):
            raise CellError("has a group separator where none belongs")
        whole = first + "".join(others)
    return f"{whole}.{fraction}" if point else whole
