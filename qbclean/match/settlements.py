"""Pairs what settles invoices — payments with payments, credits with credit memos — one-to-one per customer group."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType

import msgspec

from qbclean.match.assignment import assign, uncontested
from qbclean.match.customers import CustomerMap, crm_party
from qbclean.match.normalize import number_key, plain
from qbclean.match.sale_levels import date_level
from qbclean.match.weights import MATCH, Levels, points
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.crm import CrmCredit, CrmPayment, CrmRecords
from qbclean.model.documents import CreditMemo, Payment
from qbclean.model.money import cents

_method = lru_cache(maxsize=256)(plain)
CLOSE = 4
"""By so little a pair must not be better than another reading of it, to be taken without a look."""


class Settlement(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One payment or credit of either side; `pays` are QuickBooks invoice ids. Amount in cents, `day` an ordinal."""

    id: str
    group: str
    amount: int
    day: int
    reference: str
    method: str
    pays: tuple[str, ...]
    qbo_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementMatches:
    """`pairs`: CRM id → QuickBooks id, `pair_of` the other way; `levels` explain each pair.

    `strays`: QuickBooks id → CRM id of left-overs that are one payment, booked on another party than the CRM's.
    """

    pairs: Mapping[str, str]
    pair_of: Mapping[str, str]
    levels: Mapping[str, Levels]
    spare_crm: tuple[str, ...]
    spare_qbo: tuple[str, ...]
    strays: Mapping[str, str] = field(default_factory=dict)
    contested: frozenset[str] = frozenset()
    """QuickBooks ids of pairs that another CRM record would fit about as well."""


def match_payments(
    books: ReceivablesSnapshot,
    crm: CrmRecords,
    customers: CustomerMap,
    pairs: Mapping[str, str],
    copies: Mapping[str, str],
) -> SettlementMatches:
    """CRM payments with QuickBooks payments of money (zero payments only join credits and are left out).

    `pairs`: CRM invoice → QuickBooks invoice; `copies`: what looks like a copy → that invoice, so that money on the
    copy counts as money for the sale.
    """
    mine = [crm_payment(payment, crm, customers, pairs) for payment in crm.payments]
    booked = [
        qbo_payment(payment, books, customers, copies) for payment in books.payments.values() if payment.total_amt > 0
    ]
    return _matched(mine, booked)


def crm_payment(payment: CrmPayment, crm: CrmRecords, customers: CustomerMap, pairs: Mapping[str, str]) -> Settlement:
    """A CRM payment; `pairs`: CRM invoice → QuickBooks invoice."""
    return Settlement(
        id=payment.crm_id,
        group=crm_group(payment.customer_id, (line.invoice_id for line in payment.applied), crm, customers),
        amount=cents(payment.amount),
        day=payment.date.toordinal(),
        reference=reference_key(payment.reference),
        method=_method(payment.method or ""),
        pays=tuple([_booked(line.invoice_id, pairs) for line in payment.applied]),
        qbo_id=payment.qbo_id or "",
    )


def qbo_payment(
    payment: Payment,
    books: ReceivablesSnapshot,
    customers: CustomerMap,
    copies: Mapping[str, str] = MappingProxyType({}),
) -> Settlement:
    """A QuickBooks payment; `copies`: what looks like a copy → the invoice it copies."""
    method = payment.payment_method_ref
    copied = tuple(copies[paid] for paid in payment.invoice_ids if paid in copies) if copies else ()
    return Settlement(
        id=payment.id,
        group=customers.group_of_qbo.get(payment.customer_id, ""),
        amount=cents(payment.total_amt),
        day=payment.txn_date.toordinal(),
        reference=reference_key(payment.payment_ref_num),
        method=_method(books.payment_methods[method.value].name)
        if method and method.value in books.payment_methods
        else "",
        pays=(*payment.invoice_ids, *copied),
        qbo_id=payment.id,
    )


def match_credits(
    books: ReceivablesSnapshot, crm: CrmRecords, customers: CustomerMap, pairs: Mapping[str, str]
) -> SettlementMatches:
    """CRM credits with QuickBooks credit memos."""

    def ours(credit: CrmCredit) -> Settlement:
        paid = (credit.invoice_id,) if credit.invoice_id else ()
        return Settlement(
            id=credit.crm_id,
            group=crm_group(credit.customer_id, paid, crm, customers),
            amount=cents(credit.amount),
            day=credit.date.toordinal(),
            reference=reference_key(credit.number),
            method="",
            pays=tuple(_booked(invoice_id, pairs) for invoice_id in paid),
            qbo_id=credit.qbo_id or "",
        )

    def theirs(memo: CreditMemo) -> Settlement:
        return Settlement(
            id=memo.id,
            group=customers.group_of_qbo.get(memo.customer_id, ""),
            amount=cents(memo.total_amt),
            day=memo.txn_date.toordinal(),
            reference=reference_key(memo.doc_number),
            method="",
            pays=tuple(
                invoice_id for payment in books.payments_of.get(memo.ref, ()) for invoice_id in payment.invoice_ids
            ),
            qbo_id=memo.id,
        )

    return _matched(
        [ours(credit) for credit in crm.credits],
        [theirs(memo) for memo in books.credit_memos.values() if memo.total_amt > 0],
    )


