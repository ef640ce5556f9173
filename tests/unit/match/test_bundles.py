"""One against many: consolidated and split invoices, found by their sum, and the money that pays them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import pytest

from qbclean.match.bundles import Bundle
from qbclean.match.pairing import MatchSet, match
from qbclean.model.crm import CrmRecord
from qbclean.model.documents import AnyDocument
from qbclean.model.settings import CompanySettings
from tests.builders import a_credit_memo, a_customer, a_line, a_payment, a_snapshot, an_invoice
from tests.crm_builders import a_crm_credit, a_crm_invoice, a_crm_line, a_crm_payment, the_crm

DAY = date(2026, 2, 27)


def booked(id: str, total: str, *, days: int = 0, customer: str = "58") -> AnyDocument:  # noqa: A002
    return an_invoice(id, number=f"7{id}", total=total, date=DAY + timedelta(days=days), customer=customer)


def told(id: str, total: str, *, days: int = 0, status: str = "open") -> CrmRecord:  # noqa: A002
    return a_crm_invoice(id, number=f"10{id[-1]}", total=total, date=DAY + timedelta(days=days), status=status)


def bundles(documents: Sequence[AnyDocument], *records: CrmRecord) -> list[tuple[str, set[str], set[str], bool]]:
    books = a_snapshot(*documents, customers=[a_customer("77", "Quarry Road Dental")])
    found: tuple[Bundle, ...] = match(books, the_crm(*records), CompanySettings()).bundles
    return [(bundle.shape, set(bundle.crm_ids), set(bundle.qbo_ids), bundle.unique) for bundle in found]


def test_three_crm_invoices_that_add_up_to_one_booked_invoice_are_consolidated() -> None:
    found = bundles(
        [booked("301", "635.00")], told("I-1", "210.00"), told("I-2", "330.00", days=-9), told("I-3", "95.00", days=-20)
    )

    assert found == [("consolidated", {"I-1", "I-2", "I-3"}, {"301"}, True)]


def test_two_booked_invoices_that_add_up_to_one_crm_invoice_are_its_parts() -> None:
    found = bundles([booked("301", "700.00"), booked("302", "410.00", days=1)], told("I-1", "1110.00"))

    assert found == [("split", {"I-1"}, {"301", "302"}, True)]


def test_a_sum_that_misses_by_a_cent_is_no_bundle() -> None:
    assert bundles([booked("301", "700.00"), booked("302", "410.00")], told("I-1", "1110.01")) == []


def test_several_sets_with_the_sum_are_ambiguous() -> None:
    found = bundles(
        [booked("301", "300.00")],
        told("I-1", "100.00"),
        told("I-2", "200.00"),
        told("I-3", "120.00", days=-1),
        told("I-4", "180.00", days=-1),
    )

    assert [(shape, unique) for shape, _, _, unique in found] == [("consolidated", False)]


def test_of_several_sets_with_the_sum_the_one_that_the_memo_names_is_meant() -> None:
    """Four visits at one price, two of them on a quarter's invoice: the memo says which."""
    quarter = an_invoice("301", number="7301", total="300.00", date=DAY, private_note="For 2041, 2044")
    visits = [
        a_crm_invoice(f"I-{day}", number=f"204{day}", total="150.00", date=DAY - timedelta(days=day))
        for day in (1, 2, 3, 4)
    ]

    assert bundles([quarter], *visits) == [("consolidated", {"I-1", "I-4"}, {"301"}, True)]


def test_the_parts_of_a_consolidated_invoice_are_not_paired_with_what_merely_costs_the_same() -> None:
    """The CRM stores the id of the consolidated invoice with one part; another part costs what a later call does."""
    whole = an_invoice("301", number="9301", total="499.25", date=DAY, private_note="Consolidated 1041, 1042, 1043")
    later = an_invoice("302", number="9302", total="149.00", date=DAY + timedelta(days=1))
    told_of = [
        a_crm_invoice("I-1", number="1041", total="149.00", date=DAY - timedelta(days=5), qbo_id="301"),
        a_crm_invoice("I-2", number="1042", total="149.00", date=DAY - timedelta(days=4)),
        a_crm_invoice("I-3", number="1043", total="201.25", date=DAY),
    ]

    assert bundles([whole, later], *told_of) == [("consolidated", {"I-1", "I-2", "I-3"}, {"301"}, True)]


