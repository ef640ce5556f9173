"""Asking for the reconciliation of small books, and reading one document or bucket out of it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from qbclean.detect import detect
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.crm import CrmRecords
from qbclean.model.finding import Finding
from qbclean.model.reconciliation import BucketSum, MeasureName, ReconciledDocument, Reconciliation
from qbclean.model.settings import CompanySettings
from qbclean.reconcile.mismatches import balance_mismatches
from qbclean.reconcile.reconciliation import merge
from qbclean.reconcile.slices import reconcile_slice
from qbclean.reconcile.verdicts import Verdicts
from qbclean.workflow.answer import reconciled_slice, reconciliation_for
from qbclean.workflow.propose import inquire
from tests.crm_builders import AS_OF


def reconciled(
    books: ReceivablesSnapshot,
    crm: CrmRecords,
    settings: CompanySettings | None = None,
    *,
    as_of: dt.date = AS_OF,
    verdicts: Verdicts | None = None,
) -> Reconciliation:
    """The reconciliation with the detectors' own verdicts, or with those given."""
    inquiry = inquire(books, crm, settings or CompanySettings(), as_of=as_of)
    if verdicts is not None:
        part = reconcile_slice(books, crm, inquiry.matches, inquiry.settings, as_of=as_of, verdicts=verdicts)
        return merge([part])
    return reconciliation_for(inquiry)


def mismatches(books: ReceivablesSnapshot, crm: CrmRecords, *, as_of: dt.date = AS_OF) -> tuple[Finding, ...]:
    """What is left of the balances once all detectors have spoken."""
    inquiry = inquire(books, crm, CompanySettings(), as_of=as_of)
    findings = [found.finding for found in detect(inquiry)]
    unaccounted = reconciled_slice(inquiry).unaccounted
    return tuple(balance_mismatches(unaccounted, findings, books, inquiry.matches.customers).values())


def bucket_of(answer: Reconciliation, side: str, id: str) -> tuple[str | None, str | None]:  # noqa: A002
    """(bucket of the amount, bucket of the open balance) of one document."""
    document = document_of(answer, side, id)
    return document.bucket, document.open_bucket


def document_of(answer: Reconciliation, side: str, id: str) -> ReconciledDocument:  # noqa: A002
    (document,) = (item for item in answer.documents if (item.side, item.id) == (side, id))
    return document


def buckets(answer: Reconciliation, measure: MeasureName) -> dict[str, Decimal]:
    """Bucket → QuickBooks less CRM, of the whole company."""
    return {item.bucket: item.difference for item in sums(answer, measure)}


def sums(answer: Reconciliation, measure: MeasureName) -> tuple[BucketSum, ...]:
    return answer.comparison(measure).whole.buckets
