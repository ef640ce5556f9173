"""What a write does to A/R, income, tax and bank, found without looking at the rest of the books."""

from __future__ import annotations

from datetime import date

from qbclean.ledger.chart import Chart
from qbclean.ledger.effect import combined, effect_of
from qbclean.ledger.income import income_by_year
from qbclean.ledger.receivable import ar_by_customer
from qbclean.ledger.simulate import simulate
from qbclean.ledger.world import World
from qbclean.model.action import AccountChange, Effect
from qbclean.model.documents import AnyDocument
from qbclean.model.money import ZERO, money
from tests.builders import (
    a_credit_memo,
    a_customer,
    a_journal_entry,
    a_link_line,
    a_payment,
    a_snapshot,
    an_invoice,
)
from tests.lists import ACCOUNTS_RECEIVABLE, SERVICE_INCOME, STATE_AGENCY, UNAPPLIED_CASH, UNDEPOSITED_FUNDS
from tests.writes import a_body_line, a_write

JAN, FEB = date(2026, 1, 10), date(2026, 2, 10)
VOID = a_write("void", "Invoice", {"Id": "301", "SyncToken": "0"}, "301")


def rows(changes: tuple[AccountChange, ...]) -> list[tuple[str, str, str, str]]:
    return [(change.basis, change.month, change.account_id, str(change.amount)) for change in changes]


def test_a_void_takes_the_invoice_out_of_receivables_income_and_tax() -> None:
    books = a_snapshot(an_invoice(date=JAN, total="108.00", tax="8.00"), customers=[a_customer()])
    before = World.of(books.documents())
    effect = effect_of(books, before, simulate(before, VOID, new_id=""))
    assert effect.ar == money("-108.00")
    assert [(change.customer_id, change.customer, change.amount) for change in effect.ar_by_customer] == [
        ("58", "Harbor Lane Bakery", money("-108.00"))
    ]
    assert rows(effect.income) == [("accrual", "2026-01", SERVICE_INCOME, "-100.00")]
    assert rows(effect.tax) == [("accrual", "2026-01", STATE_AGENCY, "-8.00")]
    assert effect.tax[0].account == "State Revenue"
    assert effect.bank == ()


def test_s08_applying_cash_moves_cash_income_but_neither_receivables_nor_bank() -> None:
    books = a_snapshot(an_invoice(date=JAN), a_payment(date=FEB))
    before = World.of(books.documents())
    body = {"Id": "410", "SyncToken": "0", "sparse": True, "Line": [a_body_line("Invoice", "301", "100.00")]}
    after = simulate(before, a_write("update", "Payment", body, "410"), new_id="")
    effect = effect_of(books, before, after)
    assert effect.ar == 0
    assert effect.ar_by_customer == ()
    assert rows(effect.income) == [
        ("cash", "2026-02", SERVICE_INCOME, "100.00"),
        ("cash", "2026-02", UNAPPLIED_CASH, "-100.00"),
    ]
    assert (effect.tax, effect.bank) == ((), ())


def test_a_recorded_payment_brings_money_and_is_listed_once() -> None:
    books = a_snapshot(an_invoice(date=JAN))
    before = World.of(books.documents())
    body = {
        "CustomerRef": {"value": "58"},
        "TotalAmt": "100.00",
        "TxnDate": "2026-02-10",
        "Line": [a_body_line("Invoice", "301", "100.00")],
    }
    effect = effect_of(books, before, simulate(before, a_write("create", "Payment", body), new_id="900"))
    assert effect.ar == money("-100.00")
    assert rows(effect.bank) == [("accrual", "2026-02", UNDEPOSITED_FUNDS, "100.00")]
    assert rows(effect.income) == [("cash", "2026-02", SERVICE_INCOME, "100.00")]


def test_s02_a_credit_for_a_closed_year_moves_only_accrual_income_of_the_open_one() -> None:
    old = an_invoice(date=date(2024, 6, 1), total="100.00")
    books = a_snapshot(old)
    before = World.of(books.documents())
    after = World.of(
        a_snapshot(
            old,
            a_credit_memo(date=FEB, total="100.00"),
            a_payment(date=FEB, total="0.00", pays={"301": "100.00"}, uses={"388": "100.00"}),
        ).documents()
    )
    effect = effect_of(books, before, after)
    assert rows(effect.income) == [("accrual", "2026-02", SERVICE_INCOME, "-100.00")]
    assert effect.ar == money("-100.00")


