"""Draws small companies with every kind of receivable: partial payments, credits, deposits, journal entries, voids."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from tests.unit.sandbox_ledger.books import (
    CHECKING,
    DISCOUNTS,
    LABOR_ITEM,
    RECEIVABLE,
    REPAIR_ITEM,
    RETAINER_ITEM,
    SALES,
    Books,
    discount,
    line,
)

CUSTOMERS = st.sampled_from(["58", "61", "62"])
DAYS = st.integers(0, 700).map(lambda n: (date(2025, 1, 1) + timedelta(days=n)).isoformat())
CENTS = st.integers(1, 50_000).map(lambda n: str(Decimal(n) / 100))
ITEMS = st.sampled_from([LABOR_ITEM, REPAIR_ITEM, RETAINER_ITEM])


@st.composite
def sales_lines(draw: Any) -> tuple[list[dict[str, Any]], str]:
    """Draw lines whose total is not negative, and a tax."""
    lines = draw(st.lists(st.builds(line, CENTS, ITEMS), min_size=1, max_size=4))
    if draw(st.booleans()):
        half = min(wire["Amount"] for wire in lines) / 2
        lines.append(discount(str(half.quantize(Decimal("0.01")))))
    return lines, draw(st.sampled_from(["0", "0", "0.01", "8.25"]))


@st.composite
def random_books(draw: Any) -> Books:
    """Draw a company; what is applied never exceeds what is open, in whatever order of dates."""
    books = Books()
    open_items: list[list[Any]] = []  # [kind, id, still open]
    for _ in range(draw(st.integers(1, 5))):
        lines, tax = draw(sales_lines())
        invoice = books.invoice(draw(DAYS), *lines, to=draw(CUSTOMERS), tax=tax)
        total = books.document("Invoice", invoice)["TotalAmt"]
        taken = draw(st.sampled_from([Decimal(0), Decimal(0), (total / 3).quantize(Decimal("0.01"))]))
        books.change("Invoice", invoice, Deposit=taken)
        open_items.append(["Invoice", invoice, total - taken])
    for _ in range(draw(st.integers(0, 3))):
        lines, tax = draw(sales_lines())
        credit = books.credit_memo(draw(DAYS), *lines, to=draw(CUSTOMERS), tax=tax)
        open_items.append(["CreditMemo", credit, books.document("CreditMemo", credit)["TotalAmt"]])
    for _ in range(draw(st.integers(0, 2))):
        amount, to = draw(CENTS), draw(CUSTOMERS)
        sides = draw(st.sampled_from([("Debit", "Credit"), ("Credit", "Debit")]))
        other = draw(st.sampled_from([SALES, DISCOUNTS, CHECKING]))
        books.journal(draw(DAYS), (sides[0], other, amount, ""), (sides[1], RECEIVABLE, amount, to))
    received = [_payment(draw, books, open_items) for _ in range(draw(st.integers(0, 5)))]
    _deposit(draw, books, received)
    if draw(st.booleans()):
        void(books, "Invoice", open_items[0][1])
    return books


def _payment(draw: Any, books: Books, open_items: list[list[Any]]) -> str:
    """Add a payment that settles some open items and may leave money over."""
    applied = []
    cash = Decimal(0)
    for item in draw(st.lists(st.sampled_from(open_items), unique_by=id, max_size=3)):
        if item[2] > 0:
            amount = (item[2] * draw(st.sampled_from([Decimal(1), Decimal("0.37")]))).quantize(Decimal("0.01"))
            item[2] -= amount
            applied.append((str(amount), item[0], item[1]))
            cash += amount if item[0] == "Invoice" else -amount
    extra = draw(st.sampled_from([Decimal(0), Decimal("12.34")]))
    return books.payment(draw(DAYS), str(max(cash, Decimal(0)) + extra), *applied, by=draw(CUSTOMERS))


def _deposit(draw: Any, books: Books, received: list[str]) -> None:
    lines: list[dict[str, Any]] = [
        {
            "Amount": books.document("Payment", payment)["TotalAmt"],
            "LinkedTxn": [{"TxnId": payment, "TxnType": "Payment", "TxnLineId": "0"}],
        }
        for payment in received
        if draw(st.booleans())
    ]
    account = draw(st.sampled_from([SALES, RECEIVABLE]))
    entity = {"type": "CUSTOMER", "value": draw(CUSTOMERS)}
    other = {"AccountRef": {"value": account}, "Entity": entity}
    lines.append({"Amount": Decimal(20), "DetailType": "DepositLineDetail", "DepositLineDetail": other})
    back = {"CashBack": {"AccountRef": {"value": "17"}, "Amount": Decimal(5)}} if draw(st.booleans()) else {}
    books.add("Deposit", {"TxnDate": draw(DAYS), "DepositToAccountRef": {"value": CHECKING}, "Line": lines, **back})


def void(books: Books, entity: str, doc_id: str) -> None:
    """Void a sales document as QuickBooks does: links off, amounts zero, number, date and customer kept."""
    for payment in list(books.documents("Payment")):
        kept = [wire for wire in payment["Line"] if wire["LinkedTxn"][0]["TxnId"] != doc_id]
        books.change("Payment", payment["Id"], Line=kept)
    document = books.document(entity, doc_id)
    zeroed = [{**wire, "Amount": Decimal(0)} for wire in document["Line"]]
    books.change(
        entity,
        doc_id,
        Line=zeroed,
        TxnTaxDetail={"TotalTax": Decimal(0)},
        TotalAmt=Decimal(0),
        Deposit=Decimal(0),
        PrivateNote="Voided",
    )
