"""What two sales show when they are compared, feature by feature.

`compare_sales` says which level each feature shows, `weights` what that is worth; `sale_words` puts it in words for the
pairs that matter. What a feature can show at all is the type of what its function gives back.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from rapidfuzz import fuzz

from qbclean.match.date_levels import DateLevel, date_level
from qbclean.match.normalize import plain
from qbclean.match.sales import Sale
from qbclean.match.weights import Levels

_LATE_DAYS = 10
NUMBERED_WITHIN = 46
"""Days between an invoice and the one that its number names; as far apart as copies of one sale ever lie."""
_NAME_LENGTH = 4
_FIRST_DAY = date(1970, 1, 1).toordinal()
_SECONDS_A_DAY = 86_400
ROUNDED_OFF = 50
"""Cents by which two totals may differ when one of them was rounded to whole dollars."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SalesContext:
    """What a comparison must know beyond the two: which numbers the CRM uses, which customers are one party."""

    crm_numbers: Mapping[str, Collection[tuple[int, int]]]
    """Number → totals in cents and days of the CRM invoices so numbered, whoever they bill."""
    spellings: Mapping[str, str]
    """QuickBooks customer → the head of its party, for customers that are not the head themselves."""
    parents: Mapping[str, str]
    """QuickBooks sub-customer → its top customer."""
    rounding_cents: int
    own_numbers: bool = False
    """QuickBooks counts its invoices itself, so that no number of its own tells of another sale."""
    start: int = 0
    """The day the QuickBooks books began, as an ordinal; 0 for unknown."""
    name_marks: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """QuickBooks customer → the numbers in its own name: the unit of a job, the lot of a house."""


NumberLevel = Literal[
    "unknown", "same", "same, other series", "other draw", "names another", "same base", "other", "not the CRM's"
]  # fmt: skip
TotalLevel = Literal[
    "same", "voided", "tax rounding", "empty", "same before tax", "part of it", "rounded off", "other"
]  # fmt: skip
SaleDateLevel = Literal[DateLevel, "entered before", "from before the start"]
JobLevel = Literal["unknown", "same", "other", "parent"]
CustomerLevel = Literal["unknown", "same", "second spelling"]
LinesLevel = Literal[
    "unknown", "same amounts", "some amounts", "same line", "similar words", "one word replaced", "some in common",
    "nothing in common",
]  # fmt: skip
StateLevel = Literal[
    "both live", "both void", "void in QuickBooks", "cancelled", "void in CRM", "paid by receipt", "receipt for unpaid",
    "draft",
]  # fmt: skip
Compared = Literal["same", "other", "unknown"]


def _number(crm: Sale, qbo: Sale, context: SalesContext) -> NumberLevel:
    one, two = crm.number, qbo.number
    if one is None or two is None:
        return "unknown"
    if one.body == two.body:
        return "same" if one.prefix == two.prefix or not one.prefix or not two.prefix else "same, other series"
    if one.base == two.base:
        # "1042" beside "1042-R1" or "1042-1": two draws of one job when the CRM itself knows both.
        return "other draw" if _names_a_sale(qbo, context) else "same base"
    return strange_number(qbo, context)


def strange_number(qbo: Sale, context: SalesContext) -> NumberLevel:
    """What the number of a QuickBooks invoice says to CRM invoices with quite another number."""
    if qbo.number is None:
        return "unknown"
    if _names_a_sale(qbo, context):
        return "names another"
    if qbo.status == "receipt":
        return "unknown"  # receipts run in a series of QuickBooks' own: no CRM numbers them
    return "not the CRM's" if context.own_numbers else "other"


def _names_a_sale(qbo: Sale, context: SalesContext) -> bool:
    """True when the number is that of a CRM invoice of the same amount and about the same date.

    QuickBooks' own series runs into the CRM's numbers by chance, and a monthly price meets its own old numbers again.
    """
    billed = context.crm_numbers.get(qbo.number.body) if qbo.number else None
    return bool(billed) and any(
        total == qbo.total and abs(day - qbo.day) <= NUMBERED_WITHIN for total, day in billed or ()
    )


