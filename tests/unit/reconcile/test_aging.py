"""Who owes since when: as the books show it and as it truly is; and what is billed on a job."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from qbclean.model.crm import CrmJob
from qbclean.model.documents import Ref
from tests.builders import DAY, a_credit_memo, a_customer, a_payment, a_snapshot, an_invoice
from tests.crm_builders import AS_OF, a_crm_credit, a_crm_invoice, the_crm
from tests.unit.reconcile.answers import reconciled


@pytest.mark.parametrize(
    ("days", "span"), [(-10, 0), (0, 0), (1, 1), (30, 1), (31, 2), (60, 2), (61, 3), (90, 3), (91, 4), (900, 4)]
)
def test_an_invoice_ages_from_its_due_date(days: int, span: int) -> None:
    due = AS_OF - timedelta(days=days)
    answer = reconciled(a_snapshot(an_invoice(due_date=due)), the_crm(a_crm_invoice(due_date=due)))

    expected = [Decimal("0.00")] * 5
    expected[span] = Decimal("100.00")
    assert list(answer.aging.books.spans) == list(answer.aging.true.spans) == expected


def test_money_on_account_ages_from_its_own_date() -> None:
    answer = reconciled(a_snapshot(a_payment(date=AS_OF - timedelta(days=40)), a_credit_memo(date=AS_OF)), the_crm())

    assert answer.aging.books.spans == (-100, 0, -100, 0, 0)


def test_the_true_aging_is_without_copies_and_with_what_is_missing() -> None:
    books = a_snapshot(an_invoice(), an_invoice("302", number="1043"))
    missing = a_crm_invoice("I-2", number="88", total="40.00", date=date(2025, 1, 7), customer="C-2", name="Ann Olin")

    aging = reconciled(books, the_crm(a_crm_invoice(), missing)).aging

    assert (aging.books.total, aging.true.total) == (200, 140)
    assert [(row.name, row.books.total, row.true.total) for row in aging.by_customer] == [
        ("Ann Olin", 0, 40),
        ("Harbor Lane Bakery", 200, 100),
    ]


def test_job_revenue_is_net_of_tax_and_credits_on_both_sides() -> None:
    job = a_customer("59", "Cooler", parent_ref=Ref("58"), fully_qualified_name="Harbor Lane Bakery:Cooler")
    on = {"job_id": "J-1", "job_name": "Cooler"}
    books = a_snapshot(
        an_invoice(customer="59", total="108.25", tax="8.25"),
        an_invoice("302", number="1043", customer="59", total="108.25", tax="8.25"),
        a_credit_memo(customer="59", total="20.00"),
        customers=(job,),
    )
    crm = the_crm(
        CrmJob(crm_id="J-1", customer_id="C-1", name="Cooler", contract_amount=Decimal("500.00")),
        a_crm_invoice(total="108.25", tax="8.25", **on),
        a_crm_invoice("I-2", number="88", total="60.00", status="draft", **on),
        a_crm_credit(amount="20.00"),
    )

    (row,) = reconciled(books, crm).job_revenue

    assert (row.name, row.customer, row.contract) == ("Harbor Lane Bakery:Cooler", "Harbor Lane Bakery", 500)
    assert (row.crm, row.quickbooks, row.difference) == (80, 180, 100)


def test_a_job_that_quickbooks_does_not_know_keeps_the_crms_name() -> None:
    crm = the_crm(a_crm_invoice(job_id="J-7", job_name="Loft"))

    (row,) = reconciled(a_snapshot(an_invoice(date=DAY)), crm).job_revenue

    assert (row.name, row.crm, row.quickbooks) == ("Loft (not in QuickBooks)", 100, 0)


def test_a_job_is_whose_customer_was_billed_on_it_last_and_a_draft_bills_nobody() -> None:
    billed = a_crm_invoice("I-1", customer="C-1", name="Perry Heron", job_id="J-9")
    draft = a_crm_invoice("I-2", customer="C-2", name="Ingrid Norwood", number="1043", status="draft", job_id="J-9")

    for records in ((billed, draft), (draft, billed)):
        (row,) = reconciled(a_snapshot(), the_crm(*records)).job_revenue
        assert (row.customer, row.crm) == ("Perry Heron", Decimal("100.00"))
