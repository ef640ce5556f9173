"""Cells: exact or refused, never guessed (S25, crm-formats.md 4)."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbclean.crm.values import CellError, amount, day, identifier, number, text, yes_no


@pytest.mark.parametrize(
    ("cell", "exact"),
    [
        ("1060.0", "1060.00"), ("1,060.00", "1060.00"), ("$1,060.00", "1060.00"), ("-$500.00", "-500.00"),
        ("$-500.00", "-500.00"), ("($50.00)", "-50.00"), ("(50.00)", "-50.00"), ("$(50.00)", "-50.00"),
        ("50.00-", "-50.00"), (" 12 ", "12.00"), ("\u00a012.50\u00a0", "12.50"), ("12.50 USD", "12.50"),
        ("USD 12.50", "12.50"), ("1,234,567.89", "1234567.89"), (".5", "0.50"), ("\u221212.00", "-12.00"),
        ("0", "0.00"), ("00012", "12.00"), ("100.000", "100.00"), ("US$5", "5.00"), ("€ 5", "5.00"),
    ],
)  # fmt: skip
def test_money_is_read_exactly_with_its_sign(cell: str, exact: str) -> None:
    assert str(amount(cell)) == exact


@pytest.mark.parametrize("cell", ["", "  ", "-", "--", "n/a", "–"])
def test_a_blank_amount_is_none_never_zero(cell: str) -> None:
    assert amount(cell) is None


@pytest.mark.parametrize(
    "cell",
    [
        "abc", "12a", "1,06.00", "1,0600", ",100", "1,,000", "12.3.4", "1.234", "0.005", "--5", "-(5)", "(-5)", "-5-",
        "1e3", "1.2E+5", "12 34", "5 000", "$", "-$", "()", "1.", "٣", "½", "NaN", "Infinity", "1_000", "#REF!", "$$5",
        "1.060,00",
    ],
)  # fmt: skip
def test_an_unreadable_amount_is_refused_never_zero(cell: str) -> None:
    with pytest.raises(CellError):
        amount(cell)


def test_a_decimal_comma_is_read_only_when_the_format_says_so() -> None:
    assert amount("1.234,56", decimal=",", group=".") == Decimal("1234.56")
    assert amount("1.234", decimal=",", group=".") == Decimal("1234.00")


def test_unit_prices_keep_their_decimals() -> None:
    assert number("6.733333") == Decimal("6.733333")


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=2))
def test_every_written_form_of_an_amount_reads_back_as_that_amount(value: Decimal) -> None:
    size = abs(value)
    forms = [f"{size:.2f}", f"{size:,.2f}", f"${size:,.2f}", f" {size:.2f} "]
    signed = [f"({form.strip()})" for form in forms] + [f"-{form.strip()}" for form in forms] + [f"{size:.2f}-"]
    assert {amount(form) for form in (signed if value < 0 else forms)} == {value}


@given(
    value=st.decimals(min_value=0, max_value=10**7, places=2),
    place=st.integers(min_value=0, max_value=12),
    noise=st.text(alphabet="abz#%&*/\\@!?:;_=+~<>[]{}|'\"eE\u0663", min_size=1, max_size=3),
)
def test_noise_in_a_cell_never_yields_a_different_amount(value: Decimal, place: int, noise: str) -> None:
    written = f"{value:.2f}"
    with pytest.raises(CellError):
        amount(written[:place] + noise + written[place:])


def test_dates_are_iso_and_nothing_else() -> None:
    assert day("2026-02-03") == date(2026, 2, 3)
    assert day("") is None
    for cell in ("02/03/2026", "2026-02-30", "20260203", "Feb 3, 2026", "2026-02-03T10:00:00Z", "46056"):
        with pytest.raises(CellError, match="is not a date like 2026-01-31"):
            day(cell)


def test_other_date_patterns_are_tried_only_as_listed() -> None:
    assert day("4/8/26 12:00 AM", patterns=("%m/%d/%y %I:%M %p",)) == date(2026, 4, 8)
    with pytest.raises(CellError, match="is not a date like 01/31/2026"):
        day("31/01/2026", patterns=("%m/%d/%Y",))


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ("00123", "00123"), ('="00123"', "00123"), ("'00123", "00123"), ("=1042", "1042"), (" INV-7 ", "INV-7"),
        ("1044-2", "1044-2"), ("", None), ("  ", None),
    ],
)  # fmt: skip
def test_ids_stay_text(cell: str, read: str | None) -> None:
    assert identifier(cell) == read


def test_an_id_shortened_by_a_spreadsheet_is_refused() -> None:
    with pytest.raises(CellError, match="digits are lost"):
        identifier("4.6E+17")


def test_text_has_its_spaces_collapsed() -> None:
    assert text("  Smith   &\n Sons ") == "Smith & Sons"
    assert text(" ") is None


def test_yes_and_no_are_known_by_name() -> None:
    assert [yes_no(cell) for cell in ("true", "No", "1", "")] == [True, False, True, None]
    with pytest.raises(CellError):
        yes_no("maybe")
