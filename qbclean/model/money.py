"""Money: one way to make an amount, and none that passes through binary floating point (S25)."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

ZERO = Decimal("0.00")
CENT = Decimal("0.01")


def money(text: str | int | Decimal) -> Decimal:
    """The exact amount in currency units with two decimals.

    Raises ValueError when `text` is not a finite number or has a fraction of a cent: nothing is rounded silently.
    """
    try:
        amount = Decimal(text)
        exact = amount.quantize(CENT)
    except InvalidOperation as error:
        raise ValueError(f"{text!r} is not an amount of money") from error
    if exact.is_nan():
        raise ValueError(f"{text!r} is not an amount of money")
    if exact != amount:
        raise ValueError(f"{text!r} has a fraction of a cent")
    return exact


def rounded(amount: Decimal) -> Decimal:
    """`amount` to the cent, half up, as QBO rounds Qty × UnitPrice (contract 7.10)."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def cents(amount: Decimal) -> int:
    """Minor units, for SQLite and for exact comparison. Raises ValueError for a fraction of a cent."""
    # As a ratio of whole numbers: twice as fast as Decimal's own arithmetic, and asked for every line of every invoice.
    numerator, denominator = amount.as_integer_ratio()
    whole, fraction = divmod(numerator * 100, denominator)
    if fraction:
        raise ValueError(f"{amount} has a fraction of a cent")
    return whole


def from_cents(minor: int) -> Decimal:
    """The amount of `minor` cents."""
    return minor * CENT if minor else ZERO


def total(amounts: Iterable[Decimal]) -> Decimal:
    """Σ of an iterable of amounts, `0.00` for none."""
    return sum(amounts, ZERO)