def total_level(crm: Sale, qbo: Sale, context: SalesContext) -> TotalLevel:
    """How the totals agree."""
    level = total_as_written(crm, qbo, context)
    if level in ("rounded off", "other") and qbo.total < crm.total and crm.amounts and qbo.amounts:
        return "part of it" if set(qbo.amounts) <= set(crm.amounts) else level
    return level


def total_as_written(crm: Sale, qbo: Sale, context: SalesContext) -> TotalLevel:
    """How the totals agree before the lines are read; they may still tell that one is part of the other."""
    if qbo.status == "void":
        return "voided"
    if crm.total == qbo.total:
        return "same"
    if crm.subtotal == qbo.subtotal and abs(crm.total - qbo.total) <= context.rounding_cents * crm.taxed_lines:
        return "tax rounding"
    if qbo.total == 0:
        return "empty"
    if crm.subtotal == qbo.total:
        return "same before tax"
    rounded_off = abs(crm.total - qbo.total) <= ROUNDED_OFF and qbo.total % 100 == 0 != crm.total % 100
    return "rounded off" if rounded_off else "other"


def _tax(crm: Sale, qbo: Sale, _: SalesContext) -> Literal["same", "silent"]:
    """Equal tax on unequal totals tells of one sale; on equal totals it tells nothing new."""
    if crm.total == qbo.total:
        return "silent"
    tax = crm.total - crm.subtotal
    return "same" if tax and tax == qbo.total - qbo.subtotal else "silent"


def _date(crm: Sale, qbo: Sale, context: SalesContext) -> SaleDateLevel:
    """How far apart the two are dated; what was dated and entered weeks before the CRM billed is hardly its twin.

    A sale from before the books began is not in them under a day of its own, so a later one is the next month's.
    """
    level = date_level(crm.day, qbo.day)
    if 0 < crm.day < context.start <= qbo.day and level not in ("same day", "within 3 days"):
        return "from before the start"
    if level in ("within 20 days", "within 45 days") and qbo.day < crm.day:
        entered = qbo.created // _SECONDS_A_DAY + _FIRST_DAY
        return "entered before" if entered < crm.day - _LATE_DAYS else level
    return level


def _due_date(crm: Sale, qbo: Sale, _: SalesContext) -> Compared:
    return "unknown" if not crm.due or not qbo.due else "same" if crm.due == qbo.due else "other"


def _job(crm: Sale, qbo: Sale, context: SalesContext) -> JobLevel:
    if not crm.job:
        return "unknown"
    if qbo.customer == crm.job:
        return "same"
    return "other" if qbo.job and qbo.job != crm.job and qbo.customer in context.parents else "parent"


def _customer(crm: Sale, qbo: Sale, context: SalesContext) -> CustomerLevel:
    if not crm.customer:
        return "unknown"
    top = context.parents.get(qbo.customer, qbo.customer)
    if crm.customer in (qbo.customer, top):
        return "same"
    return "second spelling" if context.spellings.get(top) == crm.customer else "unknown"


def _lines(crm: Sale, qbo: Sale, _: SalesContext) -> LinesLevel:
    """Amounts line by line say most; a hand entry collapses them, then only the words are left to compare."""
    one, two = crm.lines, qbo.lines
    if not one.amounts or not two.amounts:
        return "unknown"
    shared = not set(one.amounts).isdisjoint(two.amounts)
    if shared and len(one.amounts) > 1:
        if one.amounts == two.amounts:
            return "same amounts"
        if crm.total != qbo.total:
            return "some amounts"
    return _wording(one.words, two.words, shared=shared)


def _wording(one: str, two: str, *, shared: bool) -> LinesLevel:
    """What the words of the lines tell; `shared`: some line has the same amount."""
    likeness = 50 if not one or not two else 100 if one == two else int(fuzz.token_set_ratio(one, two))
    if likeness < 85:
        return "some in common" if shared or likeness >= 30 else "nothing in common"
    if one_word_replaced(one, two):
        return "one word replaced"
    return "same line" if shared else "similar words"