def test_a_new_date_of_a_payment_moves_the_income_of_an_invoice_that_did_not_change() -> None:
    books = a_snapshot(an_invoice(date=JAN), a_payment(date=JAN, pays={"301": "100.00"}))
    before = World.of(books.documents())
    body = {"Id": "410", "SyncToken": "0", "sparse": True, "TxnDate": "2026-02-10"}
    effect = effect_of(books, before, simulate(before, a_write("update", "Payment", body, "410"), new_id=""))
    assert rows(effect.income) == [
        ("cash", "2026-01", SERVICE_INCOME, "-100.00"),
        ("cash", "2026-02", SERVICE_INCOME, "100.00"),
    ]


def test_a_new_date_of_an_invoice_moves_unapplied_money_of_a_payment_that_did_not_change() -> None:
    books = a_snapshot(an_invoice(date=JAN), a_payment(date=JAN, pays={"301": "100.00"}))
    before = World.of(books.documents())
    body = {"Id": "301", "SyncToken": "0", "sparse": True, "TxnDate": "2026-02-10"}
    effect = effect_of(books, before, simulate(before, a_write("update", "Invoice", body, "301"), new_id=""))
    cash = [row for row in rows(effect.income) if row[0] == "cash"]
    assert cash == [
        ("cash", "2026-01", SERVICE_INCOME, "-100.00"),
        ("cash", "2026-01", UNAPPLIED_CASH, "100.00"),
        ("cash", "2026-02", SERVICE_INCOME, "100.00"),
        ("cash", "2026-02", UNAPPLIED_CASH, "-100.00"),
    ]


def test_effects_add_up_and_what_cancels_is_left_out() -> None:
    books = a_snapshot(an_invoice(date=JAN))
    before = World.of(books.documents())
    there = effect_of(books, before, after := simulate(before, VOID, new_id=""))
    back = effect_of(books, after, before)
    assert combined([there, back]) == Effect()
    assert combined([there]) == there
    assert combined([there, there]).ar == money("-200.00")


def test_no_change_is_no_effect() -> None:
    books = a_snapshot(an_invoice())
    world = World.of(books.documents())
    assert effect_of(books, world, world.with_document(an_invoice())) == Effect()


def test_receivables_per_customer_are_what_quickbooks_reports() -> None:
    documents: tuple[AnyDocument, ...] = (
        an_invoice("1", total="100.00", customer="58"),
        an_invoice("2", total="70.00", customer="77"),
        a_payment("3", total="80.00", pays={"1": "60.00"}, customer="58"),
        a_credit_memo("4", total="15.00", customer="77"),
        a_journal_entry("5", debits={SERVICE_INCOME: "9.00"}, credits={ACCOUNTS_RECEIVABLE: "9.00"}, customer="58"),
        a_journal_entry("6", debits={SERVICE_INCOME: "1.00"}, credits={"45": "1.00"}, customer="58"),
    )
    books = a_snapshot(*documents)
    assert ar_by_customer(books, World.of(books.documents())) == {"58": money("11.00"), "77": money("55.00")}
    assert books.ar_by_customer == {"58": money("11.00"), "77": money("55.00")}


def test_using_a_journal_credit_leaves_receivables_as_they_were() -> None:
    entry = a_journal_entry("5", debits={SERVICE_INCOME: "9.00"}, credits={ACCOUNTS_RECEIVABLE: "9.00"})
    lines = (a_link_line("Invoice", "301", "9.00"), a_link_line("JournalEntry", "5", "9.00"))
    joined = a_payment(total="0.00", line=lines, unapplied_amt=ZERO)
    books = a_snapshot(an_invoice(), entry, joined)
    assert ar_by_customer(books, World.of(books.documents())) == {"58": money("91.00")}


def test_income_by_year_follows_the_basis() -> None:
    books = a_snapshot(
        an_invoice("1", date=date(2024, 12, 20), total="100.00"),
        a_payment("2", date=date(2025, 1, 5), total="130.00", pays={"1": "100.00"}),
    )
    world = World.of(books.documents())
    assert income_by_year(Chart.of(books), world, books.documents()) == {
        ("accrual", 2024): money("100.00"),
        ("cash", 2025): money("130.00"),
    }
