"""Noise in a cell never yields another amount, date or count without an error, whichever export it is in (S25)."""

from __future__ import annotations

import csv
import io
import tempfile
from datetime import date
from decimal import Decimal
from pathlib import Path

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from qbclean.crm.reading import read_crm
from qbclean.errors import CrmFormatError
from qbclean.model.crm import CrmInvoice

_HEADER = ["Invoice #", "Client name", "Issued date", "Due date", "Job #s", "Status", "Total ($)", "Balance ($)"]
_MONEY = st.decimals(min_value="0.01", max_value=10**6, places=2)
_DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))
_NOISE = st.text(
    alphabet="0123456789.,-() $€%#abEeINVOx/:;'\"\t\u00a0\u2212\u0664½", min_size=1, max_size=4
)  # fmt: skip


def a_report(rows: list[list[str]]) -> str:
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerows([_HEADER, *rows])
    return buffer.getvalue()


def a_row(number: int, total: Decimal, day: date) -> list[str]:
    return [
        str(number),
        "Ann Vale",
        day.strftime("%b %d, %Y"),
        "-",
        "101",
        "Past Due",
        f"{total:,.2f}",
        f"{total:,.2f}",
    ]


def read(content: str) -> tuple[CrmInvoice, ...] | None:
    """The invoices; None when the export is refused."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "Invoices_Report.csv"
        path.write_bytes(content.encode())
        try:
            return read_crm([path]).records.invoices
        except CrmFormatError:
            return None


@given(total=_MONEY, day=_DAYS, noise=_NOISE, place=st.integers(0, 12), column=st.sampled_from([6, 7]))
@settings(max_examples=300, deadline=None)
def test_noise_in_an_amount_is_refused_or_means_the_same(
    total: Decimal, day: date, noise: str, place: int, column: int
) -> None:
    """Inserted digits make another amount that nobody can tell from a true one; everything else is refused."""
    row = a_row(1, total, day)
    cell = row[column]
    row[column] = cell[:place] + noise + cell[place:]
    found = read(a_report([row, a_row(2, Decimal("12.34"), day)]))
    if found is None:
        return
    assert len(found) == 2
    value = found[0].total if column == 6 else found[0].balance
    kept = {"-", "(", ")", "\u2212"} & set(noise) if column == 7 else set()
    assume(not any(sign.isdigit() and sign.isascii() for sign in noise))
    assert value == total or (kept and value == -total) or (value is None and column == 7), (row[column], value)


@given(
    totals=st.lists(_MONEY, min_size=1, max_size=6),
    day=_DAYS,
    cut=st.integers(0, 400),
)
@settings(max_examples=150, deadline=None)
def test_a_file_cut_off_anywhere_never_changes_what_is_read(totals: list[Decimal], day: date, cut: int) -> None:
    content = a_report([a_row(number, total, day) for number, total in enumerate(totals, 1)])
    whole = read(content)
    found = read(content[:cut])
    assert whole is not None
    if found:
        *complete, last = found
        assert tuple(complete) == whole[: len(complete)]
        assert last.number == whole[len(complete)].number


@given(totals=st.lists(_MONEY, min_size=2, max_size=8), day=_DAYS, order=st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_the_order_of_rows_changes_nothing_but_their_places(totals: list[Decimal], day: date, order: object) -> None:
    rows = [a_row(number, total, day) for number, total in enumerate(totals, 1)]
    first = read(a_report(rows))
    order.shuffle(rows)  # type: ignore[attr-defined]
    second = read(a_report(rows))
    assert first is not None
    assert second is not None
    assert {(it.number, it.total, it.status) for it in first} == {(it.number, it.total, it.status) for it in second}


@given(
    totals=st.lists(_MONEY, min_size=1, max_size=5),
    off=st.decimals(min_value="0.02", max_value=1000, places=2),
    label=st.sampled_from(["Totals", "Report totals:", "Grand Total", "TOTAL"]),
)
@settings(max_examples=60, deadline=None)
def test_a_totals_row_is_checked_and_never_becomes_an_invoice(totals: list[Decimal], off: Decimal, label: str) -> None:
    rows = [a_row(number, total, date(2026, 1, 5)) for number, total in enumerate(totals, 1)]
    right = sum(totals, Decimal(0))
    good = read(a_report([*rows, [label, "", "", "", "", "", f"{right:,.2f}", f"{right:,.2f}"]]))
    assert good is not None
    assert len(good) == len(totals)
    assert read(a_report([*rows, [label, "", "", "", "", "", f"{right + off:,.2f}", f"{right:,.2f}"]])) is None
