"""Pairs what settles invoices — payments with payments, credits with credit memos — one-to-one per customer group.

Where a party paid an amount once in both systems, there is one reading. All else is compared and assigned.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from operator import attrgetter

from qbclean.match.assignment import assign, uncontested
from qbclean.match.customers import CustomerMap
from qbclean.match.reach import furthest
from qbclean.match.settlements import (
    CLOSE,
    FEATURES,
    Settlement,
    compare_settlements,
    credit_memo,
    crm_credit,
    crm_payment,
    qbo_payment,
    seen_of,
)
from qbclean.match.weights import MATCH, WEIGHTS, Levels
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.crm import CrmRecords

_ORDER = attrgetter("day", "id")
Compared = Callable[[str, str], Levels]
"""The levels of a CRM record against a QuickBooks document, by id."""


@dataclass(frozen=True, slots=True)
class Explained(Mapping[str, Levels]):
    """CRM id → the levels of its pair, looked at when somebody asks: of most pairs nobody does.

    `besides`: what is known of records that are paired in some other way.
    """

    pairs: Mapping[str, str]
    compared: Compared
    besides: Mapping[str, Levels] = field(default_factory=dict)

    def __getitem__(self, crm_id: str) -> Levels:
        return self.besides[crm_id] if crm_id in self.besides else self.compared(crm_id, self.pairs[crm_id])

    def __iter__(self) -> Iterator[str]:
        yield from self.pairs
        yield from self.besides

    def __len__(self) -> int:
        return len(self.pairs) + len(self.besides)


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementMatches:
    """`pairs`: CRM id → QuickBooks id, `pair_of` the other way; `levels` explain each pair.

    `strays`: QuickBooks id → CRM id of left-overs that are one payment, booked on another party than the CRM's.
    """

    pairs: Mapping[str, str]
    pair_of: Mapping[str, str]
    levels: Explained
    spare_crm: tuple[str, ...]
    spare_qbo: tuple[str, ...]
    strays: Mapping[str, str] = field(default_factory=dict)
    contested: frozenset[str] = frozenset()
    """QuickBooks ids of pairs that another CRM record would fit about as well."""
    rivals: frozenset[str] = frozenset()
    """Those CRM records."""


def match_payments(
    books: ReceivablesSnapshot,
    crm: CrmRecords,
    customers: CustomerMap,
    pairs: Mapping[str, str],
    copies: Mapping[str, str],
) -> SettlementMatches:
    """CRM payments with QuickBooks payments of money (zero payments only join credits and are left out).

    `pairs`: CRM invoice → QuickBooks invoice; `copies`: what looks like a copy, or is a further part → that invoice, so
    that money on it counts as money for the sale.
    """
    money = [payment for payment in books.payments.values() if payment.total_amt > 0]
    return _matched(
        [crm_payment(payment, crm, customers, pairs) for payment in crm.payments],
        [qbo_payment(payment, books, customers, copies) for payment in money],
        lambda crm_id, qbo_id: compare_settlements(
            crm_payment(crm.payments_by_id[crm_id], crm, customers, pairs),
            qbo_payment(books.payments[qbo_id], books, customers, copies),
        ),
    )


def match_credits(
    books: ReceivablesSnapshot,
    crm: CrmRecords,
    customers: CustomerMap,
    pairs: Mapping[str, str],
    parts: Mapping[str, str],
) -> SettlementMatches:
    """CRM credits with QuickBooks credit memos. `pairs`: CRM invoice → QuickBooks invoice; `parts`: a further part of
    it → that invoice."""
    return _matched(
        [crm_credit(credit, crm, customers, pairs) for credit in crm.credits],
        [credit_memo(memo, books, customers, parts) for memo in books.credit_memos.values() if memo.total_amt > 0],
        lambda crm_id, qbo_id: compare_settlements(
            crm_credit(crm.credits_by_id[crm_id], crm, customers, pairs),
            credit_memo(books.credit_memos[qbo_id], books, customers, parts),
        ),
    )


def _matched(ours: list[Settlement], theirs: list[Settlement], compared: Compared) -> SettlementMatches:
    ours.sort(key=_ORDER)
    theirs.sort(key=_ORDER)
    worth = _Known()
    alone, contenders = _sorted_out(ours, theirs, worth)
    edges: dict[str, dict[str, int]] = {
        crm.id: {
            qbo.id: value
            for qbo in _within_reach(crm, contenders[crm.id])
            if (value := worth[seen_of(crm, qbo)]) >= MATCH
        }
        for crm in ours
        if crm.id in contenders
    }
    found = {**alone, **uncontested(assign(edges), edges, by=MATCH)}
    pairs = {crm.id: found[crm.id] for crm in ours if crm.id in found}
    pair_of = {qbo_id: crm_id for crm_id, qbo_id in pairs.items()}
    rivals = {
        (crm_id, qbo_id)
        for crm_id, row in edges.items()
        for qbo_id, value in row.items()
        if (home := pair_of.get(qbo_id, crm_id)) != crm_id and value >= edges[home][qbo_id] - CLOSE
    }
    return SettlementMatches(
        pairs=pairs,
        pair_of=pair_of,
        levels=Explained(pairs, compared),
        spare_crm=tuple([crm.id for crm in ours if crm.id not in pairs]),
        spare_qbo=tuple([qbo.id for qbo in theirs if qbo.id not in pair_of]),
        contested=frozenset(qbo_id for _, qbo_id in rivals),
        rivals=frozenset(crm_id for crm_id, _ in rivals),
    )


def _sorted_out(
    ours: Sequence[Settlement], theirs: Sequence[Settlement], worth: _Known
) -> tuple[dict[str, str], dict[str, Sequence[Settlement]]]:
    """Pairs of those alone with their amount on both sides, and of `ours` the others, each with all it may be.

    That is what its party has at the amount, and what the CRM stores as its QuickBooks document.
    """
    booked = _by_amount(theirs)
    stored = _stored_at_another_amount(ours, theirs)
    claimed = {qbo.id for qbo in stored.values()}
    alone: dict[str, str] = {}
    contenders: dict[str, Sequence[Settlement]] = {}
    for (group, amount), told in _by_amount(ours).items() if booked else ():
        near = booked.get((group, amount), ()) if group else ()
        if len(told) == len(near) == 1 and told[0].id not in stored and near[0].id not in claimed:
            if _is_sure(told[0], near[0]) or worth[seen_of(told[0], near[0])] >= MATCH:
                alone[told[0].id] = near[0].id
            continue
        for crm in told:
            if crm.id in stored:
                contenders[crm.id] = sorted((*near, stored[crm.id]), key=_ORDER)
            elif near:
                contenders[crm.id] = near
    return alone, contenders


def _is_sure(crm: Settlement, qbo: Settlement) -> bool:
    """True when two at one amount are one settlement whatever else they say."""
    return crm.day == qbo.day and _ON_THE_DAY >= MATCH


def _within_reach(crm: Settlement, near: Iterable[Settlement]) -> Iterator[Settlement]:
    """Those of `near` that may come to `MATCH`: months apart they only do by a common reference or a stored id."""
    day, reference, stored = crm.day, crm.particulars.reference, crm.qbo_id
    for qbo in near:
        if abs(qbo.day - day) <= _REACH or qbo.id == stored or reference == qbo.particulars.reference != "":
            yield qbo


_ON_THE_DAY = (
    WEIGHTS["amount"]["same"]
    + WEIGHTS["date"]["same day"]
    + sum(min(WEIGHTS[feature].values()) for feature in FEATURES if feature not in ("amount", "date"))
)
_LEFT_AT_BEST = sum(WEIGHTS[feature]["same"] for feature in ("amount", "method", "pays the same"))
"""What two can come to that have neither a reference nor a stored id in common, before their dates are looked at."""
_REACH = furthest(MATCH - _LEFT_AT_BEST)


def _stored_at_another_amount(ours: Sequence[Settlement], theirs: Sequence[Settlement]) -> dict[str, Settlement]:
    """CRM id → the QuickBooks document of its party that the CRM stores for it, where the amounts differ."""
    wanted = {crm.qbo_id for crm in ours if crm.qbo_id}
    others = {qbo.id: qbo for qbo in theirs if qbo.id in wanted} if wanted else {}
    return {
        crm.id: qbo
        for crm in ours
        if crm.group and (qbo := others.get(crm.qbo_id)) and qbo.group == crm.group and qbo.amount != crm.amount
    }


def _by_amount(settlements: Iterable[Settlement]) -> Mapping[tuple[str, Decimal], Sequence[Settlement]]:
    """Customer group and amount → settlements, in their order."""
    found: dict[tuple[str, Decimal], list[Settlement]] = defaultdict(list)
    for settlement in settlements:
        found[settlement.group, settlement.amount].append(settlement)
    return found


class _Known(dict[tuple[str, ...], int]):
    """What levels are worth, added up once: many pairs show the same few dozen combinations."""

    def __missing__(self, seen: tuple[str, ...]) -> int:
        worth = sum(WEIGHTS[feature][level] for feature, level in zip(FEATURES, seen, strict=True))
        self[seen] = worth
        return worth
