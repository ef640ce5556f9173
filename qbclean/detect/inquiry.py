"""What every detector is given: both stories, how they pair, the closed periods, and the day the question is asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from itertools import pairwise

import msgspec

from qbclean.actions.proposal import Proposal
from qbclean.detect.billed import Billed
from qbclean.detect.booked_past import BookedPast, booked_past
from qbclean.detect.bundled import Bundled
from qbclean.detect.compared import Compared
from qbclean.detect.copies import copy_sets
from qbclean.detect.copy_set import CopySet
from qbclean.detect.other_money import OtherMoney, money_past_invoices
from qbclean.match.overview import Overview
from qbclean.match.pairing import MatchSet
from qbclean.match.party_records import crm_party
from qbclean.match.sales import Sale
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.crm import CrmInvoice, CrmPayment, CrmRecords
from qbclean.model.documents import Invoice, Payment
from qbclean.model.finding import Finding
from qbclean.model.locks import Locks
from qbclean.model.settings import CompanySettings

_AGAIN = timedelta(days=10)


class Detected(msgspec.Struct, frozen=True, kw_only=True):
    """One finding with the actions that would mend it, in the order they must run."""

    finding: Finding
    proposals: Sequence[Proposal] = ()


@dataclass(frozen=True, kw_only=True)
class Inquiry:
    """One question put to the books, with the answers several detectors share."""

    books: ReceivablesSnapshot
    crm: CrmRecords
    matches: MatchSet
    settings: CompanySettings
    locks: Locks
    as_of: date

    @cached_property
    def copies(self) -> Mapping[str, CopySet]:
        """CRM invoice → all QuickBooks copies of it, where there is more than one."""
        return copy_sets(self.books, self.crm, self.matches, self.compared, self.billed)

    @cached_property
    def billed(self) -> Billed:
        return Billed(matches=self.matches.invoices, compared=self.compared, prices=self.matches.overview.crm_prices)

    @cached_property
    def compared(self) -> Compared:
        return Compared(self.matches.invoices)

    @cached_property
    def duplicates(self) -> frozenset[str]:
        """QuickBooks invoices that are further copies of a sale already there, whether or not they can be removed."""
        return frozenset(extra.invoice.id for copies in self.copies.values() for extra in copies.extras)

    @cached_property
    def _in_copies(self) -> frozenset[str]:
        """All copies of any sale: the one that stays may be the left-over, the one that goes the CRM's own twin."""
        return self.duplicates | {copies.survivor.id for copies in self.copies.values()}

    @cached_property
    def perhaps_copied(self) -> Mapping[str, Invoice]:
        """CRM invoice without a twin → the QuickBooks invoice, taken for another's copy, that it may be instead."""
        extras = (extra for copies in self.copies.values() for extra in copies.extras)
        return {extra.may_be: extra.invoice for extra in extras if extra.may_be}

    @cached_property
    def bundled(self) -> Bundled:
        """What is consolidated or split."""
        return Bundled(bundles=self.matches.bundles, matches=self.matches.invoices)

    @property
    def overview(self) -> Overview:
        """What is known of the whole company, of which the books may be a slice."""
        return self.matches.overview

    @cached_property
    def other_money(self) -> Mapping[str, Sequence[OtherMoney]]:
        """QuickBooks customer → the money of it that is booked other than by invoice; "" → what names nobody."""
        found: dict[str, list[OtherMoney]] = defaultdict(list)
        for money in money_past_invoices(self.books):
            found[money.customer].append(money)
        return found

    def is_set_off(self, money: OtherMoney) -> bool:
        """True for a journal entry set off against invoices that are beyond doubt certain sales' own."""
        sales = [self.sale_on(invoice) for invoice in money.settles]
        return bool(sales) and all(sale and not self.is_only_perhaps(sale) for sale in sales)

    @cached_property
    def booked_past(self) -> BookedPast:
        """Which CRM payments are that money."""
        return booked_past(self.crm, self.matches, self.other_money)

    @cached_property
    def unknown_payments(self) -> Mapping[str, Sequence[Payment]]:
        """Customer group → its QuickBooks payments that are none of the CRM's."""
        found: dict[str, list[Payment]] = defaultdict(list)
        for key in self.matches.payments.spare_qbo:
            if key not in self.matches.payments.strays:
                payment = self.books.payments[key]
                found[self.matches.customers.group_of_qbo.get(payment.customer_id, "")].append(payment)
        return found

    @cached_property
    def larger_payments(self) -> Mapping[str, Sequence[tuple[Payment, Decimal]]]:
        """Customer group → its QuickBooks payments that hold more than the CRM's record of them, and how much more."""
        found: dict[str, list[tuple[Payment, Decimal]]] = defaultdict(list)
        for key, crm_id in self.matches.payments.pair_of.items():
            payment, record = self.books.payments[key], self.crm.payments_by_id[crm_id]
            if payment.total_amt > record.amount:
                group = self.matches.customers.group_of_qbo.get(payment.customer_id, "")
                found[group].append((payment, payment.total_amt - record.amount))
        return found

    def party_of(self, finding: Finding) -> str:
        """The customer group a finding is about: its customer's, or that of the CRM invoice it names.

        One about nobody known is an affair of its own.
        """
        customers = self.matches.customers
        if group := customers.group_of_qbo.get(finding.customer_id):
            return group
        for ref in finding.crm:
            invoice = self.crm.invoices_by_id.get(ref.id) if ref.kind == "invoice" else None
            if invoice and (group := customers.group_of_crm.get(crm_party(invoice.customer_id, invoice.customer_name))):
                return group
        return finding.id

    def group_of(self, invoice: CrmInvoice) -> tuple[str, ...]:
        """All QuickBooks customers of the party a CRM invoice belongs to."""
        party = crm_party(invoice.customer_id, invoice.customer_name)
        return self._groups.get(self.matches.customers.group_of_crm.get(party, ""), ())

    def sales_of(self, group: str) -> Sequence[Sale]:
        """Every CRM invoice of a customer group, in id order."""
        return self._sales_by_group.get(group, ())

    @cached_property
    def _sales_by_group(self) -> Mapping[str, Sequence[Sale]]:
        found: dict[str, list[Sale]] = defaultdict(list)
        for sale in self.matches.invoices.sales_crm.values():
            found[sale.group].append(sale)
        return found

    def unexplained_invoices(self, invoice: CrmInvoice) -> Iterator[Invoice]:
        """Live QuickBooks invoices of the same party that are no CRM invoice's twin, copy, or part."""
        for qbo_id in self.group_of(invoice):
            for other in self.books.invoices_by_customer.get(qbo_id, ()):
                explained = other.id in self.matches.invoices.pair_of or other.id in self.bundled.qbo_ids
                live = self.matches.invoices.sales_qbo[other.id].status == "live"
                if live and not explained and other.id not in self._in_copies:
                    yield other

    @cached_property
    def _groups(self) -> Mapping[str, tuple[str, ...]]:
        return {group.key: group.qbo_ids for group in self.matches.customers.groups}

    @cached_property
    def paid_again(self) -> Mapping[str, str]:
        """Payment the CRM does not know → one it knows, of the same party and amount and days apart."""
        found: dict[str, str] = {}
        if not self.crm.tells("payment"):
            return found
        group_of = self.matches.customers.group_of_qbo
        alike: dict[tuple[str, Decimal], list[Payment]] = defaultdict(list)
        for payment in self.books.payments.values():
            if payment.total_amt > 0:
                alike[group_of.get(payment.customer_id, ""), payment.total_amt].append(payment)
        for money in alike.values():
            for first, second in pairwise(sorted(money, key=lambda p: (p.txn_date, p.id.zfill(20)))):
                if second.txn_date - first.txn_date > _AGAIN:
                    continue
                known = [self.record_of(first), self.record_of(second)]
                if sum(record is not None for record in known) == 1:
                    found[second.id if known[0] else first.id] = first.id if known[0] else second.id
        return found

    def settled_by_twin(self, payment: Payment) -> bool:
        """True when a second booking of the same money already pays what the CRM says `payment` pays."""
        record = self.record_of(payment)
        twins = self._twins_of_payment.get(payment.id, ())
        if record is None or not twins:
            return False
        named = {copy.ref for line in record.applied for copy in self.copies_of(line.invoice_id)}
        return any(ref in named for twin in twins for ref, _ in self.books.payments[twin].applications)

    @cached_property
    def _twins_of_payment(self) -> Mapping[str, Sequence[str]]:
        """Payment the CRM knows → the second bookings of it."""
        found: dict[str, list[str]] = defaultdict(list)
        for twin, known in self.paid_again.items():
            found[known].append(twin)
        return found

    def sale_of(self, crm_id: str) -> str:
        """The CRM invoice under whose name its money goes: of those consolidated in QuickBooks the first."""
        bundle = self.bundled.by_crm.get(crm_id)
        return bundle.sale if bundle else crm_id

    def sale_on(self, qbo_id: str) -> str:
        """The CRM invoice under whose name the money on a QuickBooks invoice goes, "" where it has no counterpart."""
        bundle = self.bundled.by_qbo.get(qbo_id)
        return bundle.sale if bundle else self.matches.invoices.pair_of.get(qbo_id, "")

    def sales_on(self, qbo_id: str) -> tuple[str, ...]:
        """All CRM invoices that a QuickBooks invoice is, holds or is a part of, () where it has no counterpart."""
        bundle = self.bundled.by_qbo.get(qbo_id)
        pair = self.matches.invoices.pair_of.get(qbo_id)
        return bundle.crm_ids if bundle else (pair,) if pair else ()

    def invoices_of(self, crm_id: str) -> tuple[Invoice, ...]:
        """The QuickBooks invoices that hold a CRM invoice: one, all parts of a split one, or () when it is missing."""
        if bundle := self.bundled.by_crm.get(crm_id):
            return tuple(self.books.invoices[qbo_id] for qbo_id in bundle.qbo_ids)
        invoice = self.invoice_of(crm_id)
        return (invoice,) if invoice else ()

    def invoice_of(self, crm_id: str) -> Invoice | None:
        """The QuickBooks invoice that stands for a CRM invoice: the surviving copy, else its pair; None if missing."""
        return self.standing.get(crm_id)

    @cached_property
    def standing(self) -> Mapping[str, Invoice]:
        """CRM invoice → the QuickBooks invoice that stands for it, by id; without those that are missing."""
        pairs = self.matches.invoices.pairs
        return {
            crm_id: self.copies[crm_id].survivor if crm_id in self.copies else self.books.invoices[pairs[crm_id]]
            for crm_id in sorted(pairs)
        }

    def is_only_perhaps(self, crm_id: str) -> bool:
        """True when the QuickBooks invoice that stands for a CRM invoice may as well be another sale's, or its copy."""
        if bundle := self.bundled.by_crm.get(crm_id):
            return not bundle.told
        matched, invoice = self.matches.invoices, self.invoice_of(crm_id)
        if invoice is None or crm_id in matched.weak:
            return crm_id in matched.weak
        extras = self.copies[crm_id].extras if crm_id in self.copies else ()
        return any(extra.twin_in_doubt for extra in extras) or self.billed.is_contested(
            matched.sales_crm[crm_id], matched.sales_qbo[invoice.id]
        )

    def copies_of(self, crm_id: str) -> tuple[Invoice, ...]:
        """All live QuickBooks copies or parts of a CRM invoice, the survivor first; () when it is missing."""
        extras = self.copies[crm_id].extras if crm_id in self.copies else ()
        return (*self.invoices_of(crm_id), *(extra.invoice for extra in extras))

    def record_of(self, payment: Payment) -> CrmPayment | None:
        """The CRM's record of a QuickBooks payment, also of one that is booked on another party."""
        payments = self.matches.payments
        return self.crm.payments_by_id.get(payments.pair_of.get(payment.id) or payments.strays.get(payment.id, ""))

    def customers_in(self, group: str) -> tuple[str, ...]:
        """The QuickBooks customers of a group."""
        return self._groups.get(group, ())

    def customer_of(self, invoice: CrmInvoice) -> str:
        """The QuickBooks customer or job a CRM invoice belongs on, "" when it is not known there."""
        job = self.matches.customers.jobs.get(invoice.job_id or "", "")
        known = self.matches.customers.known_as(crm_party(invoice.customer_id, invoice.customer_name))
        return job or (known[0] if known else "")

    def name_of(self, invoice: Invoice) -> str:
        """What people call an invoice: its number, else its id."""
        return invoice.doc_number or f"id {invoice.id}"
