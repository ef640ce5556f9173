"""Payments and credits in their buckets, and what keeps a balance from being settled alike."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from qbclean.model.crm import CrmInvoice, CrmRefund
from qbclean.reconcile.crm_balances import crm_balances
from qbclean.reconcile.verdicts import Verdicts
from tests.builders import (
    DAY,
    a_credit_memo,
    a_deposit,
    a_deposit_line,
    a_journal_entry,
    a_payment,
    a_refund_receipt,
    a_snapshot,
    an_invoice,
)
from tests.crm_builders import a_crm_credit, a_crm_invoice, a_crm_payment, the_crm
from tests.unit.reconcile.answers import bucket_of, buckets, reconciled

PAID = {"I-1": "100.00"}


def a_paid_invoice(balance: str = "0.00") -> CrmInvoice:
    return a_crm_invoice(status="paid" if balance == "0.00" else "partial", balance=Decimal(balance))


def test_an_unapplied_payment_explains_both_the_open_invoice_and_the_money_on_account() -> None:
    books = a_snapshot(an_invoice(), a_payment())

    answer = reconciled(books, the_crm(a_paid_invoice(), a_crm_payment(pays=PAID)))

    assert bucket_of(answer, "quickbooks", "301") == ("agreed", "unapplied_payment")
    assert bucket_of(answer, "quickbooks", "410") == ("agreed", "unapplied_payment")
    assert buckets(answer, "balances") == {"unapplied_payment": 0}
    assert answer.aging.true.total == 0


def test_a_payment_on_another_invoice_explains_both_invoices() -> None:
    books = a_snapshot(
        an_invoice("301"), an_invoice("302", number="1050", total="250.00"), a_payment(pays={"302": "100.00"})
    )
    crm = the_crm(
        a_paid_invoice(),
        a_crm_invoice("I-2", number="1050", total="250.00", balance=Decimal("250.00")),
        a_crm_payment(pays=PAID),
    )

    answer = reconciled(books, crm)

    assert bucket_of(answer, "quickbooks", "301")[1] == "misapplied_payment"
    assert bucket_of(answer, "quickbooks", "302")[1] == "misapplied_payment"
    assert bucket_of(answer, "quickbooks", "410") == ("agreed", None)
    assert buckets(answer, "balances") == {"misapplied_payment": 0}


def test_a_payment_quickbooks_never_got_explains_the_open_invoice() -> None:
    answer = reconciled(a_snapshot(an_invoice()), the_crm(a_paid_invoice(), a_crm_payment(pays=PAID)))

    assert bucket_of(answer, "crm", "P-1") == ("missing", None)
    assert bucket_of(answer, "quickbooks", "301")[1] == "missing_payment"
    assert buckets(answer, "payments") == {"missing": Decimal("-100.00")}
    assert buckets(answer, "balances") == {"missing_payment": Decimal("100.00")}


def test_a_payment_the_crm_does_not_know_explains_the_settled_invoice() -> None:
    crm = the_crm(a_crm_invoice(), a_crm_payment(amount="7.00", date=DAY - timedelta(days=200), reference="other"))

    answer = reconciled(a_snapshot(an_invoice(), a_payment(pays={"301": "100.00"})), crm)

    assert bucket_of(answer, "quickbooks", "410")[0] == "extra"
    assert bucket_of(answer, "crm", "I-1")[1] == "extra_payment"


def test_money_coded_on_a_deposit_is_found_there() -> None:
    books = a_snapshot(an_invoice(), a_deposit(income=[a_deposit_line("100.00")], date=DAY + timedelta(days=3)))

    answer = reconciled(books, the_crm(a_paid_invoice(), a_crm_payment(pays=PAID)))

    assert bucket_of(answer, "crm", "P-1")[0] == "deposit"
    assert bucket_of(answer, "quickbooks", "301")[1] == "deposit"
    assert answer.aging.true.total == 0


def test_a_deposit_line_that_names_nobody_is_taken_only_by_the_one_payment_it_fits() -> None:
    books = a_snapshot(
        an_invoice(), a_deposit(income=[a_deposit_line("100.00", customer=None)], date=DAY + timedelta(days=3))
    )
    one = a_crm_payment(pays=PAID)
    other = a_crm_payment("P-2", pays={"I-2": "100.00"}, customer="C-2", reference="ACH 5")

    alone = reconciled(books, the_crm(a_paid_invoice(), one))
    contested = reconciled(books, the_crm(a_paid_invoice(), one, other))

    assert bucket_of(alone, "crm", "P-1")[0] == "deposit"
    assert bucket_of(contested, "crm", "P-1")[0] == bucket_of(contested, "crm", "P-2")[0] == "missing"


def test_one_deposit_line_explains_one_payment_only() -> None:
    books = a_snapshot(an_invoice(), a_deposit(income=[a_deposit_line("100.00")], date=DAY))
    crm = the_crm(a_paid_invoice(), a_crm_payment(pays=PAID), a_crm_payment("P-2", reference="ACH 5"))

    answer = reconciled(books, crm)

    assert sorted(str(bucket_of(answer, "crm", key)[0]) for key in ("P-1", "P-2")) == ["deposit", "missing"]


def test_a_payment_booked_by_journal_entry_is_found_there_and_counted_once() -> None:
    books = a_snapshot(an_invoice(), a_journal_entry(debits={"4": "100.00"}, credits={"84": "100.00"}))

    answer = reconciled(books, the_crm(a_paid_invoice(), a_crm_payment(pays=PAID)))

    assert bucket_of(answer, "crm", "P-1")[0] == "journal_entry"
    assert bucket_of(answer, "quickbooks", "701") == (None, "journal_entry")
    assert bucket_of(answer, "quickbooks", "301")[1] == "journal_entry"
    assert answer.comparison("balances").whole.quickbooks == 0
    assert answer.aging.true.total == 0


def test_a_retainer_on_account_on_both_sides_agrees() -> None:
    """S14: it is no unapplied payment to be used up."""
    answer = reconciled(a_snapshot(a_payment()), the_crm(a_crm_invoice(status="draft"), a_crm_payment()))

    assert bucket_of(answer, "quickbooks", "410") == ("agreed", "agreed")
    assert answer.aging.true.total == -100


def test_an_overpayment_is_on_account_on_both_sides() -> None:
    """design.md 6: the row of an overpayment carries the full amount."""
    books = a_snapshot(an_invoice(), a_payment(total="120.00", pays={"301": "100.00"}))

    answer = reconciled(books, the_crm(a_paid_invoice(), a_crm_payment(amount="120.00", pays={"I-1": "120.00"})))

    assert bucket_of(answer, "crm", "P-1") == ("agreed", "agreed")
    assert answer.comparison("balances").whole.crm == -20
    assert answer.comparison("balances").whole.difference == 0


def test_a_refund_uses_up_what_was_on_account_and_is_no_credit() -> None:
    """Money given back in the CRM; QuickBooks still shows what was paid too much."""
    books = a_snapshot(an_invoice(), a_payment(total="120.00", pays={"301": "100.00"}))
    paid = a_crm_payment(amount="120.00", pays={"I-1": "120.00"})
    refund = CrmRefund(crm_id="R-1", customer_id="C-1", date=DAY + timedelta(days=20), amount=Decimal("20.00"))

    answer = reconciled(books, the_crm(a_paid_invoice(), paid, refund))

    assert answer.comparison("balances").whole.crm == 0
    assert answer.comparison("balances").whole.difference == -20
    assert answer.comparison("balances").whole.residual == 0
    assert not buckets(answer, "credits")


def test_a_refund_of_what_was_paid_on_an_invoice_leaves_other_money_alone() -> None:
    early = CrmRefund(crm_id="R-1", customer_id="C-1", date=DAY - timedelta(days=1), amount=Decimal("30.00"))
    others = CrmRefund(crm_id="R-2", customer_id="C-2", date=DAY + timedelta(days=9), amount=Decimal("30.00"))
    crm = the_crm(a_crm_payment(date=DAY, pays={}), early, others)

    assert crm_balances(crm).payments == {"P-1": Decimal("-100.00")}


def test_a_credit_not_recorded_explains_what_stays_open() -> None:
    crm = the_crm(a_paid_invoice("60.00"), a_crm_credit())

    answer = reconciled(a_snapshot(an_invoice()), crm)

    assert bucket_of(answer, "crm", "CR-1") == ("missing", None)
    assert bucket_of(answer, "quickbooks", "301")[1] == "missing_credit"
    assert buckets(answer, "credits") == {"missing": Decimal("-40.00")}


def test_a_credit_not_applied_explains_both_documents() -> None:
    books = a_snapshot(an_invoice(), a_credit_memo(total="40.00"))

    answer = reconciled(books, the_crm(a_paid_invoice("60.00"), a_crm_credit()))

    assert bucket_of(answer, "quickbooks", "388") == ("agreed", "unapplied_credit")
    assert bucket_of(answer, "crm", "I-1")[1] == "unapplied_credit"
    assert buckets(answer, "balances") == {"unapplied_credit": 0}


def test_a_credit_paid_out_as_refund_is_found_there() -> None:
    books = a_snapshot(an_invoice(), a_refund_receipt(total="40.00"))

    answer = reconciled(books, the_crm(a_paid_invoice("60.00"), a_crm_credit()))

    assert bucket_of(answer, "crm", "CR-1")[0] == "refund"


def test_the_payment_of_zero_that_joins_a_credit_counts_nothing() -> None:
    books = a_snapshot(
        an_invoice(),
        a_credit_memo(total="40.00"),
        a_payment(total="0.00", pays={"301": "40.00"}, uses={"388": "40.00"}),
    )

    answer = reconciled(books, the_crm(a_paid_invoice("60.00"), a_crm_credit()))

    assert bucket_of(answer, "quickbooks", "410") == ("joins_credit", None)
    assert bucket_of(answer, "quickbooks", "301") == ("agreed", "agreed")


def test_the_credit_memo_that_takes_a_duplicate_out_is_named_so() -> None:
    """What S01 does about a duplicate in a closed period must not look like a new difference afterwards."""
    books = a_snapshot(
        an_invoice("301"),
        an_invoice("302", number="1043"),
        a_credit_memo(),
        a_payment(total="0.00", pays={"302": "100.00"}, uses={"388": "100.00"}),
    )

    crm = the_crm(a_crm_invoice(), a_crm_credit("CR-9", amount="1.00", invoice=None))
    verdicts = Verdicts(copies={"302": "I-1"}, survivors={"I-1": "301"})

    answer = reconciled(books, crm, verdicts=verdicts)

    assert bucket_of(answer, "quickbooks", "388") == ("credit_for_duplicate", None)
    assert bucket_of(answer, "quickbooks", "302") == ("duplicate", None)
    assert answer.comparison("balances").whole.quickbooks == 100


def test_a_payment_probably_entered_twice_is_a_duplicate() -> None:
    books = a_snapshot(an_invoice(), a_payment(pays={"301": "100.00"}), a_payment("411", reference=None))

    answer = reconciled(books, the_crm(a_paid_invoice(), a_crm_payment(pays=PAID)))

    assert bucket_of(answer, "quickbooks", "411") == ("duplicate", "duplicate")
    assert answer.aging.true.total == 0


def test_what_was_written_off_in_the_crm_is_named_so() -> None:
    crm = the_crm(a_crm_invoice(status="written_off", balance=Decimal("0.00")))

    answer = reconciled(a_snapshot(an_invoice()), crm)

    assert bucket_of(answer, "quickbooks", "301") == ("agreed", "written_off")
