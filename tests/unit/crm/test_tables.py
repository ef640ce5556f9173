"""CSV files as they come: encodings, delimiters, quotes, headers; every complaint names its row and column."""

from pathlib import Path

import pytest

from qbclean.crm.detection import candidates
from qbclean.crm.grids import open_export
from qbclean.crm.headers import Header
from qbclean.crm.library import parsed
from qbclean.crm.rows import Row
from qbclean.crm.tables import Table
from qbclean.errors import CrmFormatError
from qbclean.model.crm import RejectedRow

_PROFILE = """
[profile]
name = "made-up"
title = "Two columns"
[[file]]
role = "customers"
require = ["crm_id"]
signs = ["a"]
[file.columns]
crm_id = ["a", "a,;|b"]
name = ["b", "c"]
"""


def a_file(folder: Path, content: str | bytes, name: str = "x.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def a_table(path: Path, profile: str = _PROFILE) -> Table:
    """The file read by the made-up profile."""
    export = open_export(path)
    made_up = parsed(profile, "made-up")
    best = candidates(export, [made_up])[0]
    return Table(export=export, grid=best.grid, profile=made_up, mapping=best.mapping, zone="UTC", rejected=[])


def cells(path: Path) -> list[tuple[int, tuple[str, ...]]]:
    table = a_table(path)
    found = [(row.number, tuple(row.cells)) for row in table.rows()]
    assert table.rejected == []
    return found


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("a,b\nLefèvre,1\n".encode(), "utf-8-sig"),
        ("a,b\nLefèvre,1\n".encode("utf-8-sig"), "utf-8-sig"),
        ("a,b\r\nLefèvre,1\r\n".encode("cp1252"), "cp1252"),
        ("a,b\nLefèvre,1\n".encode("utf-16"), "utf-16"),
    ],
)
def test_the_usual_encodings_are_read_alike(tmp_path: Path, content: bytes, encoding: str) -> None:
    path = a_file(tmp_path, content)
    assert open_export(path).encoding == encoding
    assert cells(path) == [(2, ("Lefèvre", "1"))]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_in_the_header_outside_quotes(tmp_path: Path, delimiter: str) -> None:
    path = a_file(tmp_path, delimiter.join(['"a,;|b"', "c", "d"]) + "\n" + delimiter.join("123") + "\n")
    assert cells(path) == [(2, ("1", "2", "3"))]
    assert a_table(path).mapping.header.names == ("a,;|b", "c", "d")


def test_rows_are_counted_as_a_spreadsheet_shows_them(tmp_path: Path) -> None:
    path = a_file(tmp_path, 'a,b\n\n"two\nlines",1\n,\nlast,2\n')
    assert cells(path) == [(3, ("two\nlines", "1")), (5, ("last", "2"))]


def test_the_second_column_of_a_name_keeps_a_name_of_its_own() -> None:
    header = Header.of(1, ["Total", "Invoice ID", "TOTAL", "Tax", "Tax %", "Invoice #", "Invoice"])
    assert [header.place(name) for name in ("total", "Total#1", "invoice_id", "Total#2", "tax %")] == [0, 0, 1, 2, 4]
    assert [header.place(name) for name in ("Invoice #", "Invoice", "no such")] == [5, 6, None]


def test_a_row_with_more_or_fewer_cells_is_rejected_not_shifted(tmp_path: Path) -> None:
    table = a_table(a_file(tmp_path, "a,b\n1,2\n1\n1,2,3\n1,2,,\n"))
    assert [row.number for row in table.rows()] == [2, 5]
    assert [(row.row, row.reason) for row in table.rejected] == [
        (3, "has 1 cells where the header has 2"),
        (4, "has 3 cells where the header has 2"),
    ]


def test_a_rejected_row_names_file_row_column_and_cell(tmp_path: Path) -> None:
    def read(row: Row) -> object:
        return row.needed("crm_id", row.text("crm_id")), row.text("no_such_field")

    table = a_table(a_file(tmp_path, "A ($),b\n1,5\n4.6E+17,5\n,5\n"))
    assert len(list(table.read(read))) == 1
    assert table.rejected == [
        RejectedRow(
            file="x.csv", row=3, column="A ($)", cell="4.6E+17",
            reason="is a number that a spreadsheet has shortened; its digits are lost",
        ),
        RejectedRow(file="x.csv", row=4, column="A ($)", cell="", reason="is blank"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "is empty or has no header row"),
        (b",,\n;;\n", "is empty or has no header row"),
        (b"PK\x03\x04rest of a workbook", "cannot be read as a workbook"),
        (b'{"results": [', "looks like JSON but does not parse"),
        (b"a,b\n\x81\x8d,1\n", "is not a text file"),
        (b"a\0,b\n", "is not a text file"),
    ],
)
def test_what_is_no_csv_file_is_refused_by_name(tmp_path: Path, content: bytes, complaint: str) -> None:
    with pytest.raises(CrmFormatError, match=rf"x\.csv {complaint}"):
        open_export(a_file(tmp_path, content))


def test_a_quote_that_is_never_closed_does_not_swallow_the_rest_in_silence(tmp_path: Path) -> None:
    path = a_file(tmp_path, 'a,b\n1,2\n"3,4\n5,6\n')
    with pytest.raises(CrmFormatError, match=r"cannot be read after row 2.*Nothing was imported"):
        list(a_table(path).rows())


def test_a_missing_file_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(CrmFormatError, match=r"gone\.csv cannot be opened"):
        open_export(tmp_path / "gone.csv")
