"""Which CRM invoice is which QuickBooks invoice, decided for a customer as a whole."""

from __future__ import annotations

from datetime import date, timedelta

from qbclean.match.pairing import MatchSet, match
from qbclean.model.crm import CrmJob, CrmRecord
from qbclean.model.documents import AnyDocument, Ref
from qbclean.model.lists import CompanyInfo
from qbclean.model.settings import CompanySettings
from tests.builders import DAY, a_customer, a_line, a_sales_receipt, a_snapshot, an_invoice
from tests.crm_builders import a_crm_invoice, a_crm_line, the_crm


def matched(documents: list[AnyDocument], *records: CrmRecord) -> MatchSet:
    return match(a_snapshot(*documents), the_crm(*records), CompanySettings())


def months(count: int) -> list[date]:
    return [date(2025, month, 1) for month in range(1, count + 1)]


def test_equal_monthly_invoices_pair_month_by_month_though_no_number_is_left() -> None:
    booked = [an_invoice(str(300 + n), number=None, date=day) for n, day in enumerate(months(12))]
    told = [a_crm_invoice(f"I-{n}", number=str(1040 + n), date=day) for n, day in enumerate(months(12))]

    found = matched(list(reversed(booked)), *told).invoices

    assert found.pairs == {f"I-{n}": str(300 + n) for n in range(12)}
    assert found.spare_crm == found.spare_qbo == ()


def test_of_thirteen_equal_monthly_invoices_for_twelve_records_the_extra_one_is_left_over() -> None:
    booked = [an_invoice(str(300 + n), number=None, date=day) for n, day in enumerate(months(12))]
    extra = an_invoice("399", number=None, date=date(2025, 6, 14))
    told = [a_crm_invoice(f"I-{n}", number=str(1040 + n), date=day) for n, day in enumerate(months(12))]

    assert matched([*booked, extra], *told).invoices.spare_qbo == ("399",)


def test_a_swapped_number_does_not_pull_a_pair_apart_when_the_whole_fits_otherwise() -> None:
    """The number of one, the amount and day of the other: amounts decide, because both must find a twin."""
    booked: list[AnyDocument] = [
        an_invoice("301", number="1042", total="250.00", date=DAY),
        an_invoice("302", number="1043", total="980.00", date=DAY + timedelta(days=40)),
    ]
    told = [
        a_crm_invoice("I-1", number="1042", total="250.00", date=DAY),
        a_crm_invoice("I-2", number=None, total="980.00", date=DAY + timedelta(days=40)),
    ]

    assert matched(booked, *told).invoices.pairs == {"I-1": "301", "I-2": "302"}


def test_s13_a_house_keeps_its_invoice_though_quickbooks_gave_that_the_number_of_another_house() -> None:
    """Lot 9 is 1527 in the CRM and 1532 in QuickBooks; lot 3 is 1532 in the CRM. The words name the lots."""

    def house(lot: int) -> str:
        return f"Rough-in and trim, lot {lot}"

    booked = [
        an_invoice("309", number="1532", date=DAY, lines=[a_line(description=house(9))]),
        an_invoice("303", number="1535", date=DAY + timedelta(days=1), lines=[a_line(description=house(3))]),
    ]
    told = [
        a_crm_invoice("I-9", number="1527", date=DAY, lines=[a_crm_line(description=house(9))]),
        a_crm_invoice("I-3", number="1532", date=DAY + timedelta(days=1), lines=[a_crm_line(description=house(3))]),
    ]

    assert matched(list(booked), *told).invoices.pairs == {"I-9": "309", "I-3": "303"}


def test_s13_of_three_equal_draws_the_one_without_a_job_in_the_crm_is_not_taken_for_a_copy_of_another() -> None:
    """All three are booked on the job, two of them with the words of their draw; the first was paid by mistake."""
    texts = ["Progress draw", "Progress draw 2 of 3", "Progress draw 3 of 3"]
    booked = [
        an_invoice(str(301 + n), number=str(30537 + n), customer="81", lines=[a_line(description=text)])
        for n, text in enumerate(texts)
    ]
    told = [
        a_crm_invoice(f"I-{n}", number=f"1277-{n}", job_id=job, lines=[a_crm_line(description=text)])
        for n, (text, job) in enumerate(zip(texts, (None, "J-1", "J-1"), strict=True))
    ]
    jobs = [a_customer(), a_customer("81", "Re-roof 4407 Walnut Way", parent_ref=Ref("58"))]
    crm = the_crm(*told, CrmJob(crm_id="J-1", customer_id="C-1", name="Re-roof 4407 Walnut Way"))

    found = match(a_snapshot(*booked, customers=jobs), crm, CompanySettings()).invoices

    assert found.pairs == {"I-0": "301", "I-1": "302", "I-2": "303"}


def test_where_quickbooks_counts_by_itself_its_number_is_no_worse_than_none() -> None:
    """The sync gave each invoice QuickBooks' next number; one was typed in again the day after, without any."""
    days = months(12) + [date(2026, month, 1) for month in range(1, 10)]
    booked = [
        an_invoice(str(301 + n), number=str(50001 + n), total=f"{100 + n}.00", date=day) for n, day in enumerate(days)
    ]
    told = [
        a_crm_invoice(f"I-{n}", number=str(1040 + n), total=f"{100 + n}.00", date=day) for n, day in enumerate(days)
    ]
    again = an_invoice("399", number=None, total="104.00", date=days[4] + timedelta(days=1))

    found = matched([*booked, again], *told).invoices

    assert found.pairs["I-4"] == "305"
    assert found.spare_qbo == ("399",)


