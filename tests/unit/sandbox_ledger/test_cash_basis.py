"""Cash-basis income: dates, proportions, cents, and what a credit memo does not move (S02, S08, S14)."""

from __future__ import annotations

import itertools
from collections import defaultdict
from decimal import Decimal

from qbclean.sandbox.ledger import Ledger
from qbclean.sandbox.ledger.cash_basis import shares_between
from qbclean.sandbox.ledger.ledger import Basis
from qbclean.sandbox.ledger.posting import Posting
from tests.unit.sandbox_ledger.books import (
    DEPOSITS_HELD,
    DISCOUNTS,
    RECEIVABLE,
    REPAIR_ITEM,
    REPAIRS,
    RETAINER_ITEM,
    SALES,
    TAX,
    UNAPPLIED,
    UNDEPOSITED,
    Books,
    discount,
    line,
)


def cash_credits(books: Books) -> dict[tuple[str, str], int]:
    """Return credit-positive cents by month and account, accounts that do not move left out."""
    found: dict[tuple[str, str], int] = defaultdict(int)
    for entry in Ledger(books).entries(Basis.CASH):
        for posting in entry.postings:
            found[entry.on.isoformat()[:7], posting.account] -= posting.amount
    return {key: amount for key, amount in found.items() if amount}


def test_an_unpaid_invoice_is_no_income_but_its_tax_stands_against_receivables():
    books = Books()
    books.invoice("2026-01-10", line("100"), tax="8")
    assert cash_credits(books) == {("2026-01", TAX): 800, ("2026-01", RECEIVABLE): -800}


def test_a_partial_payment_counts_every_line_in_proportion_and_the_last_one_completes_the_cents():
    books = Books()
    invoice = books.invoice("2026-01-10", line("100"), line("0.01", REPAIR_ITEM), discount("33.33"))
    books.payment("2026-02-03", "33.34", ("33.34", "Invoice", invoice))
    books.payment("2026-03-03", "33.34", ("33.34", "Invoice", invoice))
    found = cash_credits(books)
    assert {account: found["2026-02", account] for account in (SALES, DISCOUNTS)} == {SALES: 5000, DISCOUNTS: -1667}
    whole = {
        account: found.get(("2026-02", account), 0) + found.get(("2026-03", account), 0)
        for account in (SALES, REPAIRS, DISCOUNTS, RECEIVABLE)
    }
    assert whole == {SALES: 10000, REPAIRS: 1, DISCOUNTS: -3333, RECEIVABLE: 0}


def test_income_is_dated_the_later_of_payment_and_invoice_and_is_unapplied_until_then_s08():
    books = Books()
    invoice = books.invoice("2026-05-10", line("100"))
    books.payment("2026-04-20", "100", ("100", "Invoice", invoice))
    assert cash_credits(books) == {
        ("2026-04", UNDEPOSITED): -10000,
        ("2026-04", UNAPPLIED): 10000,
        ("2026-05", UNAPPLIED): -10000,
        ("2026-05", SALES): 10000,
    }


def test_an_overpayment_is_unapplied_income_of_the_paying_parent_and_the_rest_income_of_the_job():
    books = Books()
    invoice = books.invoice("2026-05-10", line("100"), to="62")
    books.payment("2026-05-20", "130", ("100", "Invoice", invoice), by="61")
    by_customer = {
        (posting.account, posting.customer): -posting.amount
        for entry in Ledger(books).entries(Basis.CASH)
        for posting in entry.postings
        if posting.account in {SALES, UNAPPLIED}
    }
    assert by_customer == {(SALES, "62"): 10000, (UNAPPLIED, "61"): 3000}


def test_a_mirrored_credit_memo_moves_no_account_of_profit_and_loss_in_any_period_s02():
    books = Books()
    invoice = books.invoice("2025-03-10", line("70.01"), line("29.99", REPAIR_ITEM), tax="8.25")
    before = cash_credits(books)
    credit = books.credit_memo("2026-11-01", line("70.01"), line("29.99", REPAIR_ITEM), tax="8.25")
    assert {k: v for k, v in cash_credits(books).items() if k[1] in {SALES, REPAIRS}} == {}
    books.payment("2026-10-28", "0", ("108.25", "Invoice", invoice), ("108.25", "CreditMemo", credit))
    after = cash_credits(books)
    assert {k for k in before.keys() | after.keys() if k[1] not in {TAX, RECEIVABLE}} == set()


def test_a_credit_memo_on_another_account_moves_income_on_the_date_it_is_applied():
    books = Books()
    invoice = books.invoice("2025-03-10", line("50"))
    credit = books.credit_memo("2026-01-05", line("50", REPAIR_ITEM))
    assert cash_credits(books) == {}
    books.payment("2026-02-05", "0", ("50", "Invoice", invoice), ("50", "CreditMemo", credit))
    assert cash_credits(books) == {("2026-02", SALES): 5000, ("2026-02", REPAIRS): -5000}


def test_a_credit_inside_a_cash_payment_is_used_before_the_cash():
    books = Books()
    invoice = books.invoice("2026-01-10", line("420"))
    credit = books.credit_memo("2026-01-12", line("120", REPAIR_ITEM))
    books.payment("2026-01-20", "310", ("420", "Invoice", invoice), ("120", "CreditMemo", credit))
    found = cash_credits(books)
    assert {account: found["2026-01", account] for account in (SALES, REPAIRS, UNAPPLIED)} == {
        SALES: 42000,
        REPAIRS: -12000,
        UNAPPLIED: 1000,
    }


