"""The tables: both totals, the buckets between them, and nothing left over, by customer, job and month."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Literal

from qbclean.errors import QbcleanError
from qbclean.model.money import ZERO
from qbclean.model.reconciliation import BUCKETS, Bucket, BucketSum, Comparison, Explained, MeasureName
from qbclean.reconcile.tallies import MEASURES, Table, Tallies, Tally

_ORDER: Mapping[Bucket, int] = {bucket: place for place, bucket in enumerate(BUCKETS)}
_Dimension = Literal["whole", "customer", "job", "month"]


class ResidualError(QbcleanError):
    """The buckets do not add up to the difference of the totals: a document is counted twice, or not at all."""


def comparisons(
    tallies: Tallies,
    *,
    compared: Collection[MeasureName],
    party_name: Callable[[str], str],
    job_name: Callable[[str], str],
) -> tuple[Comparison, ...]:
    """One comparison per measure. Raises ResidualError when anything is left unexplained anywhere."""
    found = []
    for measure in MEASURES:
        tables = tallies.of(measure)
        whole = _rows(tables.customer.whole(), measure, "whole", str)
        found.append(
            Comparison(
                measure=measure,
                compared=measure in compared,
                whole=whole[0] if whole else _explained(measure, "whole", "", "", Table(), {}),
                by_customer=_by_name(_rows(tables.customer, measure, "customer", party_name)),
                by_job=_by_name(_rows(tables.job, measure, "job", job_name)),
                by_month=_rows(tables.month, measure, "month", str),
            )
        )
    return tuple(found)


def _by_name(rows: Iterable[Explained]) -> tuple[Explained, ...]:
    return tuple(sorted(rows, key=lambda row: (row.name.casefold(), row.key)))


def _rows(
    table: Table, measure: MeasureName, dimension: _Dimension, name: Callable[[str], str]
) -> tuple[Explained, ...]:
    """One row per key, in key order; the buckets of each in the order of the vocabulary."""
    keys = sorted({*table.crm, *table.quickbooks, *table.buckets})
    return tuple(_explained(measure, dimension, key, name(key), table, table.buckets.get(key, {})) for key in keys)


def _explained(
    measure: MeasureName, dimension: _Dimension, key: str, name: str, table: Table, sums: Mapping[Bucket, Tally]
) -> Explained:
    crm, quickbooks = table.crm.get(key, ZERO), table.quickbooks.get(key, ZERO)
    crm_left, quickbooks_left = crm, quickbooks
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
        crm=crm,
        quickbooks=quickbooks,
        difference=quickbooks - crm or ZERO,
        residual=quickbooks_left - crm_left or ZERO,
        buckets=tuple([_bucket_sum(bucket, sums[bucket]) for bucket in sorted(sums, key=_ORDER.__getitem__)]),
    )


def _bucket_sum(bucket: Bucket, found: Tally) -> BucketSum:
    return BucketSum(
        bucket=bucket,
        crm_records=found.crm_records,
        quickbooks_documents=found.quickbooks_documents,
        crm=found.crm,
        quickbooks=found.quickbooks,
        difference=found.quickbooks - found.crm or ZERO,
    )
