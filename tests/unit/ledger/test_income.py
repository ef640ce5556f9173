"""Income by year: the same by the short way as by all postings, whatever a sale is made of."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal

import msgspec
import pytest

from qbclean.ledger.cash import cash
from qbclean.ledger.chart import Chart
from qbclean.ledger.income import Year, income_by_year
from qbclean.ledger.postings import Posting, accrual
from qbclean.ledger.world import World
from qbclean.model.action import Basis
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.documents import GroupLineDetail, Line
from qbclean.model.money import ZERO, money
from tests.builders import a_discount_line, a_line, a_payment, a_snapshot, an_invoice
from tests.lists import BAD_DEBT, BAD_DEBT_ITEM, RETAINER

SOLD, PAID, PAID_LATER = date(2024, 12, 20), date(2025, 1, 5), date(2026, 2, 1)
GROUP = Line(
    detail_type="GroupLineDetail",
    amount=money("90.00"),
    group_line_detail=GroupLineDetail(line=(a_line("50.00"), a_line("40.00", item=RETAINER))),
)
SALES = {
    "one line": [a_line("100.00")],
    "no line": [],
    "with a retainer": [a_line("60.00"), a_line("40.00", item=RETAINER)],
    "a retainer alone": [a_line("100.00", item=RETAINER)],
    "on an expense": [a_line("60.00"), a_line("40.00", item=BAD_DEBT_ITEM)],
    "discounted": [a_line("100.00"), a_discount_line("10.00")],
    "discounted on an expense": [a_line("100.00"), a_discount_line("10.00", account=BAD_DEBT)],
    "given away": [a_line("100.00"), a_discount_line("100.00")],
    "in a group": [a_line("10.00"), GROUP],
}


def by_all_postings(books: ReceivablesSnapshot) -> dict[Year, Decimal]:
    chart, world = Chart.of(books), World.of_books(books)
    years: dict[Year, Decimal] = defaultdict(lambda: ZERO)

    def post(basis: Basis, posting: Posting) -> None:
        if chart.is_income(posting.account):
            years[basis, posting.day.year] -= posting.amount

    for document in books.documents():
        for posting in accrual(chart, document):
            post("accrual", posting)
        for posting in cash(chart, world, document):
            post("cash", posting)
    return years


@pytest.mark.parametrize("name", SALES)
@pytest.mark.parametrize("tax", ["0.00", "7.77"], ids=["untaxed", "taxed"])
@pytest.mark.parametrize("paid", [(), ("1",), ("1/3",), ("1/3", "2/3")], ids=["unpaid", "paid", "in part", "in two"])
def test_income_is_what_all_postings_say(name: str, tax: str, paid: tuple[str, ...]) -> None:
    sale = an_invoice("1", date=SOLD, lines=SALES[name], tax=tax)
    if not sale.line:
        sale = msgspec.structs.replace(sale, total_amt=money("100.00") + money(tax))
    parts = {"1": sale.total_amt, "1/3": money("21.01"), "2/3": sale.total_amt - money("21.01")}
    payments = [
        a_payment(str(number), date=day, total=str(parts[part]), pays={"1": str(parts[part])})
        for number, (part, day) in enumerate(zip(paid, (PAID, PAID_LATER), strict=False), start=2)
        if parts[part] > 0
    ]
    books = a_snapshot(sale, *payments)

    assert income_by_year(Chart.of(books), World.of_books(books), books.documents()) == by_all_postings(books)
