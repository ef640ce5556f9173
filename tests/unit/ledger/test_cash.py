"""When a sale is income on cash basis (contract 13, S02, S08, S14)."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from qbclean.ledger.cash import cash, shares
from qbclean.ledger.chart import Chart
from qbclean.ledger.world import World
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.documents import AnyDocument
from qbclean.model.money import ZERO, from_cents, money, total
from tests.builders import (
    a_credit_memo,
    a_journal_entry,
    a_line,
    a_link_line,
    a_payment,
    a_sales_receipt,
    a_snapshot,
    an_invoice,
)
from tests.lists import (
    ACCOUNTS_RECEIVABLE,
    CUSTOMER_DEPOSITS,
    MATERIALS,
    MATERIALS_INCOME,
    RETAINER,
    SALES_TAX_PAYABLE,
    SERVICE_INCOME,
    UNAPPLIED_CASH,
    UNDEPOSITED_FUNDS,
)

JAN, FEB, MAR = date(2026, 1, 10), date(2026, 2, 10), date(2026, 3, 10)


def posted(*documents: AnyDocument) -> dict[tuple[date, str], Decimal]:
    """(day, account) → debit (+) or credit (−) of the whole company; checks that every day balances."""
    books: ReceivablesSnapshot = a_snapshot(*documents)
    world = World.of(books.documents())
    sums: dict[tuple[date, str], Decimal] = defaultdict(lambda: ZERO)
    for document in books.documents():
        for posting in cash(Chart.of(books), world, document):
            sums[posting.day, posting.account] += posting.amount
    for day in {day for day, _ in sums}:
        assert total(amount for (when, _), amount in sums.items() if when == day) == 0
    return {key: amount for key, amount in sums.items() if amount}


def test_an_unpaid_invoice_is_no_income() -> None:
    assert posted(an_invoice(date=JAN)) == {}


def test_a_part_payment_makes_its_share_of_every_line_and_of_the_tax_income() -> None:
    lines = [a_line("60.00"), a_line("40.00", item=MATERIALS)]
    invoice = an_invoice(date=JAN, lines=lines, tax="8.00")
    assert posted(invoice, a_payment(date=FEB, total="54.00", pays={"301": "54.00"})) == {
        (FEB, UNDEPOSITED_FUNDS): money("54.00"),
        (FEB, SERVICE_INCOME): money("-30.00"),
        (FEB, MATERIALS_INCOME): money("-20.00"),
        (FEB, SALES_TAX_PAYABLE): money("-4.00"),
    }


def test_money_before_the_invoice_is_unapplied_income_until_then() -> None:
    assert posted(an_invoice(date=MAR), a_payment(date=FEB, pays={"301": "100.00"})) == {
        (FEB, UNDEPOSITED_FUNDS): money("100.00"),
        (FEB, UNAPPLIED_CASH): money("-100.00"),
        (MAR, UNAPPLIED_CASH): money("100.00"),
        (MAR, SERVICE_INCOME): money("-100.00"),
    }


def test_s08_unapplied_money_waits_on_its_own_income_account() -> None:
    found = posted(an_invoice(date=JAN), a_payment(date=FEB, total="150.00", pays={"301": "100.00"}))
    assert found[FEB, UNAPPLIED_CASH] == money("-50.00")
    assert found[FEB, SERVICE_INCOME] == money("-100.00")


def test_s02_a_mirrored_credit_moves_no_period() -> None:
    """The way a duplicate in a closed period is neutralised: same lines, joined by a zero payment."""
    lines = [a_line("33.33"), a_line("66.67", item=MATERIALS)]
    assert posted(
        an_invoice(date=JAN, lines=lines, tax="8.00"),
        a_credit_memo(date=FEB, lines=lines, tax="8.00"),
        a_payment(date=FEB, total="0.00", pays={"301": "108.00"}, uses={"388": "108.00"}),
    ) == {}  # fmt: skip


def test_s02_a_mirrored_credit_moves_no_period_even_when_the_invoice_is_partly_paid() -> None:
    """S02 holds for the part still open as well: the cash already received stays where it was."""
    lines = [a_line("33.33"), a_line("66.67", item=MATERIALS)]
    invoice, paid = an_invoice(date=JAN, lines=lines), a_payment("1", date=JAN, total="50.00", pays={"301": "50.00"})
    before = posted(invoice, paid)
    half = [a_line("16.66"), a_line("33.34", item=MATERIALS)]
    after = posted(
        invoice,
        paid,
        a_credit_memo(date=FEB, lines=half),
        a_payment("2", date=FEB, total="0.00", pays={"301": "50.00"}, uses={"388": "50.00"}),
    )
    assert after == before


def test_a_credit_memo_that_is_not_applied_is_no_negative_income() -> None:
    assert posted(a_credit_memo(date=JAN)) == {}


def test_a_credit_and_cash_in_one_payment_count_together() -> None:
    found = posted(
        an_invoice(date=JAN, total="420.00"),
        a_credit_memo(date=JAN, total="120.00"),
        a_payment(date=FEB, total="300.00", pays={"301": "420.00"}, uses={"388": "120.00"}),
    )
    assert found == {(FEB, UNDEPOSITED_FUNDS): money("300.00"), (FEB, SERVICE_INCOME): money("-300.00")}


def test_s14_a_paid_retainer_is_a_liability() -> None:
    invoice = an_invoice(date=JAN, lines=[a_line("500.00", item=RETAINER)])
    found = posted(invoice, a_payment(date=FEB, total="500.00", pays={"301": "500.00"}))
    assert found == {(FEB, UNDEPOSITED_FUNDS): money("500.00"), (FEB, CUSTOMER_DEPOSITS): money("-500.00")}


def test_money_taken_with_the_invoice_is_income_at_once() -> None:
    found = posted(an_invoice(date=JAN, deposit=money("40.00")))
    assert found == {(JAN, UNDEPOSITED_FUNDS): money("40.00"), (JAN, SERVICE_INCOME): money("-40.00")}


def test_a_sales_receipt_counts_at_its_own_date() -> None:
    assert posted(a_sales_receipt(date=MAR))[MAR, SERVICE_INCOME] == money("-100.00")


def test_a_used_journal_credit_leaves_receivables() -> None:
    entry = a_journal_entry(date=JAN, debits={SERVICE_INCOME: "50.00"}, credits={ACCOUNTS_RECEIVABLE: "50.00"})
    payment = a_payment(
        date=FEB,
        total="0.00",
        line=(a_link_line("Invoice", "301", "50.00"), a_link_line("JournalEntry", "701", "50.00")),
    )
    found = posted(an_invoice(date=JAN, total="50.00"), entry, payment)
    assert found == {
        (JAN, SERVICE_INCOME): money("50.00"),
        (JAN, ACCOUNTS_RECEIVABLE): money("-50.00"),
        (FEB, ACCOUNTS_RECEIVABLE): money("50.00"),
        (FEB, SERVICE_INCOME): money("-50.00"),
    }


@given(
    st.lists(st.integers(-50_000, 99_999).filter(bool), min_size=1, max_size=8).filter(lambda parts: sum(parts) > 0),
    st.lists(st.integers(1, 1_000), min_size=1, max_size=6),
)
def test_cents_add_up_to_what_is_applied_and_to_the_parts_in_the_end(parts: list[int], weights: list[int]) -> None:
    amounts = [from_cents(part) for part in parts]
    whole = total(amounts)
    so_far = ZERO
    for weight in weights:
        so_far = min(whole, so_far + from_cents(weight))
        assert total(shares(amounts, so_far)) == so_far
    assert shares(amounts, whole) == amounts
    assert shares(amounts, ZERO) == [ZERO for _ in amounts]


def test_shares_of_nothing_are_nothing() -> None:
    assert shares([], ZERO) == []
    assert shares([money("5.00"), money("-5.00")], ZERO) == [ZERO, ZERO]
