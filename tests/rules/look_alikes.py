"""Honest books that look wrong (accounting-rules.md 3), each in several ways of booking them; nothing in them is to be
touched (S13).

A kind says what was sold; a style says what became of numbers and money on the way into QuickBooks; an entry says when
it was typed in. Every combination is one case, with at least two sales that could be taken for one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.crm import CrmJob, CrmRecord, CrmRecords
from qbclean.model.documents import AnyDocument, MetaData, Ref
from tests.builders import INSTANT, a_credit_memo, a_customer, a_line, a_payment, a_snapshot, an_invoice
from tests.crm_builders import NAME, a_crm_credit, a_crm_invoice, a_crm_line, a_crm_payment, the_crm


@dataclass(frozen=True, kw_only=True)
class Bill:
    """One sale. `books` and `crm` False: that side does not have it. `job` is a CRM job with a sub-customer."""

    number: str
    day: date
    amounts: tuple[str, ...]
    words: str = "Labor"
    customer: str = "58"
    name: str = NAME
    job: str = ""
    state: str = "open"
    books: bool = True
    crm: bool = True

    @property
    def total(self) -> str:
        return str(sum(map(Decimal, self.amounts)))


@dataclass(frozen=True, kw_only=True)
class Case:
    name: str
    books: ReceivablesSnapshot
    crm: CrmRecords


def a_bill(number: str, day: date, *amounts: str, **fields: Any) -> Bill:
    return Bill(number=number, day=day, amounts=amounts, **fields)


# ------------------------------------------------------------------ what was sold
def monthly_service() -> list[Bill]:
    return [
        a_bill(str(1040 + n), date(2025, n, 1), "189.00", words=f"Service {date(2025, n, 1):%B}") for n in range(1, 13)
    ]


def monthly_service_in_the_same_words() -> list[Bill]:
    return [a_bill(str(1040 + n), date(2025, n, 1), "189.00", words="Monthly service") for n in range(1, 7)]


def weekly_mowing() -> list[Bill]:
    return [a_bill(str(880 + n), date(2025, 5, 1) + timedelta(weeks=n), "55.00", words="Mowing") for n in range(8)]


def equal_draws() -> list[Bill]:
    return [a_bill(f"1042-{n}", date(2025, n + 2, 10), "8000.00", words=f"Draw {n} of 3") for n in (1, 2, 3)]


def equal_draws_with_numbers_of_their_own() -> list[Bill]:
    return [a_bill(str(1042 + 9 * n), date(2025, n + 2, 10), "8000.00", words="Progress billing") for n in (1, 2, 3)]


def deposit_and_final() -> list[Bill]:
    words = "Kitchen, 50 percent"
    return [
        a_bill("1042", date(2025, 3, 3), "4200.00", words=words),
        a_bill("1077", date(2025, 4, 14), "4200.00", words=words),
    ]


def retainage_release() -> list[Bill]:
    return [
        a_bill("1042", date(2025, 3, 3), "9000.00", "1000.00", words="Work and retainage"),
        a_bill("1090", date(2025, 6, 3), "1000.00", words="Retainage release"),
        a_bill("1091", date(2025, 6, 5), "1000.00", words="Extra lighting"),
    ]


def ten_houses() -> list[Bill]:
    return [
        a_bill(str(1100 + n), date(2025, 5, 5 + n // 3), "2350.00", words=f"Rough-in lot {n}") for n in range(1, 11)
    ]


def ten_houses_on_one_day_in_the_same_words() -> list[Bill]:
    return [a_bill(str(1100 + n), date(2025, 5, 5), "2350.00", words="Rough-in") for n in range(1, 11)]


def two_calls_on_one_day() -> list[Bill]:
    return [
        a_bill(str(1042 + n), date(2025, 5, 5), "145.00", words=f"Leak, unit {unit}") for n, unit in enumerate((4, 12))
    ]


def two_calls_on_one_day_in_the_same_words() -> list[Bill]:
    return [a_bill(str(1042 + n), date(2025, 5, 5), "145.00", words="Leak repair") for n in range(2)]


def change_order_reissued() -> list[Bill]:
    return [
        a_bill("1042", date(2025, 5, 5), "3000.00", words="Bathroom"),
        a_bill("1042-R1", date(2025, 5, 9), "3000.00", words="Bathroom change order"),
    ]


def change_order_for_another_amount() -> list[Bill]:
    return [
        a_bill("1042", date(2025, 5, 5), "3000.00", words="Bathroom"),
        a_bill("1042-R1", date(2025, 5, 9), "450.00", words="Bathroom change order"),
    ]


def void_and_reissue() -> list[Bill]:
    return [
        a_bill("1042", date(2025, 5, 5), "620.00", words="Water heater", state="void"),
        a_bill("1043", date(2025, 5, 5), "620.00", words="Water heater"),
    ]


def void_that_the_crm_forgot() -> list[Bill]:
    return [
        a_bill("1042", date(2025, 5, 5), "620.00", words="Water heater", state="void", crm=False),
        a_bill("1043", date(2025, 5, 5), "620.00", words="Water heater"),
    ]


def father_and_son() -> list[Bill]:
    return [
        a_bill("1042", date(2025, 5, 5), "310.00", customer="71", name="John Smith Sr."),
        a_bill("1043", date(2025, 5, 5), "310.00", customer="72", name="John Smith Jr."),
    ]


def john_smith_and_his_son() -> list[Bill]:
    return [
        a_bill("1042", date(2025, 5, 5), "310.00", customer="71", name="John Smith"),
        a_bill("1043", date(2025, 5, 6), "310.00", customer="72", name="John Smith Jr."),
    ]


def firm_and_its_supply_house() -> list[Bill]:
    return [
        a_bill("1042", date(2025, 5, 5), "310.00", customer="71", name="Smith Roofing"),
        a_bill("1043", date(2025, 5, 6), "310.00", customer="72", name="Smith Roofing Supply"),
    ]


def jobs_at_one_price() -> list[Bill]:
    return [
        a_bill(str(1042 + n), date(2025, 5, 5), "775.00", job=job)
        for n, job in enumerate(("Elm St", "Oak Ave", "Ash Ct"))
    ]


def consolidated() -> list[Bill]:
    day = date(2025, 5, 30)
    parts = [
        a_bill(str(1042 + n), day - timedelta(days=7 * n), amount, books=False)
        for n, amount in enumerate(("210.00", "330.00", "95.00"))
    ]
    return [*parts, a_bill("5001", day, "210.00", "330.00", "95.00", crm=False)]


def split_in_two() -> list[Bill]:
    day = date(2025, 5, 30)
    return [
        a_bill("1042", day, "700.00", "410.00", books=False),
        a_bill("5001", day, "700.00", words="Labor", crm=False),
        a_bill("5002", day, "410.00", words="Materials", crm=False),
    ]


def draft_never_sent() -> list[Bill]:
    return [
        a_bill("1042", date(2025, 5, 5), "310.00"),
        a_bill("1043", date(2025, 5, 9), "310.00", state="draft", books=False),
    ]


def voided_in_the_crm_before_it_was_sent() -> list[Bill]:
    return [
        a_bill("1042", date(2025, 5, 5), "310.00"),
        a_bill("1043", date(2025, 5, 9), "310.00", state="void", books=False),
    ]


def from_before_the_books_were_started() -> list[Bill]:
    return [
        a_bill("1042", date(2025, 5, 5), "310.00"),
        a_bill("0442", date(2019, 12, 9), "310.00", books=False),
        a_bill("0443", date(2019, 12, 31), "95.00", books=False),
    ]


KINDS: tuple[Callable[[], list[Bill]], ...] = (
    monthly_service,
    monthly_service_in_the_same_words,
    weekly_mowing,
    equal_draws,
    equal_draws_with_numbers_of_their_own,
    deposit_and_final,
    retainage_release,
    ten_houses,
    ten_houses_on_one_day_in_the_same_words,
    two_calls_on_one_day,
    two_calls_on_one_day_in_the_same_words,
    change_order_reissued,
    change_order_for_another_amount,
    void_and_reissue,
    void_that_the_crm_forgot,
    father_and_son,
    john_smith_and_his_son,
    firm_and_its_supply_house,
    jobs_at_one_price,
    consolidated,
    split_in_two,
    draft_never_sent,
    voided_in_the_crm_before_it_was_sent,
    from_before_the_books_were_started,
)

# ------------------------------------------------------------------ how it was booked
NUMBERS: dict[str, Callable[[int, str], str | None]] = {
    "numbers kept": lambda _, number: number,
    "numbers dressed": lambda _, number: f"INV-{number}",
    "own numbers": lambda place, _: str(7701 + place),
    "no numbers": lambda *_: None,
}
STYLES = (*NUMBERS, "all paid")
ENTRIES = ("on its day", "in one go")


def a_case(kind: Callable[[], Sequence[Bill]], style: str, entry: str) -> Case:
    """`kind` with numbers and money as in `style`, typed in as `entry` says."""
    number_of = NUMBERS.get(style, NUMBERS["numbers kept"])
    documents: list[AnyDocument] = []
    records: list[CrmRecord] = []
    people = {"58": a_customer()}
    for place, bill in enumerate(kind()):
        paid = style == "all paid" and bill.state == "open"
        people[bill.customer] = a_customer(bill.customer, bill.name)
        owner = bill.customer
        if bill.job:
            owner = f"8{place}"
            people[owner] = a_customer(owner, bill.job, parent_ref=Ref(bill.customer))
            records.append(CrmJob(crm_id=f"J-{place}", customer_id=f"C-{bill.customer}", name=bill.job))
        if bill.books:
            documents += _booked(bill, place, owner, number_of(place, bill.number), entry, paid=paid)
        if bill.crm:
            records += _recorded(bill, place, paid=paid)
    books = a_snapshot(*documents, customers=tuple(people.values()))
    return Case(name=f"{kind.__name__}, {style}, {entry}", books=books, crm=the_crm(*records))


def credit_with_the_invoices_number(entry: str) -> Case:
    """An invoice and a credit memo that carries its number, applied by a zero payment."""
    bill = a_bill("1042", date(2025, 5, 5), "310.00")
    joining = a_payment("900", total="0.00", pays={"300": "40.00"}, uses={"388": "40.00"}, reference=None)
    memo = a_credit_memo("388", number="1042", total="40.00", date=date(2025, 5, 20))
    books = a_snapshot(*_booked(bill, 0, "58", "1042", entry, paid=False), memo, joining)
    credit = a_crm_credit("CR-1", invoice="I-0", number="1042", amount="40.00", date=date(2025, 5, 20), customer="C-58")
    return Case(
        name=f"credit with the invoice's number, {entry}",
        books=books,
        crm=the_crm(*_recorded(bill, 0, paid=False), credit),
    )


def every_case() -> list[Case]:
    """All kinds in all styles and entries."""
    cases = [a_case(kind, style, entry) for kind in KINDS for style in STYLES for entry in ENTRIES]
    return [*cases, *(credit_with_the_invoices_number(entry) for entry in ENTRIES)]


def _booked(bill: Bill, place: int, owner: str, number: str | None, entry: str, *, paid: bool) -> list[AnyDocument]:
    """The invoice, id 300 and up, and its payment, id 400 and up."""
    when = (
        datetime.combine(bill.day, time(17, place), UTC)
        if entry == "on its day"
        else INSTANT + timedelta(seconds=place)
    )
    lines = [a_line(amount, description=bill.words) for amount in bill.amounts]
    invoice = an_invoice(
        str(300 + place),
        number=number,
        date=bill.day,
        customer=owner,
        lines=lines,
        meta_data=MetaData(create_time=when, last_updated_time=when),
    )
    if bill.state == "void":
        empty = [replace_amount(line) for line in lines]
        invoice = an_invoice(
            invoice.id,
            number=number,
            date=bill.day,
            customer=owner,
            lines=empty,
            private_note="Voided",
            meta_data=invoice.meta_data,
        )
    if not paid:
        return [invoice]
    payment = a_payment(
        str(400 + place),
        total=bill.total,
        pays={invoice.id: bill.total},
        date=bill.day + timedelta(days=9),
        customer=owner,
        reference=None,
    )
    return [invoice, payment]


def replace_amount(line: Any) -> Any:
    """`line` as a void leaves it: the words stay, the amount goes."""
    return a_line("0.00", description=line.description)


def _recorded(bill: Bill, place: int, *, paid: bool) -> list[CrmRecord]:
    customer = f"C-{bill.customer}"
    invoice = a_crm_invoice(
        f"I-{place}",
        number=bill.number,
        date=bill.day,
        customer=customer,
        name=bill.name,
        status="paid" if paid else bill.state,
        total=bill.total,
        lines=[a_crm_line(amount, description=bill.words) for amount in bill.amounts],
        job_id=f"J-{place}" if bill.job else None,
        job_name=bill.job or None,
    )
    if not paid:
        return [invoice]
    payment = a_crm_payment(
        f"P-{place}",
        amount=bill.total,
        pays={invoice.crm_id: bill.total},
        date=bill.day + timedelta(days=9),
        customer=customer,
        reference=None,
    )
    return [invoice, payment]
