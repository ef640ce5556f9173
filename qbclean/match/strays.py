"""Payments that are booked on another party than the CRM says: a namesake's, or whoever stood next in the list."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from decimal import Decimal

from qbclean.match.customers import CustomerMap
from qbclean.match.homes import Homes
from qbclean.match.normalize import name_key
from qbclean.match.settlement_pairs import SettlementMatches
from qbclean.match.settlements import Settlement, compare_settlements, crm_payment, qbo_payment
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.crm import CrmRecords

_DAYS = 10
"""How far the days of one payment lie apart on the two sides."""
Home = tuple[str, Decimal]
"""A party and an amount."""


def payment_balance(homes: Homes) -> Mapping[Home, int]:
    """Party and amount → how many more payments of it the CRM has than QuickBooks; 0 for any other."""
    more = Counter(zip(homes.of_payments, [payment.amount for payment in homes.crm.payments], strict=True))
    for booked, home in zip(homes.books.payments.values(), homes.of_booked, strict=True):
        more[home, booked.total_amt] -= 1
    return more


def possible_strays(homes: Homes, balance: Mapping[Home, int]) -> Mapping[str, Collection[str]]:
    """CRM payment → QuickBooks payments of other parties that may be it, over the whole company.

    The amount agrees and the day nearly, and the reference or the stored QuickBooks id says so, or else the two parties
    share a name. Only where the CRM's party has fewer payments of the amount in QuickBooks than in the CRM, and the
    other party more: all others have a counterpart at home.
    """
    books, crm, customers = homes.books, homes.crm, homes.customers
    wanted = {amount for (_, amount), more in balance.items() if more > 0}
    astray = {home for home, more in balance.items() if more < 0 < home[1] and home[1] in wanted}
    surplus: dict[Decimal, list[Settlement]] = defaultdict(list)
    for booked, home in zip(books.payments.values(), homes.of_booked, strict=True):
        if (home, booked.total_amt) in astray:
            surplus[booked.total_amt].append(qbo_payment(booked, books, customers))
    namesakes = _share_a_name(books, customers)
    found: dict[str, tuple[str, ...]] = {}
    for payment, home in zip(crm.payments, homes.of_payments, strict=True):
        if payment.amount not in surplus or balance[home, payment.amount] <= 0:
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
    return replace(matched, strays=sure, levels=replace(matched.levels, besides=levels))


def _is_stray(crm: Settlement, qbo: Settlement, namesakes: Callable[[str, str], bool]) -> bool:
    if crm.qbo_id and crm.qbo_id == qbo.id:
        return True
    if abs(crm.day - qbo.day) > _DAYS:
        return False
    ours, theirs = crm.particulars, qbo.particulars
    if ours.method and theirs.method and ours.method != theirs.method:
        return False
    if ours.reference and theirs.reference:
        return ours.reference == theirs.reference
    return namesakes(crm.group, qbo.group)


def _share_a_name(books: ReceivablesSnapshot, customers: CustomerMap) -> Callable[[str, str], bool]:
    """Tells whether a QuickBooks customer of one group and one of another have a word of their names in common."""
    members = {group.key: group.qbo_ids for group in customers.groups}

    def words(group: str) -> set[str]:
        names = (name_key(books.customers[key].display_name) for key in members.get(group, ()))
        return {word for name in names for word in name.tokens if len(word) > 2}

    return lambda one, two: not words(one).isdisjoint(words(two))
