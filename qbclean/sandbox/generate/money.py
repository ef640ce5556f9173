"""Money of the made-up company: exact decimals, rounded half up to the cent."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
ZERO = Decimal("0.00")


def rounded(amount: Decimal) -> Decimal:
    """`amount` to the cent, halves away from zero (contract 7.10)."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def dollars(whole: int) -> Decimal:
    """A whole number of dollars as money."""
    return Decimal(whole).quantize(CENT)


def total_of(amounts: Iterable[Decimal]) -> Decimal:
    """The sum with two places, 0.00 for nothing."""
    return sum(amounts, ZERO)


def share(amount: Decimal, percent: int) -> Decimal:
    """`percent` of `amount`, to the cent."""
    return rounded(amount * percent / 100)
