"""One against many: consolidated and split invoices, found by their sum."""

from __future__ import annotations

from datetime import date, timedelta

from qbclean.match.bundles import Bundle
from qbclean.match.pairing import match
from qbclean.model.crm import CrmRecord
from qbclean.model.documents import AnyDocument
from qbclean.model.settings import CompanySettings
from tests.builders import a_customer, a_line, a_snapshot, an_invoice
from tests.crm_builders import a_crm_invoice, a_crm_line, the_crm

DAY = date(2026, 2, 27)


def booked(id: str, total: str, *, days: int = 0, customer: str = "58") -> AnyDocument:  # noqa: A002
    return an_invoice(id, number=f"7{id}", total=total, date=DAY + timedelta(days=days), customer=customer)


def told(id: str, total: str, *, days: int = 0, status: str = "open") -> CrmRecord:  # noqa: A002
    return a_crm_invoice(id, number=f"10{id[-1]}", total=total, date=DAY + timedelta(days=days), status=status)


def bundles(documents: list[AnyDocument], *records: CrmRecord) -> list[tuple[str, set[str], set[str], bool]]:
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
