"""Balances that differ although no other finding says why."""

from __future__ import annotations

from decimal import Decimal

from tests.builders import a_payment, a_snapshot, an_invoice
from tests.crm_builders import a_crm_invoice, a_crm_payment, the_crm
from tests.unit.reconcile.answers import bucket_of, mismatches, reconciled


def test_an_open_invoice_the_crm_does_not_know_is_a_mismatch_of_its_customer() -> None:
    books = a_snapshot(an_invoice(), an_invoice("302", number="9001", total="812.40"))

    (found,) = mismatches(books, the_crm(a_crm_invoice()))

    assert found.kind == "customer_balance_mismatch"
    assert (found.customer, found.amount) == ("Harbor Lane Bakery", Decimal("812.40"))
    assert [str(ref) for ref in found.documents] == ["Invoice 302"]
    assert [item.words for item in found.evidence.supports] == ["Invoice 302: 812.40, in QuickBooks, not in the CRM"]


def test_a_balance_the_crm_gives_without_saying_why_is_a_mismatch() -> None:
    crm = the_crm(a_crm_invoice(status="partial", balance=Decimal("75.00")))

    (found,) = mismatches(a_snapshot(an_invoice()), crm)

    assert found.amount == 25
    assert [str(ref) for ref in (*found.documents, *found.crm)] == ["Invoice 301", "CRM invoice I-1"]


def test_what_another_finding_names_is_none() -> None:
    copies = a_snapshot(an_invoice(), an_invoice("302", number="1043"))
    unapplied = a_snapshot(an_invoice(), a_payment())
    paid = the_crm(a_crm_invoice(status="paid", balance=Decimal("0.00")), a_crm_payment(pays={"I-1": "100.00"}))

    assert mismatches(copies, the_crm(a_crm_invoice())) == ()
    assert mismatches(unapplied, paid) == ()
    assert mismatches(a_snapshot(an_invoice()), paid) == ()


def test_differences_that_cancel_within_a_customer_are_no_balance_mismatch() -> None:
    books = a_snapshot(
        an_invoice(), an_invoice("302", number="9001", total="25.00"), a_payment(total="25.00", pays={"301": "25.00"})
    )
    elsewhere = a_crm_payment("P-9", amount="7.00", customer="C-2", reference="other")
    crm = the_crm(a_crm_invoice(), elsewhere)

    assert mismatches(books, crm) == ()
    assert bucket_of(reconciled(books, crm), "quickbooks", "302")[1] == "extra"
    assert bucket_of(reconciled(books, crm), "quickbooks", "301")[1] == "extra_payment"
