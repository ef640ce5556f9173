"""CSV files as they come: encodings, delimiters, quotes, headers; every complaint names its row and column."""

from pathlib import Path

import pytest

from qbclean.crm.csv_columns import Row, read_csv
from qbclean.crm.values import amount, text
from qbclean.errors import CrmFormatError
from qbclean.model.crm import RejectedRow


def a_file(folder: Path, content: str | bytes, name: str = "x.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def cells(path: Path) -> list[tuple[int, tuple[str, ...]]]:
    rejected: list[RejectedRow] = []
    found = [(row.number, row.cells) for row in read_csv(path).rows(rejected)]
    assert rejected == []
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
    file = read_csv(a_file(tmp_path, content))
    assert file.encoding == encoding
    assert file.columns == {"a": 0, "b": 1}
    assert cells(file.path) == [(2, ("Lefèvre", "1"))]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_in_the_header_outside_quotes(tmp_path: Path, delimiter: str) -> None:
    path = a_file(tmp_path, delimiter.join(['"a,;|b"', "c", "d"]) + "\n" + delimiter.join("123") + "\n")
    assert cells(path) == [(2, ("1", "2", "3"))]
    assert read_csv(path).header == ("a,;|b", "c", "d")


def test_rows_are_counted_as_a_spreadsheet_shows_them(tmp_path: Path) -> None:
    path = a_file(tmp_path, 'a,b\n\n"two\nlines",1\n,\nlast,2\n')
    assert cells(path) == [(3, ("two\nlines", "1")), (5, ("last", "2"))]


def test_the_second_column_of_a_name_keeps_a_name_of_its_own(tmp_path: Path) -> None:
    file = read_csv(a_file(tmp_path, "Total,Invoice ID,TOTAL\n1,2,3\n"))
    assert file.columns == {"total": 0, "invoice_id": 1, "total#2": 2}


def test_a_row_with_more_or_fewer_cells_is_rejected_not_shifted(tmp_path: Path) -> None:
    rejected: list[RejectedRow] = []
    file = read_csv(a_file(tmp_path, "a,b\n1,2\n1\n1,2,3\n1,2,,\n"))
    assert [row.number for row in file.rows(rejected)] == [2, 5]
    assert [(row.row, row.reason) for row in rejected] == [
        (3, "has 1 cells where the header has 2"),
        (4, "has 3 cells where the header has 2"),
    ]


def test_a_rejected_row_names_file_row_column_and_cell(tmp_path: Path) -> None:
    def total(row: Row) -> object:
        return row.required("total", amount), row.optional("no_such_column", text)

    rejected: list[RejectedRow] = []
    file = read_csv(a_file(tmp_path, "id,Total $\n1,5\n2,five\n3,\n".replace("Total $", "Total")))
    assert len(list(file.read(total, rejected))) == 1
    assert rejected == [
        RejectedRow(file="x.csv", row=3, column="Total", cell="five", reason="is not a number"),
        RejectedRow(file="x.csv", row=4, column="Total", cell="", reason="is blank"),
    ]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "is empty or has no header row"),
        (b",,\n1,2,3\n", "is empty or has no header row"),
        (b"PK\x03\x04rest of a workbook", "is an Excel workbook"),
        (b"a,b\n\x81\x8d,1\n", "is not a text file"),
        (b"a\0,b\n", "is not a text file"),
    ],
)
def test_what_is_no_csv_file_is_refused_by_name(tmp_path: Path, content: bytes, complaint: str) -> None:
    with pytest.raises(CrmFormatError, match=rf"x\.csv {complaint}"):
        read_csv(a_file(tmp_path, content))


def test_a_quote_that_is_never_closed_does_not_swallow_the_rest_in_silence(tmp_path: Path) -> None:
    file = read_csv(a_file(tmp_path, 'a,b\n1,2\n"3,4\n5,6\n'))
    with pytest.raises(CrmFormatError, match=r"cannot be read after row 2.*Nothing was imported"):
        list(file.rows([]))


def test_a_missing_file_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(CrmFormatError, match=r"gone\.csv cannot be opened"):
        read_csv(tmp_path / "gone.csv")
