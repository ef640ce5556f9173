"""Rule S04 in its order: the first difference decides which copy survives."""

import datetime as dt
from decimal import Decimal

import pytest

from qbclean.sandbox.generate.books import (
    BookedCustomer,
    BookedDeposit,
    BookedEstimate,
    BookedInvoice,
    BookedPayment,
    Books,
)
from qbclean.sandbox.generate.catalogue import line
from qbclean.sandbox.generate.dates import at
from qbclean.sandbox.generate.story import Customer, Invoice
from qbclean.sandbox.generate.survivor import Judge, Verdict, bare
from qbclean.sandbox.generate.truth import Step

DAY, CLOSED = dt.date(2026, 5, 4), dt.date(2024, 12, 31)
OWNER = BookedCustomer(name="Orchard Bakery", created=at(DAY, 0))


def _true_invoice() -> Invoice:
    customer = Customer(
        name="Orchard Bakery", kind="business", email="ap@orchard.example", phone="", street="", city="", zip_code=""
    )
    lines = (line("labor", "Repair - labor", Decimal(300)),)
    invoice = Invoice(customer=customer, job=None, date=DAY, due=DAY, lines=lines, tax=Decimal(0), pattern="call")
    invoice.number, invoice.crm_id = "1042", "I-000007"
    return invoice


def _copy(identity: str, number: str | None = None, *, amount: str = "300", day: dt.date = DAY) -> BookedInvoice:
    return BookedInvoice(
        id=identity,
        customer=OWNER,
        number=number,
        date=day,
        due=day,
        lines=(line("labor", "Repair", Decimal(amount)),),
        created=at(day, 60 * int(identity)),
    )


def _payment(invoice: BookedInvoice, *, amount: str = "300", deposited: bool = False) -> BookedPayment:
    payment = BookedPayment(
        date=DAY,
        created=at(DAY, 70_000),
        customer=OWNER,
        total=Decimal(amount),
        method="check",
        reference="",
        route="check" if deposited else "direct",
        lines=[(invoice, Decimal(amount))],
    )
    if deposited:
        payment.deposit = BookedDeposit(date=DAY, created=at(DAY, 80_000), sources=[payment])
    return payment


def _verdict(*copies: BookedInvoice, payments: tuple[BookedPayment, ...] = ()) -> Verdict:
    books = Books(invoices=list(copies), payments=list(payments))
    return Judge(books, CLOSED, {}).decide(_true_invoice(), copies)


def test_s04_a_deposited_payment_outweighs_a_loose_one_and_what_is_loose_is_moved() -> None:
    first, second = _copy("1", "1042"), _copy("2")
    loose = _payment(first, amount="120")
    verdict = _verdict(first, second, payments=(loose, _payment(second, amount="180", deposited=True)))
    assert verdict.survivor is second
    assert [step.action for step in verdict.steps] == ["move_payment", "void_invoice"]
    assert verdict.review


def test_s04_money_outweighs_the_link_to_the_crm() -> None:
    first, second = _copy("1", "1042"), _copy("2")
    verdict = _verdict(first, second, payments=(_payment(second),))
    assert verdict.survivor is second
    assert [step.action for step in verdict.steps] == ["void_invoice"]
    assert not verdict.interchangeable


def test_s04_the_link_to_the_crm_outweighs_the_better_lines() -> None:
    linked, exact = _copy("2", "INV-1042", amount="250"), _copy("1", "77")
    assert _verdict(exact, linked).survivor is linked


def test_s04_the_right_total_outweighs_having_been_sent() -> None:
    exact, sent = _copy("2"), _copy("1", amount="250")
    sent.emailed = True
    assert _verdict(sent, exact).survivor is exact


def test_s04_the_one_sent_outweighs_the_one_created_first() -> None:
    older, sent = _copy("1"), _copy("2")
    sent.emailed = True
    assert _verdict(older, sent).survivor is sent


def test_s04_of_equal_copies_the_first_created_survives_and_either_would_do() -> None:
    older, younger = _copy("1"), _copy("2")
    verdict = _verdict(younger, older)
    assert verdict.survivor is older
    assert verdict.interchangeable


def test_s05_money_on_both_copies_that_cannot_be_moved_is_left_to_a_person() -> None:
    first, second = _copy("1", "1042"), _copy("2")
    payments = (_payment(first, amount="150", deposited=True), _payment(second, amount="150", deposited=True))
    verdict = _verdict(first, second, payments=payments)
    assert verdict.hold
    assert verdict.steps == ()


def test_s01_an_extra_copy_in_the_closed_period_is_credited() -> None:
    first, second = (_copy(identity, day=dt.date(2024, 12, 31)) for identity in ("1", "2"))
    assert [step.action for step in _verdict(first, second).steps] == ["credit_duplicate"]


@pytest.mark.parametrize("number", ["1042", "INV-1042", "#1042", "001042"])
def test_a_number_is_the_same_in_any_dress(number: str) -> None:
    assert bare(number) == "1042"


def test_a_missing_number_equals_no_number_of_the_crm() -> None:
    assert bare(None) not in {bare("1042"), bare("0"), bare("None")}


# ------------------------------------------------------------------ what a rule leaves to a person
def _caution(action: str, *documents: BookedInvoice, books: Books | None = None) -> str:
    step = Step(action=action, documents=documents, crm=(_true_invoice(),), amount=Decimal(300))
    return Judge(books or Books(), CLOSED, {}).caution(step)


def test_s03_a_copy_linked_to_an_estimate_is_for_a_person_to_unlink() -> None:
    first, second = _copy("1", "1042"), _copy("2")
    second.estimate = BookedEstimate(
        date=DAY, created=at(DAY, 60_000), customer=OWNER, number="E-1", lines=second.lines
    )
    assert "S03" in _verdict(first, second).review


def test_s07_a_payment_of_several_jobs_is_not_entered_as_one() -> None:
    here, there = _copy("1"), _copy("2")
    there.customer = BookedCustomer(name="Garage", created=at(DAY, 60_000), parent=OWNER)
    assert _caution("record_payment", here, _copy("3")) == ""
    assert "S07" in _caution("record_payment", here, there)


def test_s15_an_invoice_whose_number_is_taken_is_not_created() -> None:
    assert _caution("create_invoice") == ""
    assert "S15" in _caution("create_invoice", books=Books(invoices=[_copy("1", _true_invoice().number)]))