def _booked(crm_id: str, pairs: Mapping[str, str]) -> str:
    """The QuickBooks invoice that a CRM invoice is, or a name no such invoice has: money on another is other money."""
    return pairs.get(crm_id) or f"absent {crm_id}"


def crm_group(customer_id: str | None, invoice_ids: Iterable[str], crm: CrmRecords, customers: CustomerMap) -> str:
    """The customer group of a CRM payment or credit: its customer's, else that of the invoice it names; "" unknown."""
    if customer_id and customer_id in customers.group_of_crm:
        return customers.group_of_crm[customer_id]
    for invoice_id in invoice_ids:
        if invoice := crm.invoices_by_id.get(invoice_id):
            return customers.group_of_crm.get(crm_party(invoice.customer_id, invoice.customer_name), "")
    return ""


_FEATURES = ("amount", "date", "reference", "method", "pays the same", "CRM id")


def compare_settlements(crm: Settlement, qbo: Settlement) -> Levels:
    """The level of each feature for one CRM payment or credit against one in QuickBooks."""
    return dict(zip(_FEATURES, _seen(crm, qbo), strict=True))


def _seen(crm: Settlement, qbo: Settlement) -> tuple[str, ...]:
    return (
        "same" if crm.amount == qbo.amount else "other",
        date_level(crm.day, qbo.day),
        _compared(crm.reference, qbo.reference),
        _compared(crm.method, qbo.method),
        _overlap(crm.pays, qbo.pays),
        "unknown" if not crm.qbo_id else "same" if crm.qbo_id == qbo.id else "other",
    )


@dataclass(frozen=True, slots=True)
class _Seen:
    levels: Levels
    worth: int


class _Known(dict[tuple[str, ...], _Seen]):
    """What levels are worth, worked out once: a million pairs show the same few dozen combinations."""

    def __missing__(self, seen: tuple[str, ...]) -> _Seen:
        levels = dict(zip(_FEATURES, seen, strict=True))
        self[seen] = _Seen(levels, points(levels))
        return self[seen]


def _compared(one: str, two: str) -> str:
    return "unknown" if not one or not two else "same" if one == two else "other"


def _overlap(one: tuple[str, ...], two: tuple[str, ...]) -> str:
    return "unknown" if not one or not two else "other" if set(one).isdisjoint(two) else "same"


def reference_key(text: str | None) -> str:
    """A cheque number or transaction id in one spelling, "" for none."""
    key = number_key(text)
    return key.body if key else plain(text or "")


def _matched(ours: list[Settlement], theirs: list[Settlement]) -> SettlementMatches:
    ours.sort(key=_order)
    theirs.sort(key=_order)
    mine, others = {item.id: item for item in ours}, {item.id: item for item in theirs}
    at_home: dict[tuple[str, int], list[Settlement]] = defaultdict(list)
    for settlement in theirs:
        at_home[settlement.group, settlement.amount].append(settlement)
    known = _Known()
    edges: dict[str, dict[str, int]] = {}
    for settlement in ours:
        near = at_home.get((settlement.group, settlement.amount), ()) if settlement.group else ()
        stored = others.get(settlement.qbo_id)
        if stored and stored.group == settlement.group != "" and stored.amount != settlement.amount:
            near = sorted((*near, stored), key=_order)
        edges[settlement.id] = {
            other.id: worth for other in near if (worth := known[_seen(settlement, other)].worth) >= MATCH
        }
    pairs = uncontested(assign(edges), edges, by=MATCH)
    pair_of = {qbo_id: crm_id for crm_id, qbo_id in pairs.items()}
    contested = {
        qbo_id
        for crm_id, row in edges.items()
        for qbo_id, worth in row.items()
        if (home := pair_of.get(qbo_id, crm_id)) != crm_id and worth >= edges[home][qbo_id] - CLOSE
    }
    return SettlementMatches(
        pairs=pairs,
        pair_of=pair_of,
        levels={crm_id: known[_seen(mine[crm_id], others[qbo_id])].levels for crm_id, qbo_id in pairs.items()},
        spare_crm=tuple(crm_id for crm_id in mine if crm_id not in pairs),
        spare_qbo=tuple(qbo_id for qbo_id in others if qbo_id not in pair_of),
        contested=frozenset(contested),
    )


def _order(settlement: Settlement) -> tuple[int, str]:
    return (settlement.day, settlement.id)
