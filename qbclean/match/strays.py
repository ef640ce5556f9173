"""Payments that are booked on another party than the CRM says: a namesake's, or whoever stood next in the list."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from decimal import Decimal

from qbclean.match.customers import CustomerMap
from qbclean.match.normalize import name_key
from qbclean.match.settlements import (
    Settlement,
    SettlementMatches,
    compare_settlements,
    crm_group,
    crm_payment,
    qbo_payment,
)
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.crm import CrmPayment, CrmRecords

_DAYS = 10
"""How far the days of one payment lie apart on the two sides."""
Home = tuple[str, Decimal]
"""A party and an amount."""


def home_of(payment: CrmPayment, crm: CrmRecords, customers: CustomerMap) -> str:
    """The key of the party that a CRM payment belongs to, also of one QuickBooks does not know; "" for nobody."""
    if group := customers.group_of_crm.get(payment.customer_id or ""):
        return group
    group = crm_group(None, [line.invoice_id for line in payment.applied], crm, customers)
    return group or (f"c{payment.customer_id}" if payment.customer_id else "")


def payment_balance(books: ReceivablesSnapshot, crm: CrmRecords, customers: CustomerMap) -> Mapping[Home, int]:
    """Party and amount → how many more payments of it the CRM has than QuickBooks."""
    more: dict[Home, int] = defaultdict(int)
    for payment in crm.payments:
        more[home_of(payment, crm, customers), payment.amount] += 1
    for booked in books.payments.values():
        more[customers.group_of_qbo.get(booked.customer_id, ""), booked.total_amt] -= 1
    return more


def possible_strays(
    books: ReceivablesSnapshot, crm: CrmRecords, customers: CustomerMap, balance: Mapping[Home, int]
) -> Mapping[str, Collection[str]]:
    """CRM payment → QuickBooks payments of other parties that may be it, over the whole company.

    The amount agrees and the day nearly, and the reference or the stored QuickBooks id says so, or else the two parties
    share a name. Only where the CRM's party has fewer payments of the amount in QuickBooks than in the CRM, and the
    other party more: all others have a counterpart at home.
    """
    wanted = {amount for (_, amount), more in balance.items() if more > 0}
    astray = {home for home, more in balance.items() if more < 0 < home[1] and home[1] in wanted}
    amounts = {amount for _, amount in astray}
    surplus: dict[Decimal, list[Settlement]] = defaultdict(list)
    for booked in books.payments.values():
        amount = booked.total_amt
        if amount in amounts and (customers.group_of_qbo.get(booked.customer_id, ""), amount) in astray:
            surplus[amount].append(qbo_payment(booked, books, customers))
    namesakes = _share_a_name(books, customers)
    found: dict[str, tuple[str, ...]] = {}
    for payment in crm.payments:
        if payment.amount not in amounts or balance[home_of(payment, crm, customers), payment.amount] <= 0:
            continue
        missing = crm_payment(payment, crm, customers, {})
        others = [
            other.id
            for other in surplus[payment.amount]
            if missing.group not in ("", other.group) and _is_stray(missing, other, namesakes)
        ]
        if others:
            found[payment.crm_id] = tuple(sorted(others))
    return found


def find_strays(
    matched: SettlementMatches,
    books: ReceivablesSnapshot,
    crm: CrmRecords,
    customers: CustomerMap,
    pairs: Mapping[str, str],
    possible: Mapping[str, Collection[str]],
) -> SettlementMatches:
    """`matched` with those left over on both sides that are one payment. With more than one reading nothing is
    concluded. `possible` as `possible_strays` gives it."""
    missing, left = set(matched.spare_crm), set(matched.spare_qbo)
    readings = [
        (crm_id, qbo_id)
        for crm_id in sorted(missing.intersection(possible))
        for qbo_id in possible[crm_id]
        if qbo_id in left
    ]
    seen = Counter(key for crm_id, qbo_id in readings for key in (("crm", crm_id), ("qbo", qbo_id)))
    sure = {qbo_id: crm_id for crm_id, qbo_id in readings if seen["crm", crm_id] == seen["qbo", qbo_id] == 1}
    levels = {
        crm_id: compare_settlements(
            crm_payment(crm.payments_by_id[crm_id], crm, customers, pairs),
            qbo_payment(books.payments[qbo_id], books, customers),
        )
        for qbo_id, crm_id in sure.items()
    }
    return replace(matched, strays=sure, levels={**matched.levels, **levels})


def _is_stray(crm: Settlement, qbo: Settlement, namesakes: Callable[[str, str], bool]) -> bool:
    if crm.qbo_id and crm.qbo_id == qbo.id:
        return True
    if abs(crm.day - qbo.day) > _DAYS or (crm.method and qbo.method and crm.method != qbo.method):
        return False
    if crm.reference and qbo.reference:
        return crm.reference == qbo.reference
    return namesakes(crm.group, qbo.group)


def _share_a_name(books: ReceivablesSnapshot, customers: CustomerMap) -> Callable[[str, str], bool]:
    """Tells whether a QuickBooks customer of one group and one of another have a word of their names in common."""
    members = {group.key: group.qbo_ids for group in customers.groups}

    def words(group: str) -> set[str]:
        names = (name_key(books.customers[key].display_name) for key in members.get(group, ()))
        return {word for name in names for word in name.tokens if len(word) > 2}

    return lambda one, two: not words(one).isdisjoint(words(two))
