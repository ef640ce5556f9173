"""Adds up a slice document by document: by place and month, and from that the tables by customer, job and month."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Final

from qbclean.model.money import ZERO, cents
from qbclean.model.reconciliation import Bucket, MeasureName, ReconciledDocument, Side
from qbclean.reconcile.places import Place, month
from qbclean.reconcile.tallies import MEASURES, Table, Tables, Tallies, Tally

_LIST_OF: Final[Mapping[str, MeasureName]] = {"invoice": "invoices", "payment": "payments", "credit": "credits"}


class _Running:
    """Sums that grow: exact decimals, since turning each amount into cents takes longer than adding it up."""

    __slots__ = ("crm", "crm_records", "quickbooks", "quickbooks_documents")

    def __init__(self) -> None:
        self.crm_records = self.quickbooks_documents = 0
        self.crm = self.quickbooks = ZERO

    def tally(self) -> Tally:
        """The sums so far. Raises ValueError for a fraction of a cent."""
        crm = cents(self.crm) if self.crm else 0
        quickbooks = cents(self.quickbooks) if self.quickbooks else 0
        return Tally(self.crm_records, self.quickbooks_documents, crm, quickbooks)


class Measured:
    """One measure: totals of each side from the sources, sums of each bucket from the documents."""

    def __init__(self) -> None:
        self.totals_by_place: dict[Side, dict[tuple[str, str], Decimal]] = {"crm": {}, "quickbooks": {}}
        self.totals_by_month: dict[Side, dict[str, Decimal]] = {"crm": {}, "quickbooks": {}}
        self._by_place: dict[tuple[str, str], dict[Bucket, _Running]] = defaultdict(partial(defaultdict, _Running))
        self._by_month: dict[str, dict[Bucket, _Running]] = defaultdict(partial(defaultdict, _Running))

    def total(self, side: Side, amount: Decimal, place: Place | None, day: date | None) -> None:
        """Count an amount of the sources by month, and by place if it is given; nothing where it is zero."""
        if amount:
            by_month, in_month = self.totals_by_month[side], month(day)
            by_month[in_month] = by_month.get(in_month, ZERO) + amount
            if place is not None:
                self.total_of(side, amount, place)

    def total_of(self, side: Side, amount: Decimal, place: Place) -> None:
        """Count an amount of the sources by place alone."""
        totals = self.totals_by_place[side]
        totals[place] = totals.get(place, ZERO) + amount

    def put(self, document: ReconciledDocument, bucket: Bucket, amount: Decimal) -> None:
        """Count a document."""
        here = self._by_place[document.party, document.job][bucket]
        then = self._by_month[month(document.day)][bucket]
        if document.side == "crm":
            here.crm_records += 1
            here.crm += amount
            then.crm_records += 1
            then.crm += amount
        else:
            here.quickbooks_documents += 1
            here.quickbooks += amount
            then.quickbooks_documents += 1
            then.quickbooks += amount

    def tables(self) -> Tables:
        """What was counted, by customer, job and month."""
        customer, job, by_month = Table(), Table(), Table()
        for (party, of_job), buckets in self._by_place.items():
            for bucket, running in buckets.items():
                found = running.tally()
                customer.buckets[party][bucket].add(found)
                job.buckets[of_job][bucket].add(found)
        for in_month, buckets in self._by_month.items():
            for bucket, running in buckets.items():
                by_month.buckets[in_month][bucket].add(running.tally())
        for side in ("crm", "quickbooks"):
            of_customers, of_jobs, of_months = (getattr(table, side) for table in (customer, job, by_month))
            for (party, of_job), amount in self.totals_by_place[side].items():
                minor = cents(amount)
                of_customers[party] = of_customers.get(party, 0) + minor
                of_jobs[of_job] = of_jobs.get(of_job, 0) + minor
            of_months.update((in_month, cents(amount)) for in_month, amount in self.totals_by_month[side].items())
        return Tables(customer, job, by_month)


class Counting:
    """All four measures."""

    def __init__(self) -> None:
        self.of: dict[MeasureName, Measured] = {measure: Measured() for measure in MEASURES}
        self._balances = self.of["balances"]

    def put(self, document: ReconciledDocument) -> None:
        """Count a document in the list it is of, and in the balances."""
        if document.bucket is not None:
            self.of[_LIST_OF[document.sort]].put(document, document.bucket, document.amount)
        if document.open_bucket is not None:
            self._balances.put(document, document.open_bucket, document.open)

    def tallies(self) -> Tallies:
        """What was counted."""
        return Tallies(*(self.of[measure].tables() for measure in MEASURES))
