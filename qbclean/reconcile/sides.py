"""Both sides of the comparison and what is known about how they belong together, gathered once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from qbclean.match.pairing import MatchSet
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.crm import CrmRecords
from qbclean.model.reconciliation import Bucket
from qbclean.model.settings import CompanySettings
from qbclean.reconcile.crm_balances import CrmBalances, crm_balances
from qbclean.reconcile.elsewhere import Booking, Wanted, claim, credits_elsewhere, money_elsewhere
from qbclean.reconcile.names import Names
from qbclean.reconcile.places import Places
from qbclean.reconcile.verdicts import Pairs, Verdicts


@dataclass(frozen=True, kw_only=True)
class Sides:
    """Everything the buckets are decided from."""

    books: ReceivablesSnapshot
    crm: CrmRecords
    matches: MatchSet
    settings: CompanySettings
    as_of: date
    verdicts: Verdicts

    @cached_property
    def pairs(self) -> Pairs:
        return Pairs.of(self.matches, self.verdicts)

    @cached_property
    def places(self) -> Places:
        return Places(self.books, self.crm, self.matches.customers)

    @cached_property
    def names(self) -> Names:
        return Names(self.books, self.crm, self.matches.customers)

    @cached_property
    def joins_entries(self) -> frozenset[str]:
        """QuickBooks payments that pay a journal entry or use one up: few, and the others' lines need no look."""
        return frozenset(
            payment.id
            for payment in self.books.payments.values()
            for line in payment.line
            for link in line.linked_txn[:1]
            if link.txn_type == "JournalEntry"
        )

    @cached_property
    def crm_open(self) -> CrmBalances:
        return crm_balances(self.crm)

    @cached_property
    def money_booked_elsewhere(self) -> Mapping[str, Booking]:
        """CRM payment without a QuickBooks payment → the receipt, deposit line or journal entry that stands for it."""
        wanted = [
            Wanted(id=item.crm_id, party=self.places.of_payment(item).party, day=item.date, amount=item.amount)
            for item in self.crm.payments
            if item.crm_id not in self.pairs.payment_of
        ]
        return claim(wanted, money_elsewhere(self.books, self.places), self.matches.overview.nameless.claimants)

    @cached_property
    def credits_booked_elsewhere(self) -> Mapping[str, Booking]:
        """CRM credit without a credit memo → the refund or journal entry that stands for it."""
        taken = {(booking.ref, booking.line) for booking in self.money_booked_elsewhere.values()}
        wanted = [
            Wanted(id=item.crm_id, party=self.places.of_credit(item).party, day=item.date, amount=item.amount)
            for item in self.crm.credits
            if item.crm_id not in self.pairs.credit_of
        ]
        free = (item for item in credits_elsewhere(self.books, self.places) if (item.ref, item.line) not in taken)
        return claim(wanted, free, {})

    @cached_property
    def settled_by_journal(self) -> frozenset[tuple[str, str]]:
        """(journal entry, party): entries that stand for a payment or credit the CRM has of that party."""
        claimed = (*self.money_booked_elsewhere.values(), *self.credits_booked_elsewhere.values())
        return frozenset((item.ref.id, item.party) for item in claimed if item.ref.kind == "JournalEntry")

    def outside(self, day: date | None) -> Bucket | None:
        """Why a CRM record of that day cannot be in these books; None when it can."""
        started = max(filter(None, (self.books.company.company_start_date, self.settings.start_date)), default=None)
        if day is not None and started is not None and day < started:
            return "before_start"
        return "after_as_of" if day is not None and day > self.as_of else None
