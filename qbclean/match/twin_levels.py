"""What two QuickBooks invoices show when they are compared with each other, and no CRM says how many sales there were.

All candidates have one total, so the total itself says little: what counts is how odd it is, whether the party is
billed it again and again, and whether the words of its other invoices tell them apart while those of these two agree.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz

from qbclean.match.date_levels import date_level
from qbclean.match.normalize import number_key
from qbclean.match.number_series import NumberSeries
from qbclean.match.runs import Run
from qbclean.match.sale_levels import SalesContext, one_word_replaced
from qbclean.match.sales import Sale
from qbclean.model.documents import Invoice

_STAGE_WORDS = (
    "deposit upfront commencement retainage retention release final balance completion remainder "
    "revised revision reissue reissued"
)
_STAGES = frozenset(_STAGE_WORDS.split())
"""Words of a stage or a new version: on one of two invoices only, they make two sales of them (S13)."""
_IN_PARTS = frozenset({"retainage", "retention", "progress", "draw", "installment", "instalment", "milestone"})
"""Words of what one contract is billed in several times over: two such bills may well be equal (S13)."""
_ONCE = frozenset({"deposit", "upfront", "commencement", "final", "completion"})
"""Words of the parts that a contract has one of."""
_REVISIONS = frozenset({"R", "REV", "V", "CO", "NSF"})
"""What follows a number on a bill of its own: a revision, a change order, a returned cheque."""
TELL_NOT_WHICH = frozenset(
    {"one more than told", "one more than usual", "one blank, a rare thing", "customer for a job"}
)
"""Levels that tell of a copy, but not of which sale: enough to show it to a person, not to void it."""
_LONG_OPEN_DAYS = 60
_TELLING_DIGITS = 3
"""A shorter number is a quantity or a day as well."""
_REFERENCE = re.compile(r"[\w-]*\d[\w-]*")
"""A word with a digit in a private note."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TwinContext:
    """`prices` are amounts before tax that several parties are billed; `today` is the last day on which anything was
    billed, as an ordinal."""

    sales: SalesContext
    invoices: Mapping[str, Invoice]
    prices: frozenset[int]
    series: NumberSeries
    today: int


def compare_twins(first: Sale, second: Sale, run: Run, context: TwinContext) -> dict[str, str]:
    """The levels of two QuickBooks invoices of one party; none when their totals do not agree."""
    total = _total(first, second, run, context)
    if not total:
        return {}
    one, two = context.invoices[first.id], context.invoices[second.id]
    return {
        "number": _number(first, second, context.series),
        "total": total,
        "date": date_level(first.day, second.day),
        "due date": "unknown" if not first.due or not second.due else "same" if first.due == second.due else "other",
        "place": _place(first.customer, second.customer, run, context.sales.parents),
        "itemising": _itemising(first, second, context.prices),
        "wording": _wording(first, second, run),
        "particulars": _particulars(first, second, run, context.sales.name_marks),
        "stage": "in parts" if _in_parts(first, second) else _stage(_stages(first), _stages(second)),
        "draws": run.draws.level(first, second),
        "beat": run.rhythm.beat(first.day, second.day),
        "note": _note(first, second),
        "estimate": _estimate(one, two),
        "paid": _paid(first, second, context),
        "entered": created_level(first, second),
    }


def created_level(one: Sale, two: Sale) -> str:
    """How far apart two invoices were entered."""
    apart = abs(one.created - two.created)
    return "seconds apart" if apart <= 180 else "same hour" if apart <= 3600 else "apart"


def _number(first: Sale, second: Sale, series: NumberSeries) -> str:
    """Invoices of one series have each a sale of their own; a copy typed in by hand takes QuickBooks' next number."""
    one, two = first.number, second.number
    if one is None or two is None:
        if one is two:
            return "both blank"
        return "one blank, a rare thing" if series.blanks_are_rare else "one blank"
    if one.body == two.body:
        return "same" if one.prefix == two.prefix or not one.prefix or not two.prefix else "same, other series"
    short, long = sorted((one.body, two.body), key=len)
    if long.startswith(f"{short}-"):
        return "revision" if long[len(short) + 1 :].split("-")[0] in _REVISIONS else "extended"
    if one.base == two.base and _are_parts(one.suffix, two.suffix):
        return "other draw"
    return series.relation(first, second)


_PART = re.compile(r"((?:[A-Z]{1,3}-?)?)\d{1,2}|[A-Z]")
"""What ends the number of a draw or change order: 2, CO-2, B."""


def _are_parts(one: str, two: str) -> bool:
    """True for two endings of one sort."""
    mine, theirs = _PART.fullmatch(one), _PART.fullmatch(two)
    return mine is not None and theirs is not None and mine[1] == theirs[1]


def _total(first: Sale, second: Sale, run: Run, context: TwinContext) -> str:
    """Two sales come to one uneven amount by chance hardly ever; a round one, or a price others pay too, they do.

    A party that is billed a total twice on more than one day takes two of it.
    """
    off = abs(first.total - second.total)
    if off > context.sales.rounding_cents:
        return "rounded off" if (first.total % 100 == 0) != (second.total % 100 == 0) else ""
    if off:
        return "a cent apart"
    twice_a_day = run.rhythm.doubled > 1 and first.day == second.day and created_level(first, second) != "seconds apart"
    if twice_a_day or run.rhythm.recurs(abs(first.day - second.day)):
        return "same, recurring" if len(run.rhythm.days) <= 4 else "same, series"
    if run.is_crowded(second.customer, abs(first.day - second.day)):
        return "same, series"
    uneven = first.subtotal % 100 and first.subtotal not in context.prices
    return "same, uneven" if uneven else "same, round"