def test_months_apart_are_added_up_when_the_invoice_carries_their_lines() -> None:
    """Four months on one invoice, dated the last of them and paired with it: three are 30 to 100 days older."""
    months = {"June": 100, "July": 65, "August": 30, "September": 0}
    lines = [a_line("295.00", description=f"Maintenance {month}") for month in months]
    whole = an_invoice("301", number="INV-1288-1291", date=DAY, lines=lines)
    visits = [
        a_crm_invoice(
            f"I-{day}",
            number=f"12{day}",
            total="295.00",
            date=DAY - timedelta(days=day),
            lines=[a_crm_line("295.00", description=f"Maintenance {month}")],
        )
        for month, day in months.items()
    ]

    assert bundles([whole], *visits) == [("consolidated", {"I-100", "I-65", "I-30", "I-0"}, {"301"}, True)]


def test_drafts_are_not_part_of_a_consolidated_invoice() -> None:
    assert bundles([booked("301", "300.00")], told("I-1", "100.00"), told("I-2", "200.00", status="draft")) == []


def test_parts_of_another_customer_are_not_added_up() -> None:
    assert bundles([booked("301", "700.00"), booked("302", "410.00", customer="77")], told("I-1", "1110.00")) == []


def test_parts_months_apart_are_not_added_up() -> None:
    assert bundles([booked("301", "700.00"), booked("302", "410.00", days=-120)], told("I-1", "1110.00")) == []


def test_each_record_is_in_one_bundle_at_most() -> None:
    found = bundles(
        [booked("301", "300.00"), booked("302", "300.00", days=2)], told("I-1", "100.00"), told("I-2", "200.00")
    )

    crm = [crm_id for _, ids, _, _ in found for crm_id in ids]
    assert len(crm) == len(set(crm))


def test_a_further_copy_at_the_same_total_is_no_part_of_anything() -> None:
    """A double sync of 500.00 beside a CRM invoice of 1,000.00 is a copy, not half of it."""
    copies = [booked("301", "500.00"), booked("302", "500.00"), booked("303", "500.00")]

    assert bundles(copies, told("I-1", "500.00"), told("I-2", "1000.00", days=3)) == []


# ------------------------------------------------------------------ how sure
VISITS = {"I-1": ("210.00", "Drain cleared"), "I-2": ("330.00", "Heater valve")}


def statement(id: str, **fields: object) -> AnyDocument:  # noqa: A002
    """A QuickBooks invoice with the lines of both visits."""
    lines = [a_line(amount, description=words) for amount, words in VISITS.values()]
    return an_invoice(id, **{"number": f"7{id}", "date": DAY, "lines": lines, **fields})  # type: ignore[arg-type]


def visits(*numbers: str) -> list[CrmRecord]:
    return [
        a_crm_invoice(key, number=number, total=amount, date=DAY, lines=[a_crm_line(amount, description=words)])
        for number, (key, (amount, words)) in zip(numbers, VISITS.items(), strict=True)
    ]


def whether_told(*documents: AnyDocument, crm: Sequence[CrmRecord]) -> list[bool]:
    return [bundle.told for bundle in match(a_snapshot(*documents), the_crm(*crm), CompanySettings()).bundles]


def test_lines_that_are_the_parts_tell_of_them() -> None:
    assert whether_told(statement("301"), crm=visits("1042", "1043")) == [True]


def test_a_memo_with_the_numbers_of_the_parts_tells_of_them() -> None:
    whole = an_invoice("301", number="7301", total="540.00", date=DAY, private_note="For 1042, 1043")

    assert whether_told(whole, crm=visits("1042", "1043")) == [True]


def test_lines_of_the_parts_amounts_tell_of_them_though_the_items_have_other_names() -> None:
    crm = [
        a_crm_invoice(
            key, number=number, total=amount, date=DAY, lines=[a_crm_line(amount, item="Call", description=words)]
        )
        for number, (key, (amount, words)) in zip(("1042", "1043"), VISITS.items(), strict=True)
    ]

    assert whether_told(statement("301"), crm=crm) == [True]


