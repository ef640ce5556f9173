"""A run whose reports do not say what was predicted is failed, and its report says where to look (S21, S22)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from qbclean.model.outcome import RunReport
from qbclean.workflow.apply import apply
from tests import every_kind
from tests.unit.workflow.desk import BY, SETTINGS, Desk, a_desk, approved

BOOKS = every_kind.company()
LOCKED = date(2026, 2, 28)


def proved(desk: Desk, **settings: Any) -> RunReport:
    of_now = msgspec.structs.replace(SETTINGS, **settings)
    plan = approved(desk, every_kind.plan_of(desk.books), settings=of_now)
    return apply(plan, books=desk.books, ports=desk.ports, by=BY)


def differing(report: RunReport) -> dict[tuple[str, str], Decimal]:
    assert report.proof is not None
    return {(row.what, row.scope): row.actual - row.predicted for row in report.proof.rows if not row.agrees}


def test_income_is_proved_by_account_month_and_basis():
    report = proved(a_desk(BOOKS))
    assert report.state == "done", report.message
    assert report.proof is not None
    rows = {(row.what, row.scope): row for row in report.proof.rows}
    accrual = rows["Income accrual by account", "2026-03 Services"]
    # voided 100, credited 100 + 30 + 100, completed 20, created 150
    assert accrual.actual - accrual.before == Decimal("-160.00")
    unapplied = rows["Income cash by account", "2026-03 Unapplied Cash Payment Income"]
    assert (unapplied.before, unapplied.actual) == (Decimal("60.00"), Decimal("0.00"))
    control = rows["A/R", "all customers (control account)"]
    assert control.actual == rows["A/R", "all customers"].actual
    money = rows["Money", "Undeposited Funds"]
    assert money.actual - money.before == Decimal("60.00")


def test_somebody_elses_invoice_during_the_run_fails_it_and_names_customer_account_and_month_s21():
    desk = a_desk(BOOKS)
    last = BOOKS.invoices["1080"]
    desk.quickbooks.meanwhile(13, lambda: somebody_enters_an_invoice(desk, last.customer_id))
    report = proved(desk)
    assert report.state == "failed"
    found = differing(report)
    assert found["A/R", f"Customer {last.customer_id}"] == Decimal("77.00")
    assert found["Income accrual by account", "2026-03 Services"] == Decimal("77.00")
    assert report.proof is not None
    (said,) = [text for text in report.proof.documents if text.startswith(f"A/R, Customer {last.customer_id}: look at")]
    assert "Invoice N1080 (id 1080)" in said
    assert said.startswith(f"A/R, Customer {last.customer_id}: look at Invoice by hand (id ")
    assert ", not of this run; " in said


def somebody_enters_an_invoice(desk: Desk, customer: str, *, day: str = "2026-03-21") -> None:
    line = {
        "Amount": Decimal("77.00"),
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {"ItemRef": {"value": "12"}, "TaxCodeRef": {"value": "NON"}},
    }
    body = {"CustomerRef": {"value": customer}, "DocNumber": "by hand", "TxnDate": day, "Line": [line]}
    desk.quickbooks.enter("Invoice", body)


@pytest.mark.parametrize("day", ["2026-02-28", "2026-01-05"])
def test_a_locked_period_that_moved_fails_the_run_on_every_statement_s22(day):
    desk = a_desk(BOOKS)
    desk.quickbooks.meanwhile(5, lambda: somebody_enters_an_invoice(desk, "1000", day=day))
    report = proved(desk, income_tax_filed_through=LOCKED)
    assert report.state == "failed"
    through = f"through {LOCKED} (locked)"
    found = differing(report)
    assert found["A/R", through] == Decimal("77.00")
    assert found["Income accrual", through] == Decimal("77.00")
    assert found["Income accrual by account", f"{day[:7]} Services, {through}"] == Decimal("77.00")
    assert found["Balance sheet accrual by account", f"Accounts Receivable (A/R), {through}"] == Decimal("77.00")
    assert ("Income cash", through) not in found
    assert "locked" in report.message


def test_where_the_run_wrote_nothing_the_proof_names_what_somebody_else_entered():
    desk = a_desk(BOOKS)
    desk.quickbooks.meanwhile(5, lambda: somebody_enters_an_invoice(desk, "58"))
    assert said_of_the_bakery(desk).endswith("look at Invoice by hand (id 9003), not of this run")


def test_what_somebody_else_deleted_cannot_be_named_and_the_proof_says_so():
    desk = a_desk(BOOKS)
    somebody_enters_an_invoice(desk, "58")
    (entered,) = [ref for ref, raw in desk.quickbooks.documents.items() if raw.get("DocNumber") == "by hand"]
    desk.quickbooks.meanwhile(5, lambda: desk.quickbooks.documents.pop(entered))
    assert said_of_the_bakery(desk).endswith("no document of this run; somebody else entered or changed one meanwhile")


def said_of_the_bakery(desk: Desk) -> str:
    report = proved(desk)
    assert report.state == "failed"
    assert report.proof is not None
    (said,) = [text for text in report.proof.documents if text.startswith("A/R, Harbor Lane Bakery")]
    return said
