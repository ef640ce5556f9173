"""Generated companies spoilt further: records that name nobody, wrong numbers and dates, lost lines and documents."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any, TypeVar

import msgspec
from msgspec.structs import replace as changed

from qbclean.ledger.receivable import ar_by_customer
from qbclean.ledger.world import World
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.crm import CrmInvoice, CrmRecords
from qbclean.model.documents import Invoice
from qbclean.model.lists import Customer

_T = TypeVar("_T", bound=msgspec.Struct)
_SPOILT = 0.15
"""Share of the records of either side that something happens to; a fifth as many are lost."""


def spoilt(books: ReceivablesSnapshot, crm: CrmRecords, random: Random) -> tuple[ReceivablesSnapshot, CrmRecords]:
    """Both sides with much that no careful office would write. What customers owe is what is left in the books."""
    numbers = [invoice.doc_number for invoice in books.invoices.values() if invoice.doc_number]
    names = [customer.display_name for customer in books.customers.values()]

    def invoice(one: Invoice) -> Invoice:
        shifted = one.txn_date + timedelta(days=random.randrange(-60, 60))
        wrong: list[dict[str, Any]] = [
            {"doc_number": None}, {"doc_number": random.choice(numbers)}, {"txn_date": shifted}, {"line": ()},
            {"private_note": f"see {random.choice(numbers)}"},
        ]  # fmt: skip
        return changed(one, **random.choice(wrong))

    def customer(one: Customer) -> Customer:
        wrong: list[dict[str, Any]] = [
            {"display_name": random.choice(names)},
            {"primary_phone": None, "bill_addr": None},
        ]
        return changed(one, **random.choice(wrong))

    def record(one: CrmInvoice) -> CrmInvoice:
        dated = one.date and one.date + timedelta(days=random.choice((-9000, 45, 2000)))
        wrong: list[dict[str, Any]] = [
            {"customer_id": "GHOST", "customer_name": random.choice(names)}, {"customer_id": None}, {"date": dated},
            {"job_id": "GHOST JOB"}, {"number": random.choice(numbers)}, {"total": one.total + Decimal("0.01")},
            {"lines": ()}, {"status": random.choice(("draft", "void", "paid", "open"))},
        ]  # fmt: skip
        return changed(one, **random.choice(wrong))

    def left(many: dict[str, _T], wrong: Callable[[_T], _T] = lambda one: one) -> dict[str, _T]:
        return {key: value for key, value in zip(many, _left(random, list(many.values()), wrong), strict=True) if value}

    books = replace(
        books,
        invoices=left(dict(books.invoices), invoice),
        customers={key: customer(one) if random.random() < _SPOILT else one for key, one in books.customers.items()},
        payments=left(dict(books.payments)),
        deposits=left(dict(books.deposits)),
    )
    crm = changed(
        crm,
        customers=tuple(filter(None, _left(random, list(crm.customers)))),
        invoices=tuple(filter(None, _left(random, list(crm.invoices), record))),
        payments=tuple(filter(None, _left(random, list(crm.payments)))),
    )
    owed = ar_by_customer(books, World.of(books.documents()))
    return replace(books, ar_by_customer={key: balance for key, balance in owed.items() if balance}), crm


def _left(random: Random, many: list[_T], wrong: Callable[[_T], _T] = lambda one: one) -> Iterator[_T | None]:
    for one in many:
        fate = random.random()
        yield None if fate < _SPOILT / 5 else wrong(one) if fate < _SPOILT else one
