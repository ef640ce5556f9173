"""The reconciliation on the terminal, as a page, as a workbook and as JSON: the same figures everywhere."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from qbclean.model.reconciliation import BUCKETS, Bucket
from qbclean.report import text
from qbclean.report.html import check_page
from qbclean.report.json import document, without_agreed
from qbclean.report.workbook import write_workbook
from tests.builders import DAY, a_customer, a_snapshot, an_invoice
from tests.crm_builders import a_crm_invoice, plan_of, the_crm
from tests.unit.reconcile.answers import reconciled
from tests.unit.report.checks import a_check
from tests.unit.report.examples import shown
from tests.unit.report.nasty import NASTY_NAMES


def test_the_terminal_shows_both_totals_and_what_explains_the_difference() -> None:
    page = shown(text.check_result(*a_check()), width=140)

    assert "Invoices  CRM 2,910.00, QuickBooks 5,100.00, difference +2,190.00" in page
    assert re.search(r"Entered twice +1 +\+2,500\.00 +a further copy in QuickBooks", page)
    assert re.search(r"Missing from QuickBooks +1 +−310\.00 ", page)
    assert re.search(r"In all +3 +3 +\+2,190\.00 +0\.00 left unexplained", page)
    assert page.index("Entered twice") < page.index("Missing from QuickBooks") < page.index("Agreed")


def test_the_terminal_shows_customers_months_aging_and_tie_out() -> None:
    page = shown(text.check_result(*a_check()), width=140)

    assert re.search(r"Harbor Lane Bakery +2,810\.00 +5,000\.00 +\+2,190\.00 +entered twice \+2,500\.00", page)
    assert re.search(r"2026-01 +310\.00 +0\.00 +−310\.00 +missing from QuickBooks −310\.00", page)
    assert re.search(r"as it truly is .* 2,810\.00", page)
    assert "All four agree." in page


def test_only_the_largest_rows_are_shown_unless_every_one_is_asked_for() -> None:
    people = [a_customer(str(n), f"Customer {n}") for n in range(100, 115)]
    books = a_snapshot(*(an_invoice(str(n), number=str(n), customer=str(n)) for n in range(100, 115)), customers=people)
    crm = the_crm(a_crm_invoice())
    found = plan_of(books, crm), reconciled(books, crm)

    assert "and 6 more: `qbclean check --all`" in shown(text.check_result(*found), width=140)
    assert "more: `qbclean check --all`" not in shown(text.check_result(*found, every=True), width=140)


def test_without_a_crm_the_measures_say_so() -> None:
    books = a_snapshot(an_invoice())

    page = shown(text.check_result(plan_of(books, the_crm()), reconciled(books, the_crm())), width=140)

    assert "Invoices: nothing to compare, the CRM's export has none" in page
    assert re.search(r"as the books show it .* 100\.00", page)


def test_the_page_has_the_totals_every_bucket_and_each_document_that_differs() -> None:
    plan, explained = a_check()

    page = check_page(plan, explained)

    for words in (
        "+2,190.00",
        "Entered twice",
        "A further copy in QuickBooks",
        "As it truly is",
        "invoice 1044",
        "agrees",
    ):
        assert words in page
    assert "<script" not in page


def test_the_workbook_holds_texts_as_texts_and_amounts_as_numbers(tmp_path: Path) -> None:
    """R40."""
    _, explained = a_check("=SUM(A1:A9)")
    write_workbook(tmp_path / "check.xlsx", explained)

    workbook = CalamineWorkbook.from_path(str(tmp_path / "check.xlsx"))

    assert workbook.sheet_names == ["Summary", "By customer", "By job", "By month", "Documents"]
    rows = workbook.get_sheet_by_name("Documents").to_python()
    assert len(rows) == 1 + len(explained.documents)
    copy = next(row for row in rows if row[2] == "303")
    assert (copy[3], copy[4], copy[6], copy[8], copy[9]) == ("1044", DAY, "=SUM(A1:A9)", 2500.0, "Entered twice")
    summary = workbook.get_sheet_by_name("Summary").to_python()
    assert ["Entered twice", 0.0, 1.0, 0.0, 2500.0, 2500.0] in [row[:6] for row in summary]
    customers = workbook.get_sheet_by_name("By customer").to_python()
    assert sum(row[8] for row in customers if row[0] == "Invoices") == 2190.0


def test_json_leaves_out_what_both_sides_agree_on_and_keeps_the_totals() -> None:
    _, explained = a_check()

    found = json.loads(document("check", reconciliation=without_agreed(explained)))["reconciliation"]

    assert [item["id"] for item in found["documents"]] == ["I-3", "I-1", "P-1", "301", "303", "410"]
    invoices = found["comparisons"][0]
    assert (invoices["whole"]["difference"], invoices["whole"]["residual"]) == ("2190.00", "0.00")
    assert [row["key"] for row in invoices["by_month"]] == ["2026-01", "2026-03"]


def test_every_bucket_has_a_name_and_one_line_that_explains_it() -> None:
    assert set(BUCKETS) == set(Bucket.__args__)  # type: ignore[attr-defined]
    assert len({name for name, _ in BUCKETS.values()}) == len(BUCKETS)
    assert all(words and words == words.strip(".") and len(words) < 80 for _, words in BUCKETS.values())


@pytest.mark.parametrize("name", NASTY_NAMES[::40])
def test_no_name_is_anything_but_text(name: str) -> None:
    """R39."""
    plan, explained = a_check(name)

    assert "\x1b" not in shown(text.check_result(plan, explained), width=400)
    assert "<script" not in check_page(plan, explained).casefold()
