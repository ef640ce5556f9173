"""The tables: both totals, the buckets between them, and nothing left over, by customer, job and month."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Final, Literal, Self

from qbclean.errors import QbcleanError
from qbclean.model.money import ZERO
from qbclean.model.reconciliation import (
    BUCKETS,
    Bucket,
    BucketSum,
    Comparison,
    Explained,
    MeasureName,
    ReconciledDocument,
    Side,
)
from qbclean.reconcile.places import month
from qbclean.reconcile.source_totals import Amount

MEASURES: tuple[MeasureName, ...] = ("invoices", "payments", "credits", "balances")
Dimension = Literal["whole", "customer", "job", "month"]
_DIMENSIONS: Final[tuple[Dimension, ...]] = ("customer", "job", "month")
_LIST_OF: Mapping[str, MeasureName] = {"invoice": "invoices", "payment": "payments", "credit": "credits"}
_ORDER: Mapping[Bucket, int] = {bucket: place for place, bucket in enumerate(BUCKETS)}


class ResidualError(QbcleanError):
    """The buckets do not add up to the difference of the totals: a document is counted twice, or not at all."""


class _Sum:
    """Running sums of one bucket, or of one total."""

    __slots__ = ("crm", "crm_records", "quickbooks", "quickbooks_documents")

    def __init__(self) -> None:
        self.crm_records = self.quickbooks_documents = 0
        self.crm = self.quickbooks = ZERO

    def __iadd__(self, other: _Sum) -> Self:
        self.crm_records += other.crm_records
        self.quickbooks_documents += other.quickbooks_documents
        self.crm += other.crm
        self.quickbooks += other.quickbooks
        return self


class _Table:
    """One measure in one dimension: total by key from the sources, sum by key and bucket from the documents."""

    __slots__ = ("buckets", "totals")

    def __init__(self) -> None:
        self.totals: dict[str, _Sum] = defaultdict(_Sum)
        self.buckets: dict[tuple[str, Bucket], _Sum] = defaultdict(_Sum)

    def whole(self) -> _Table:
        """The same without regard to the key."""
        table = _Table()
        for found in self.totals.values():
            table.totals[""] += found
        for (_, bucket), found in self.buckets.items():
            table.buckets["", bucket] += found
        return table

    def rows(self, measure: MeasureName, dimension: Dimension, name: Callable[[str], str]) -> tuple[Explained, ...]:
        """One row per key, in key order; the buckets of each in the order of the vocabulary."""
        sums: dict[str, dict[Bucket, _Sum]] = {key: {} for key in self.totals}
        for (key, bucket), found in sorted(self.buckets.items(), key=lambda item: _ORDER[item[0][1]]):
            sums.setdefault(key, {})[bucket] = found
        return tuple(
            _explained(measure, dimension, key, name(key), self.totals[key], sums[key]) for key in sorted(sums)
        )


_Tables = dict[MeasureName, Mapping[Dimension, _Table]]


def comparisons(
    documents: Iterable[ReconciledDocument],
    sources: Iterable[Amount],
    *,
    compared: Callable[[MeasureName], bool],
    party_name: Callable[[str], str],
    job_name: Callable[[str], str],
) -> tuple[Comparison, ...]:
    """One comparison per measure. Raises ResidualError when anything is left unexplained anywhere."""
    tables: _Tables = {measure: {dimension: _Table() for dimension in _DIMENSIONS} for measure in MEASURES}
    _total(tables, sources)
    _explain(tables, documents)
    found = []
    for measure in MEASURES:
        table = tables.pop(measure)  # by far the larger part of the memory, and each is looked at once
        whole = table["customer"].whole().rows(measure, "whole", str)
        found.append(
            Comparison(
                measure=measure,
                compared=compared(measure),
                whole=whole[0] if whole else _explained(measure, "whole", "", "", _Sum(), {}),
                by_customer=_by_name(table["customer"].rows(measure, "customer", party_name)),
                by_job=_by_name(table["job"].rows(measure, "job", job_name)),
                by_month=table["month"].rows(measure, "month", str),
            )
        )
    return tuple(found)


def _by_name(rows: Iterable[Explained]) -> tuple[Explained, ...]:
    return tuple(sorted(rows, key=lambda row: (row.name.casefold(), row.key)))


def _total(tables: _Tables, sources: Iterable[Amount]) -> None:
    for measure, side, amount, party, job, in_month in sources:
        table = tables[measure]
        if party is not None:
            _add(table["customer"].totals[party], side, amount)
        if job is not None:
            _add(table["job"].totals[job], side, amount)
        if in_month is not None:
            _add(table["month"].totals[in_month], side, amount)


def _explain(tables: _Tables, documents: Iterable[ReconciledDocument]) -> None:
    for document in documents:
        if document.bucket is not None:
            _put(tables[_LIST_OF[document.sort]], document, document.bucket, document.amount)
        if document.open_bucket is not None:
            _put(tables["balances"], document, document.open_bucket, document.open)


def _put(table: Mapping[Dimension, _Table], document: ReconciledDocument, bucket: Bucket, amount: Decimal) -> None:
    side = document.side
    _add(table["customer"].buckets[document.party, bucket], side, amount)
    _add(table["job"].buckets[document.job, bucket], side, amount)
    _add(table["month"].buckets[month(document.day), bucket], side, amount)


def _add(found: _Sum, side: Side, amount: Decimal) -> None:
    if side == "crm":
        found.crm_records += 1
        found.crm += amount
    else:
        found.quickbooks_documents += 1
        found.quickbooks += amount


def _explained(
    measure: MeasureName, dimension: Dimension, key: str, name: str, totals: _Sum, sums: Mapping[Bucket, _Sum]
) -> Explained:
    crm_left, quickbooks_left = totals.crm, totals.quickbooks
    for found in sums.values():
        crm_left -= found.crm
        quickbooks_left -= found.quickbooks
    if crm_left or quickbooks_left:
        raise ResidualError(
            f"{quickbooks_left - crm_left} of the difference in {measure}"
            f"{f' ({dimension} {name})' if key else ''} is in no bucket.",
            why="A document was counted twice or not at all; figures that do not add up are not shown.",
            do="Run `qbclean pull --full` and try again; if it stays, report this as an error of qbclean.",
        )
    return Explained(
        key=key,
        name=name,
        crm=totals.crm,
        quickbooks=totals.quickbooks,
        difference=totals.quickbooks - totals.crm or ZERO,
        residual=quickbooks_left - crm_left or ZERO,
        buckets=tuple([_bucket_sum(bucket, found) for bucket, found in sums.items()]),
    )


def _bucket_sum(bucket: Bucket, found: _Sum) -> BucketSum:
    return BucketSum(
        bucket=bucket,
        crm_records=found.crm_records,
        quickbooks_documents=found.quickbooks_documents,
        crm=found.crm,
        quickbooks=found.quickbooks,
        difference=found.quickbooks - found.crm or ZERO,
    )