@pytest.mark.parametrize(
    ("amounts", "words"),
    [(("270.00", "270.00"), "Drain cleared"), (("210.00", "330.00"), "Snow removal")],
    ids=["equal amounts", "other words"],
)
def test_amounts_in_other_words_tell_only_where_none_is_like_another(amounts: tuple[str, ...], words: str) -> None:
    lines = [a_line(amount, description=f"{words} {place}") for place, amount in enumerate(amounts)]
    crm = [
        a_crm_invoice(
            f"I-{place}",
            number=f"104{place}",
            total=amount,
            date=DAY,
            lines=[a_crm_line(amount, item="Call", description="Drain cleared")],
        )
        for place, amount in enumerate(amounts)
    ]

    assert whether_told(an_invoice("301", number="7301", date=DAY, lines=lines), crm=crm) == [False]


def test_a_sum_alone_tells_of_nothing() -> None:
    assert whether_told(an_invoice("301", number="7301", total="540.00", date=DAY), crm=visits("1042", "1043")) == [
        False
    ]


def test_two_wholes_with_the_same_parts_are_both_only_perhaps_theirs() -> None:
    assert whether_told(statement("301"), statement("302"), crm=visits("1042", "1043")) == [False]


def test_what_is_told_goes_before_a_mere_sum() -> None:
    """301 is the first half of I-1 in words; that two small calls come to its total is chance."""
    halves = [
        an_invoice("301", number="7301", date=DAY, lines=[a_line("300.00", description="Trench dug")]),
        an_invoice("302", number="7302", date=DAY, lines=[a_line("250.00", description="Pipe laid")]),
    ]
    lines = [a_crm_line("300.00", description="Trench dug"), a_crm_line("250.00", description="Pipe laid")]
    job = a_crm_invoice("I-1", number="1042", total="550.00", date=DAY, lines=lines)
    calls = [a_crm_invoice(f"I-{place}", number=f"2{place}", total="150.00", date=DAY) for place in (8, 9)]

    assert bundles(halves, job, *calls) == [("split", {"I-1"}, {"301", "302"}, True)]


# ------------------------------------------------------------------ what settles them
def test_of_two_equal_payments_the_one_on_the_consolidated_invoice_is_the_parts() -> None:
    """Two cheques of one day and amount without a reference: what they pay tells them apart."""
    other = an_invoice("309", number="1099", total="330.00", date=DAY)
    on_other, on_whole = (
        a_payment(key, total="330.00", pays={invoice: "330.00"}, reference=None, date=DAY + timedelta(days=4))
        for key, invoice in (("410", "309"), ("411", "301"))
    )
    records = [
        *visits("1042", "1043"),
        a_crm_invoice("I-9", number="1099", total="330.00", date=DAY),
        *(
            a_crm_payment(key, amount="330.00", pays={invoice: "330.00"}, reference=None, date=DAY + timedelta(days=4))
            for key, invoice in (("P-1", "I-2"), ("P-2", "I-9"))
        ),
    ]

    found = match(a_snapshot(statement("301"), other, on_other, on_whole), the_crm(*records), CompanySettings())

    assert found.payments.pairs == {"P-1": "411", "P-2": "410"}


def in_parts(*more: AnyDocument | CrmRecord) -> MatchSet:
    """Both visits as one CRM invoice and two in QuickBooks, 301 and 302, with `more`."""
    documents = [entry for entry in more if not isinstance(entry, CrmRecord)]
    records = [entry for entry in more if isinstance(entry, CrmRecord)]
    parts = [
        an_invoice(key, number=f"7{key}", date=DAY, lines=[a_line(amount, description=words)])
        for key, (amount, words) in zip(("301", "302"), VISITS.values(), strict=True)
    ]
    lines = [a_crm_line(amount, description=words) for amount, words in VISITS.values()]
    sale = a_crm_invoice(total="540.00", date=DAY, lines=lines)
    return match(a_snapshot(*parts, *documents), the_crm(sale, *records), CompanySettings())


def test_a_payment_on_any_part_of_a_split_sale_pays_the_sale() -> None:
    paid = a_payment(total="330.00", pays={"302": "330.00"}, date=DAY)

    found = in_parts(paid, a_crm_payment(amount="330.00", pays={"I-1": "330.00"}, date=DAY))

    assert found.payments.levels["P-1"]["pays the same"] == "same"


def test_a_credit_on_any_part_of_a_split_sale_is_for_the_sale() -> None:
    memo = a_credit_memo("388", total="40.00", date=DAY)
    joined = a_payment("411", total="0.00", pays={"302": "40.00"}, uses={"388": "40.00"}, date=DAY)

    found = in_parts(memo, joined, a_crm_credit(date=DAY))

    assert found.credits.levels["CR-1"]["pays the same"] == "same"
