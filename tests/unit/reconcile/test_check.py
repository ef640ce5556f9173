"""The use case: findings and reconciliation from one snapshot, or nothing at all."""

from __future__ import annotations

from decimal import Decimal

import pytest

from qbclean.errors import IncompleteBooksError
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.crm import CrmRecords
from qbclean.model.settings import CompanySettings
from qbclean.workflow.check import Checked, check
from tests.builders import a_snapshot, an_invoice
from tests.crm_builders import AS_OF, a_crm_invoice, the_crm
from tests.fakes import FakeSnapshotStore
from tests.unit.reconcile.answers import bucket_of


def checked(books: ReceivablesSnapshot, crm: CrmRecords) -> Checked:
    store = FakeSnapshotStore(books)
    store.save_crm(crm)
    return check(store, CompanySettings(), as_of=AS_OF, tool="qbclean test")


def test_the_findings_and_the_buckets_tell_the_same_story() -> None:
    found = checked(a_snapshot(an_invoice(), an_invoice("302", number="1043")), the_crm(a_crm_invoice()))

    assert [finding.kind for finding in found.plan.findings] == ["duplicate_invoice"]
    assert bucket_of(found.reconciliation, "quickbooks", "302") == ("duplicate", "duplicate")


def test_a_duplicate_found_in_quickbooks_alone_is_one_in_the_buckets_too() -> None:
    books = a_snapshot(an_invoice(), an_invoice("302", number="1043"))

    found = checked(books, the_crm())

    named = {finding.documents[0].id for finding in found.plan.findings if finding.kind == "duplicate_invoice"}
    bucketed = {item.id for item in found.reconciliation.documents if item.bucket == "duplicate"}
    assert named == bucketed


def test_books_that_are_not_the_whole_picture_are_not_reconciled() -> None:
    """S29."""
    books = a_snapshot(an_invoice(), ar_by_customer={"58": Decimal("99.00")})

    with pytest.raises(IncompleteBooksError):
        checked(books, the_crm(a_crm_invoice()))
