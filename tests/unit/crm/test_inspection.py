"""`crm inspect`: what a file is, how sure that is, how it would be read, and a profile to start from."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from qbclean.crm.inspection import inspect_export
from qbclean.crm.library import parsed
from qbclean.crm.reading import read_crm
from qbclean.errors import CrmFormatError

GOLDEN = Path(__file__).parents[2] / "golden" / "crm"


def test_a_known_file_is_shown_with_score_columns_sums_and_first_records() -> None:
    view = inspect_export(GOLDEN / "servicetitan" / "invoices.xlsx")
    assert (view.profile, view.runner_up, view.undecided, view.draft) == ("servicetitan", "common", False, "")
    assert view.score > 60
    (section,) = view.sections
    assert dict(section.mapped)["total"] == "Invoice Total"
    assert section.unused == ("Business Unit",)
    assert section.statuses == (("draft", 1), ("paid", 1), ("partial", 1))
    assert section.sums == (("Invoice Total", Decimal("1578.98")), ("Balance", Decimal("200.10")))
    assert section.totals[0] == ("Invoice Total", Decimal("1578.98"), Decimal("1578.98"))
    assert section.first[0].crm_id == "44120381"
    assert (section.records, section.rejected, section.problem) == (4, (), "")


def test_rows_that_cannot_be_read_and_totals_that_are_off_are_shown_not_raised(tmp_path: Path) -> None:
    path = tmp_path / "jobs.csv"
    path.write_text((GOLDEN / "workiz" / "jobs.csv").read_text().replace("$486.00,$36.00", "x,$36.00"))
    (section,) = inspect_export(path).sections
    assert [(row.row, row.column, row.cell) for row in section.rejected] == [(2, "Total", "x")]
    assert ("Total", None) in section.sums


def test_a_file_that_does_not_add_up_says_so() -> None:
    view = inspect_export(GOLDEN / "jobber" / "Transaction_List_2026-04-01.csv")
    assert view.sections[0].problem == ""
    assert view.sections[0].totals[1][0] == "Total $"


def test_an_unknown_file_comes_with_a_profile_that_reads_it_once_edited(tmp_path: Path) -> None:
    path = tmp_path / "faktury.csv"
    path.write_text("Faktura;Klient;Datum;Summe;Status\nF-1;Ann;01.02.2026;12,50;Sent\nF-2;Lee;02.02.2026;8,00;Offen\n")
    view = inspect_export(path)
    assert (view.profile, view.sections) == ("", ())
    assert '# number = ["Faktura"]  # needed: the invoice\'s number' in view.draft
    assert '# total = ["Summe"]  # needed: what was billed, tax included' in view.draft
    assert '"sent" = "open"' in view.draft
    assert '# "offen" = "?"' in view.draft
    parsed(view.draft, "draft.toml")
    added = 'number = ["Faktura"]\ncustomer = ["Klient"]\ndate = ["Datum"]\ntotal = ["Summe"]\n'
    profile = tmp_path / "mine.toml"
    profile.write_text(
        view.draft.replace("[file.columns]\n", "[file.columns]\n" + added)
        .replace("require = []", 'require = ["number", "total"]')
        .replace('# "offen" = "?"', '"offen" = "open"')
    )
    records = read_crm([path], str(profile)).records
    assert [(it.number, it.total, it.status) for it in records.invoices] == [
        ("F-1", Decimal("12.50"), "open"),
        ("F-2", Decimal("8.00"), "open"),
    ]


def test_columns_that_leave_a_choice_are_shown_and_commented_in_the_draft(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text("Invoice,Customer,Date,Total,Amount,Due Date\n1,Ann,2026-01-05,5,6,\n")
    view = inspect_export(path)
    assert view.sections[0].ambiguous == (("total", ("Total", "Amount")),)
    assert '# total = ["Total", "Amount"]  # only one of them' in view.draft
    parsed(view.draft, "draft.toml")


@pytest.mark.parametrize(
    ("content", "known_as"),
    [
        ("A/R Aging Summary\n,Current,1 - 30,Total\nAnn,1,2,3\n", "an A/R aging report"),
        ("Vendor,Bill no\nA,1\n", "a bill"),
    ],
)
def test_a_wrong_file_is_named(tmp_path: Path, content: str, known_as: str) -> None:
    path = tmp_path / "export.csv"
    path.write_text(content)
    assert inspect_export(path).looks_like.startswith(known_as)


def test_a_file_that_cannot_be_opened_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CrmFormatError, match="cannot be opened"):
        inspect_export(tmp_path / "gone.csv")


def test_every_golden_export_is_recognised_with_a_clear_lead() -> None:
    for path in sorted(GOLDEN.glob("*/*")):
        if path.name == "expected.json":
            continue
        view = inspect_export(path)
        assert view.profile, path
        assert not view.undecided, path
        lead = 0 if view.runner_up in ("common", "") else view.score - view.runner_up_score
        assert lead >= 0, (path, view.score, view.runner_up, view.runner_up_score)


_ROOFER = (
    "Bill Ref,Homeowner Name,Billed On,Pay By,Stage,Contract Sum,Billed,Still Owing,Crew\n"
    'RP-1,Ann Abbott,01/15/2026,02/14/2026,Invoiced,5000.00,"1,200.00",0.00,A\n'
    'RP-2,Bo Stone,01/20/2026,02/19/2026,Part-paid,9000.00,"2,400.00",400.00,B\n'
    "RP-3,Cy Todd,02/03/2026,03/05/2026,Cancelled,700.00,700.00,700.00,A\n"
)


def test_a_draft_suggests_columns_by_what_they_hold_and_works_with_the_marks_taken_off(tmp_path: Path) -> None:
    """What a bookkeeper does who follows the messages alone."""
    path, profile = tmp_path / "RooferPro.csv", tmp_path / "mine.toml"
    path.write_text(_ROOFER)
    draft = inspect_export(path).draft
    profile.write_text(draft)
    with pytest.raises(CrmFormatError, match=r"The profile my-crm names no column of .*RooferPro.csv") as refused:
        read_crm([path], str(profile))
    assert "give number, customer, date and total the names of their columns" in str(refused.value)

    assert '# total = ["Billed"]  # needed: what was billed, tax included; or "Contract Sum", "Still Owing"' in draft
    assert '# "part-paid" = "?"' in draft
    plain = ("number", "customer", "date", "total", "due_date", "balance", "status", "[file.status]", '"')
    lines = draft.replace('"part-paid" = "?"', '"part-paid" = "open"').splitlines()
    profile.write_text("\n".join(it[2:] if it[:2] == "# " and it[2:].startswith(plain) else it for it in lines))
    reading = read_crm([path], str(profile))
    assert [(it.number, it.customer_name, it.status, str(it.total)) for it in reading.records.invoices] == [
        ("RP-1", "Ann Abbott", "paid", "1200.00"),
        ("RP-2", "Bo Stone", "partial", "2400.00"),
        ("RP-3", "Cy Todd", "void", "700.00"),
    ]


def test_a_field_without_a_column_is_said_to_have_none(tmp_path: Path) -> None:
    path, profile = tmp_path / "RooferPro.csv", tmp_path / "mine.toml"
    path.write_text(_ROOFER)
    draft = inspect_export(path).draft.replace("# number = ", "number = ").replace("# customer = ", "customer = ")
    profile.write_text(draft)
    with pytest.raises(CrmFormatError, match=r"row 2, total: has no column in the file, or none is named for it"):
        read_crm([path], str(profile))
