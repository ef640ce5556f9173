"""The figures behind the tables, of a slice or of the whole company: they only add up, nothing is concluded yet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Final, Literal

import msgspec

from qbclean.model.money import ZERO, total
from qbclean.model.reconciliation import Bucket, MeasureName, ReconciledDocument, Side
from qbclean.reconcile.places import Place, month

MEASURES: Final[tuple[MeasureName, ...]] = ("invoices", "payments", "credits", "balances")
_LIST_OF: Final[Mapping[str, MeasureName]] = {"invoice": "invoices", "payment": "payments", "credit": "credits"}


class Tally(msgspec.Struct, array_like=True, gc=False):
    """Running sums of one bucket: records and amounts of each side."""

    crm_records: int = 0
    quickbooks_documents: int = 0
    crm: Decimal = ZERO
    quickbooks: Decimal = ZERO

    def add(self, other: Tally) -> None:
        """All documents of `other`."""
        self.crm_records += other.crm_records
        self.quickbooks_documents += other.quickbooks_documents
        self.crm += other.crm
        self.quickbooks += other.quickbooks


def _no_buckets() -> dict[str, dict[Bucket, Tally]]:
    return defaultdict(partial(defaultdict, Tally))


class Table(msgspec.Struct, array_like=True, gc=False):
    """One measure in one dimension: each side's total by key from the sources, tallies by key and bucket from the
    documents."""

    crm: dict[str, Decimal] = {}
    quickbooks: dict[str, Decimal] = {}
    buckets: dict[str, dict[Bucket, Tally]] = msgspec.field(default_factory=_no_buckets)

    def total(self, side: Side, key: str, amount: Decimal) -> None:
        """Count an amount of the sources; nothing where it is zero."""
        if amount:
            totals = self.crm if side == "crm" else self.quickbooks
            totals[key] = totals.get(key, ZERO) + amount

    def add(self, other: Table) -> None:
        """All that `other` counts, which this table takes over: it must not be used any more."""
        for mine, theirs in ((self.crm, other.crm), (self.quickbooks, other.quickbooks)):
            for key, amount in theirs.items():
                mine[key] = mine[key] + amount if key in mine else amount
        for key, tallies in other.buckets.items():
            if key not in self.buckets:
                self.buckets[key] = tallies
                continue
            known = self.buckets[key]
            for bucket, found in tallies.items():
                if bucket in known:
                    known[bucket].add(found)
                else:
                    known[bucket] = found

    def whole(self) -> Table:
        """The same without regard to the key."""
        table = Table()
        if self.crm:
            table.crm[""] = total(self.crm.values())
        if self.quickbooks:
            table.quickbooks[""] = total(self.quickbooks.values())
        for tallies in self.buckets.values():
            for bucket, found in tallies.items():
                table.buckets[""][bucket].add(found)
        return table


class Tables(msgspec.Struct, array_like=True, gc=False):
    """One measure by customer, job and month."""

    customer: Table = msgspec.field(default_factory=Table)
    job: Table = msgspec.field(default_factory=Table)
    month: Table = msgspec.field(default_factory=Table)

    def total(self, side: Side, amount: Decimal, place: Place, day: date | None) -> None:
        """Count an amount of the sources; nothing where it is zero."""
        if not amount:
            return
        for table, key in ((self.customer, place.party), (self.job, place.job), (self.month, month(day))):
            totals = table.crm if side == "crm" else table.quickbooks
            totals[key] = totals.get(key, ZERO) + amount

    def put(self, document: ReconciledDocument, bucket: Bucket, amount: Decimal) -> None:
        """Count a document."""
        tallies = (
            self.customer.buckets[document.party][bucket],
            self.job.buckets[document.job][bucket],
            self.month.buckets[month(document.day)][bucket],
        )
        if document.side == "crm":
            for tally in tallies:
                tally.crm_records += 1
                tally.crm += amount
        else:
            for tally in tallies:
                tally.quickbooks_documents += 1
                tally.quickbooks += amount

    def add(self, other: Tables) -> None:
        """All that `other` counts, which these tables take over."""
        self.customer.add(other.customer)
        self.job.add(other.job)
        self.month.add(other.month)


class Tallies(msgspec.Struct, array_like=True, gc=False):
    """All four measures."""

    invoices: Tables = msgspec.field(default_factory=Tables)
    payments: Tables = msgspec.field(default_factory=Tables)
    credits: Tables = msgspec.field(default_factory=Tables)
    balances: Tables = msgspec.field(default_factory=Tables)

    def of(self, measure: MeasureName) -> Tables:
        tables: Tables = getattr(self, measure)
        return tables

    def put(self, document: ReconciledDocument) -> None:
        """Count a document in the list it is of, and in the balances."""
        if document.bucket is not None:
            tables: Tables = getattr(self, _LIST_OF[document.sort])
            tables.put(document, document.bucket, document.amount)
        if document.open_bucket is not None:
            self.balances.put(document, document.open_bucket, document.open)

    def add(self, other: Tallies) -> None:
        """All that `other` counts, which these take over."""
        for measure in MEASURES:
            self.of(measure).add(other.of(measure))

    def keys(self, dimension: Literal["customer", "job"]) -> list[str]:
        """The customers or jobs that any document is of, sorted."""
        return sorted({key for table in self._by(dimension) for key in table.buckets})

    def every_key(self, dimension: Literal["customer", "job"]) -> set[str]:
        """The customers or jobs of any document or total."""
        return {key for table in self._by(dimension) for key in (*table.buckets, *table.crm, *table.quickbooks)}

    def _by(self, dimension: Literal["customer", "job"]) -> list[Table]:
        tables = [self.of(measure) for measure in MEASURES]
        return [found.customer if dimension == "customer" else found.job for found in tables]