def test_invoices_of_other_customers_are_never_paired() -> None:
    books = a_snapshot(an_invoice(customer="77"), customers=[a_customer("77", "Quarry Road Dental")])

    found = match(books, the_crm(a_crm_invoice()), CompanySettings()).invoices

    assert found.pairs == {}
    assert (found.spare_crm, found.spare_qbo) == (("I-1",), ("301",))


def test_a_sales_receipt_stands_for_a_paid_crm_invoice() -> None:
    found = matched([a_sales_receipt(number="1042")], a_crm_invoice(status="paid")).invoices

    assert found.receipts == {"I-1": "501"}
    assert found.pairs == {}
    assert found.spare_crm == ()


def test_left_overs_of_one_total_are_one_sale_rather_than_one_missing_and_one_strange() -> None:
    """Nothing but customer and total agree, eighty days apart; neither has anything better to be."""
    booked = an_invoice(number="7001", date=DAY - timedelta(days=80))

    assert matched([booked], a_crm_invoice()).invoices.pairs == {"I-1": "301"}


def test_a_copy_typed_in_days_later_is_not_last_months_missing_sale() -> None:
    """June never arrived; July did, and was typed in again four days later."""
    june, july, typed_in = date(2025, 6, 9), date(2025, 7, 9), date(2025, 7, 13)
    booked = [
        an_invoice("301", number="1412", date=july, lines=[a_line("100.00", description="Filter service - July 2025")]),
        an_invoice("302", number="7001", date=typed_in, lines=[a_line("100.00", description="Filter service")]),
    ]
    told = [
        a_crm_invoice("I-6", number="1384", date=june, lines=[a_crm_line(description="Filter service - June 2025")]),
        a_crm_invoice("I-7", number="1412", date=july, lines=[a_crm_line(description="Filter service - July 2025")]),
    ]

    found = matched(list(booked), *told).invoices

    assert found.pairs == {"I-7": "301"}
    assert (found.spare_crm, found.spare_qbo) == (("I-6",), ("302",))


def test_a_sale_from_before_the_books_began_does_not_push_the_months_that_follow_along() -> None:
    told = [
        a_crm_invoice(f"I-{n}", number=str(1040 + n), date=day)
        for n, day in enumerate((date(2024, 9, 18), date(2024, 10, 18), date(2024, 11, 1)))
    ]
    booked: list[AnyDocument] = [
        an_invoice(str(500 + n), number=str(23490 + n), date=day)
        for n, day in enumerate((date(2024, 10, 18), date(2024, 11, 1), date(2024, 11, 7)))
    ]
    books = a_snapshot(
        *booked, company=CompanyInfo(company_name="Test Contracting", company_start_date=date(2024, 10, 1))
    )

    found = match(books, the_crm(*told), CompanySettings()).invoices

    assert found.pairs == {"I-1": "500", "I-2": "501"}


def test_a_copy_of_any_of_three_lots_does_not_hide_the_one_booked_at_another_amount() -> None:
    """Lot 1 was booked 900.00 short, and one of the lots was typed in again, nobody wrote which."""
    lots = {n: f"Rough-in and trim, lot {n}" for n in (1, 2, 3)}
    booked = [
        an_invoice("301", number=None, total="8100.00", lines=[a_line("8100.00", description=lots[1])]),
        *(
            an_invoice(f"30{n}", total="9000.00", number=f"100{n}", lines=[a_line("9000.00", description=lots[n])])
            for n in (2, 3)
        ),
        an_invoice("304", number="7001", total="9000.00", lines=[a_line("9000.00", description="Work as agreed")]),
    ]
    told = [
        a_crm_invoice(f"I-{n}", number=f"100{n}", total="9000.00", lines=[a_crm_line("9000.00", description=lots[n])])
        for n in lots
    ]

    found = matched(list(booked), *told).invoices

    assert found.pairs == {"I-1": "301", "I-2": "302", "I-3": "303"}
    assert found.spare_qbo == ("304",)


def test_another_total_under_a_sales_number_is_no_copy_of_it() -> None:
    """The lock change arrived 495.00 short, under QuickBooks' next number, which the CRM gave another sale."""
    labor, parts = ("605.00", "Lock change - labor"), ("617.60", "Parts and fittings")
    short = [a_line("110.00", description=labor[1]), a_line(parts[0], description=parts[1], id="2")]
    booked = [
        an_invoice("301", number="1536", total="400.00", date=DAY),
        an_invoice("302", number="1536", total="727.60", date=DAY + timedelta(days=25), lines=short),
    ]
    told = [
        a_crm_invoice("I-1", number="1536", total="400.00", date=DAY),
        a_crm_invoice(
            "I-2",
            number="1548",
            total="1222.60",
            date=DAY + timedelta(days=20),
            lines=[a_crm_line(amount, description=words) for amount, words in (labor, parts)],
        ),
    ]

    assert matched(list(booked), *told).invoices.pairs == {"I-1": "301", "I-2": "302"}


def test_a_large_group_is_compared_by_keys_with_the_same_result() -> None:
    """Above the size that is compared whole, invoices still meet by number, stored id, or amount and time."""
    count = 60
    days = [date(2024, 1, 1) + timedelta(days=11 * n) for n in range(count)]
    booked = [
        an_invoice(str(1000 + n), number=str(500 + n) if n % 2 else None, total=f"{100 + n}.00", date=day)
        for n, day in enumerate(days)
    ]
    told = [a_crm_invoice(f"I-{n}", number=str(500 + n), total=f"{100 + n}.00", date=day) for n, day in enumerate(days)]

    assert matched(list(booked), *told).invoices.pairs == {f"I-{n}": str(1000 + n) for n in range(count)}
