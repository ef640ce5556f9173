"""How fast large exports are read, as ratios to merely parsing the file, and how much memory stays.

Run: pytest tests/bench/bench_crm_import.py -m bench -n 0 -s
"""

from __future__ import annotations

import csv
import datetime as dt
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter

from qbclean.crm.reading import read_crm
from qbclean.crm.workbooks import sheets_of

pytestmark = pytest.mark.bench
_HEADER = [
    "Invoice #", "Client name", "Client phone", "Issued date", "Due date", "Job #s", "Status", "Total ($)",
    "Balance ($)", "Service street", "Service city", "Service province", "Service ZIP", "Late by", "Days to paid",
    "Salesperson",
]  # fmt: skip


def rows(many: int) -> list[list[str]]:
    chance = random.Random(7)
    start = dt.date(2024, 1, 1)
    made = []
    for number in range(many):
        day = start + dt.timedelta(days=chance.randrange(700))
        amount = f"{chance.randrange(1000, 900_000) / 100:,.2f}"
        made.append([
            str(10_000 + number), f"Client {chance.randrange(20_000)}", f"555-010-{chance.randrange(9999):04}",
            day.strftime("%b %d, %Y"), (day + dt.timedelta(30)).strftime("%b %d, %Y"), str(number),
            chance.choice(["Paid", "Past Due", "Draft"]), amount, amount, "12 Harbor Ln", "Denver", "CO", "80201", "-",
            "-", "Kim",
        ])  # fmt: skip
    return made


def seconds(work: Callable[[], object]) -> float:
    """Of processor time: the machine may be busy."""
    start = time.process_time()
    work()
    return time.process_time() - start


def test_half_a_million_rows_of_csv(tmp_path: Path) -> None:
    path = tmp_path / "Invoices_Report.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([_HEADER, *rows(500_000)])

    def parsed() -> int:
        with path.open(newline="") as file:
            return sum(1 for _ in csv.reader(file))

    bare, whole = seconds(parsed), seconds(lambda: read_crm([path]))
    print(f"\nCSV 500,000 rows: {whole:.1f} s, {whole / bare:.1f} times csv.reader alone, {whole * 2:.0f} µs a row")  # noqa: T201
    assert whole < 60


def test_fifty_thousand_rows_of_a_workbook(tmp_path: Path) -> None:
    path = tmp_path / "Invoices_Report.xlsx"
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet()
    for number, row in enumerate([_HEADER, *rows(50_000)]):
        sheet.write_row(number, 0, row)
    book.close()

    def parsed() -> int:
        return sum(1 for _, rows_of in sheets_of(path) for _ in rows_of())

    bare, whole = seconds(parsed), seconds(lambda: read_crm([path]))
    print(f"\nXLSX 50,000 rows: {whole:.1f} s, {whole / bare:.1f} times calamine alone")  # noqa: T201
    assert whole < 20


def test_memory_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    """Peak of a process of its own that reads and writes out everything, in kilobytes."""
    program = (
        "import pathlib, re, sys\n"
        "from qbclean.crm.reading import staged_crm\n"
        "with staged_crm([pathlib.Path(sys.argv[1])]) as reading:\n"
        "    assert sum(1 for _ in reading.records.invoices) == int(sys.argv[2])\n"
        "print(re.search(r'VmHWM:\\s*(\\d+)', pathlib.Path('/proc/self/status').read_text())[1])\n"
    )

    def peak(many: int) -> int:
        path = tmp_path / f"Invoices_Report_{many}.csv"
        with path.open("w", newline="") as file:
            csv.writer(file).writerows([_HEADER, *rows(many)])
        done = subprocess.run(
            [sys.executable, "-c", program, str(path), str(many)], check=True, capture_output=True, text=True
        )
        return int(done.stdout)

    small, large = peak(100_000), peak(500_000)
    print(f"\npeak memory: {small // 1024} MB for 100,000 rows, {large // 1024} MB for 500,000")  # noqa: T201
    assert (large - small) * 1024 / 400_000 < 60  # bytes a row
