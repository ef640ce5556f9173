"""What two sales show when they are compared, feature by feature.

`compare_sales` says which level each feature shows; `weights` says what that is worth; `explain` puts it in words for
the pairs that matter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from rapidfuzz import fuzz

from qbclean.match.sales import Sale, SaleStatus
from qbclean.match.weights import Levels
from qbclean.model.money import from_cents

_NEAR_DAYS = 10
SOON = ("same day", "within 3 days", "within 10 days")
"""Levels of a date that is the same but for when somebody got to it."""
_NUMBERED_WITHIN = 90
"""Days between an invoice and the one that its number names; as far apart as copies of one sale ever lie."""
_FIRST_DAY = date(1970, 1, 1).toordinal()
_SECONDS_A_DAY = 86_400
ROUNDED_OFF = 50
"""Cents by which two totals may differ when one of them was rounded to whole dollars."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SalesContext:
    """What a comparison must know beyond the two: which numbers the CRM uses, which customers are one party."""

    crm_numbers: Mapping[str, frozenset[tuple[int, int]]]
    """Number → totals in cents and days of the CRM invoices so numbered, whoever they bill."""
    spellings: Mapping[str, str]
    """QuickBooks customer → the head of its party, for customers that are not the head themselves."""
    parents: Mapping[str, str]
    """QuickBooks sub-customer → its top customer."""
    rounding_cents: int
    start: int = 0
    """The day the QuickBooks books began, as an ordinal; 0 for unknown."""
    name_marks: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """QuickBooks customer → the numbers in its own name: the unit of a job, the lot of a house."""


def comparable(crm: Sale, qbo: Sale) -> bool:
    """False when nothing the two could still agree on would make them one sale: spares most comparisons."""
    if crm.total == qbo.total or crm.subtotal == qbo.subtotal or abs(crm.day - qbo.day) <= _NEAR_DAYS:
        return True
    same_number = crm.number is not None and qbo.number is not None and crm.number.base == qbo.number.base
    return same_number or crm.qbo_id == qbo.id


def compare_sales(crm: Sale, qbo: Sale, context: SalesContext) -> Levels:
    """The level of each feature for one CRM invoice against one QuickBooks invoice of the same party."""
    return {
        "number": _number(crm, qbo, context),
        "total": _total(crm, qbo, context),
        "tax": _tax(crm, qbo),
        "date": _date(crm, qbo, context),
        "due date": "unknown" if not crm.due or not qbo.due else "same" if crm.due == qbo.due else "other",
        "job": _job(crm.job, qbo, context),
        "customer": _customer(crm.customer, qbo.customer, context),
        "lines": _lines(crm, qbo),
        "particulars": _particulars(crm.marks, qbo.marks),
        "CRM id": "unknown" if not crm.qbo_id else "same" if crm.qbo_id == qbo.id else "other",
        "memo": _memo(crm, qbo),
        "state": _state(crm.status, qbo.status),
    }


def _number(crm: Sale, qbo: Sale, context: SalesContext) -> str:
    one, two = crm.number, qbo.number
    if one is None or two is None:
        return "unknown"
    if one.body == two.body:
        return "same" if one.prefix == two.prefix or not one.prefix or not two.prefix else "same, other series"
    # QuickBooks' own series runs into the CRM's numbers by chance: a number names an invoice only with its amount and
    # at about its date, for a monthly price meets its own old numbers again.
    named = context.crm_numbers.get(two.body, ())
    if any(total == qbo.total and abs(day - qbo.day) <= _NUMBERED_WITHIN for total, day in named):
        return "other draw" if one.base == two.base else "names another"
    if one.base == two.base:
        # "1042" beside "1042-R1" or "1042-1", when the CRM itself knows no such draw.
        return "same base"
    return "other"


def _total(crm: Sale, qbo: Sale, context: SalesContext) -> str:
    if crm.total == qbo.total or qbo.status == "void":
        return "voided" if qbo.status == "void" else "same"
    if crm.subtotal == qbo.subtotal and abs(crm.total - qbo.total) <= context.rounding_cents * crm.taxed_lines:
        return "tax rounding"
    if qbo.total == 0:
        return "empty"
    if crm.subtotal == qbo.total:
        return "same before tax"
    if crm.amounts and qbo.amounts and set(qbo.amounts) <= set(crm.amounts) and qbo.total < crm.total:
        return "part of it"
    return "rounded off" if _is_rounded_off(crm, qbo) else "other"


def _is_rounded_off(crm: Sale, qbo: Sale) -> bool:
    return qbo.total % 100 == 0 != crm.total % 100 and abs(crm.total - qbo.total) <= ROUNDED_OFF


def _tax(crm: Sale, qbo: Sale) -> str:
    """Equal tax on unequal totals tells of one sale; on equal totals it tells nothing new."""
    one, two = crm.total - crm.subtotal, qbo.total - qbo.subtotal
    return "same" if one == two != 0 and crm.total != qbo.total else "silent"


def _date(crm: Sale, qbo: Sale, context: SalesContext) -> str:
    """How far apart the two are dated; what was dated and entered weeks before the CRM billed is hardly its twin.

    A sale from before the books began is not in them under a day of its own, so a later one is the next month's.
    """
    level = date_level(crm.day, qbo.day)
    if 0 < crm.day < context.start <= qbo.day and level not in ("same day", "within 3 days"):
        return "from before the start"
    if level in ("within 20 days", "within 45 days") and qbo.day < crm.day:
        entered = qbo.created // _SECONDS_A_DAY + _FIRST_DAY
        return "entered before" if entered < crm.day - _NEAR_DAYS else level
    return level


