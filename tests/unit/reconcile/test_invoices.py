"""Each invoice of either side in the bucket a bookkeeper would put it in."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from qbclean.model.crm import CrmRecords
from qbclean.model.documents import Ref
from qbclean.model.settings import CompanySettings
from tests.builders import CUSTOMER, DAY, a_customer, a_payment, a_sales_receipt, a_snapshot, an_invoice
from tests.crm_builders import a_crm_credit, a_crm_invoice, a_crm_payment, the_crm
from tests.unit.reconcile.answers import bucket_of, buckets, document_of, reconciled

A_JOB = a_customer("59", "Walk-in cooler", parent_ref=Ref(CUSTOMER), fully_qualified_name="Harbor Lane Bakery:Cooler")


def test_twins_agree_and_nothing_is_to_be_explained() -> None:
    answer = reconciled(a_snapshot(an_invoice()), the_crm(a_crm_invoice()))

    assert bucket_of(answer, "crm", "I-1") == ("agreed", "agreed")
    assert bucket_of(answer, "quickbooks", "301") == ("agreed", "agreed")
    assert answer.comparison("invoices").whole.difference == 0
    assert document_of(answer, "crm", "I-1").counterparts == ("301",)


def test_the_further_copy_is_a_duplicate_and_names_what_it_repeats() -> None:
    books = a_snapshot(an_invoice("301"), an_invoice("302", number="1043"))

    answer = reconciled(books, the_crm(a_crm_invoice()))

    assert bucket_of(answer, "quickbooks", "301") == ("agreed", "agreed")
    assert bucket_of(answer, "quickbooks", "302") == ("duplicate", "duplicate")
    assert document_of(answer, "quickbooks", "302").counterparts == ("I-1",)
    assert buckets(answer, "invoices") == {"agreed": 0, "duplicate": 100}


def test_the_surviving_copy_is_the_counterpart_when_it_is_not_the_one_with_the_number() -> None:
    """S04: money comes before the number."""
    books = a_snapshot(
        an_invoice("301"), an_invoice("302", number="1043"), a_payment(pays={"302": "100.00"}), customers=()
    )
    crm = the_crm(a_crm_invoice(balance=Decimal("0.00"), status="paid"), a_crm_payment(pays={"I-1": "100.00"}))

    answer = reconciled(books, crm)

    assert bucket_of(answer, "quickbooks", "302")[0] == "agreed"
    assert bucket_of(answer, "quickbooks", "301") == ("duplicate", "duplicate")


def test_an_invoice_only_the_crm_has_is_missing_and_one_only_quickbooks_has_is_extra() -> None:
    books = a_snapshot(an_invoice(number="9001", total="812.40"))

    answer = reconciled(books, the_crm(a_crm_invoice(total="55.00", date=DAY - timedelta(days=300))))

    assert bucket_of(answer, "crm", "I-1") == ("missing", "missing")
    assert bucket_of(answer, "quickbooks", "301") == ("extra", "extra")
    assert buckets(answer, "invoices") == {"missing": Decimal("-55.00"), "extra": Decimal("812.40")}


def test_a_twin_with_another_amount_differs_in_amount_and_balance() -> None:
    answer = reconciled(a_snapshot(an_invoice(total="60.00")), the_crm(a_crm_invoice()))

    assert bucket_of(answer, "crm", "I-1") == ("amount_differs", "amount_differs")
    assert buckets(answer, "balances") == {"amount_differs": Decimal("-40.00")}


def test_a_cent_of_tax_is_rounding_and_not_a_partial_sync() -> None:
    """S25."""
    books = a_snapshot(an_invoice(total="108.26", tax="8.26"))

    answer = reconciled(books, the_crm(a_crm_invoice(total="108.25", tax="8.25")))

    assert bucket_of(answer, "quickbooks", "301") == ("rounding", "rounding")


def test_an_invoice_lowered_by_its_credit_is_not_a_partial_sync() -> None:
    books = a_snapshot(an_invoice(total="60.00"))

    answer = reconciled(books, the_crm(a_crm_invoice(balance=Decimal("60.00")), a_crm_credit(amount="40.00")))

    assert bucket_of(answer, "quickbooks", "301") == ("lowered_invoice", "agreed")
    assert bucket_of(answer, "crm", "CR-1") == ("lowered_invoice", None)


def test_a_twin_of_another_month_is_timing_and_shows_in_both_months() -> None:
    books = a_snapshot(an_invoice(date=date(2026, 3, 1)))

    answer = reconciled(books, the_crm(a_crm_invoice(date=date(2026, 2, 27))))

    assert bucket_of(answer, "crm", "I-1") == ("timing", "timing")
    months = {row.key: row.difference for row in answer.comparison("invoices").by_month}
    assert months == {"2026-02": Decimal("-100.00"), "2026-03": Decimal("100.00")}
    assert answer.comparison("invoices").whole.difference == 0


def test_a_twin_on_the_customer_instead_of_the_job_is_on_another_job() -> None:
    books = a_snapshot(an_invoice(customer="59"), customers=(A_JOB,))

    answer = reconciled(books, the_crm(a_crm_invoice()))

    assert bucket_of(answer, "crm", "I-1")[0] == "other_job"
    jobs = {row.key: row.difference for row in answer.comparison("invoices").by_job}
    assert jobs == {"": Decimal("-100.00"), "59": Decimal("100.00")}


def test_drafts_and_voids_of_the_crm_are_named_and_not_missing() -> None:
    crm = the_crm(
        a_crm_invoice("I-1", status="draft", number="1", total="10.00"),
        a_crm_invoice("I-2", status="void", number="2", total="20.00", balance=Decimal("0.00")),
    )

    answer = reconciled(a_snapshot(), crm)

    assert bucket_of(answer, "crm", "I-1") == ("crm_draft", "crm_draft")
    assert bucket_of(answer, "crm", "I-2") == ("crm_void", None)
    assert answer.aging.true.total == 0


def test_what_is_void_in_the_crm_and_live_in_quickbooks_shows_on_both_sides() -> None:
    crm = the_crm(a_crm_invoice(status="void", balance=Decimal("0.00"), qbo_id="301"))

    answer = reconciled(a_snapshot(an_invoice()), crm)

    assert bucket_of(answer, "crm", "I-1")[0] == "crm_void"
    assert bucket_of(answer, "quickbooks", "301") == ("not_billed", "not_billed")
    assert buckets(answer, "invoices") == {"not_billed": Decimal("100.00"), "crm_void": Decimal("-100.00")}


def test_an_invoice_from_before_the_books_or_after_the_day_is_not_missing() -> None:
    crm = the_crm(
        a_crm_invoice("I-1", number="1", date=date(2019, 5, 1)),
        a_crm_invoice("I-2", number="2", date=date(2025, 5, 1)),
        a_crm_invoice("I-3", number="3", date=date(2026, 8, 1)),
    )

    answer = reconciled(a_snapshot(), crm, CompanySettings(start_date=date(2026, 1, 1)))

    assert [document.bucket for document in answer.documents] == ["before_start", "before_start", "after_as_of"]


def test_a_consolidated_invoice_stands_for_its_parts() -> None:
    books = a_snapshot(an_invoice(number="2000", total="600.00"))
    crm = the_crm(
        *(
            a_crm_invoice(f"I-{n}", number=f"10{n}", total=f"{amount}.00")
            for n, amount in ((1, 100), (2, 190), (3, 310))
        )
    )

    answer = reconciled(books, crm)

    assert {document.bucket for document in answer.documents} == {"consolidated"}
    assert document_of(answer, "quickbooks", "301").counterparts == ("I-1", "I-2", "I-3")
    assert answer.comparison("balances").whole.difference == 0


def test_a_sale_booked_as_sales_receipt_is_named_so_with_its_payment() -> None:
    books = a_snapshot(a_sales_receipt(number="1042"))
    crm = the_crm(a_crm_invoice(status="paid", balance=Decimal("0.00")), a_crm_payment(pays={"I-1": "100.00"}))

    answer = reconciled(books, crm)

    assert bucket_of(answer, "crm", "I-1") == ("sales_receipt", None)
    assert bucket_of(answer, "crm", "P-1") == ("sales_receipt", None)
    assert answer.aging.true.total == 0


def test_a_voided_copy_counts_nothing() -> None:
    books = a_snapshot(an_invoice(), an_invoice("302", number="1043", total="0.00", private_note="Voided"))

    answer = reconciled(books, the_crm(a_crm_invoice()))

    assert bucket_of(answer, "quickbooks", "302") == ("quickbooks_void", None)


def test_without_a_crm_nothing_is_compared_but_aging_and_tie_out_stand() -> None:
    answer = reconciled(a_snapshot(an_invoice(), a_payment(total="30.00")), the_crm())

    assert not any(comparison.compared for comparison in answer.comparisons)
    assert bucket_of(answer, "quickbooks", "301") == ("not_compared", "not_compared")
    assert answer.aging.true.total == answer.aging.books.total == 70
    assert answer.ties


def test_without_a_crm_a_copy_and_what_it_repeats_have_no_counterpart_there() -> None:
    synced_twice = an_invoice("301"), an_invoice("302")
    answer = reconciled(a_snapshot(*synced_twice), CrmRecords())

    assert bucket_of(answer, "quickbooks", "302")[0] == "duplicate"
    assert [document.counterparts for document in answer.documents] == [(), ()]
