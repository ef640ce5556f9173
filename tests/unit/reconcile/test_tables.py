"""The tables: both totals, the buckets between them, and an error where anything is left."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from qbclean.model.documents import Ref
from qbclean.model.reconciliation import ReconciledDocument
from qbclean.reconcile.counting import Counting
from qbclean.reconcile.places import Place
from qbclean.reconcile.tables import ResidualError, comparisons
from tests.builders import a_credit_memo, a_customer, a_payment, a_snapshot, an_invoice
from tests.crm_builders import a_crm_invoice, the_crm
from tests.unit.reconcile.answers import reconciled, sums

DAY = date(2026, 3, 2)


def a_document(amount: str, **fields: object) -> ReconciledDocument:
    given: dict[str, object] = {
        "side": "crm",
        "sort": "invoice",
        "id": "I-1",
        "day": DAY,
        "party": "q58",
        "job": "",
        "amount": Decimal(amount),
        "bucket": "missing",
        "open": Decimal("0.00"),
        "open_bucket": None,
    }
    return ReconciledDocument(**{**given, **fields})  # type: ignore[arg-type]


def compare(documents: list[ReconciledDocument], sources: list[str]) -> None:
    counting = Counting()
    for document in documents:
        counting.put(document)
    for amount in sources:
        counting.of["invoices"].total("crm", Decimal(amount), Place("q58", ""), DAY)
    comparisons(counting.tallies(), compared=(), party_name=str, job_name=str)


def test_documents_that_make_up_the_totals_leave_nothing() -> None:
    compare([a_document("70.00"), a_document("30.00", id="I-2")], ["70.00", "30.00"])


@pytest.mark.parametrize(
    ("documents", "sources"),
    [
        ([a_document("100.00")], ["100.01"]),
        ([], ["100.00"]),
        ([a_document("100.00")], []),
        ([a_document("100.00", party="q71")], ["100.00"]),
        ([a_document("100.00"), a_document("100.00", side="quickbooks")], []),
    ],
    ids=["a cent off", "not counted", "not there", "another customer", "off on both sides alike"],
)
def test_anything_left_over_is_an_error_that_says_where(
    documents: list[ReconciledDocument], sources: list[str]
) -> None:
    with pytest.raises(ResidualError, match="in no bucket"):
        compare(documents, sources)


def test_a_bucket_counts_the_documents_and_dollars_of_each_side() -> None:
    books = a_snapshot(an_invoice(), an_invoice("302", number="77", total="812.40", date=date(2025, 1, 7)))

    agreed, extra = sums(reconciled(books, the_crm(a_crm_invoice())), "invoices")

    assert (agreed.crm_records, agreed.quickbooks_documents, agreed.crm) == (1, 1, 100)
    assert (extra.crm_records, extra.quickbooks_documents, extra.difference) == (0, 1, Decimal("812.40"))


def test_the_balances_of_quickbooks_are_its_own_report_and_parents_and_jobs_are_one_customer() -> None:
    job = a_customer("59", "Cooler", parent_ref=Ref("58"), fully_qualified_name="Harbor Lane Bakery:Cooler")
    books = a_snapshot(an_invoice(), an_invoice("302", number="77", total="50.00", customer="59"), customers=(job,))

    balances = reconciled(books, the_crm(a_crm_invoice())).comparison("balances")

    assert balances.whole.quickbooks == sum(books.ar_by_customer.values()) == 150
    (row,) = balances.by_customer
    assert (row.name, row.quickbooks) == ("Harbor Lane Bakery", 150)
    assert {row.name: row.quickbooks for row in balances.by_job} == {"Harbor Lane Bakery:Cooler": 50, "No job": 100}


def test_the_four_ways_to_accounts_receivable_meet_and_each_is_shown() -> None:
    books = a_snapshot(an_invoice(), a_payment(total="30.00"), a_credit_memo(total="20.00"))

    answer = reconciled(books, the_crm(a_crm_invoice()))

    assert [figure.amount for figure in answer.tie_out] == [50, 50, 50, 50]
    assert answer.ties
