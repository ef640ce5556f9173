"""Which CRM payments without a counterpart are money booked past the invoices, one to one like all that is paired.

A monthly price comes in month after month, so the amount alone names no payment: the cheque number, the invoice named
in the text and the day decide which of them a receipt or a line of a deposit is, and what is one payment is no other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from qbclean.detect.other_money import OtherMoney
from qbclean.match.assignment import assign
from qbclean.match.date_levels import date_level
from qbclean.match.homes import home_of
from qbclean.match.memos import names_number
from qbclean.match.nameless import NEAR
from qbclean.match.pairing import MatchSet
from qbclean.match.settlements import CLOSE, crm_group, reference_key
from qbclean.match.weights import Levels, points
from qbclean.model.crm import CrmPayment, CrmRecords

_WINDOW_DAYS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class BookedPast:
    """`money`: CRM payment → what it is booked as; of two that fit one booking alike, both. `payments`: key of the
    money → the CRM payments it is."""

    money: Mapping[str, OtherMoney]
    payments: Mapping[str, Sequence[str]]


def booked_past(crm: CrmRecords, matches: MatchSet, other_money: Mapping[str, Sequence[OtherMoney]]) -> BookedPast:
    """The best pairing of CRM payments that are no QuickBooks payment with `other_money` (by customer, "" for none)."""
    absent = set(matches.payments.spare_crm) - set(matches.payments.strays.values())
    search = _Search(crm, matches, other_money)
    scored = {record.crm_id: dict(search.readings(record)) for record in crm.payments if record.crm_id in absent}
    edges = {crm_id: {key: row[key] for key in sorted(row)} for crm_id, row in sorted(scored.items()) if row}
    claims = dict(assign(edges))
    takers = {key: crm_id for crm_id, key in claims.items()}
    for crm_id, row in edges.items():
        best = max(row, key=lambda key: (row[key], key))
        if crm_id not in claims and row[best] >= edges[takers[best]][best] - CLOSE:
            claims[crm_id] = best
    payments: dict[str, list[str]] = defaultdict(list)
    for crm_id, key in sorted(claims.items()):
        payments[key].append(crm_id)
    return BookedPast(money={crm_id: search.by_key[key] for crm_id, key in claims.items()}, payments=payments)


class _Search:
    """The money by amount and by whose it is."""

    def __init__(self, crm: CrmRecords, matches: MatchSet, other_money: Mapping[str, Sequence[OtherMoney]]) -> None:
        self._crm, self._matches = crm, matches
        self._found: dict[tuple[str, Decimal], list[OtherMoney]] = defaultdict(list)
        self.by_key: dict[str, OtherMoney] = {}
        for customer, found in other_money.items():
            group = matches.customers.group_of_qbo.get(customer, "")
            for money in found:
                if money.is_payment and bool(group) == bool(customer):
                    self._found[group, money.amount].append(money)
                    self.by_key[money.key] = money
        self._bundled = {qbo_id: bundle.crm_ids for bundle in matches.bundles for qbo_id in bundle.qbo_ids}
        self._sold_by = {receipt: crm_id for crm_id, receipt in matches.invoices.receipts.items()}

    def readings(self, record: CrmPayment) -> Iterator[tuple[str, int]]:
        """Key and points of all money that may be this payment."""
        invoices = [line.invoice_id for line in record.applied]
        group = crm_group(record.customer_id, invoices, self._crm, self._matches.customers)
        home = home_of(record, self._crm, self._matches.customers)
        rivals = self._matches.overview.nameless.rivals
        near = [
            money
            for money in (self._found.get((group, record.amount), ()) if group else ())
            if abs((money.date - record.date).days) <= _WINDOW_DAYS
        ]
        nameless = [
            money
            for money in self._found.get(("", record.amount), ())
            if home in rivals.get(money.key, ()) and abs(money.date - record.date) <= NEAR
        ]
        for money in (*near, *nameless):
            sold = self._sold_by.get(money.ref.id, "") if money.ref.kind == "SalesReceipt" else ""
            settled = {crm_id for invoice in money.settles for crm_id in self._sales_on(invoice)}
            if (sold and sold not in invoices) or (settled and settled.isdisjoint(("", *invoices))):
                continue
            levels = self._levels(record, money, invoices, sold)
            sure = levels["reference"] == "same" or levels["memo"] == "names it"
            # Equal money that names nobody may be anybody's: where there is more of it near, nothing is concluded.
            if (money.customer or len(nameless) == 1 or sure) and (worth := points(levels)) > 0:
                yield money.key, worth

    def _sales_on(self, qbo_id: str) -> Sequence[str]:
        """All CRM invoices that a QuickBooks invoice may be or hold, "" where it has no counterpart."""
        pair = self._matches.invoices.pair_of.get(qbo_id)
        return [*self._bundled.get(qbo_id, () if pair else ("",)), *((pair,) if pair else ())]

    def _levels(self, record: CrmPayment, money: OtherMoney, invoices: Iterable[str], sold: str) -> Levels:
        one, two = reference_key(record.reference), reference_key(money.reference)
        return {
            "amount": "same",
            "date": date_level(record.date.toordinal(), money.date.toordinal()),
            "reference": "unknown" if not one or not two else "same" if one == two else "other",
            "pays the same": "same" if sold else "unknown",
            "memo": "names it" if any(self._is_named(crm_id, money.text) for crm_id in invoices) else "silent",
        }

    def _is_named(self, crm_id: str, text: str) -> bool:
        invoice = self._crm.invoices_by_id.get(crm_id)
        return invoice is not None and names_number(text, invoice.number)
