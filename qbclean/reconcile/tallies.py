"""The figures behind the tables, of a slice or of the whole company, in cents: they only add up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import partial
from itertools import chain
from typing import Final, Literal, Protocol, Self, TypeVar

import msgspec

from qbclean.model.reconciliation import Bucket, MeasureName

MEASURES: Final[tuple[MeasureName, ...]] = ("invoices", "payments", "credits", "balances")


class Addable(Protocol):
    """Figures that take others in; those are not to be used any more."""

    def add(self, other: Self, /) -> None: ...


_A = TypeVar("_A", bound=Addable)


def add_up(mine: dict[str, _A], theirs: Mapping[str, _A]) -> None:
    """Add the figures of each key, or take them over where there are none yet."""
    for key, found in theirs.items():
        if key in mine:
            mine[key].add(found)
        else:
            mine[key] = found


class Tally(msgspec.Struct, array_like=True, gc=False):
    """Sums of one bucket: records and amounts of each side."""

    crm_records: int = 0
    quickbooks_documents: int = 0
    crm: int = 0
    quickbooks: int = 0

    def add(self, other: Tally) -> None:
        """All documents of `other`."""
        self.crm_records += other.crm_records
        self.quickbooks_documents += other.quickbooks_documents
        self.crm += other.crm
        self.quickbooks += other.quickbooks


def no_buckets() -> dict[str, dict[Bucket, Tally]]:
    """Key → bucket → sums, zero where there are none yet."""
    return defaultdict(partial(defaultdict, Tally))


class Table(msgspec.Struct, array_like=True, gc=False):
    """One measure in one dimension: each side's total by key from the sources, tallies by key and bucket from the
    documents."""

    crm: dict[str, int] = {}
    quickbooks: dict[str, int] = {}
    buckets: dict[str, dict[Bucket, Tally]] = msgspec.field(default_factory=no_buckets)

    def add(self, other: Table) -> None:
        """All that `other` counts."""
        for mine, theirs in ((self.crm, other.crm), (self.quickbooks, other.quickbooks)):
            for key, amount in theirs.items():
                mine[key] = mine.get(key, 0) + amount
        for key, tallies in other.buckets.items():
            if key in self.buckets:
                add_up(self.buckets[key], tallies)  # type: ignore[arg-type]
            else:
                self.buckets[key] = tallies

    def every_key(self) -> Iterable[str]:
        """Of any document or total, each once."""
        return dict.fromkeys(chain(self.buckets, self.crm, self.quickbooks))

    def whole(self) -> Table:
        """The same without regard to the key."""
        table = Table()
        if self.crm:
            table.crm[""] = sum(self.crm.values())
        if self.quickbooks:
            table.quickbooks[""] = sum(self.quickbooks.values())
        for tallies in self.buckets.values():
            for bucket, found in tallies.items():
                table.buckets[""][bucket].add(found)
        return table


class Tables(msgspec.Struct, array_like=True, gc=False):
    """One measure by customer, job and month."""

    customer: Table
    job: Table
    month: Table

    def add(self, other: Tables) -> None:
        """All that `other` counts."""
        self.customer.add(other.customer)
        self.job.add(other.job)
        self.month.add(other.month)


class Tallies(msgspec.Struct, array_like=True, gc=False):
    """All four measures."""

    invoices: Tables
    payments: Tables
    credits: Tables
    balances: Tables

    def of(self, measure: MeasureName) -> Tables:
        tables: Tables = getattr(self, measure)
        return tables

    def add(self, other: Tallies) -> None:
        """All that `other` counts."""
        for measure in MEASURES:
            self.of(measure).add(other.of(measure))

    def keys(self, dimension: Literal["customer", "job"]) -> list[str]:
        """The customers or jobs that any document is of, sorted."""
        return sorted({key for table in self._by(dimension) for key in table.buckets})

    def every_key(self, dimension: Literal["customer", "job"]) -> set[str]:
        """The customers or jobs of any document or total."""
        return {key for table in self._by(dimension) for key in table.every_key()}

    def _by(self, dimension: Literal["customer", "job"]) -> list[Table]:
        tables = [self.of(measure) for measure in MEASURES]
        return [found.customer if dimension == "customer" else found.job for found in tables]
