"""CSV that a spreadsheet reads as data (R40)."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from pathlib import Path
from zipfile import ZipFile

from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from qbclean.model.journal import ChainHead, ChainReport
from qbclean.report.csv import LOG_COLUMNS, log_sheet, safe_cell, sheet
from qbclean.report.log_workbook import write_log_workbook
from tests.unit.report.audit_examples import some_audit_rows
from tests.unit.report.examples import NOON
from tests.unit.report.nasty import NASTY_NAMES


def test_text_that_would_be_computed_is_neutralised_and_amounts_stay_numbers() -> None:
    """R40, P23: escaping must not turn −12.00 into text."""
    assert safe_cell("=1+1") == "'=1+1"
    assert safe_cell("-12.00") == "'-12.00"
    assert safe_cell(Decimal("-12.00")) == "-12.00"
    assert safe_cell(Decimal("1E+3")) == "1000"
    assert safe_cell("Acme") == "Acme"


@given(st.lists(st.text(max_size=30), min_size=1, max_size=5))
def test_no_cell_of_any_text_starts_a_formula_and_rows_stay_rows(cells: list[str]) -> None:
    """R40: text starting with = + - @ TAB CR NUL."""
    (row,) = list(csv.reader(io.StringIO(sheet(cells, []).lstrip("\ufeff"), newline="")))
    assert len(row) == len(cells)
    assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\x00"))]


def test_the_log_sheet_has_a_row_per_attempt_with_all_that_r28_asks_for() -> None:
    rows = list(csv.DictReader(io.StringIO(log_sheet(some_audit_rows()).lstrip("\ufeff"), newline="")))
    assert list(rows[0]) == [title for title, _ in LOG_COLUMNS]
    assert [row["result"] for row in rows] == ["done", "skipped"]
    assert rows[0]["amount"] == "1200.00"
    assert rows[0]["approved_by"] == "Dana Reyes"
    wanted = (
        "row", "at", "monotonic_ns", "actor", "host", "tool", "rules", "plan_digest", "approval", "realm_id",
        "operation", "document", "request_id", "intuit_tid", "sync_token_before", "sync_token_after",
        "before", "after", "reason", "result",
    )  # fmt: skip
    assert not [name for name in wanted if not rows[0][name]], "every one is filled where it is known"


def test_no_cell_of_the_log_starts_a_formula_whatever_stands_in_the_books() -> None:
    """R40."""
    for name in NASTY_NAMES:
        for row in csv.reader(io.StringIO(log_sheet(some_audit_rows(reason=name)).lstrip("\ufeff"), newline="")):
            assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\x00"))]


def test_the_workbook_holds_texts_as_texts_amounts_as_numbers_and_the_head(tmp_path: Path) -> None:
    """R40: read back by another library than the one that wrote it."""
    chain = ChainReport(head=ChainHead(rows=4, hash="ff" * 32), anchored=None)
    write_log_workbook(tmp_path / "log.xlsx", some_audit_rows(reason="=1+1", raw_note="x" * 40_000), chain)
    book = CalamineWorkbook.from_path(str(tmp_path / "log.xlsx"))
    title, first, second = book.get_sheet_by_name("Log").to_python()
    told = dict(zip(title, first, strict=True))
    assert told["amount"] == 1200.0
    assert told["reason"] == "=1+1"
    assert told["at"] == NOON.replace(tzinfo=None)
    assert str(told["before"]).endswith("(cut: a cell holds no more)")
    assert second[title.index("result")] == "skipped"
    assert ["head", "ff" * 32] in book.get_sheet_by_name("Chain").to_python()
    with ZipFile(tmp_path / "log.xlsx") as parts:
        assert not [name for name in parts.namelist() if b"<f>" in parts.read(name)]
