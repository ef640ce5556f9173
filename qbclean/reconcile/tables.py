"""The tables: both totals, the buckets between them, and nothing left over, by customer, job and month."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Literal, NamedTuple

from qbclean.errors import QbcleanError
from qbclean.model.money import ZERO, total
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
Dimension = Literal["whole", "party", "job", "month"]
_LIST_OF: Mapping[str, MeasureName] = {"invoice": "invoices", "payment": "payments", "credit": "credits"}
_ORDER: Mapping[Bucket, int] = {bucket: place for place, bucket in enumerate(BUCKETS)}


class ResidualError(QbcleanError):
    """The buckets do not add up to the difference of the totals: a document is counted twice, or not at all."""


class _Key(NamedTuple):
    measure: MeasureName
    dimension: Dimension
    key: str


class _Sum:
    """Running sums of one bucket."""

    __slots__ = ("crm", "crm_records", "quickbooks", "quickbooks_documents")

    def __init__(self) -> None:
        self.crm_records = self.quickbooks_documents = 0
        self.crm = self.quickbooks = ZERO

    def add(self, side: Side, amount: Decimal) -> None:
        if side == "crm":
            self.crm_records += 1
            self.crm += amount
        else:
            self.quickbooks_documents += 1
            self.quickbooks += amount


def comparisons(
    documents: Iterable[ReconciledDocument],
    sources: Iterable[Amount],
    *,
    compared: Callable[[MeasureName], bool],
    party_name: Callable[[str], str],
    job_name: Callable[[str], str],
) -> tuple[Comparison, ...]:
    """One comparison per measure. Raises ResidualError when anything is left unexplained anywhere."""
    sums = _bucket_sums(documents)
    totals = _source_sums(sources)
    by_place: dict[tuple[MeasureName, Dimension], list[_Key]] = defaultdict(list)
    for key in sorted(sums.keys() | totals.keys()):
        by_place[key.measure, key.dimension].append(key)
    names: Mapping[Dimension, Callable[[str], str]] = {"party": party_name, "job": job_name, "month": str}

    def rows(measure: MeasureName, dimension: Dimension) -> tuple[Explained, ...]:
        name = names[dimension]
        return tuple(_explained(key, name(key.key), sums, totals) for key in by_place[measure, dimension])

    return tuple(
        Comparison(
            measure=measure,
            compared=compared(measure),
            whole=_explained(_Key(measure, "whole", ""), "", sums, totals),
            by_customer=tuple(sorted(rows(measure, "party"), key=lambda row: (row.name.casefold(), row.key))),
            by_job=tuple(sorted(rows(measure, "job"), key=lambda row: (row.name.casefold(), row.key))),
            by_month=rows(measure, "month"),
        )
        for measure in MEASURES
    )


def _bucket_sums(documents: Iterable[ReconciledDocument]) -> dict[_Key, dict[Bucket, _Sum]]:
    sums: dict[_Key, dict[Bucket, _Sum]] = defaultdict(lambda: defaultdict(_Sum))
    for document in documents:
        for measure, bucket, amount in _parts(document):
            for dimension, key in _places(document):
                sums[_Key(measure, dimension, key)][bucket].add(document.side, amount)
    return sums


def _parts(document: ReconciledDocument) -> Iterator[tuple[MeasureName, Bucket, Decimal]]:
    if document.bucket is not None:
        yield _LIST_OF[document.sort], document.bucket, document.amount
    if document.open_bucket is not None:
        yield "balances", document.open_bucket, document.open


def _places(document: ReconciledDocument) -> tuple[tuple[Dimension, str], ...]:
    return (("whole", ""), ("party", document.party), ("job", document.job), ("month", month(document.day)))


def _source_sums(sources: Iterable[Amount]) -> dict[_Key, dict[Side, Decimal]]:
    totals: dict[_Key, dict[Side, Decimal]] = defaultdict(lambda: {"crm": ZERO, "quickbooks": ZERO})
    for measure, side, amount, party, job, in_month in sources:
        if party is not None:
            totals[_Key(measure, "whole", "")][side] += amount
            totals[_Key(measure, "party", party)][side] += amount
        if job is not None:
            totals[_Key(measure, "job", job)][side] += amount
        if in_month is not None:
            totals[_Key(measure, "month", in_month)][side] += amount
    return totals


def _explained(
    key: _Key,
    name: str,
    sums: Mapping[_Key, Mapping[Bucket, _Sum]],
    totals: Mapping[_Key, Mapping[Side, Decimal]],
) -> Explained:
    sides = totals.get(key, {})
    crm, quickbooks = sides.get("crm", ZERO), sides.get("quickbooks", ZERO)
    buckets = tuple(
        BucketSum(
            bucket=bucket,
            crm_records=found.crm_records,
            quickbooks_documents=found.quickbooks_documents,
            crm=found.crm,
            quickbooks=found.quickbooks,
            difference=found.quickbooks - found.crm,
        )
        for bucket, found in sorted(sums.get(key, {}).items(), key=lambda item: _ORDER[item[0]])
    )
    residual = (quickbooks - crm) - total(bucket.difference for bucket in buckets)
    if residual or crm != total(bucket.crm for bucket in buckets):
        raise ResidualError(
            f"{residual} of the difference in {key.measure}"
            f"{f' ({key.dimension} {name})' if key.key else ''} is in no bucket.",
            why="A document was counted twice or not at all; figures that do not add up are not shown.",
            do="Run `qbclean pull --full` and try again; if it stays, report this as an error of qbclean.",
        )
    return Explained(
        key=key.key,
        name=name,
        crm=crm,
        quickbooks=quickbooks,
        difference=quickbooks - crm,
        residual=residual,
        buckets=buckets,
    )