def _place(one: str, two: str, run: Run, parents: Mapping[str, str]) -> str:
    """Entered by hand, a copy often lands on the customer instead of the job, or on a second spelling; two cards that
    are billed one total again and again have each a service of its own."""
    if one == two:
        return "same"
    top_one, top_two = parents.get(one, one), parents.get(two, two)
    if top_one != top_two:
        return "a run of each" if run.recurs_at(one) and run.recurs_at(two) else "second spelling"
    if top_one not in (one, two):
        return "other job"
    return "customer for a job" if run.is_odd_place(top_one) else "customer and job"


def _itemising(first: Sale, second: Sale, prices: Collection[int]) -> str:
    """What comes to a price is made of list prices, sold again in the same lines."""
    one, two = first.amounts or (), second.amounts or ()
    if len(one) > 1 and len(two) > 1:
        if one != two:
            return "other amounts"
        return "same amounts, a price" if first.subtotal in prices else "same amounts"
    return "single lines" if len(one) == len(two) else "collapsed"


def _wording(first: Sale, second: Sale, run: Run) -> str:
    one, two = first.words, second.words
    if not one or not two:
        return "unknown"
    if one == two:
        texts = run.texts_for(first, second)  # that their marks tell them apart is seen among the particulars
        told_apart = texts.words_differ and not texts.marks_differ
        return "same, others differ" if told_apart else "same" if len(run.rhythm.days) <= 2 else "same, as always"
    if one_word_replaced(one, two):
        return "one word replaced"
    return "alike" if fuzz.token_set_ratio(one, two) >= 85 else "some in common"


def _particulars(first: Sale, second: Sale, run: Run, name_marks: Mapping[str, frozenset[str]]) -> str:
    """Texts of another length were reworded or collapsed by hand; then only a mark without any counterpart counts.

    What is part of the job's own name stands on each of its invoices and says nothing of the sale.
    """
    one, two = first.marks, second.marks
    place = name_marks.get(first.customer)
    if place and first.customer == second.customer:
        one, two = (tuple(mark for mark in marks if mark not in place) for marks in (one, two))
    if not one or not two:
        return "on one alone" if first.day == second.day and _but_for_marks(first, second) else "unknown"
    if one == two:
        if run.texts_for(first, second).marks_differ:
            return "same, others differ"
        return "unknown" if _in_parts(first, second) else "same, others silent"
    apart = len(one) == len(two) or (set(one) - set(two) and set(two) - set(one))
    return "contradict" if apart else "unknown"


def _but_for_marks(first: Sale, second: Sale) -> bool:
    """True for one text in which one invoice names the unit or month and the other does not.

    So are two calls of one day written; whoever types an invoice in again either leaves the words or takes others.
    """
    short, long = sorted((first, second), key=lambda sale: len(sale.words))
    more = len(long.words.split()) - len(short.words.split())
    return 0 < more <= 2 * len(long.marks) and set(short.words.split()).issubset(long.words.split())


def _stage(one: frozenset[str], two: frozenset[str]) -> str:
    if one == two:
        return "same"
    return "contradict" if one and two and not one & two else "other"


def _in_parts(one: Sale, two: Sale) -> bool:
    """True when both say that they bill a part of one contract, and neither that it is another part, or one there is
    once."""
    stages = _stages(one)
    several = stages == _stages(two) and stages.isdisjoint(_ONCE)
    return several and all(not _IN_PARTS.isdisjoint(sale.words.split()) for sale in (one, two))


def _stages(sale: Sale) -> frozenset[str]:
    return _STAGES.intersection(sale.words.split())


def _note(first: Sale, second: Sale) -> str:
    """A sync leaves the CRM's id or number in the private note: two of them are two sales, one twice is one.

    One note is held against the other invoice's number, where the numbers do not tell by themselves.
    """
    mine, theirs = set(_REFERENCE.findall(first.memo)), set(_REFERENCE.findall(second.memo))
    if _names(mine, second) or _names(theirs, first):
        return "same reference"
    digits = r"\d+"
    if bool(mine) != bool(theirs) and first.number_text != second.number_text:
        digits = r"\d"  # the two systems' numbers may look alike but for their length
        mine, theirs = (mine or {first.number_text.casefold()}), (theirs or {second.number_text.casefold()})
    if mine & theirs:
        return "same reference"
    alike = {re.sub(digits, "0", reference) for reference in mine} & {re.sub(digits, "0", other) for other in theirs}
    return "other reference" if alike else "unknown"


def _names(references: Collection[str], other: Sale) -> bool:
    """True when one of the references is the number of the other invoice, however it is written."""
    number = other.number
    if number is None or len(number.body) < _TELLING_DIGITS:
        return False
    return any(key is not None and key.body == number.body for key in map(number_key, references))


def _estimate(one: Invoice, two: Invoice) -> str:
    """Invoices of one estimate are its progress bills (S13); of two estimates, two jobs."""
    mine, theirs = _estimates(one), _estimates(two)
    if not mine or not theirs:
        return "unknown"
    return "same" if mine & theirs else "other"


def _estimates(invoice: Invoice) -> frozenset[str]:
    return frozenset(link.txn_id for link in invoice.linked_txn if link.txn_type == "Estimate")


def _paid(first: Sale, second: Sale, context: TwinContext) -> str:
    """A copy is what nobody ever pays."""
    still_open = [sale for sale in (first, second) if context.invoices[sale.id].balance != 0]
    if len(still_open) != 1:
        return "neither" if still_open else "both"
    (sale,) = still_open
    return "one, the other long due" if context.today - (sale.due or sale.day) > _LONG_OPEN_DAYS else "one of them"