def test_a_credit_left_on_a_payment_is_unapplied_income_like_the_payments_unapplied_amount():
    books = Books()
    credit = books.credit_memo("2026-01-12", line("120"))
    books.payment("2026-01-20", "0", ("120", "CreditMemo", credit))
    assert cash_credits(books) == {("2026-01", SALES): -12000, ("2026-01", UNAPPLIED): 12000}


def test_unapplied_income_in_the_long_run_is_what_payments_show_as_unapplied():
    books = Books()
    invoice = books.invoice("2026-03-10", line("80"))
    credit = books.credit_memo("2026-02-12", line("100"))
    books.payment("2026-01-20", "30", ("80", "Invoice", invoice), ("100", "CreditMemo", credit))
    found = cash_credits(books)
    assert [found.get((f"2026-0{month}", UNAPPLIED)) for month in (1, 2, 3)] == [3000, 2000, None]


def test_a_retainer_on_a_liability_item_is_never_income_s14():
    books = Books()
    deposit = books.invoice("2026-01-10", line("500", RETAINER_ITEM))
    books.payment("2026-01-15", "500", ("500", "Invoice", deposit))
    final = books.invoice("2026-06-10", line("1200"), line("-500", RETAINER_ITEM))
    assert ("2026-01", DEPOSITS_HELD) in cash_credits(books)
    assert {k for k in cash_credits(books) if k[1] in {SALES, UNAPPLIED}} == set()
    books.payment("2026-07-01", "350", ("350", "Invoice", final))
    found = cash_credits(books)
    assert found["2026-07", SALES] == 60000
    assert sum(amount for (_, account), amount in found.items() if account == DEPOSITS_HELD) == 0


def test_money_taken_with_the_invoice_is_income_on_its_date():
    books = Books()
    books.invoice("2026-01-10", line("100"), Deposit=Decimal(25))
    assert cash_credits(books) == {("2026-01", SALES): 2500, ("2026-01", UNDEPOSITED): -2500}


def test_a_journal_credit_to_receivables_counts_at_its_date_and_frees_income_when_joined_with_the_invoice():
    books = Books()
    invoice = books.invoice("2026-01-10", line("40"))
    journal = books.journal("2026-02-01", ("Debit", DISCOUNTS, "40", ""), ("Credit", RECEIVABLE, "40", "58"))
    assert cash_credits(books) == {("2026-02", DISCOUNTS): -4000, ("2026-02", RECEIVABLE): 4000}
    books.payment("2026-03-01", "0", ("40", "Invoice", invoice), ("40", "JournalEntry", journal))
    found = cash_credits(books)
    assert found["2026-03", SALES] == 4000
    assert found["2026-02", RECEIVABLE] + found["2026-03", RECEIVABLE] == 0


def test_an_invoice_that_nets_to_zero_counts_in_full_on_its_own_date():
    books = Books()
    books.invoice("2026-06-10", line("500"), line("-500", RETAINER_ITEM))
    assert cash_credits(books) == {("2026-06", SALES): 50000, ("2026-06", DEPOSITS_HELD): -50000}


def test_moving_a_payment_to_another_invoice_redates_its_income_s08():
    books = Books()
    first = books.invoice("2025-12-01", line("80"))
    second = books.invoice("2026-02-01", line("80"))
    payment = books.payment("2025-12-20", "80", ("80", "Invoice", first))
    assert cash_credits(books)["2025-12", SALES] == 8000
    moved = [{"Amount": Decimal(80), "LinkedTxn": [{"TxnId": second, "TxnType": "Invoice"}]}]
    books.change("Payment", payment, Line=moved)
    found = cash_credits(books)
    assert found["2025-12", UNAPPLIED] == 8000
    assert found["2026-02", SALES] == 8000


def test_bills_become_expense_as_they_are_paid():
    books = Books()
    spent = {"AccountRef": {"value": "17"}}
    lines = [
        {"Amount": Decimal(90), "DetailType": "AccountBasedExpenseLineDetail", "AccountBasedExpenseLineDetail": spent}
    ]
    wire = {"VendorRef": {"value": "70"}, "TotalAmt": Decimal(90), "Line": lines}
    bill = books.add("Bill", {"TxnDate": "2026-01-05", **wire})
    applied = [{"Amount": Decimal(60), "LinkedTxn": [{"TxnId": bill, "TxnType": "Bill"}]}]
    paid = {"VendorRef": {"value": "70"}, "TotalAmt": Decimal(60), "Line": applied}
    books.add("BillPayment", {"TxnDate": "2026-02-05", "CheckPayment": {"BankAccountRef": {"value": "35"}}, **paid})
    assert cash_credits(books) == {("2026-02", "17"): -6000, ("2026-02", "35"): 6000}


def test_shares_add_up_exactly_whatever_the_steps():
    lines = [Posting("a", -3333), Posting("b", -3333), Posting("c", -3334), Posting("d", 1)]
    total = 9999
    steps = [0, 1, 2, 500, 501, 4999, 9998, total]
    summed: dict[str, int] = defaultdict(int)
    for before, after in itertools.pairwise(steps):
        shares = shares_between(lines, before, after)
        assert sum(share.amount for share in shares) == before - after
        for share in shares:
            summed[share.account] += share.amount
    assert summed == {posting.account: posting.amount for posting in lines}
