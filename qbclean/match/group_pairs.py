"""Pairs the invoices of one customer group: of all one-to-one readings, the one with the largest total evidence.

Plain pairs stand by themselves. The rest is compared, assigned, and what is left over gets a second chance.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from qbclean.match.assignment import assign, uncontested
from qbclean.match.date_levels import SOON
from qbclean.match.likeness import untold, worth
from qbclean.match.plain_pairs import plain_pairs
from qbclean.match.reach import Candidate, within_reach
from qbclean.match.sale_levels import SalesContext, compare_sales, same_money, tells_of_another
from qbclean.match.sales import Sale
from qbclean.match.weights import MATCH, Levels, points
from qbclean.match.wholes import told_wholes

_SMALL = 1_500
"""Up to this many comparisons a group is compared whole; beyond, only invoices that share a key."""
_SECOND_CHANCE = 15
"""Added to the evidence of left-overs: neither has anything better to be (the prior odds are higher)."""
_LIKELIER_COPY = 8
"""Taken from it where the left-over looks like a copy of another sale: copies are commoner than lost numbers."""
_NEAR_DAYS = 10

Scores = Mapping[str, Mapping[str, int]]
"""CRM id → QuickBooks id → points, for comparisons worth `MATCH` or more."""


def pair_group(billed: Sequence[Sale], booked: Sequence[Sale], context: SalesContext) -> tuple[dict[str, str], Scores]:
    """CRM id → QuickBooks id of the pairs of one group, and the scores of all but the plain pairs without a rival."""
    plain = plain_pairs(billed, booked, context)
    if len(plain) == len(booked):
        _forget_lines(billed, booked)
        return _ids(plain), {}
    told = told_wholes(billed, booked, plain)
    ours, theirs = _without(billed, told.crm_ids), _without(booked, told.qbo_ids)
    rows: dict[str, dict[str, int]] = {sale.id: {} for sale in ours}
    compare = _without(theirs, {qbo.id for qbo in plain.values()})
    left = list(compare)
    while compare:
        candidates = [Candidate.of(sale, context) for sale in compare]
        near_to = _neighbours(candidates, whole=len(ours) * len(theirs) <= _SMALL)
        for sale in ours:
            if row := _row(sale, near_to(sale), context):
                rows[sale.id] |= row
        compare = [plain.pop(crm_id) for crm_id in [*plain] if rows[crm_id]]
        left += compare
    others = [sale for sale in ours if sale.id not in plain]
    scores = {sale.id: rows[sale.id] for sale in others}
    # What is given up may be a copy of the other sale, and its own pair missing; it is looked at again below.
    paired = uncontested(assign(scores), scores)
    pairs = _ids(plain) | paired | _second_chance(others, left, paired, scores, context)
    _forget_lines(billed, booked)
    return pairs, scores


def _forget_lines(*sides: Iterable[Sale]) -> None:
    for sales in sides:
        for sale in sales:
            sale.forget_lines()


def _ids(pairs: Mapping[str, Sale]) -> dict[str, str]:
    return {crm_id: qbo.id for crm_id, qbo in pairs.items()}


def _without(sales: Sequence[Sale], ids: Collection[str]) -> Sequence[Sale]:
    return [sale for sale in sales if sale.id not in ids] if ids else sales


def _neighbours(candidates: Sequence[Candidate], *, whole: bool) -> Callable[[Sale], Iterable[Candidate]]:
    """Tells which of `candidates` to compare an invoice with: all (`whole`), or those that share a key with it."""
    if whole:
        return lambda _: candidates
    index: dict[object, list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        for key in _keys(candidate.sale):
            index[key].append(candidate)
    return lambda sale: {other.sale.id: other for key in _keys(sale) for other in index.get(key, ())}.values()


def _row(crm: Sale, near: Iterable[Candidate], context: SalesContext) -> dict[str, int]:
    return {
        qbo.id: value for qbo in within_reach(crm, near) if (value := worth(crm, qbo, context, least=MATCH)) is not None
    }


def _second_chance(
    ours: Sequence[Sale],
    theirs: Sequence[Sale],
    paired: Mapping[str, str],
    scores: Scores,
    context: SalesContext,
) -> dict[str, str]:
    """Pairs among the left-overs of a group that agree on the total, or on the day and part of the lines.

    A CRM invoice without a twin beside a QuickBooks invoice without one are likelier one sale on a wrong job or number
    than one missing and one duplicated, unless the copy clearly looks like another sale. A pair voids and creates
    nothing, so that is also the cautious reading.
    """
    taken = set(paired.values())
    lost = [sale for sale in ours if sale.id not in paired and sale.status not in ("void", "draft")]
    spare = {sale.id: sale for sale in theirs if sale.id not in taken and sale.status == "live"}
    if not lost or not spare:
        return {}
    as_copy: dict[str, int] = {}
    told = {sale.id: sale for sale in ours}
    for crm_id in paired:
        for qbo_id in spare.keys() & scores[crm_id].keys():
            copied, copy = told[crm_id], spare[qbo_id]
            if same_money(copied, copy) and not tells_of_another(compare_sales(copied, copy, context)):
                as_copy[qbo_id] = max(as_copy.get(qbo_id, 0), scores[crm_id][qbo_id] + _LIKELIER_COPY)
    edges: dict[str, dict[str, int]] = {}
    for sale in lost:
        for other in spare.values():
            if sale.total != other.total and abs(sale.day - other.day) > _NEAR_DAYS:
                continue
            levels = compare_sales(sale, other, context)
            if _could_be(levels):
                value = points(levels) + untold(sale, other) + _SECOND_CHANCE
                edges.setdefault(sale.id, {})[other.id] = value - as_copy.get(other.id, 0)
    return assign(edges)


def _could_be(levels: Levels) -> bool:
    """Whether two left-overs may be one sale. A number that names another sale is a chance hit where the words name the
    very lot, unit or month: QuickBooks' own numbers run into the CRM's."""
    told = levels["particulars"] == "same" and levels["total"] == "same" and levels["date"] in SOON
    if levels["number"] in ("names another", "other draw") and not told:
        return False
    if levels["date"] == "from before the start":
        return False
    near = levels["date"] in SOON and levels["lines"] != "nothing in common"
    return levels["total"] == "same" or near


def _keys(sale: Sale) -> Iterable[object]:
    """Same number, same CRM link, or same amount in the same or a neighbouring 45-day window."""
    if sale.number:
        yield "number", sale.number.base
    if sale.qbo_id:
        yield "id", sale.qbo_id
    window = sale.day // 45
    for amount in {sale.total, sale.subtotal}:
        yield "amount", amount, window
        yield "amount", amount, window + 1
