"""What is known of a whole company before one customer of it is judged."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from qbclean.match.overview import Overview, overview_of
from qbclean.model.crm import CrmRecords
from qbclean.model.documents import AnyDocument
from qbclean.model.refs import DocumentRef, line_key
from tests.builders import (
    DAY,
    a_credit_memo,
    a_customer,
    a_deposit,
    a_deposit_line,
    a_payment,
    a_sales_receipt,
    a_snapshot,
    an_invoice,
)
from tests.crm_builders import a_crm_customer, a_crm_invoice, a_crm_payment, the_crm

BAKERY, DENTIST = "58", "59"
PEOPLE = (a_customer(BAKERY), a_customer(DENTIST, "Ridge Street Dental"))
RECORDS = (a_crm_customer("C-1"), a_crm_customer("C-2", "Ridge Street Dental"))
LINE = line_key(DocumentRef("Deposit", "601"), 0)


def seen(*documents: AnyDocument, paid_by: tuple[str, ...] = (), days: int = 0) -> Overview:
    """A bakery (C-1) and a dentist (C-2), with a CRM payment of 70.00 by each of `paid_by`, `days` after the books'."""
    day = DAY + timedelta(days=days)
    paid = (a_crm_payment(f"P-{key}", amount="70.00", customer=key, date=day, reference=None) for key in paid_by)
    return overview_of(a_snapshot(*documents, customers=PEOPLE), the_crm(*RECORDS, *paid))


def nameless() -> AnyDocument:
    return a_deposit(income=[a_deposit_line("70.00", customer=None)])


def test_a_deposit_line_without_a_name_is_claimed_by_the_only_party_that_misses_its_money() -> None:
    found = seen(nameless(), paid_by=("C-1",))

    assert found.nameless.claimants == {LINE: found.customers.group_of_crm["C-1"]}


def test_two_parties_that_miss_the_same_money_claim_nothing() -> None:
    assert not seen(nameless(), paid_by=("C-1", "C-2")).nameless.claimants


def test_a_party_whose_payments_are_all_in_quickbooks_claims_nothing() -> None:
    theirs = a_payment(total="70.00", customer=DENTIST)
    found = seen(nameless(), theirs, paid_by=("C-1", "C-2"))

    assert found.nameless.claimants == {LINE: found.customers.group_of_crm["C-1"]}


def test_money_of_another_week_is_not_claimed() -> None:
    assert not seen(nameless(), paid_by=("C-1",), days=11).nameless.claimants


def test_without_a_crm_the_party_with_the_open_invoice_claims_the_line() -> None:
    invoice = an_invoice(total="70.00", customer=DENTIST)
    found = overview_of(a_snapshot(nameless(), invoice, customers=PEOPLE), CrmRecords())

    assert found.nameless.claimants == {LINE: found.customers.group_of_qbo[DENTIST]}


@pytest.mark.parametrize(
    ("text", "whose"),
    [
        ("Payment Ridge Street Dental", DENTIST),
        ("Deposit inv 2207", DENTIST),
        ("Deposit inv 2206", BAKERY),
        ("ch_92207153", ""),
        ("", ""),
    ],
    ids=["the customer", "its invoice", "the other's invoice", "inside a longer number", "silent"],
)
def test_of_two_parties_with_an_equal_open_invoice_the_one_named_on_the_line_claims_it(text: str, whose: str) -> None:
    invoices = (
        an_invoice("301", number="2206", total="70.00"),
        an_invoice("302", number="2207", total="70.00", customer=DENTIST),
    )
    line = msgspec.structs.replace(a_deposit_line("70.00", customer=None), description=text)

    found = overview_of(a_snapshot(a_deposit(income=[line]), *invoices, customers=PEOPLE), CrmRecords())

    assert found.nameless.claimants == ({LINE: found.customers.group_of_qbo[whose]} if whose else {})


def test_a_payment_may_be_on_a_stranger_only_where_it_is_missing_at_home() -> None:
    elsewhere = a_payment("410", total="70.00", customer=DENTIST, payment_ref_num="2214")
    at_home = a_payment("411", total="70.00", customer=BAKERY, payment_ref_num="2214")
    paid = a_crm_payment("P-1", amount="70.00", reference="2214")
    crm = the_crm(*RECORDS, paid)

    assert overview_of(a_snapshot(elsewhere, customers=PEOPLE), crm).strays == {"P-1": ("410",)}
    assert not overview_of(a_snapshot(elsewhere, at_home, customers=PEOPLE), crm).strays


def test_an_amount_is_a_price_when_several_parties_are_billed_it() -> None:
    own = a_crm_invoice("I-1", total="89.00"), a_crm_invoice("I-2", number="1043", total="89.00")
    both = a_crm_invoice("I-3", number="1044"), a_crm_invoice("I-4", number="1045", customer="C-2", name="Ridge")
    books = a_snapshot(customers=PEOPLE)

    assert overview_of(books, the_crm(*RECORDS, *own, *both)).crm_prices == frozenset({100_00})


def test_numbers_are_taken_by_invoices_credit_memos_and_receipts_alike() -> None:
    found = seen(an_invoice(number="1042"), a_credit_memo(number="CM-7"), a_sales_receipt(number="1043"))

    assert found.numbers_taken == {"1042": "Invoice 301", "CM-7": "CreditMemo 388", "1043": "SalesReceipt 501"}
    assert found.credit_numbers == frozenset({"CM-7"})


def test_of_several_documents_with_one_number_the_oldest_invoice_is_named_in_any_order() -> None:
    documents = [an_invoice("310", number="1042"), an_invoice("99", number="1042"), a_credit_memo(number="1042")]

    assert seen(*documents).numbers_taken == {"1042": "Invoice 99"}
    assert seen(*reversed(documents)).numbers_taken == {"1042": "Invoice 99"}
