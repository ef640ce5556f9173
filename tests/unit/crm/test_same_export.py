"""One export saved in different ways reads the same: marks, line ends, delimiters, order of columns, junk around it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from qbclean.crm.reading import read_crm
from qbclean.model.crm import CrmRecords

GOLDEN = Path(__file__).parents[2] / "golden" / "crm"
CASES = sorted({path.parent.name for path in GOLDEN.glob("*/*.csv")} - {"zoho_excel_europe"})
Rows = list[list[str]]


def rows_of(path: Path) -> Rows:
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))


def written(rows: Rows, *, delimiter: str = ",", end: str = "\n") -> str:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=delimiter, lineterminator=end).writerows(rows)
    return buffer.getvalue()


def _reversed(rows: Rows) -> Rows:
    """The table below the preamble with its columns from right to left."""
    width = max(map(len, rows))
    return [row[::-1] if len(row) == width else row for row in rows]


def _wider(rows: Rows) -> Rows:
    """An own column of the user's between the others."""
    width = max(map(len, rows))
    top = next(index for index, row in enumerate(rows) if len(row) == width)
    return [
        [*row[:2], "Gate code" if index == top else "4711", *row[2:]] if len(row) == width else row
        for index, row in enumerate(rows)
    ]


WAYS: dict[str, Callable[[Rows], bytes]] = {
    "as it is": lambda rows: written(rows).encode(),
    "with a byte order mark": lambda rows: written(rows).encode("utf-8-sig"),
    "as Windows writes lines": lambda rows: written(rows, end="\r\n").encode(),
    "in UTF-16": lambda rows: written(rows, delimiter="\t").encode("utf-16"),
    "in Windows-1252": lambda rows: written(rows).encode("cp1252"),
    "with semicolons": lambda rows: written(rows, delimiter=";").encode(),
    "with its columns reversed": lambda rows: written(_reversed(rows)).encode(),
    "with a column more": lambda rows: written(_wider(rows)).encode(),
    "below a title": lambda rows: written([["My company"], ["January to March"], [], *rows]).encode(),
    "with blank rows": lambda rows: written([row for one in rows for row in (one, [""])]).encode(),
}


def said(records: CrmRecords) -> dict[str, object]:
    """Everything but where it stood."""
    facts = msgspec.to_builtins(records)
    del facts["files"]
    for kind in facts.values():
        for record in kind:
            del record["rows"]
            if record["crm_id"].startswith(record["file"]):
                del record["crm_id"]  # made from the place
    return facts


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("case", CASES)
def test_an_export_reads_the_same_however_it_was_saved(tmp_path: Path, case: str, way: str) -> None:
    paths = sorted((GOLDEN / case).glob("*.csv"))
    for path in paths:
        (tmp_path / path.name).write_bytes(WAYS[way](rows_of(path)))
    assert said(read_crm([tmp_path]).records) == said(read_crm(paths).records)


@pytest.mark.parametrize("case", CASES)
def test_optional_columns_may_be_missing(tmp_path: Path, case: str) -> None:
    """Every column that is not required is taken away, one at a time; what is left says the same."""
    paths = sorted((GOLDEN / case).glob("*.csv"))
    whole = read_crm(paths).records
    invoices = max(paths, key=lambda path: (path.name in {it.file for it in whole.invoices}, path.name))
    rows = rows_of(invoices)
    needed = {
        "number",
        "total",
        "date",
        "status",
        "customer",
        "client name",
        "invoice #",
        "job #",
        "job amount",
        "amount billed",
    }
    for place, name in enumerate(rows[0]):
        if any(word in name.casefold() for word in needed) or not name:
            continue
        folder = tmp_path / str(place)
        folder.mkdir()
        for path in paths:
            (folder / path.name).write_bytes(path.read_bytes())
        (folder / invoices.name).write_text(written([row[:place] + row[place + 1 :] for row in rows]))
        found = read_crm([folder], allow_rejects=99).records
        totals = {(it.number, it.total) for it in whole.invoices}
        assert {(it.number, it.total) for it in found.invoices} <= totals, name
