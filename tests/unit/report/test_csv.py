"""CSV that a spreadsheet reads as data (R40)."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from qbclean.report.csv import LOG_COLUMNS, log_sheet, safe_cell, sheet
from tests.unit.report.examples import a_journaled_run


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


def test_the_log_sheet_has_a_row_per_write_and_per_skipped_action() -> None:
    rows = list(csv.DictReader(io.StringIO(log_sheet([a_journaled_run()]).lstrip("\ufeff"), newline="")))
    assert tuple(rows[0]) == LOG_COLUMNS
    assert [row["outcome"] for row in rows] == ["done", "skipped"]
    assert rows[0]["amount"] == "-1200.00"
    assert rows[0]["approved_by"] == "Dana Reyes"
