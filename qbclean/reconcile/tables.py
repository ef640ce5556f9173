"""The tables: both totals, the buckets between them, and nothing left over, by customer, job and month."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from operator import attrgetter
from typing import Literal

from qbclean.errors import QbcleanError
from qbclean.model.money import ZERO, from_cents
from qbclean.model.reconciliation import AGREED, BUCKETS, Bucket, BucketSum, Comparison, Explained, Listed, MeasureName
from qbclean.reconcile.tallies import MEASURES, Table, Tallies, Tally

_ORDER: Mapping[Bucket, int] = {bucket: place for place, bucket in enumerate(BUCKETS)}
_Dimension = Literal["customer", "job", "month"]


class ResidualError(QbcleanError):
    """The buckets do not add up to the difference of the totals: a document is counted twice, or not at all."""


def comparisons(
    tallies: Tallies,
    *,
    compared: Collection[MeasureName],
    party_name: Callable[[str], str],
    job_name: Callable[[str], str],
    listed: Listed = "every",
) -> tuple[Comparison, ...]:
    """One comparison per measure, with the rows that are to be listed; every month is.

    Raises ResidualError when anything that was counted is left unexplained, in a row listed or not.
    """
    found = []
    for measure in MEASURES:
        tables = tallies.of(measure)
        _require_explained(tables.customer, measure, "customer", party_name)
        _require_explained(tables.job, measure, "job", job_name)
        _require_explained(tables.month, measure, "month", str)
        jobs = None if listed == "none" else listed
        customers = listed if measure == "balances" else jobs
        found.append(
            Comparison(
                measure=measure,
                compared=measure in compared,
                whole=next(iter(_rows(tables.customer.whole(), str, "every")), _explained("", "", 0, 0, {})),
                by_customer=_by_name(_rows(tables.customer, party_name, customers)),
                by_job=_by_name(_rows(tables.job, job_name, jobs)),
                by_month=tuple(sorted(_rows(tables.month, str, "every"), key=attrgetter("key"))),
            )
        )
    return tuple(found)


def _by_name(rows: Iterable[Explained]) -> tuple[Explained, ...]:
    return tuple(sorted(rows, key=lambda row: (row.name.casefold(), row.key)))


def _require_explained(table: Table, measure: MeasureName, dimension: _Dimension, name: Callable[[str], str]) -> None:
    """Raises ResidualError for a key whose buckets do not add up to its totals."""
    for key in table.every_key():
        crm_left, quickbooks_left = table.crm.get(key, 0), table.quickbooks.get(key, 0)
        for found in table.buckets.get(key, {}).values():
            crm_left -= found.crm
            quickbooks_left -= found.quickbooks
        if crm_left or quickbooks_left:
            raise _residual(measure, dimension, name(key) if key else "", quickbooks_left - crm_left)


def _rows(table: Table, name: Callable[[str], str], listed: Listed | None) -> Iterator[Explained]:
    """One row per key that is listed, none for None; the buckets of each in the order of the vocabulary."""
    for key in table.every_key() if listed else ():
        crm, quickbooks, buckets = table.crm.get(key, 0), table.quickbooks.get(key, 0), table.buckets.get(key, {})
        if listed == "every" or crm != quickbooks or (listed == "differing" and not buckets.keys() <= AGREED):
            yield _explained(key, name(key), crm, quickbooks, buckets)


def _residual(measure: MeasureName, dimension: _Dimension, name: str, left: int) -> ResidualError:
    return ResidualError(
        f"{from_cents(left)} of the difference in {measure}{f' ({dimension} {name})' if name else ''} is in no bucket.",
        why="A document was counted twice or not at all; figures that do not add up are not shown.",
        do="Run `qbclean pull --full` and try again; if it stays, report this as an error of qbclean.",
    )


def _explained(key: str, name: str, crm: int, quickbooks: int, buckets: Mapping[Bucket, Tally]) -> Explained:
    return Explained(
        key=key,
        name=name,
        crm=from_cents(crm),
        quickbooks=from_cents(quickbooks),
        difference=from_cents(quickbooks - crm),
        residual=ZERO,
        buckets=tuple([_bucket_sum(bucket, buckets[bucket]) for bucket in sorted(buckets, key=_ORDER.__getitem__)]),
    )


def _bucket_sum(bucket: Bucket, found: Tally) -> BucketSum:
    crm, quickbooks = from_cents(found.crm), from_cents(found.quickbooks)
    return BucketSum(
        bucket=bucket,
        crm_records=found.crm_records,
        quickbooks_documents=found.quickbooks_documents,
        crm=crm,
        quickbooks=quickbooks,
        difference=quickbooks if not found.crm else from_cents(found.quickbooks - found.crm),
    )