def one_word_replaced(one: str, two: str) -> bool:
    """One phrase with another word in one place, not just misspelt: two units, floors or rooms of one customer."""
    if one == two:
        return False
    mine, theirs = one.split(), two.split()
    if len(mine) != len(theirs) or len(mine) < 3:
        return False
    changed = [(left, right) for left, right in zip(mine, theirs, strict=True) if left != right]
    return len(changed) == 1 and fuzz.ratio(*changed[0]) < 80


def same_money(crm: Sale, qbo: Sale) -> bool:
    """Whether the totals are those of two copies of one sale: one may be rounded, without its tax, or a cent off."""
    return abs(crm.total - qbo.total) <= ROUNDED_OFF or crm.subtotal in (qbo.total, qbo.subtotal)


def tells_of_another(levels: Levels) -> bool:
    """True when the words name another unit, lot, month or stage."""
    return levels["particulars"] == "other" or levels["lines"] == "one word replaced"


def _particulars(crm: Sale, qbo: Sale, _: SalesContext) -> Compared:
    """Which lot, unit, month, draw or visit it is for: what tells equal houses, services and draws apart (S13).

    Texts of another length were reworded or collapsed by hand; then only a mark without any counterpart counts. The
    number of the sale itself, which some syncs write into the line, is no mark of another.
    """
    level = _marks(crm.marks, qbo.marks)
    if level == "other" and (own := set(plain(crm.number_text).split())) and own <= set(qbo.words.split()):
        return _marks(crm.marks, tuple(mark for mark in qbo.marks if mark not in own))
    return level


def _marks(one: tuple[str, ...], two: tuple[str, ...]) -> Compared:
    if not one or not two:
        return "unknown"
    if one == two:
        return "same"
    apart = len(one) == len(two) or (set(one) - set(two) and set(two) - set(one))
    return "other" if apart else "unknown"


def _crm_id(crm: Sale, qbo: Sale, _: SalesContext) -> Compared:
    return "unknown" if not crm.qbo_id else "same" if crm.qbo_id == qbo.id else "other"


def _memo(crm: Sale, qbo: Sale, _: SalesContext) -> Literal["names it", "silent"]:
    words = qbo.memo
    return "names it" if words and any(name in words for name in names_in_notes(crm)) else "silent"


def names_in_notes(crm: Sale) -> list[str]:
    """What a private note may call a CRM invoice; a shorter id or number turns up in one by chance."""
    return [name for name in (crm.id.casefold(), crm.number_text.casefold()) if len(name) >= _NAME_LENGTH]


def _state(crm: Sale, qbo: Sale, _: SalesContext) -> StateLevel:
    if qbo.status in ("void", "cancelled"):
        if crm.status == "void":
            return "both void"
        return "void in QuickBooks" if qbo.status == "void" else "cancelled"
    if crm.status == "void":
        return "void in CRM"
    if qbo.status == "receipt":
        return "paid by receipt" if crm.status == "paid" else "receipt for unpaid"
    return "draft" if crm.status == "draft" else "both live"


FEATURES: Mapping[str, Callable[[Sale, Sale, SalesContext], str]] = {
    "number": _number,
    "total": total_level,
    "tax": _tax,
    "date": _date,
    "due date": _due_date,
    "job": _job,
    "customer": _customer,
    "lines": _lines,
    "particulars": _particulars,
    "CRM id": _crm_id,
    "memo": _memo,
    "state": _state,
}
"""All that is compared of a CRM invoice and a QuickBooks invoice."""


def compare_sales(crm: Sale, qbo: Sale, context: SalesContext) -> Levels:
    """The level of each feature for one CRM invoice against one QuickBooks invoice of the same party."""
    return {feature: level(crm, qbo, context) for feature, level in FEATURES.items()}


def is_named(levels: Levels) -> bool:
    """True when the number, the stored QuickBooks id or the memo says which sale it is."""
    return (
        levels["number"] in ("same", "same, other series") or levels["CRM id"] == "same" or levels["memo"] == "names it"
    )
