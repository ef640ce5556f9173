"""What documents post to accounts receivable: the same by the short way as by all their postings."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from qbclean.ledger.chart import Chart
from qbclean.ledger.postings import accrual
from qbclean.ledger.receivable import ar_by_customer, open_in_all, posted
from qbclean.ledger.world import World
from qbclean.model.documents import AnyDocument, Ref
from qbclean.model.money import ZERO, money, total
from tests.builders import (
    a_credit_memo,
    a_deposit,
    a_deposit_line,
    a_discount_line,
    a_journal_entry,
    a_line,
    a_link_line,
    a_payment,
    a_refund_receipt,
    a_sales_receipt,
    a_snapshot,
    an_invoice,
)
from tests.lists import ACCOUNTS_RECEIVABLE, ITEMS, RETAINER

USUAL = Chart.of(a_snapshot())
RETAINERS_IN_RECEIVABLES = Chart.of(
    a_snapshot(
        items=ITEMS | {RETAINER: msgspec.structs.replace(ITEMS[RETAINER], income_account_ref=Ref(ACCOUNTS_RECEIVABLE))}
    )
)
DOCUMENTS = {
    "invoice": (an_invoice(total="100.00", tax="8.00"), "100.00"),
    "invoice with money taken": (an_invoice(total="100.00", deposit=money("30.00")), "70.00"),
    "money taken into A/R": (
        an_invoice(total="100.00", deposit=money("30.00"), deposit_to_account_ref=Ref(ACCOUNTS_RECEIVABLE)),
        "100.00",
    ),
    "discount on A/R": (
        an_invoice(lines=[a_line("100.00"), a_discount_line("10.00", account=ACCOUNTS_RECEIVABLE)]),
        "100.00",
    ),
    "retainer": (an_invoice(lines=[a_line("100.00"), a_line("40.00", item=RETAINER)]), "140.00"),
    "credit memo": (a_credit_memo(total="25.00"), "-25.00"),
    "payment": (a_payment(total="60.00"), "-60.00"),
    "payment kept in A/R": (a_payment(total="60.00", deposit_to_account_ref=Ref(ACCOUNTS_RECEIVABLE)), "0.00"),
    "sales receipt": (a_sales_receipt(total="60.00"), "0.00"),
    "refund": (a_refund_receipt(total="60.00"), "0.00"),
    "deposit on A/R": (a_deposit(income=[a_deposit_line("15.00", account=ACCOUNTS_RECEIVABLE)]), "-15.00"),
    "journal entry": (a_journal_entry(debits={ACCOUNTS_RECEIVABLE: "90.00"}, credits={"1": "90.00"}), "90.00"),
}


@pytest.mark.parametrize("name", DOCUMENTS)
@pytest.mark.parametrize("chart", [USUAL, RETAINERS_IN_RECEIVABLES], ids=["usual", "retainers in A/R"])
def test_what_is_posted_to_receivables_is_what_all_postings_say(name: str, chart: Chart) -> None:
    document: AnyDocument = DOCUMENTS[name][0]

    by_all = [entry.amount for entry in accrual(chart, document) if chart.is_receivable(entry.account)]

    assert posted(chart, document) == total(by_all)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_each_kind_of_document_moves_receivables_as_a_bookkeeper_expects(name: str) -> None:
    document, expected = DOCUMENTS[name]

    assert posted(USUAL, document) == money(expected)


def test_an_item_posted_to_receivables_takes_its_line_back_out() -> None:
    retainer: AnyDocument = DOCUMENTS["retainer"][0]

    assert RETAINERS_IN_RECEIVABLES.sells_to_receivable
    assert posted(RETAINERS_IN_RECEIVABLES, retainer) - posted(USUAL, retainer) == -40 + ZERO


def test_what_is_open_in_all_is_what_the_customers_owe_together() -> None:
    owed = a_journal_entry("5", debits={ACCOUNTS_RECEIVABLE: "90.00"}, credits={"1": "90.00"})
    credit = a_journal_entry("6", debits={"1": "30.00"}, credits={ACCOUNTS_RECEIVABLE: "30.00"})
    lines = (a_link_line("Invoice", "301", "25.00"), a_link_line("JournalEntry", "6", "25.00"))
    uses_it = a_payment("7", total="0.00", line=lines, unapplied_amt=ZERO)
    pays_it = a_payment("8", total="40.00", line=(a_link_line("JournalEntry", "5", "40.00"),), unapplied_amt=ZERO)
    books = a_snapshot(
        an_invoice(total="100.00"), a_credit_memo(total="25.00"), a_payment("9", total="60.00"),
        a_sales_receipt(), a_deposit(income=[a_deposit_line("15.00")]), owed, credit, uses_it, pays_it,
    )  # fmt: skip

    assert open_in_all(books) == total(ar_by_customer(books, World.of_books(books)).values()) == money("35.00")


def test_an_entry_that_is_counted_with_another_slice_is_not_open_in_this_one() -> None:
    entry = a_journal_entry("5", debits={ACCOUNTS_RECEIVABLE: "90.00"}, credits={"1": "90.00"})
    books = replace(a_snapshot(entry), borrowed=frozenset({entry.ref}))

    assert open_in_all(books) == 0
