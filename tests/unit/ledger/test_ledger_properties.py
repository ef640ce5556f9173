"""Whatever is written, the simulated books keep adding up (S21, R13, R27)."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from qbclean.ledger.cash import cash
from qbclean.ledger.chart import Chart
from qbclean.ledger.effect import combined, effect_of
from qbclean.ledger.income import income_by_year
from qbclean.ledger.postings import accrual
from qbclean.ledger.receivable import ar_by_customer
from qbclean.ledger.simulate import SimulationError, simulate
from qbclean.ledger.world import World
from qbclean.model.action import Basis, Effect
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.documents import CreditMemo, Invoice, Payment
from qbclean.model.money import ZERO, from_cents, total
from qbclean.model.write import DocumentWrite
from tests.builders import a_credit_memo, a_payment, a_snapshot, an_invoice
from tests.writes import a_body_line, a_sale, a_write

DAYS = st.dates(date(2024, 11, 1), date(2026, 2, 28))
AMOUNTS = st.integers(1, 30_000).map(lambda minor: str(from_cents(minor)))
INVOICES, MEMOS, PAYMENTS = ("1", "2", "3"), ("11", "12"), ("21", "22", "23")


@st.composite
def companies(draw: st.DrawFn) -> ReceivablesSnapshot:
    sales = [
        builder(ref, total=draw(AMOUNTS), date=draw(DAYS), lines=None)
        for builder, refs in ((an_invoice, INVOICES), (a_credit_memo, MEMOS))
        for ref in refs
    ]
    return a_snapshot(*sales, *(a_payment(ref, total=draw(AMOUNTS), date=draw(DAYS)) for ref in PAYMENTS))


@st.composite
def writes(draw: st.DrawFn) -> DocumentWrite:
    """Sensible and senseless writes; those QuickBooks would refuse are refused by the simulation."""
    lines = draw(
        st.lists(
            st.one_of(
                st.builds(a_body_line, st.just("Invoice"), st.sampled_from(INVOICES), AMOUNTS),
                st.builds(a_body_line, st.just("CreditMemo"), st.sampled_from(MEMOS), AMOUNTS),
            ),
            max_size=3,
        )
    )
    token = "${A-1.SyncToken}"
    day = draw(DAYS).isoformat()
    payment, invoice = draw(st.sampled_from(PAYMENTS)), draw(st.sampled_from(INVOICES))
    sparse = {"SyncToken": token, "sparse": True}
    sales = [a_sale(amount) for amount in draw(st.lists(AMOUNTS, min_size=1, max_size=3))]
    tax = {"TotalTax": draw(AMOUNTS)}
    new: dict[str, Any] = {"CustomerRef": {"value": "58"}, "TxnDate": day}
    return draw(
        st.sampled_from(
            [
                a_write("update", "Payment", {"Id": payment, **sparse, "Line": lines}, payment),
                a_write("update", "Payment", {"Id": payment, **sparse, "TxnDate": day}, payment),
                a_write("void", "Payment", {"Id": payment, "SyncToken": token}, payment),
                a_write("delete", "Payment", {"Id": payment, "SyncToken": token}, payment),
                a_write("void", "Invoice", {"Id": invoice, "SyncToken": token}, invoice),
                a_write("update", "Invoice", {"Id": invoice, **sparse, "Line": sales, "TxnTaxDetail": tax}, invoice),
                a_write("update", "Invoice", {"Id": invoice, **sparse, "TxnDate": day}, invoice),
                a_write("create", "Invoice", {**new, "Line": sales, "TxnTaxDetail": tax}),
                a_write("create", "CreditMemo", {**new, "Line": sales}),
                a_write("create", "Payment", {**new, "TotalAmt": draw(AMOUNTS), "Line": lines}),
            ]
        )
    )


@settings(max_examples=150, deadline=None)
@given(companies(), st.lists(writes(), min_size=1, max_size=12))
def test_books_add_up_after_every_simulated_write(books: ReceivablesSnapshot, work: list[DocumentWrite]) -> None:
    chart = Chart.of(books)
    world = World.of(books.documents())
    for number, write in enumerate(work):
        before = world
        try:
            world = simulate(world, write, new_id=f"9{number}")
        except SimulationError:
            continue
        _require_sound(chart, books, world)
        assert effect_of(books, before, world) == _effect_the_long_way(books, before, world)


def _require_sound(chart: Chart, books: ReceivablesSnapshot, world: World) -> None:
    control = ZERO
    by_day: dict[date, Decimal] = defaultdict(lambda: ZERO)
    for document in world.values():
        postings = list(accrual(chart, document))
        assert total(posting.amount for posting in postings) == 0
        control += total(posting.amount for posting in postings if posting.account == chart.receivable)
        for posting in cash(chart, world, document):
            by_day[posting.day] += posting.amount
        if isinstance(document, Invoice | CreditMemo):
            assert 0 <= document.balance <= document.total_amt
        if isinstance(document, Payment):
            assert document.unapplied_amt >= 0
    assert not any(by_day.values())
    assert control == total(ar_by_customer(books, world).values())


def _effect_the_long_way(books: ReceivablesSnapshot, before: World, after: World) -> Effect:
    """The effect found by looking at every document of both worlds as if everything had changed."""
    fresh = World.of(after.values())
    everything = effect_of(books, World.of([]), fresh)
    nothing = effect_of(books, World.of(before.values()), World.of([]))
    both = combined([everything, nothing])
    chart = Chart.of(books)
    was, becomes = (income_by_year(chart, world, world.values()) for world in (before, after))
    moved: dict[tuple[Basis, int], Decimal] = defaultdict(lambda: ZERO)
    for change in both.income:
        moved[change.basis, int(change.month[:4])] += change.amount
    for year in was.keys() | becomes.keys():
        assert moved[year] == becomes.get(year, ZERO) - was.get(year, ZERO)
    return both
