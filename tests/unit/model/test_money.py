"""Money is exact: what has a fraction of a cent or is no amount is refused, never rounded silently (S25)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from qbclean.model.money import cents, from_cents, money, rounded, total


@pytest.mark.parametrize(
    ("text", "said"),
    [("1.5", "1.50"), ("1.500", "1.50"), ("-12", "-12.00"), (7, "7.00"), (Decimal("1E+2"), "100.00"), ("0", "0.00")],
)
def test_an_amount_has_two_decimals_however_it_was_written(text, said):
    assert str(money(text)) == said


@pytest.mark.parametrize("text", ["", "twelve", "1,000.00", "NaN", "Infinity", "9" * 40])
def test_what_is_no_amount_is_refused_by_name(text):
    with pytest.raises(ValueError, match=f"^{text!r} is not an amount of money$"):
        money(text)


def test_a_fraction_of_a_cent_is_refused_by_name():
    with pytest.raises(ValueError, match=r"^'0\.005' has a fraction of a cent$"):
        money("0.005")
    with pytest.raises(ValueError, match=r"^0\.005 has a fraction of a cent$"):
        cents(Decimal("0.005"))


@pytest.mark.parametrize(("exact", "to_the_cent"), [("0.005", "0.01"), ("-0.005", "-0.01"), ("2.675", "2.68")])
def test_rounding_is_half_up_as_quickbooks_rounds(exact, to_the_cent):
    assert str(rounded(Decimal(exact))) == to_the_cent


@pytest.mark.parametrize(("amount", "minor"), [("10.10", 1010), ("-0.01", -1), ("0.00", 0), ("1E+3", 100_000)])
def test_cents_there_and_back(amount, minor):
    assert cents(Decimal(amount)) == minor
    assert from_cents(minor) == Decimal(amount)
    assert str(from_cents(minor)) == f"{Decimal(amount):.2f}"


def test_the_total_of_nothing_is_zero_in_cents():
    assert str(total([])) == "0.00"
    assert str(total([Decimal("0.10"), Decimal("0.20")])) == "0.30"
