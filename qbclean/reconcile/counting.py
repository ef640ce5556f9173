"""Adds up a slice document by document, by customer, job and month."""

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


class _Counted:
    """One measure in one dimension, as `Table` is to have it."""

    __slots__ = ("buckets", "totals")

    def __init__(self) -> None:
        self.totals: dict[Side, dict[str, Decimal]] = {"crm": {}, "quickbooks": {}}
        self.buckets: dict[str, dict[Bucket, _Running]] = defaultdict(partial(defaultdict, _Running))

    def table(self) -> Table:
        """What was counted."""
        crm, quickbooks = (
            {key: cents(amount) for key, amount in self.totals[side].items()} for side in ("crm", "quickbooks")
        )
        return Table(
            crm,
            quickbooks,
            {
                key: {bucket: running.tally() for bucket, running in found.items()}
                for key, found in self.buckets.items()
            },
        )


class Measured:
    """One measure: totals of each side from the sources, sums of each bucket from the documents."""

    def __init__(self, *, by_job: bool) -> None:
        self._customer, self._job, self._month = _Counted(), _Counted(), _Counted()
        self._by_job = by_job

    def total(self, side: Side, amount: Decimal, place: Place | None, day: date | None) -> None:
        """Count an amount of the sources by month, and by place if it is given; nothing where it is zero."""
        if amount:
            totals, in_month = self._month.totals[side], month(day)
            totals[in_month] = totals.get(in_month, ZERO) + amount
            if place is not None:
                self.total_of(side, amount, place)

    def total_of(self, side: Side, amount: Decimal, place: Place) -> None:
        """Count an amount of the sources by place alone."""
        party, job = place
        totals = self._customer.totals[side]
        totals[party] = totals.get(party, ZERO) + amount
        if self._by_job:
            totals = self._job.totals[side]
            totals[job] = totals.get(job, ZERO) + amount

    def put(self, document: ReconciledDocument, bucket: Bucket, amount: Decimal) -> None:
        """Count a document."""
        every = [self._customer.buckets[document.party][bucket], self._month.buckets[month(document.day)][bucket]]
        if self._by_job:
            every.append(self._job.buckets[document.job][bucket])
        if document.side == "crm":
            for running in every:
                running.crm_records += 1
                running.crm += amount
        else:
            for running in every:
                running.quickbooks_documents += 1
                running.quickbooks += amount

    def tables(self) -> Tables:
        """What was counted, by customer, job and month."""
        return Tables(self._customer.table(), self._job.table(), self._month.table())


class Counting:
    """All four measures, `by_job` too where jobs are to be listed."""

    def __init__(self, *, by_job: bool = True) -> None:
        self.of: dict[MeasureName, Measured] = {measure: Measured(by_job=by_job) for measure in MEASURES}
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
