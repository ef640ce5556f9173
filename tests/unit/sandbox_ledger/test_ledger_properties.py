"""What holds of every company: balance on both bases, one figure for receivables, voids that leave no trace (S21)."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from qbclean.sandbox.ledger import Ledger
from qbclean.sandbox.ledger.ledger import Basis
from qbclean.sandbox.ledger.wire_values import cents
from tests.unit.sandbox_ledger.books import RECEIVABLE, Books
from tests.unit.sandbox_ledger.random_books import DAYS, random_books, sales_lines, void

CASES = settings(max_examples=80, deadline=None)
LAST_DAY = date(2030, 1, 1)


def income_by_month(books: Books, basis: Basis) -> dict[tuple[str, str, str], int]:
    """Return income and expense by month, account and customer."""
    ledger = Ledger(books)
    found: dict[tuple[str, str, str], int] = defaultdict(int)
    for entry in ledger.entries(basis):
        for posting in entry.postings:
            if posting.account in ledger.chart.profit_and_loss_ids:
                found[entry.on.isoformat()[:7], posting.account, posting.customer] += posting.amount
    return {key: amount for key, amount in found.items() if amount}


@CASES
@given(random_books())
def test_every_entry_balances_on_both_bases_s21(books: Books):
    for basis in Basis:
        for entry in Ledger(books).entries(basis):
            assert sum(posting.amount for posting in entry.postings) == 0, entry


@CASES
@given(random_books(), DAYS)
def test_receivables_control_account_is_the_sum_of_open_items_on_any_day_s21(books: Books, day: str):
    ledger = Ledger(books)
    as_of = date.fromisoformat(day)
    control = sum(
        posting.amount
        for entry in ledger.accrual
        if entry.on <= as_of
        for posting in entry.postings
        if posting.account == RECEIVABLE
    )
    assert sum(balance for _, balance in ledger.receivables.open_balances(as_of)) == control


@CASES
@given(random_books())
def test_open_balances_are_what_the_payment_lines_leave_of_each_document(books: Books):
    """Σ documents, reckoned from the wire without the ledger: total − money taken − what payments apply."""
    left: dict[tuple[str, str], int] = {}
    for sign, kind in ((1, "Invoice"), (-1, "CreditMemo")):
        for document in books.documents(kind):
            left[kind, document["Id"]] = sign * cents(document["TotalAmt"]) - cents(document.get("Deposit"))
    for payment in books.documents("Payment"):
        left["Payment", payment["Id"]] = -cents(payment["TotalAmt"])
        for wire in payment["Line"]:
            link = wire["LinkedTxn"][0]
            sign = 1 if link["TxnType"] == "Invoice" else -1
            left[link["TxnType"], link["TxnId"]] -= sign * cents(wire["Amount"])
            left["Payment", payment["Id"]] += sign * cents(wire["Amount"])
    reckoned = {
        (item.kind, item.id): balance
        for item, balance in Ledger(books).receivables.open_balances(LAST_DAY)
        if item.kind in {"Invoice", "CreditMemo", "Payment"}
    }
    assert reckoned == left


@CASES
@given(random_books())
def test_when_everything_is_settled_both_bases_agree_in_the_long_run(books: Books):
    for item, balance in list(Ledger(books).receivables.open_balances(LAST_DAY)):
        amount = str(Decimal(abs(balance)) / 100)
        if item.kind == "Invoice" and balance:
            books.payment("2027-01-01", amount, (amount, "Invoice", item.id), by=item.party)
        if item.kind == "CreditMemo" and balance:
            sold = books.invoice("2027-01-01", to=item.party, TotalAmt=Decimal(amount))
            books.payment("2027-01-01", "0", (amount, "Invoice", sold), (amount, "CreditMemo", item.id))
    unapplied = Ledger(books).chart.unapplied_payments
    totals: dict[Basis, dict[str, int]] = {basis: defaultdict(int) for basis in Basis}
    for basis in Basis:
        for (_, account, _), amount in income_by_month(books, basis).items():
            if account != unapplied:
                totals[basis][account] += amount
    assert {k: v for k, v in totals[Basis.CASH].items() if v} == {k: v for k, v in totals[Basis.ACCRUAL].items() if v}


@CASES
@given(random_books(), sales_lines(), DAYS, DAYS, DAYS, st.sampled_from(["1", "0.29"]))
def test_a_mirrored_credit_memo_moves_no_cash_income_in_any_month_s02(
    books: Books, drawn: Any, invoiced: str, credited: str, joined: str, part: str
):
    lines, tax = drawn
    duplicate = books.invoice(invoiced, *lines, tax=tax)
    before = income_by_month(books, Basis.CASH)
    mirror = books.credit_memo(credited, *lines, tax=tax)
    total = books.document("Invoice", duplicate)["TotalAmt"]
    amount = str((total * Decimal(part)).quantize(Decimal("0.01")))
    books.payment(joined, "0", (amount, "Invoice", duplicate), (amount, "CreditMemo", mirror))
    assert income_by_month(books, Basis.CASH) == before


@CASES
@given(random_books(), sales_lines(), DAYS)
def test_a_voided_document_posts_nothing(books: Books, drawn: Any, day: str):
    lines, tax = drawn
    before = {basis: income_by_month(books, basis) for basis in Basis}
    balances = _open_balances(books)
    invoice = books.invoice(day, *lines, tax=tax)
    void(books, "Invoice", invoice)
    assert {basis: income_by_month(books, basis) for basis in Basis} == before
    assert {key: open_now for key, open_now in _open_balances(books).items() if key[1] != invoice} == balances
    posted = [posting for entry in Ledger(books).accrual if entry.id == invoice for posting in entry.postings]
    assert [posting.amount for posting in posted] == [0]


@CASES
@given(random_books())
def test_the_order_in_which_documents_are_stored_changes_no_open_balance(books: Books):
    shuffled = Books()
    for entity in ("Payment", "Deposit", "JournalEntry", "CreditMemo", "Invoice"):
        for wire in reversed(list(books.documents(entity))):
            shuffled.add(entity, wire)
    assert _open_balances(shuffled) == _open_balances(books)


def _open_balances(books: Books) -> dict[tuple[str, str, str], int]:
    open_now = Ledger(books).receivables.open_balances(LAST_DAY)
    return {(item.kind, item.id, item.party): balance for item, balance in open_now}
