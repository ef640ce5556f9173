"""S29: no plan from a part of the books."""

from __future__ import annotations

from decimal import Decimal

import pytest

from qbclean.errors import IncompleteBooksError
from qbclean.plan.completeness import require_complete
from tests.builders import a_credit_memo, a_journal_entry, a_payment, a_snapshot, an_invoice


def test_whole_books_pass() -> None:
    require_complete(
        a_snapshot(
            an_invoice("301", total="100.00"),
            an_invoice("302", total="50.00", customer="77"),
            a_payment("410", total="30.00", pays={"301": "20.00"}),
            a_credit_memo("388", total="15.00"),
            a_journal_entry(debits={"84": "9.00"}, credits={"1": "9.00"}),
        )
    )


def test_books_without_documents_pass() -> None:
    require_complete(a_snapshot())


def test_a_customer_the_report_shows_as_settled_need_not_be_in_it() -> None:
    books = a_snapshot(an_invoice("301"), a_payment("410", pays={"301": "100.00"}), ar_by_customer={})

    require_complete(books)


@pytest.mark.parametrize("lost", ["Invoice", "Payment", "CreditMemo", "JournalEntry"])
def test_a_lost_document_of_any_kind_is_noticed(lost: str) -> None:
    documents = (
        an_invoice("301", total="100.00"),
        a_payment("410", total="30.00"),
        a_credit_memo("388", total="15.00"),
        a_journal_entry(debits={"84": "9.00"}, credits={"1": "9.00"}),
    )
    whole = a_snapshot(*documents)
    short = a_snapshot(*(entry for entry in documents if entry.kind != lost), ar_by_customer=whole.ar_by_customer)

    with pytest.raises(IncompleteBooksError):
        require_complete(short)


def test_the_refusal_names_customer_amounts_reason_and_remedy() -> None:
    books = a_snapshot(an_invoice(), ar_by_customer={"58": Decimal("120.00")})

    with pytest.raises(IncompleteBooksError) as refused:
        require_complete(books)

    message = str(refused.value)
    for part in ("Test Contracting", "Harbor Lane Bakery", "58", "100.00", "120.00", "S29", "qbclean pull --full"):
        assert part in message


def test_the_first_customer_off_is_named_whatever_the_order() -> None:
    one = {"58": Decimal("1.00"), "77": Decimal("2.00")}
    books = [
        a_snapshot(an_invoice("301"), an_invoice("302", customer="77"), ar_by_customer=reported)
        for reported in (one, dict(reversed(one.items())))
    ]
    messages = []
    for snapshot in books:
        with pytest.raises(IncompleteBooksError) as refused:
            require_complete(snapshot)
        messages.append(str(refused.value))

    assert messages[0] == messages[1]


def test_documents_that_name_nobody_are_refused_as_such() -> None:
    books = a_snapshot(an_invoice(customer_ref=None), ar_by_customer={})

    with pytest.raises(IncompleteBooksError, match=r"where no customer is named its documents add up to 100\.00"):
        require_complete(books)