def date_level(one: int, two: int) -> str:
    """How far apart two days (ordinals, 0 for unknown) lie."""
    if not one or not two:
        return "unknown"
    apart = abs(one - two)
    for limit, level in (
        (0, "same day"),
        (3, "within 3 days"),
        (10, "within 10 days"),
        (20, "within 20 days"),
        (45, "within 45 days"),
        (90, "within 90 days"),
    ):
        if apart <= limit:
            return level
    return "far"


def _job(job: str, qbo: Sale, context: SalesContext) -> str:
    if not job:
        return "unknown"
    if qbo.customer == job:
        return "same"
    return "other" if qbo.job and qbo.job != job and qbo.customer in context.parents else "parent"


def _customer(customer: str, qbo_customer: str, context: SalesContext) -> str:
    if not customer:
        return "unknown"
    top = context.parents.get(qbo_customer, qbo_customer)
    if customer in (qbo_customer, top):
        return "same"
    return "second spelling" if context.spellings.get(top) == customer else "unknown"


def _lines(one: Sale, two: Sale) -> str:
    """Amounts line by line say most; a hand entry collapses them, then only the words are left to compare."""
    if not one.amounts or not two.amounts:
        return "unknown"
    shared = len(set(one.amounts) & set(two.amounts))
    if one.amounts == two.amounts and len(one.amounts) > 1:
        return "same amounts"
    if shared and len(one.amounts) > 1 and one.total != two.total:
        return "some amounts"
    likeness = int(fuzz.token_set_ratio(one.words, two.words)) if one.words and two.words else 50
    if likeness >= 85:
        alike = "same line" if shared else "similar words"
        return "one word replaced" if one_word_replaced(one.words, two.words) else alike
    if likeness >= 50 or shared:
        return "some in common"
    return "nothing in common" if likeness < 30 else "some in common"


def one_word_replaced(one: str, two: str) -> bool:
    """One phrase with another word in one place, not just misspelt: two units, floors or rooms of one customer."""
    mine, theirs = one.split(), two.split()
    if len(mine) != len(theirs) or len(mine) < 3:
        return False
    changed = [(left, right) for left, right in zip(mine, theirs, strict=True) if left != right]
    return len(changed) == 1 and fuzz.ratio(*changed[0]) < 80


def tells_of_another(levels: Levels) -> bool:
    """True when the words name another unit, lot, month or stage."""
    return levels["particulars"] == "other" or levels["lines"] == "one word replaced"


def _state(crm: SaleStatus, qbo: SaleStatus) -> str:
    if qbo == "void":
        return "both void" if crm == "void" else "void in QuickBooks"
    if qbo == "cancelled":
        return "both void" if crm == "void" else "cancelled"
    if crm == "void":
        return "void in CRM"
    if qbo == "receipt":
        return "paid by receipt" if crm == "paid" else "receipt for unpaid"
    return "draft" if crm == "draft" else "both live"


def _particulars(one: tuple[str, ...], two: tuple[str, ...]) -> str:
    """Which lot, unit, month, draw or visit it is for: what tells equal houses, services and draws apart (S13).

    Texts of another length were reworded or collapsed by hand; then only a mark without any counterpart counts.
    """
    if not one or not two:
        return "unknown"
    if one == two:
        return "same"
    apart = len(one) == len(two) or (set(one) - set(two) and set(two) - set(one))
    return "other" if apart else "unknown"


def _memo(crm: Sale, qbo: Sale) -> str:
    words = qbo.memo
    if not words:
        return "silent"
    names = (crm.id.casefold(), crm.number_text.casefold())
    return "names it" if any(len(name) >= 4 and name in words for name in names) else "silent"


def is_named(levels: Levels) -> bool:
    """True when the number, the stored QuickBooks id or the memo says which sale it is."""
    return (
        levels["number"] in ("same", "same, other series") or levels["CRM id"] == "same" or levels["memo"] == "names it"
    )


def explain(crm: Sale, qbo: Sale, levels: Levels, *, left: str = "CRM") -> dict[str, str]:
    """The observations in a bookkeeper's words, for the features where the values say more than the level.

    `left` names the side of the first: QuickBooks itself, when two of its invoices are compared.
    """
    words = {
        "number": {
            "same": f"the number {qbo.number_text} is the {left}'s {crm.number_text}",
            "unknown": f"no number to compare ({crm.number_text or 'none'} / {qbo.number_text or 'none'})",
        }.get(levels["number"], f"the numbers differ: {left} {crm.number_text}, QuickBooks {qbo.number_text}"),
        "total": f"both are {from_cents(qbo.total)}"
        if crm.total == qbo.total
        else f"{left} {from_cents(crm.total)}, QuickBooks {from_cents(qbo.total)} ({levels['total']})",
    }
    if crm.day and qbo.day:
        words["date"] = (
            f"both are dated {date.fromordinal(qbo.day)}"
            if crm.day == qbo.day
            else f"dates are {abs(crm.day - qbo.day)} days apart "
            f"({left} {date.fromordinal(crm.day)}, QuickBooks {date.fromordinal(qbo.day)})"
        )
    if levels.get("CRM id") == "same":
        words["CRM id"] = f"the CRM stores QuickBooks id {qbo.id} for it"
    return words
